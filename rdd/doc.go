// Package rdd is typed, partitioned collections that know how they are computed.
package rdd
