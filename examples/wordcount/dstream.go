package wordcount

import (
	"strings"

	"github.com/tidewheel/tidewheel/dstream"
)

// DStream counts the words of each batch of lines, and of all batches until then.
func DStream(lines dstream.DStream[string]) (batch, total dstream.Pairs[string, int64]) {
	batch = lines.
		FlatMapSeq(strings.FieldsSeq).
		ToPairs(one).
		ReduceByKey(sum)
	total = batch.UpdateStateByKey(add).Named("total")
	return batch, total
}

func add(counts []int64, total int64, _ bool) (int64, bool) {
	for _, count := range counts {
		total += count
	}
	return total, true
}
