// Package planner turns a logical plan into a physical one: it decides how an
// aggregation is split in two steps, where rows must meet in one place, and what
// keeps state in a stream. It is one switch over the logical nodes.
//
// It chooses nothing by cost and changes nothing about what is computed; that is the
// optimizer's part.
package planner

import (
	"fmt"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
)

// Plan returns the physical plan of a query, and its relations in the order of
// their numbers in physical.Scan: those that grow first. Mode matters for streams alone; analyze.Legal has
// admitted it.
func Plan(root plan.Node, mode physical.Mode) (physical.Node, []*plan.Relation, error) {
	p := planner{mode: mode, names: map[string]int{}}
	p.number(root, true)
	p.number(root, false)
	planned, err := p.plan(root)
	return planned.node, p.relations, err
}

type planner struct {
	mode       physical.Mode
	relations  []*plan.Relation
	watermarks int
	names      map[string]int // how many stateful operators of each kind there are
}

// name returns a name for the state of an operator. It depends on the operators of its
// kind below it and to its left, and on no others.
func (p *planner) name(kind string) string {
	n := p.names[kind]
	p.names[kind]++
	return fmt.Sprintf("%s-%d", kind, n)
}

// planned is a physical operator and where its rows are.
type planned struct {
	node   physical.Node
	single bool // all in one partition
}

func (p *planner) plan(root plan.Node) (planned, error) {
	if limit, ok := root.(*plan.Limit); ok {
		return p.limit(limit)
	}
	switch n := root.(type) {
	case *plan.Union:
		return p.union(n)
	case *plan.Join:
		return p.join(n)
	case *plan.Values:
		return planned{&physical.Values{Fields: n.Fields, Rows: n.Rows}, true}, nil
	}
	children := root.Children()
	if len(children) == 0 {
		scan, ok := root.(*plan.Scan)
		if !ok {
			return planned{}, fmt.Errorf("plan %T: no such operator", root)
		}
		return planned{node: p.scan(scan)}, nil
	}
	input, err := p.plan(children[0])
	if err != nil {
		return planned{}, err
	}
	switch n := root.(type) {
	case *plan.Alias:
		return input, nil
	case *plan.Project:
		return planned{&physical.Project{Input: input.node, Exprs: n.Exprs, Names: n.Names}, input.single}, nil
	case *plan.Filter:
		return planned{&physical.Filter{Input: input.node, Predicate: n.Condition}, input.single}, nil
	case *plan.Explode:
		return planned{&physical.Explode{
			Input: input.node, List: n.List, Outer: n.Outer, Keep: n.Keep, Position: n.Position, Name: n.Name,
		}, input.single}, nil
	case *plan.Sample:
		return planned{&physical.Sample{Input: input.node, Fraction: n.Fraction, Seed: n.Seed}, input.single}, nil
	case *plan.Apply:
		return planned{&physical.Apply{Input: input.node, Rows: n.Rows}, input.single}, nil
	case *plan.Expand:
		return planned{&physical.Expand{Input: input.node, Fields: n.Fields, Lists: n.Lists}, input.single}, nil
	case *plan.Over:
		return p.over(n, input), nil
	case *plan.Single:
		return planned{&physical.Single{Input: gather(input)}, true}, nil
	case *plan.Offset:
		return planned{&physical.Offset{Input: gather(input), N: n.N}, true}, nil
	case *plan.Window:
		return planned{&physical.Window{Input: input.node, Time: n.Time, Grid: n.Grid, Name: n.Name}, input.single}, nil
	case *plan.Session:
		return planned{&physical.Session{Input: input.node, Time: n.Time, End: n.End, Name: n.Name}, input.single}, nil
	case *plan.Watermark:
		watermark := &physical.Watermark{Input: input.node, ID: p.watermarks, Column: n.Column, Delay: n.Delay}
		p.watermarks++
		return planned{watermark, input.single}, nil
	case *plan.Aggregate:
		return p.aggregate(n, input), nil
	case *plan.Distinct:
		return p.distinct(n, input), nil
	case *plan.Deduplicate:
		return p.deduplicate(n, input), nil
	case *plan.Sort:
		return planned{p.sort(n, input), true}, nil
	}
	return planned{}, fmt.Errorf("plan %T: no such operator", root)
}

func (p *planner) scan(n *plan.Scan) physical.Node {
	return &physical.Scan{
		Source: p.source(n.Relation), Name: n.Relation.Name, Full: n.Relation.Schema,
		Columns: n.Columns, Predicate: n.Predicate, Streaming: n.Relation.Streaming,
	}
}

// number gives numbers to the relations that grow, or to the others.
func (p *planner) number(root plan.Node, streaming bool) {
	if scan, ok := root.(*plan.Scan); ok && scan.Relation.Streaming == streaming {
		p.source(scan.Relation)
	}
	for _, child := range root.Children() {
		p.number(child, streaming)
	}
}

