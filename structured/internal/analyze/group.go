package analyze

import (
	"slices"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// maxGroupingSets is how many grouping sets a block may have.
const maxGroupingSets = 4096

// grouping is what a block groups by.
type grouping struct {
	keys []syntax.Node // each once
	sets [][]int       // of ROLLUP and the like: which keys each set has; nil for one set of all keys
}

// groupingOf reads the GROUP BY of a block, with numbers and names of items replaced by
// what they mean. It is nil for a block without groups. all are the expressions of the
// block that may have aggregate functions.
func (b *block) groupingOf(s *syntax.Select, items, all []syntax.Node) (*grouping, error) {
	g := &grouping{}
	switch {
	case s.GroupBy == nil && s.Having == nil && !hasAggregate(all...):
		return nil, nil
	case s.GroupBy == nil:
		return g, nil
	case s.GroupBy.All:
		for _, item := range items {
			if !hasAggregate(item) && !hasWindowFunction(item) {
				g.add(unnamed(item))
			}
		}
		return g, nil
	}
	sets, err := b.groupingSets(s.GroupBy.Elements, items)
	if err != nil {
		return nil, err
	}
	plain := !slices.ContainsFunc(s.GroupBy.Elements, func(e syntax.GroupingElement) bool { return e.Kind != syntax.Plain })
	for _, set := range sets {
		var numbers []int
		for _, key := range set {
			if n := g.add(key); !slices.Contains(numbers, n) {
				numbers = append(numbers, n)
			}
		}
		g.sets = append(g.sets, numbers)
	}
	if plain {
		g.sets = nil
	}
	return g, nil
}

// add adds a key, unless it is there, and returns its number.
func (g *grouping) add(key syntax.Node) int {
	text := strings.ToLower(keyText(key))
	for i, known := range g.keys {
		if strings.ToLower(keyText(known)) == text {
			return i
		}
	}
	g.keys = append(g.keys, key)
	return len(g.keys) - 1
}

func keyText(key syntax.Node) string {
	if at, ok := key.(position); ok {
		return at.text()
	}
	return key.String()
}

// groupingSets are the sets that elements with commas between them stand for: each set
// of one with each set of the others.
func (b *block) groupingSets(elements []syntax.GroupingElement, items []syntax.Node) ([][]syntax.Node, error) {
	all := [][]syntax.Node{nil}
	for _, element := range elements {
		sets, err := b.setsOf(element, items)
		if err != nil {
			return nil, err
		}
		var crossed [][]syntax.Node
		for _, left := range all {
			for _, right := range sets {
				crossed = append(crossed, slices.Concat(left, right))
			}
		}
		if all = crossed; len(all) > maxGroupingSets {
			return nil, fault.Analysisf("GROUPING_SIZE_LIMIT_EXCEEDED", "there are more than %d grouping sets", maxGroupingSets)
		}
	}
	return all, nil
}

// setsOf are the sets that one element stands for.
func (b *block) setsOf(element syntax.GroupingElement, items []syntax.Node) ([][]syntax.Node, error) {
	var levels [][]syntax.Node
	for _, set := range element.Sets {
		var level []syntax.Node
		for _, node := range set {
			key, err := b.groupingKey(node, items)
			if err != nil {
				return nil, err
			}
			level = append(level, key)
		}
		levels = append(levels, level)
	}
	switch element.Kind {
	case syntax.Rollup:
		var sets [][]syntax.Node
		for n := len(levels); n >= 0; n-- {
			sets = append(sets, slices.Concat(levels[:n]...))
		}
		return sets, nil
	case syntax.Cube:
		if len(levels) > 12 {
			return nil, fault.Analysisf("GROUPING_SIZE_LIMIT_EXCEEDED", "CUBE has more than 12 keys")
		}
		var sets [][]syntax.Node
		for mask := 1<<len(levels) - 1; mask >= 0; mask-- {
			var set []syntax.Node
			for i, level := range levels {
				if mask>>(len(levels)-1-i)&1 == 1 {
					set = append(set, level...)
				}
			}
			sets = append(sets, set)
		}
		return sets, nil
	case syntax.GroupingSets:
		var sets [][]syntax.Node
		for _, inner := range element.Of {
			more, err := b.setsOf(inner, items)
			if err != nil {
				return nil, err
			}
			sets = append(sets, more...)
		}
		return sets, nil
	}
	return levels, nil
}

// groupingKey is what a key means: a number is the item of that number, and a name
// that is no column of the input is the item of that name.
func (b *block) groupingKey(node syntax.Node, items []syntax.Node) (syntax.Node, error) {
	n, ok, err := b.ordinal(node, "GROUP_BY_POS_OUT_OF_RANGE", len(items))
	if err != nil {
		return nil, err
	}
	if ok {
		if hasAggregate(items[n]) {
			return nil, fault.Analysisf("GROUP_BY_POS_AGGREGATE", "item %d, %s, is a function of a group and cannot be grouped by", n+1, items[n])
		}
		return unnamed(items[n]), nil
	}
	name, ok := node.(syntax.Name)
	if !ok || len(name.Parts) > 1 || len(b.Analyzer.binder(b.node).matches(name.Parts)) > 0 {
		return node, nil
	}
	for _, item := range items {
		if alias, ok := item.(syntax.Alias); ok && strings.EqualFold(alias.Name, name.Parts[0]) {
			return alias.Arg, nil
		}
	}
	return node, nil
}

// grouped prepares the binder for a block with groups.
func (b *block) grouped(g *grouping) error {
	arguments := *b.binder
	b.group = &aggregation{arguments: &arguments, sets: g.sets}
	if err := b.group.bindKeys(g.keys); err != nil {
		return err
	}
	b.binder.aggregate = b.group.add
	return nil
}

// aggregate puts the aggregation upon the input and writes all expressions over its
// columns. Subqueries in keys and in arguments of aggregate functions come before it.
func (b *block) aggregate() error {
	if err := b.joinValues(b.group.each); err != nil {
		return err
	}
	node := b.group.node(b.node)
	output := node.Output()
	b.node = node
	over := func(expr bound.Expr) (bound.Expr, error) { return b.group.over(output, expr) }
	for _, item := range b.items { // whose mistakes come before those of sort keys
		if _, err := over(item); err != nil {
			return err
		}
	}
	for _, order := range b.orders {
		if _, err := over(order.Expr); err != nil {
			return fault.Analysisf("UNRESOLVED_COLUMN.WITH_SUGGESTION", "ORDER BY %s: %v", order.Expr, err)
		}
	}
	return b.each(over)
}

// each replaces the keys and arguments by what f makes of them.
func (g *aggregation) each(f func(bound.Expr) (bound.Expr, error)) (err error) {
	replace := func(expr *bound.Expr) {
		if *expr != nil && err == nil {
			*expr, err = f(*expr)
		}
	}
	for i := range g.keys {
		replace(&g.keys[i])
	}
	for i := range g.functions {
		replace(&g.functions[i].Arg)
	}
	return err
}

// node is the aggregation of input.
func (g *aggregation) node(input plan.Node) *plan.Aggregate {
	node := &plan.Aggregate{Input: input, Keys: g.keys, KeyNames: g.keyNames, Functions: g.functions}
	for _, function := range g.functions {
		node.Names = append(node.Names, function.String())
	}
	if g.sets == nil {
		return node
	}
	// The keys are columns of their own, null where a set does not have them; behind
	// them are the values of grouping functions, and the number of the set, since a null
	// that is a value and one that is not are not the same group.
	expand := &plan.Expand{Input: input}
	for i, key := range g.keys {
		field := types.Field{Name: g.keyNames[i], Type: key.Type(), Nullable: key.Nullable()}
		for _, set := range g.sets {
			field.Nullable = field.Nullable || !slices.Contains(set, i)
		}
		expand.Fields = append(expand.Fields, field)
	}
	for _, function := range g.groupings {
		expand.Fields = append(expand.Fields, types.Required(function.String(), function.Type()))
	}
	expand.Fields = append(expand.Fields, types.Required("grouping_set", types.Int))
	for number, set := range g.sets {
		var list []bound.Expr
		for i, key := range g.keys {
			if !slices.Contains(set, i) {
				key = bound.Literal{Of: key.Type()}
			}
			list = append(list, key)
		}
		for _, function := range g.groupings {
			list = append(list, function.of(set))
		}
		expand.Lists = append(expand.Lists, append(list, bound.Literal{Value: int32(number), Of: types.Int}))
	}
	node.Input, node.Keys, node.KeyNames = expand, nil, nil
	for i, field := range expand.Fields {
		node.Keys = append(node.Keys, bound.Column{Index: len(input.Output()) + i, Field: field})
		node.KeyNames = append(node.KeyNames, field.Name)
	}
	return node
}

// groupingCall is a call of grouping or grouping_id.
type groupingCall struct {
	keys []int // whose absence makes a bit, the first one the highest
	id   bool
}

func (c groupingCall) Type() types.Type {
	if c.id {
		return types.Bigint
	}
	return types.Tinyint
}

func (groupingCall) Nullable() bool { return false }

func (c groupingCall) String() string {
	text := "grouping"
	if c.id {
		text = "grouping_id"
	}
	for _, key := range c.keys {
		text += "_" + position(key).text()
	}
	return text
}

// of is the value in a set.
func (c groupingCall) of(set []int) bound.Expr {
	var bits int64
	for _, key := range c.keys {
		bits <<= 1
		if !slices.Contains(set, key) {
			bits |= 1
		}
	}
	if c.id {
		return bound.Literal{Value: bits, Of: types.Bigint}
	}
	return bound.Literal{Value: int8(bits), Of: types.Tinyint}
}

// groupingCall binds grouping(key) and grouping_id(keys…), without arguments of all
// keys.
func (b *binder) groupingCall(c syntax.Call) (bound.Expr, error) {
	if b.block == nil || b.block.group == nil || b.block.group.sets == nil {
		return nil, fault.Analysisf("UNSUPPORTED_GROUPING_EXPRESSION", "%s is for GROUP BY with ROLLUP, CUBE or GROUPING SETS", c)
	}
	g := b.block.group
	function := groupingCall{id: c.Function == "grouping_id"}
	if !function.id && len(c.Args) != 1 {
		return nil, fault.Analysisf("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "grouping takes 1 argument, got %d", len(c.Args))
	}
	for _, arg := range c.Args {
		expr, err := g.arguments.bind(arg)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(g.keys, func(key bound.Expr) bool { return bound.Same(key, expr) })
		if at < 0 && function.id {
			return nil, fault.Analysisf("GROUPING_ID_COLUMN_MISMATCH", "%s: the block does not group by %s", c, expr)
		}
		if at < 0 {
			return nil, fault.Analysisf("GROUPING_COLUMN_MISMATCH", "%s: the block does not group by %s", c, expr)
		}
		function.keys = append(function.keys, at)
	}
	if function.id && len(c.Args) > 0 {
		inOrder := len(function.keys) == len(g.keys)
		for i, key := range function.keys {
			inOrder = inOrder && key == i
		}
		if !inOrder {
			return nil, fault.Analysisf("GROUPING_ID_COLUMN_MISMATCH", "%s must name the keys of the block, all and in their order, or none", c)
		}
	}
	if len(c.Args) == 0 {
		for i := range g.keys {
			function.keys = append(function.keys, i)
		}
	}
	if !slices.ContainsFunc(g.groupings, func(known groupingCall) bool { return known.String() == function.String() }) {
		g.groupings = append(g.groupings, function)
	}
	return function, nil
}
