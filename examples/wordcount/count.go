package wordcount

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/rdd"
)

// Count is a word and how often it was met: a row of [Structured], a pair of [RDD]
// and [DStream].
type Count struct {
	Word  string
	Count int64
}

// String returns the count and the word, such as "12 the".
func (c Count) String() string { return strconv.FormatInt(c.Count, 10) + " " + c.Word }

// ParseCount is the way back from [Count.String].
func ParseCount(line string) (Count, error) {
	number, word, _ := strings.Cut(line, " ")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || word == "" {
		return Count{}, fmt.Errorf("%q is not a count and a word", line)
	}
	return Count{word, n}, nil
}

// Line writes a pair as [Count.String] does, for dstream.Files.
func Line(pair rdd.Pair[string, int64]) string { return Count{pair.Key, pair.Value}.String() }