// source returns the number of a relation: scans of one relation share it.
func (p *planner) source(relation *plan.Relation) int {
	for i, known := range p.relations {
		if known == relation {
			return i
		}
	}
	p.relations = append(p.relations, relation)
	return len(p.relations) - 1
}

// gather brings all rows to one partition.
func gather(input planned) physical.Node {
	if input.single {
		return input.node
	}
	return &physical.Exchange{Input: input.node, Single: true}
}

func (p *planner) aggregate(n *plan.Aggregate, input planned) planned {
	keys := make([]physical.Key, len(n.Keys))
	for i, column := range n.Output()[:len(n.Keys)] {
		keys[i] = physical.Key{Field: column.Field, Window: column.Window}
	}
	if at := n.Session(); at >= 0 {
		return p.sessions(n, at, keys, input)
	}
	exchange := p.partial(input, keys, n.Keys, n.Functions)
	if !plan.Streaming(n) {
		return planned{&physical.FinalAggregate{
			Input: exchange, Keys: keys, Aggregates: n.Functions, Names: n.Names,
		}, exchange.Single}
	}
	return planned{&physical.StatefulAggregate{
		Input: exchange, Name: p.name("aggregate"), Keys: keys, Aggregates: n.Functions, Names: n.Names,
		EventTime: n.EventTime(), Mode: p.mode,
	}, exchange.Single}
}

// sessions brings the spans of equal other keys to one place, to be put together.
func (p *planner) sessions(n *plan.Aggregate, at int, keys []physical.Key, input planned) planned {
	exchange := &physical.Exchange{
		Input:  &physical.PartialAggregate{Input: input.node, Keys: keys, KeyExprs: n.Keys, Aggregates: n.Functions},
		Single: len(keys) == 1,
	}
	for i := range keys {
		keys[i].Window = nil // the state has no use for grids
		if i != at {
			exchange.Keys, exchange.Windows = append(exchange.Keys, i), append(exchange.Windows, false)
		}
	}
	aggregate := physical.SessionAggregate{Input: exchange, Keys: keys, At: at, Aggregates: n.Functions, Names: n.Names}
	if !plan.Streaming(n) {
		return planned{&aggregate, exchange.Single}
	}
	return planned{&physical.StatefulSessions{SessionAggregate: aggregate, Name: p.name("sessions"), Mode: p.mode}, exchange.Single}
}

// distinct is an aggregation by all columns without functions.
func (p *planner) distinct(n *plan.Distinct, input planned) planned {
	aggregate := &plan.Aggregate{Input: n.Input}
	for i, column := range n.Output() {
		aggregate.Keys = append(aggregate.Keys, bound.Column{Index: i, Field: column.Field})
		aggregate.KeyNames = append(aggregate.KeyNames, column.Name)
	}
	return p.aggregate(aggregate, input)
}

// partial is the first step of an aggregation, and the exchange by its keys.
func (p *planner) partial(input planned, keys []physical.Key, exprs []bound.Expr, functions []bound.Aggregate) *physical.Exchange {
	exchange := &physical.Exchange{
		Input:  &physical.PartialAggregate{Input: input.node, Keys: keys, KeyExprs: exprs, Aggregates: functions},
		Single: len(keys) == 0,
	}
	for i, key := range keys {
		exchange.Keys = append(exchange.Keys, i)
		exchange.Windows = append(exchange.Windows, key.Window != nil)
	}
	return exchange
}

// exchangedOnce puts an exchange below an operator with state, which needs one right
// below it.
func exchangedOnce(input physical.Node) physical.Node {
	if _, ok := input.(*physical.Exchange); ok {
		return input
	}
	return &physical.Exchange{Input: input, Single: true}
}

// sort sorts each partition, and these together: what is in order already is merged.
func (p *planner) sort(n *plan.Sort, input planned) physical.Node {
	if input.single {
		return &physical.Sort{Input: input.node, Orders: n.Orders}
	}
	parts := &physical.Sort{Input: input.node, Orders: n.Orders}
	return &physical.Sort{Input: gather(planned{node: parts}), Orders: n.Orders}
}

// limit takes the first rows of each partition, and of these together; the first
// rows of a sort are found without sorting the rest.
func (p *planner) limit(n *plan.Limit) (planned, error) {
	sort, sorted := n.Input.(*plan.Sort)
	below := n.Input
	if sorted {
		below = sort.Input
	}
	input, err := p.plan(below)
	if err != nil {
		return planned{}, err
	}
	first := func(input physical.Node) physical.Node {
		if sorted {
			return &physical.TopN{Input: input, Orders: sort.Orders, N: n.N}
		}
		return &physical.Limit{Input: input, N: n.N}
	}
	if !input.single {
		input.node = gather(planned{node: first(input.node)})
	}
	if p.mode == physical.Append && plan.Streaming(n) {
		return planned{&physical.StatefulLimit{Input: exchangedOnce(input.node), Name: p.name("limit"), N: n.N}, true}, nil
	}
	return planned{first(input.node), true}, nil
}
