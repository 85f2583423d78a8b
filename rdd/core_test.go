package rdd

import (
	"context"
	"reflect"
	"strings"
	"testing"
)

func add[N Number](a, b N) N { return a + b }

func one(word string) (string, int) { return word, 1 }

func TestWordCount(t *testing.T) {
	s := open(t, Options{Parallelism: 2})
	lines := s.Parallelize([]string{"to be or", "not to be"}, Partitions(2))
	got, err := lines.FlatMapSeq(strings.FieldsSeq).ToPairs(one).ReduceByKey(add).Collect(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, pair := range got {
		counts[pair.Key] = pair.Value
	}
	if want := map[string]int{"to": 2, "be": 2, "or": 1, "not": 1}; !reflect.DeepEqual(counts, want) || len(got) != 4 {
		t.Errorf("got %v, want %v", got, want)
	}
}
