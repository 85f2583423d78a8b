package analyze

import (
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
	shape := shape{mode: mode}
	if err := shape.visit(root); err != nil {
		return err
	}
	if mode == physical.Complete && shape.aggregates == 0 {
		return fault.Analysisf(wrongMode,
			"output mode complete needs an aggregation: without one the result grows for ever; use append")
	}
	if mode != physical.Append && shape.aggregates > 1 {
		return fault.Analysisf(unsupported,
			"an aggregation of an aggregation cannot be kept in output mode %s, as groups change after they were counted; use append with a watermark", mode)
	}
	return nil
}

// shape is what is known of a stream's plan.
type shape struct {
	mode       physical.Mode
	aggregates int
}

// visit checks a node and what is below it.
func (s *shape) visit(node plan.Node) error {
	if !plan.Streaming(node) {
		return nil
	}
	if err := s.check(node); err != nil {
		return err
	}
	for _, child := range node.Children() {
		if err := s.visit(child); err != nil {
			return err
		}
	}
	return nil
}

func (s *shape) check(node plan.Node) error {
	switch n := node.(type) {
	case *plan.Aggregate:
		s.aggregates++
		if s.mode == physical.Append && n.EventTime() < 0 {
			return fault.Analysisf(wrongMode,
				"output mode append needs an aggregation whose groups end: group by the column of WithWatermark or by a time window of it, or use update or complete")
		}
	case *plan.Sort:
		if s.mode != physical.Complete || !aggregated(n.Input) {
			return fault.Analysisf(unsupported,
				"a stream can be sorted only after an aggregation and in output mode complete, as later rows may belong before earlier ones")
		}
	case *plan.Limit:
		if s.mode == physical.Update {
			return fault.Analysisf(unsupported, "a stream cannot be limited in output mode update, as rows may change after they were chosen")
		}
		if s.mode == physical.Append {
			return fault.Analysisf("", "a limit over a stream in output mode append is not supported yet; use complete after an aggregation")
		}
	case *plan.Distinct:
		return fault.Analysisf("", "distinct rows of a stream are not supported yet; group by the columns instead")
	}
	return nil
}

// aggregated reports whether the rows of a node are the groups of an aggregation.
func aggregated(node plan.Node) bool {
	if _, ok := node.(*plan.Aggregate); ok {
		return true
	}
	for _, child := range node.Children() {
		if aggregated(child) {
			return true
		}
	}
	return false
}
