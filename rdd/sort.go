package rdd

type sortOptions struct {
	partitions int
	given      bool
	descending bool
}

// Direction is the option that turns the order of a sort around.
type Direction uint8

// Descending sorts the largest first. Elements that compare equal still stay in
// their order.
const Descending Direction = 1

func (d Direction) applySort(o *sortOptions) { o.descending = d == Descending }
