package analyze

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
)

// The conditions of a stream that cannot be written in an output mode.
const (
	wrongMode   = "STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION"
	unsupported = "_LEGACY_ERROR_TEMP_3102"
)

// Legal checks whether a query can be written in an output mode. A bounded query
// can in any.
func Legal(root plan.Node, mode physical.Mode) error {
	if !plan.Streaming(root) {
		return nil
	}
	s := shape{mode: mode}
	if err := s.chained(root, nil); err != nil {
		return err
	}
	if err := s.grouped(root); err != nil {
		return err
	}
	return s.visit(root)
}

// shape is what is known of a stream's plan.
type shape struct {
	mode physical.Mode
}

// chained refuses an operator with state upon the groups of an aggregation that
// change after they were given. above is the operator with state next above, or nil.
func (s *shape) chained(node, above plan.Node) error {
	if !plan.Streaming(node) {
		return nil
	}
	if above != nil && s.mode != physical.Append && isAggregation(node) {
		return fault.Analysisf(unsupported,
			"%s keeps what %s gives, whose groups change after they were given in output mode %s; use append with a watermark", above, node, s.mode)
	}
	if isStateful(node) {
		above = node
	}
	for _, child := range node.Children() {
		if err := s.chained(child, above); err != nil {
			return err
		}
	}
	return nil
}

// isAggregation reports whether the rows of a node are groups.
func isAggregation(node plan.Node) bool {
	switch node.(type) {
	case *plan.Aggregate, *plan.Distinct:
		return true
	}
	return false
}

// isStateful reports whether a node of a stream counts as one that must not be given
// rows which change later.
func isStateful(node plan.Node) bool {
	switch n := node.(type) {
	case *plan.Aggregate, *plan.Distinct:
		return true
	case *plan.Join:
		return plan.Streaming(n.Left) && plan.Streaming(n.Right)
	case *plan.Deduplicate:
		return n.Within || n.EventTime() >= 0
	}
	return false
}

// grouped holds the output mode against the topmost aggregation.
func (s *shape) grouped(root plan.Node) error {
	top := topAggregation(root)
	switch {
	case s.mode == physical.Complete && top == nil:
		return fault.Analysisf(wrongMode,
			"output mode complete needs an aggregation: without one the result grows for ever; use append")
	case s.mode == physical.Update && sessionOf(top) >= 0:
		return fault.Analysisf(wrongMode,
			"output mode update is not possible for sessions, as one may become a part of another that was given before; use append or complete")
	case s.mode == physical.Append && top != nil && eventTimeOf(top) < 0:
		return fault.Analysisf(wrongMode,
			"output mode append needs an aggregation whose groups end: group by the column of WithWatermark or by a time window of it, or use update or complete")
	}
	return nil
}

// topAggregation returns the topmost aggregation of a stream, nil if there is none.
func topAggregation(node plan.Node) plan.Node {
	if !plan.Streaming(node) {
		return nil
	}
	if isAggregation(node) {
		return node
	}
	for _, child := range node.Children() {
		if found := topAggregation(child); found != nil {
			return found
		}
	}
	return nil
}

// eventTimeOf returns which key of an aggregation is the event time, or -1.
func eventTimeOf(aggregation plan.Node) int {
	if aggregate, ok := aggregation.(*plan.Aggregate); ok {
		return aggregate.EventTime()
	}
	return plan.EventTimeIn(aggregation.Output())
}

// sessionOf returns which key of an aggregation is a session, or -1.
func sessionOf(aggregation plan.Node) int {
	if aggregate, ok := aggregation.(*plan.Aggregate); ok {
		return aggregate.Session()
	}
	return -1
}

// visit checks what is below a node, and then the node.
func (s *shape) visit(node plan.Node) error {
	if !plan.Streaming(node) {
		return nil
	}
	for _, child := range node.Children() {
		if err := s.visit(child); err != nil {
			return err
		}
	}
	return s.check(node)
}

func (s *shape) check(node plan.Node) error {
	switch n := node.(type) {
	case *plan.Aggregate:
		for _, function := range n.Functions {
			if function.Distinct {
				return fault.Analysisf(unsupported, "%s: a stream would have to keep all values; use approx_count_distinct", function)
			}
		}
		return s.sessions(n)
	case *plan.Over:
		return fault.Analysisf("NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING",
			"%s: functions over the rows around a row are for tables that do not grow; group by a time window instead", n)
	case *plan.Offset:
		return fault.Analysisf(unsupported, "the first rows of a stream cannot be left out")
	case *plan.Sort:
		if s.mode != physical.Complete || topAggregation(n.Input) == nil {
			return fault.Analysisf(unsupported,
				"a stream can be sorted only after an aggregation and in output mode complete, as later rows may belong before earlier ones")
		}
	case *plan.Limit:
		if s.mode == physical.Update {
			return fault.Analysisf(unsupported, "a stream cannot be limited in output mode update, as rows may change after they were chosen")
		}
	case *plan.Deduplicate:
		if n.Within && plan.EventTimeIn(n.Output()) < 0 {
			return fault.Analysisf(unsupported, "duplicates within a watermark need one: use WithWatermark first, and keep its column")
		}
	case *plan.Union:
		for _, input := range n.Inputs {
			if !plan.Streaming(input) {
				return fault.Analysisf(unsupported, "a stream can be united with streams only, and %s does not grow", input)
			}
		}
	case *plan.Join:
		return s.join(n)
	}
	return nil
}

// sessions refuses sessions without another key: all of them would be kept in one
// place.
func (s *shape) sessions(n *plan.Aggregate) error {
	at := n.Session()
	if at < 0 {
		return nil
	}
	for i, key := range n.Keys {
		if i != at && bound.Reads(key, func(int) bool { return true }) {
			return nil
		}
	}
	return fault.Analysisf("_LEGACY_ERROR_TEMP_3068", "sessions of a stream need another key to group by, one that is no constant")
}

// join checks which side of a join may grow: a row that is kept without a partner is
// known to have none only if the other side does not grow.
func (s *shape) join(n *plan.Join) error {
	left, right := plan.Streaming(n.Left), plan.Streaming(n.Right)
	switch {
	case left && right && s.mode != physical.Append:
		return fault.Analysisf(unsupported, "two streams can be joined in output mode append only, not %s", s.mode)
	case left && right:
		return fault.Analysisf("", "joins of two streams are not supported yet")
	case left && n.Kind.KeepsRight():
		return fault.Analysisf(unsupported,
			"a %s join of a stream with a table on the right that does not grow would have to give rows of the table which may find a partner later; use inner or left outer", n.Kind)
	case right && (n.Kind.KeepsLeft() || n.Kind.LeftOnly()):
		return fault.Analysisf(unsupported,
			"a %s join of a table that does not grow with a stream on the right would have to give rows of the table which may find a partner later; use inner or right outer", n.Kind)
	}
	return nil
}
