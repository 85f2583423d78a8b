// Package order sorts rows by columns.
//
// A row is sorted by a number of 64 bits that stands for its value: numbers of any type
// become whole numbers of the same order, strings their first bytes. Rows whose
// numbers are equal are sorted by what follows in the value, if the number does not say all,
// and by the next column. Numbers that are in order in a few places already are merged;
// others go through a radix sort, byte by byte from the last (Knuth, The Art of Computer
// Programming 3, 5.2.5). All of it is stable.
package order
