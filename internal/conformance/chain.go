package conformance

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/rdd"
)

// operation is one step of a chain.
type operation struct {
	Op        string  `json:"op"`
	Fn        string  `json:"fn"`
	Inverse   *string `json:"inverse"`
	Keep      *string `json:"keep"`
	N         int     `json:"n"`
	Window    int64   `json:"window"`
	Slide     int64   `json:"slide"`
	With      string  `json:"with"`
	Initial   []any   `json:"initial"`
	Rows      []any   `json:"rows"`
	Timeout   int64   `json:"timeout"`
	Snapshots bool    `json:"snapshots"`
}

func (o operation) window() dstream.Window {
	return dstream.Window{Length: time.Duration(o.Window) * time.Second, Slide: time.Duration(o.Slide) * time.Second}
}

// build applies a chain to a stream.
func build(s *dstream.Session, stream stream, chain []operation, others map[string]stream) (stream, error) {
	for _, o := range chain {
		apply, ok := operations[o.Op]
		if !ok {
			return stream, fmt.Errorf("the case names an operation %q that is not in the list", o.Op)
		}
		var err error
		if stream, err = apply(s, o, stream, others[o.With]); err != nil {
			return stream, err
		}
	}
	return stream, s.Err()
}

// keyed makes pairs whose keys are the text of a value.
func keyed(stream stream) dstream.Pairs[string, string] {
	return stream.ToPairs(splitPair)
}

func splitPair(v string) (string, string) {
	key, value := pair(parse(v))
	return text(key), text(value)
}

func single(pairs dstream.Pairs[string, string]) stream { return pairs.Map(both) }

// Elements are the text of values: that can be a key, and be written to a
// checkpoint.
type stream = dstream.DStream[string]

// operations are those that cases name; with is the stream that an operation of two
// streams names.
var operations map[string]func(s *dstream.Session, o operation, in, with stream) (stream, error)

