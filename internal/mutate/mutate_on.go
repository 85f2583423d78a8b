//go:build mutants

package mutate

import (
	"os"
	"strconv"
	"sync/atomic"
)

// planted is the number of the bug that is on, 0 for none. It starts from the
// environment variable TIDEWHEEL_MUTANT.
var planted atomic.Int64

func init() {
	text := os.Getenv("TIDEWHEEL_MUTANT")
	if text == "" {
		return
	}
	number, err := strconv.Atoi(text)
	if err != nil {
		panic("TIDEWHEEL_MUTANT is not the number of a mutant: " + text)
	}
	planted.Store(int64(number))
}

// On says whether the bug of that number is planted.
func On(number int) bool { return planted.Load() == int64(number) }

// Set plants the bug of that number instead of the one before; 0 plants none.
func Set(number int) { planted.Store(int64(number)) }
