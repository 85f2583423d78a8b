package rdd

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/tidewheel/tidewheel/scheduler"
)

// Summary is what Stats says of numbers. Of no numbers, Min is +Inf, Max is -Inf, and the
// variances are NaN.
type Summary struct {
	Count     int64
	Sum, Mean float64
	Min, Max  float64
	squares   float64 // of the distances from the mean
}

// Variance is that of the numbers themselves, as the whole population.
func (s Summary) Variance() float64 { return s.squares / float64(s.Count) }

// SampleVariance is the estimate of the variance of a population of which the numbers are
// a sample; NaN of less than two.
func (s Summary) SampleVariance() float64 {
	if s.Count < 2 {
		return math.NaN()
	}
	return s.squares / float64(s.Count-1)
}

// StdDev is the square root of Variance.
func (s Summary) StdDev() float64 { return math.Sqrt(s.Variance()) }

// SampleStdDev is the square root of SampleVariance.
func (s Summary) SampleStdDev() float64 { return math.Sqrt(s.SampleVariance()) }

// add takes in a number (B. P. Welford, "Note on a method for calculating corrected sums
// of squares and products", 1962).
func (s *Summary) add(x float64) {
	s.Count++
	s.Sum += x
	distance := x - s.Mean
	s.Mean += distance / float64(s.Count)
	s.squares += distance * (x - s.Mean)
	s.Min, s.Max = math.Min(s.Min, x), math.Max(s.Max, x)
}

// merge takes in other numbers (T. F. Chan, G. H. Golub, R. J. LeVeque, "Updating
// formulae and a pairwise algorithm for computing sample variances", 1979).
func (s *Summary) merge(o Summary) {
	if o.Count == 0 {
		return
	}
	n, m := float64(s.Count), float64(o.Count)
	distance := o.Mean - s.Mean
	s.Mean += distance * m / (n + m)
	s.squares += o.squares + distance*distance*n*m/(n+m)
	s.Count += o.Count
	s.Sum += o.Sum
	s.Min, s.Max = math.Min(s.Min, o.Min), math.Max(s.Max, o.Max)
}

func newSummary() Summary { return Summary{Min: math.Inf(1), Max: math.Inf(-1)} }

// Stats returns count, sum, mean, extremes and variance of numbers, read once. NaN among
// them makes all but Count NaN. A collection without partitions has none: ErrEmpty.
func Stats[T Number](ctx context.Context, r RDD[T]) (Summary, error) {
	parts, err := run(ctx, "Stats", r.collection, func(_ *scheduler.Task, _ int, in Chunks[T]) (Summary, error) {
		s := newSummary()
		for chunk, err := range in {
			if err != nil {
				return s, err
			}
			for _, x := range chunk {
				s.add(float64(x))
			}
		}
		return s, nil
	})
	all := newSummary()
	for _, part := range parts {
		all.merge(part)
	}
	if err == nil && len(parts) == 0 {
		err = fmt.Errorf("rdd: Stats: %w", ErrEmpty)
	}
	return all, err
}

// Histogram counts the numbers between edges, of which there must be two or more, in
// ascending order: bucket i holds those from edges[i] to before edges[i+1], and the last
// one those at its upper edge too. Numbers outside of them, and NaN, are left out.
func Histogram[T Number](ctx context.Context, r RDD[T], edges []float64) ([]int64, error) {
	if len(edges) < 2 || !slices.IsSorted(edges) || math.IsNaN(edges[0]) {
		return nil, fmt.Errorf("rdd: Histogram: the edges are %v; there must be two or more numbers in ascending order", edges)
	}
	last := len(edges) - 1
	parts, err := run(ctx, "Histogram", r.collection, func(_ *scheduler.Task, _ int, in Chunks[T]) ([]int64, error) {
		counts := make([]int64, last)
		for chunk, err := range in {
			if err != nil {
				return nil, err
			}
			for _, element := range chunk {
				x := float64(element)
				switch at := sort.Search(last+1, func(i int) bool { return edges[i] > x }); { // edges after x
				case at > 0 && at <= last:
					counts[at-1]++
				case x == edges[last]:
					counts[last-1]++
				}
			}
		}
		return counts, nil
	})
	if err != nil {
		return nil, err
	}
	total := make([]int64, last)
	for _, part := range parts {
		for i, n := range part {
			total[i] += n
		}
	}
	return total, nil
}

// errEndless is the error of HistogramOf for numbers that no edges can hold.
var errEndless = errors.New("there are no numbers, or NaN or infinite ones: give edges to Histogram")

// HistogramOf counts the numbers in n buckets of one width, from the least to the
// greatest number, and returns their edges too; see Histogram. If all are equal there is
// one bucket. It reads the collection twice.
func HistogramOf[T Number](ctx context.Context, r RDD[T], n int) (edges []float64, counts []int64, err error) {
	if n < 1 {
		return nil, nil, fmt.Errorf("rdd: HistogramOf: %d buckets; there must be at least 1", n)
	}
	all, err := Stats(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	width := (all.Max - all.Min) / float64(n)
	if all.Count == 0 || math.IsNaN(width) || math.IsInf(width, 0) {
		return nil, nil, fmt.Errorf("rdd: HistogramOf: %w", errEndless)
	}
	if all.Min == all.Max {
		return []float64{all.Min, all.Max}, []int64{all.Count}, nil
	}
	for i := range n {
		edges = append(edges, all.Min+float64(i)*width)
	}
	edges = append(edges, all.Max)
	counts, err = Histogram(ctx, r, edges)
	return edges, counts, err
}
