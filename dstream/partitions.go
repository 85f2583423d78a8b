package dstream

import (
	"reflect"

	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/rdd"
)

// partitions is how many partitions shuffles and state have. A batch that the log
// holds already is run with the number that was logged for it.
func (s *Session) partitions() int {
	if s.recovered != nil && s.recovered.Pending != nil && !mutate.On(27) {
		return s.recovered.Pending.Partitions
	}
	return s.rdd.Parallelism()
}

// partitionsOr is a fixed number, or that of the session if it is 0.
func (s *Session) partitionsOr(fixed int) int {
	if fixed > 0 {
		return fixed
	}
	return s.partitions()
}

// shuffle is the way elements go to the partitions of state. It is asked for when
// a batch is built.
func (s *Session) shuffle() rdd.ShuffleOption { return rdd.Hash(s.partitions()) }

// isPlain says whether == compares all that a value of the type is: it points to
// nothing that could change behind it.
func isPlain(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Array:
		return isPlain(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if !isPlain(t.Field(i).Type) {
				return false
			}
		}
		return true
	case reflect.Bool, reflect.String, reflect.Complex64, reflect.Complex128:
		return true
	default:
		return t.Kind() >= reflect.Int && t.Kind() <= reflect.Float64
	}
}
