package rdd

import (
	"fmt"

	"github.com/tidewheel/tidewheel/internal/callsite"
)

// A mistake made while building a collection sticks: it is passed on from parent to
// child and every end returns it, with the file and line of the user's call.

// mistakef makes the error of a mistake. It looks for the user's line, which takes
// microseconds; only mistakes pay for it.
func mistakef(format string, arguments ...any) error {
	return fmt.Errorf("%s: %w", callsite.User(), fmt.Errorf(format, arguments...))
}
