package checkpoint

import (
	"fmt"
	"strings"
)

// DamagedError says that a file is not a whole snapshot.
type DamagedError struct {
	File   string
	Offset int64 // where the damaged header, block or footer begins
	Reason string
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("snapshot %s is damaged at byte %d: %s", e.File, e.Offset, e.Reason)
}

// FormatError says that a file is intact, but of a version of the format that this
// release does not read.
type FormatError struct {
	File    string
	Version int
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("snapshot %s is in version %d of the format; this release reads version %d: use the release that wrote it",
		e.File, e.Version, formatVersion)
}

// Report says what a Load passed over.
type Report struct {
	Skipped []Skipped // newest version first
}

// Skipped is a version that could not be loaded.
type Skipped struct {
	Version int64
	File    string
	Err     error // a *DamagedError, or why the file could not be read
}

// String has a line for each version that was skipped.
func (r Report) String() string {
	var text strings.Builder
	for _, s := range r.Skipped {
		fmt.Fprintf(&text, "skipped version %d: %v\n", s.Version, s.Err)
	}
	return text.String()
}

// NoneValidError says that there are snapshots of a name, but none can be loaded.
type NoneValidError struct {
	Name   string
	Report Report
}

func (e *NoneValidError) Error() string {
	return fmt.Sprintf("no snapshot of %s can be loaded:\n%v", e.Name, e.Report)
}

// Unwrap returns the errors of the versions that were skipped.
func (e *NoneValidError) Unwrap() []error {
	errs := make([]error, len(e.Report.Skipped))
	for i, s := range e.Report.Skipped {
		errs[i] = s.Err
	}
	return errs
}
