package wordcount

import (
	"strings"

	"github.com/tidewheel/tidewheel/rdd"
)

// RDD counts the words of lines.
func RDD(lines rdd.RDD[string]) rdd.Pairs[string, int64] {
	return lines.
		FlatMapSeq(strings.FieldsSeq).
		ToPairs(one).
		ReduceByKey(sum)
}

func one(word string) (string, int64) { return word, 1 }

func sum(a, b int64) int64 { return a + b }
