package typed

// Pair is a key and a value, as a row of two columns.
type Pair[K, V any] struct {
	Key   K `sql:"key"`
	Value V `sql:"value"`
}

// Boxed is a value within a struct, which is never null, whatever the value is.
type Boxed[V any] struct {
	Value V `sql:"value"`
}

// Group is a key with the values of one or two tables.
type Group[K, V, W any] struct {
	Key   K          `sql:"key"`
	Left  []Boxed[V] `sql:"left"`
	Right []Boxed[W] `sql:"right"`
}

// Joined is a key with a value of each of two tables, of which one may be missing.
type Joined[K, V, W any] struct {
	Key   K         `sql:"key"`
	Left  *Boxed[V] `sql:"left"`
	Right *Boxed[W] `sql:"right"`
}

// Unboxed are the values without their boxes.
func Unboxed[V any](boxes []Boxed[V]) []V {
	values := make([]V, len(boxes))
	for i, box := range boxes {
		values[i] = box.Value
	}
	return values
}

// Folding is an aggregator over values: of nothing at first, which Ok tells.
type Folding[V, A any] struct {
	Start  func() A
	Step   func(A, V) A
	Join   func(A, A) A
	Single func(V) A // the buffer of one value; nil for Step upon Start
}

// Fold is the buffer of a Folding.
type Fold[A any] struct {
	Value A
	Ok    bool
}

// Zero implements user.Aggregator.
func (f Folding[V, A]) Zero() Fold[A] {
	if f.Start == nil {
		return Fold[A]{}
	}
	return Fold[A]{f.Start(), true}
}

// Add implements user.Aggregator. The value comes in a box, so that nulls count.
func (f Folding[V, A]) Add(buf Fold[A], in Boxed[V]) Fold[A] {
	if !buf.Ok {
		return Fold[A]{f.Single(in.Value), true}
	}
	return Fold[A]{f.Step(buf.Value, in.Value), true}
}

// Merge implements user.Aggregator.
func (f Folding[V, A]) Merge(a, b Fold[A]) Fold[A] {
	switch {
	case !a.Ok:
		return b
	case !b.Ok:
		return a
	}
	return Fold[A]{f.Join(a.Value, b.Value), true}
}

// Result implements user.Aggregator.
func (f Folding[V, A]) Result(buf Fold[A]) A { return buf.Value }

// Get returns the value, and false if there is no box.
func (b *Boxed[V]) Get() (value V, ok bool) {
	if b == nil {
		return value, false
	}
	return b.Value, true
}