func init() {
	operations = map[string]func(s *dstream.Session, o operation, in, with stream) (stream, error){
		"map": func(_ *dstream.Session, o operation, in, _ stream) (stream, error) {
			f, err := named(maps, o.Fn)
			return in.Map(onText(f)), err
		},
		"mapValues": func(_ *dstream.Session, o operation, in, _ stream) (stream, error) {
			f, err := named(maps, o.Fn)
			return single(keyed(in).MapValues(onText(f))), err
		},
		"flatMap": func(_ *dstream.Session, o operation, in, _ stream) (stream, error) {
			f, err := named(flatMaps, o.Fn)
			return in.FlatMap(manyOnText(f)), err
		},
		"flatMapValues": func(_ *dstream.Session, o operation, in, _ stream) (stream, error) {
			f, err := named(flatMaps, o.Fn)
			return single(keyed(in).FlatMapValues(manyOnText(f))), err
		},
		"filter": func(_ *dstream.Session, o operation, in, _ stream) (stream, error) {
			f, err := named(filters, o.Fn)
			return in.Filter(func(v string) bool { return f(parse(v)) }), err
		},
		"mapPartitions": func(_ *dstream.Session, o operation, in, _ stream) (stream, error) {
			return in.MapPartitions(func(_ rdd.Task, in iter.Seq[string], yield func(string) bool) error {
				yield(text(total(parseAll(slices.Collect(in)))))
				return nil
			}), nil
		},
		"repartition": func(_ *dstream.Session, o operation, in, _ stream) (stream, error) { return in.Repartition(o.N), nil },
		"count": func(_ *dstream.Session, o operation, in, _ stream) (stream, error) {
			return in.Count().Map(textOfCount), nil
		},
		"countByValue": func(_ *dstream.Session, o operation, in, _ stream) (stream, error) {
			return dstream.CountByValue(in).Map(counted), nil
		},
		"reduce": func(_ *dstream.Session, o operation, in, _ stream) (stream, error) {
			f, err := named(reduces, o.Fn)
			return in.Reduce(twoOnText(f)), err
		},
		"reduceByKey": func(_ *dstream.Session, o operation, in, _ stream) (stream, error) {
			f, err := named(reduces, o.Fn)
			return single(keyed(in).ReduceByKey(twoOnText(f))), err
		},
		"groupByKey": func(_ *dstream.Session, o operation, in, _ stream) (stream, error) {
			return single(keyed(in).GroupByKey(group)), nil
		},
		"combineByKey": func(_ *dstream.Session, o operation, in, _ stream) (stream, error) {
			return single(keyed(in).AggregateByKey(
				func() string { return "[0,0]" },
				twoOnText(func(c, v any) any { sum, n := pair(c); return []any{sum.(int64) + v.(int64), n.(int64) + 1} }),
				twoOnText(func(a, b any) any {
					sum, n := pair(a)
					more, m := pair(b)
					return []any{sum.(int64) + more.(int64), n.(int64) + m.(int64)}
				}))), nil
		},
		"window": func(_ *dstream.Session, o operation, in, _ stream) (stream, error) { return in.Window(o.window()), nil },
		"reduceByWindow": func(_ *dstream.Session, o operation, in, _ stream) (stream, error) {
			f, options, err := o.reduction()
			return in.ReduceByWindow(f, o.window(), options...), err
		},
		"countByWindow": func(_ *dstream.Session, o operation, in, _ stream) (stream, error) {
			return in.CountByWindow(o.window()).Map(textOfCount), nil
		},
		"countByValueAndWindow": func(_ *dstream.Session, o operation, in, _ stream) (stream, error) {
			return dstream.CountByValueAndWindow(in, o.window()).Map(counted), nil
		},
		"groupByKeyAndWindow": func(_ *dstream.Session, o operation, in, _ stream) (stream, error) {
			return single(keyed(in).GroupByKeyAndWindow(group, o.window())), nil
		},
		"reduceByKeyAndWindow": func(_ *dstream.Session, o operation, in, _ stream) (stream, error) {
			f, options, err := o.reduction()
			return single(keyed(in).ReduceByKeyAndWindow(f, o.window(), options...)), err
		},
		"updateStateByKey": func(s *dstream.Session, o operation, in, _ stream) (stream, error) {
			f, err := named(updates, o.Fn)
			if o.Initial == nil {
				return single(keyed(in).UpdateStateByKey(updateText(f))), err
			}
			return single(keyed(in).UpdateStateByKey(updateText(f), dstream.InitialState(pairs(s, o.Initial)))), err
		},
		"mapWithState": func(s *dstream.Session, o operation, in, _ stream) (stream, error) {
			f, err := named(statefuls, o.Fn)
			spec := dstream.StateFunc(statefulText(f)).Timeout(time.Duration(o.Timeout) * time.Second)
			if o.Initial != nil {
				spec = spec.Initial(pairs(s, o.Initial))
			}
			mapped := keyed(in).MapWithState(spec)
			if o.Snapshots {
				return single(mapped.Snapshots()), err
			}
			return mapped.DStream, err
		},
		"union": func(_ *dstream.Session, o operation, in, with stream) (stream, error) { return in.Union(with), nil },
		"join": func(_ *dstream.Session, o operation, in, with stream) (stream, error) {
			return single(keyed(in).Join(keyed(with), both)), nil
		},
		"leftOuterJoin": func(_ *dstream.Session, o operation, in, with stream) (stream, error) {
			return single(keyed(in).LeftOuterJoin(keyed(with), left)), nil
		},
		"rightOuterJoin": func(_ *dstream.Session, o operation, in, with stream) (stream, error) {
			return single(keyed(in).RightOuterJoin(keyed(with), func(v string, ok bool, w string) string { return both(orNull(v, ok), w) })), nil
		},
		"fullOuterJoin": func(_ *dstream.Session, o operation, in, with stream) (stream, error) {
			return single(keyed(in).FullOuterJoin(keyed(with), func(v string, hasV bool, w string, hasW bool) string { return both(orNull(v, hasV), orNull(w, hasW)) })), nil
		},
		"cogroup": func(_ *dstream.Session, o operation, in, with stream) (stream, error) {
			return single(keyed(in).CoGroup(keyed(with), func(_ string, v, w []string) string { return both(group("", v), group("", w)) })), nil
		},
		"transform":     transform,
		"transformWith": transformWith,
		"joinStatic": func(s *dstream.Session, o operation, in, _ stream) (stream, error) {
			static := pairs(s, o.Rows)
			return single(keyed(in).Transform(func(r rdd.Pairs[string, string], _ time.Time) rdd.Pairs[string, string] {
				return r.LeftOuterJoin(static, left)
			})), nil
		},
	}
}

