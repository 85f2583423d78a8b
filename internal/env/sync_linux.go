package env

import (
	"os"
	"syscall"
)

// syncData makes a file's data durable, and of its metadata what is needed to
// read it back, such as the size.
func syncData(f *os.File) error {
	connection, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var syncErr error
	err = connection.Control(func(fd uintptr) {
		for {
			if syncErr = syscall.Fdatasync(int(fd)); syncErr != syscall.EINTR {
				return
			}
		}
	})
	if err != nil {
		return &os.PathError{Op: "sync", Path: f.Name(), Err: os.ErrClosed} // the only reason there is
	}
	return os.NewSyscallError("fdatasync", syncErr)
}
