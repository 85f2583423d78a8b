package physical

import (
	"fmt"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Sort gives the rows of its partition in order when its input has ended, or in a
// stream at every marker those since the last one. Rows with equal keys keep their
// order.
type Sort struct {
	Input  Node
	Orders []bound.Order
}

// Schema returns the input's columns.
func (s *Sort) Schema() types.Schema { return s.Input.Schema() }

// Children returns the input.
func (s *Sort) Children() []Node { return []Node{s.Input} }

func (s *Sort) String() string { return "Sort [" + orderText(s.Orders) + "]" }

// Limit passes on the first N rows of its partition; in a stream, the first N after
// each marker.
type Limit struct {
	Input Node
	N     int64
}

// Schema returns the input's columns.
func (l *Limit) Schema() types.Schema { return l.Input.Schema() }

// Children returns the input.
func (l *Limit) Children() []Node { return []Node{l.Input} }

func (l *Limit) String() string { return fmt.Sprintf("Limit %d", l.N) }

// TopN is a Sort of which only the first N rows are given.
type TopN struct {
	Input  Node
	Orders []bound.Order
	N      int64
}

// Schema returns the input's columns.
func (t *TopN) Schema() types.Schema { return t.Input.Schema() }

// Children returns the input.
func (t *TopN) Children() []Node { return []Node{t.Input} }

func (t *TopN) String() string { return fmt.Sprintf("TopN %d [%s]", t.N, orderText(t.Orders)) }

func orderText(orders []bound.Order) string {
	texts := make([]string, len(orders))
	for i, order := range orders {
		texts[i] = order.String()
	}
	return strings.Join(texts, ", ")
}