func textOfCount(n int64) string { return text(n) }

func counted(key string, n int64) string { return both(key, text(n)) }

func group(_ string, values []string) string {
	return "[" + strings.Join(slices.Sorted(slices.Values(values)), ",") + "]"
}

func both(v, w string) string { return "[" + v + "," + w + "]" }

func left(v, w string, ok bool) string { return both(v, orNull(w, ok)) }

func orNull(v string, ok bool) string {
	if !ok {
		return "null"
	}
	return v
}

// reduction looks up the functions of a window.
func (o operation) reduction() (func(a, b string) string, []dstream.WindowOption[string], error) {
	f, err := named(reduces, o.Fn)
	var options []dstream.WindowOption[string]
	if o.Inverse != nil && err == nil {
		var inverse func(a, b any) any
		inverse, err = named(reduces, *o.Inverse)
		options = append(options, dstream.Inverse(twoOnText(inverse)))
	}
	if o.Keep != nil && err == nil {
		var keep func(any) bool
		keep, err = named(filters, *o.Keep)
		options = append(options, dstream.Keep(func(v string) bool { return keep([]any{nil, parse(v)}) }))
	}
	return twoOnText(f), options, err
}

// pairs makes a static collection of a case's pairs.
func pairs(s *dstream.Session, rows []any) rdd.Pairs[string, string] {
	return s.RDD().Parallelize(texts(rows)).ToPairs(splitPair)
}

func transform(s *dstream.Session, o operation, in, _ stream) (stream, error) {
	f, ok := map[string]func(r rdd.RDD[string]) rdd.RDD[string]{
		"distinct": func(r rdd.RDD[string]) rdd.RDD[string] { return rdd.Distinct(r) },
		"top2": func(r rdd.RDD[string]) rdd.RDD[string] {
			return first2(s, r, func(a, b any) int { return compareValues(b, a) })
		},
		"countAll": func(r rdd.RDD[string]) rdd.RDD[string] {
			n, err := r.Count(context.Background())
			if err != nil {
				panic(err)
			}
			return s.RDD().Parallelize([]string{text(n)})
		},
		"sortByKeyFirst2": func(r rdd.RDD[string]) rdd.RDD[string] {
			return first2(s, r, func(a, b any) int { return compareValues(a.([]any)[0], b.([]any)[0]) })
		},
		"dropEmpty": func(r rdd.RDD[string]) rdd.RDD[string] { return r.Filter(func(v string) bool { return v != "null" }) },
	}[o.Fn]
	if !ok {
		return in, fmt.Errorf("the case names a transform %q that is not in the list", o.Fn)
	}
	return in.Transform(func(r rdd.RDD[string], _ time.Time) rdd.RDD[string] { return f(r) }), nil
}

// first2 is a collection of the first two elements in an order.
func first2(s *dstream.Session, r rdd.RDD[string], compare func(a, b any) int) rdd.RDD[string] {
	elements, err := r.Collect(context.Background())
	if err != nil {
		panic(err)
	}
	slices.SortStableFunc(elements, func(a, b string) int { return compare(parse(a), parse(b)) })
	return s.RDD().Parallelize(elements[:min(2, len(elements))])
}

func transformWith(s *dstream.Session, o operation, in, with stream) (stream, error) {
	byText := func(r rdd.RDD[string]) rdd.Pairs[string, string] {
		return r.ToPairs(func(v string) (string, string) { return v, v })
	}
	switch o.Fn {
	case "subtract":
		return in.TransformWith(with, func(a, b rdd.RDD[string], _ time.Time) rdd.RDD[string] {
			return byText(a).SubtractByKey(byText(b)).Values()
		}), nil
	case "intersection":
		return in.TransformWith(with, func(a, b rdd.RDD[string], _ time.Time) rdd.RDD[string] {
			return byText(rdd.Distinct(a)).Join(byText(rdd.Distinct(b)), func(v, _ string) string { return v }).Values()
		}), nil
	case "subtractByKey":
		return single(keyed(in).TransformWith(keyed(with), func(a, b rdd.Pairs[string, string], _ time.Time) rdd.Pairs[string, string] {
			return a.SubtractByKey(b)
		})), nil
	default:
		return in, fmt.Errorf("the case names a transformWith %q that is not in the list", o.Fn)
	}
}
