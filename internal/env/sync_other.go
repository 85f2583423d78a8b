//go:build !linux

package env

import "os"

// syncData makes a file's data durable. Where there is no fdatasync, this is a
// full sync; on darwin it also empties the drive's cache.
func syncData(f *os.File) error { return f.Sync() }
