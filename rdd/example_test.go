package rdd_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/tidewheel/tidewheel/rdd"
)

func Example() {
	s, err := rdd.Open(rdd.Options{Parallelism: 2})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	top, err := s.Parallelize([]string{"to be or not to be", "that is the question to be asked"}).
		FlatMapSeq(strings.FieldsSeq).
		ToPairs(func(word string) (string, int) { return word, 1 }).
		ReduceByKey(func(a, b int) int { return a + b }).
		TopBy(context.Background(), 2, rdd.Value)
	fmt.Println(top, err)
	// Output: [(to,3) (be,3)] <nil>
}

func ExamplePairs_GroupByKey() {
	s, _ := rdd.Open(rdd.Options{Parallelism: 2})
	defer s.Close()
	groups, err := s.Parallelize([]string{"apple", "banana", "avocado"}).
		KeyBy(func(fruit string) string { return fruit[:1] }).
		GroupByKey(rdd.Slice).
		SortBy(rdd.Key).
		Collect(context.Background())
	fmt.Println(groups, err)
	// Output: [(a,[apple avocado]) (b,[banana])] <nil>
}

func ExamplePairs_LeftOuterJoin() {
	s, _ := rdd.Open(rdd.Options{Parallelism: 2})
	defer s.Close()
	type user struct{ Name, Country string }
	people := s.Parallelize([]user{{"ada", "uk"}, {"kim", "kr"}}).KeyBy(func(u user) string { return u.Country })
	countries := s.Parallelize([]string{"uk"}).ToPairs(func(code string) (string, string) { return code, "United Kingdom" })
	lines, err := people.LeftOuterJoin(countries, func(u user, country string, ok bool) string {
		if !ok {
			country = "?"
		}
		return u.Name + ": " + country
	}).Values().SortBy(rdd.Self).Collect(context.Background())
	fmt.Println(lines, err)
	// Output: [ada: United Kingdom kim: ?] <nil>
}

func ExampleRDD_Explain() {
	s, _ := rdd.Open(rdd.Options{Parallelism: 2})
	defer s.Close()
	counts := s.Parallelize([]string{"to be"}).Named("lines").
		FlatMapSeq(strings.FieldsSeq).
		ToPairs(func(word string) (string, int) { return word, 1 }).
		ReduceByKey(func(a, b int) int { return a + b })
	text, _ := counts.Values().Explain(context.Background())
	fmt.Print(text)
	// Output:
	// stage 1: 2 tasks
	//   Values #4: 2 partitions
	//   ReduceByKey #3: 2 partitions
	//     stage 0: 2 tasks, 2 blocks each
	//       ToPairs #2: 2 partitions
	//       FlatMapSeq #1: 2 partitions
	//       Parallelize "lines" #0: 2 partitions
}

func ExampleSession_Scope() {
	s, _ := rdd.Open(rdd.Options{Parallelism: 2})
	defer s.Close()
	for batch := range 2 {
		scope := s.Scope()
		sum, err := rdd.Sum(context.Background(), scope.Range(0, int64(batch+2), 1))
		fmt.Println(sum, err)
		scope.Close() // forgets the shuffles and persisted partitions of the batch
	}
	// Output:
	// 1 <nil>
	// 3 <nil>
}
