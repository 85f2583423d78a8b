package optimize

import (
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
)

// pushColumns leaves out, at every operator down to the scans, the columns that
// nothing above it reads.
func pushColumns(root plan.Node) plan.Node {
	pruned, _ := prune(root, all(len(root.Output())))
	return pruned
}

// columns tells for each column of a node whether it is read.
type columns []bool

func all(n int) columns {
	read := make(columns, n)
	for i := range read {
		read[i] = true
	}
	return read
}

// and is c with the columns that exprs read.
func (c columns) and(exprs ...bound.Expr) columns {
	read := slices.Clone(c)
	for _, expr := range exprs {
		bound.Walk(expr, func(column bound.Column) { read[column.Index] = true })
	}
	return read
}

// prune returns a node that has at least those columns of the given one that are
// read, in their order, and for each column where it is now, or -1 if it is gone.
// It returns the node itself if there is nothing to leave out.
func prune(node plan.Node, read columns) (plan.Node, []int) {
	switch n := node.(type) {
	case *plan.Scan:
		return pruneScan(n, read)
	case *plan.Project:
		return pruneProject(n, read)
	case *plan.Explode:
		return pruneExplode(n, read)
	case *plan.Window:
		return pruneWindow(n, read)
	case *plan.Session:
		return pruneSession(n, read)
	case *plan.Aggregate:
		return pruneAggregate(n)
	case *plan.Filter:
		input, at := prune(n.Input, read.and(n.Condition))
		if input == n.Input {
			return n, at
		}
		return &plan.Filter{Input: input, Condition: bound.Move(n.Condition, at)}, at
	case *plan.Watermark:
		read = slices.Clone(read)
		read[n.Column] = true
		input, at := prune(n.Input, read)
		if input == n.Input {
			return n, at
		}
		return &plan.Watermark{Input: input, Column: at[n.Column], Delay: n.Delay}, at
	case *plan.Sort:
		return pruneSort(n, read)
	case *plan.Union:
		return pruneUnion(n, read)
	case *plan.Deduplicate:
		return pruneDeduplicate(n, read)
	case *plan.Join:
		return pruneJoin(n, read)
	case *plan.Over:
		return pruneOver(n, read)
	case *plan.Limit, *plan.Offset, *plan.Single, *plan.Alias:
		child := node.Children()[0]
		input, at := prune(child, read)
		if input == child {
			return node, at
		}
		return node.With([]plan.Node{input}), at
	}
	// All others read every column of their inputs.
	children := node.Children()
	pruned := make([]plan.Node, len(children))
	changed := false
	for i, child := range children {
		pruned[i], _ = prune(child, all(len(child.Output())))
		changed = changed || pruned[i] != child
	}
	if changed {
		node = node.With(pruned)
	}
	return node, identity(len(read))
}

// keep numbers the columns that are read; at is -1 for the others.
func keep(read columns) (kept, at []int) {
	at = make([]int, len(read))
	for i := range read {
		at[i] = -1
		if read[i] {
			at[i] = len(kept)
			kept = append(kept, i)
		}
	}
	return kept, at
}

func pruneScan(n *plan.Scan, read columns) (plan.Node, []int) {
	if n.Predicate != nil {
		read = read.and(n.Predicate)
	}
	kept, at := keep(read)
	if len(kept) == len(read) {
		return n, at
	}
	scan := &plan.Scan{Relation: n.Relation, Columns: make([]int, len(kept))}
	for i, column := range kept {
		scan.Columns[i] = n.Columns[column]
	}
	if n.Predicate != nil {
		scan.Predicate = bound.Move(n.Predicate, at)
	}
	return scan, at
}

func pruneProject(n *plan.Project, read columns) (plan.Node, []int) {
	kept, at := keep(read)
	exprs := make([]bound.Expr, len(kept))
	names := make([]string, len(kept))
	for i, column := range kept {
		exprs[i], names[i] = n.Exprs[column], n.Names[column]
	}
	input, inputAt := prune(n.Input, make(columns, len(n.Input.Output())).and(exprs...))
	if input == n.Input && len(kept) == len(read) {
		return n, at
	}
	for i, expr := range exprs {
		exprs[i] = bound.Move(expr, inputAt)
	}
	return plan.NewProject(input, exprs, names), at
}

func pruneExplode(n *plan.Explode, read columns) (plan.Node, []int) {
	element := len(n.Keep)
	kept, at := keep(read[:element])
	inputRead := make(columns, len(n.Input.Output())).and(n.List)
	for _, column := range kept {
		inputRead[n.Keep[column]] = true
	}
	input, inputAt := prune(n.Input, inputRead)
	for range len(read) - element { // the generated columns stay
		at = append(at, len(kept)+len(at)-element)
	}
	if input == n.Input && len(kept) == element {
		return n, at
	}
	explode := *n
	explode.Input, explode.List, explode.Keep = input, bound.Move(n.List, inputAt), make([]int, len(kept))
	for i, column := range kept {
		explode.Keep[i] = inputAt[n.Keep[column]]
	}
	return &explode, at
}

func pruneWindow(n *plan.Window, read columns) (plan.Node, []int) {
	input, at := prune(n.Input, read[:len(read)-1].and(n.Time))
	at = append(slices.Clone(at), len(input.Output()))
	if input == n.Input {
		return n, at
	}
	return &plan.Window{Input: input, Time: bound.Move(n.Time, at), Grid: n.Grid, Name: n.Name}, at
}

func pruneSession(n *plan.Session, read columns) (plan.Node, []int) {
	input, at := prune(n.Input, read[:len(read)-1].and(n.Time, n.End))
	at = append(slices.Clone(at), len(input.Output()))
	if input == n.Input {
		return n, at
	}
	return &plan.Session{Input: input, Time: bound.Move(n.Time, at), End: bound.Move(n.End, at), Name: n.Name}, at
}

// pruneAggregate keeps all functions: what a stream keeps must not depend on what is
// read of it.
func pruneAggregate(n *plan.Aggregate) (plan.Node, []int) {
	read := make(columns, len(n.Input.Output())).and(n.Keys...)
	for _, function := range n.Functions {
		if function.Arg != nil {
			read = read.and(function.Arg)
		}
	}
	output := identity(len(n.Keys) + len(n.Functions))
	input, at := prune(n.Input, read)
	if input == n.Input {
		return n, output
	}
	aggregate := &plan.Aggregate{Input: input, KeyNames: n.KeyNames, Names: n.Names}
	for _, key := range n.Keys {
		aggregate.Keys = append(aggregate.Keys, bound.Move(key, at))
	}
	for _, function := range n.Functions {
		if function.Arg != nil {
			function.Arg = bound.Move(function.Arg, at)
		}
		aggregate.Functions = append(aggregate.Functions, function)
	}
	return aggregate, output
}

func pruneSort(n *plan.Sort, read columns) (plan.Node, []int) {
	for _, order := range n.Orders {
		read = read.and(order.Expr)
	}
	input, at := prune(n.Input, read)
	if input == n.Input {
		return n, at
	}
	orders := slices.Clone(n.Orders)
	for i := range orders {
		orders[i].Expr = bound.Move(orders[i].Expr, at)
	}
	return &plan.Sort{Input: input, Orders: orders}, at
}

// pruneUnion leaves the same columns out of all inputs: those that one of them has to
// keep are left out above it.
func pruneUnion(n *plan.Union, read columns) (plan.Node, []int) {
	kept, at := keep(read)
	inputs := make([]plan.Node, len(n.Inputs))
	changed := false
	for i, child := range n.Inputs {
		input, inputAt := prune(child, read)
		inputs[i] = project(input, kept, inputAt)
		changed = changed || inputs[i] != child
	}
	if !changed {
		return n, at
	}
	return &plan.Union{Inputs: inputs}, at
}

// project is a table with those columns alone, which are now at these positions.
func project(input plan.Node, kept, at []int) plan.Node {
	output := input.Output()
	exprs := make([]bound.Expr, len(kept))
	names := make([]string, len(kept))
	for i, column := range kept {
		exprs[i] = bound.Column{Index: at[column], Field: output[at[column]].Field}
		names[i] = output[at[column]].Name
	}
	return plan.NewProject(input, exprs, names)
}

func pruneJoin(n *plan.Join, read columns) (plan.Node, []int) {
	width := len(n.Left.Output())
	all := make(columns, width+len(n.Right.Output()))
	copy(all, read) // a semi join gives the left columns alone
	if n.Condition != nil {
		all = all.and(n.Condition)
	}
	left, at := prune(n.Left, all[:width])
	right, rightAt := prune(n.Right, all[width:])
	at = slices.Clone(at)
	for _, place := range rightAt {
		if place >= 0 {
			place += len(left.Output())
		}
		at = append(at, place)
	}
	if left == n.Left && right == n.Right {
		return n, at[:len(read)]
	}
	join := &plan.Join{Left: left, Right: right, Kind: n.Kind}
	if n.Condition != nil {
		join.Condition = bound.Move(n.Condition, at)
	}
	return join, at[:len(read)]
}

func pruneDeduplicate(n *plan.Deduplicate, read columns) (plan.Node, []int) {
	read = slices.Clone(read)
	for _, key := range n.Keys {
		read[key] = true
	}
	for i, column := range n.Output() {
		read[i] = read[i] || n.Within && column.EventTime != nil
	}
	input, at := prune(n.Input, read)
	if input == n.Input {
		return n, at
	}
	keys := make([]int, len(n.Keys))
	for i, key := range n.Keys {
		keys[i] = at[key]
	}
	return &plan.Deduplicate{Input: input, Keys: keys, Within: n.Within}, at
}

// pruneOver leaves out functions as well as columns; without functions nothing is left
// to compute.
func pruneOver(n *plan.Over, read columns) (plan.Node, []int) {
	width := len(n.Input.Output())
	below := slices.Clone(read[:width])
	over := plan.Over{PartitionBy: n.PartitionBy, OrderBy: n.OrderBy}
	for i, function := range n.Functions {
		if read[width+i] {
			over.Functions, over.Names = append(over.Functions, function), append(over.Names, n.Names[i])
			function.MapExprs(func(e bound.Expr) bound.Expr { below = below.and(e); return e })
		}
	}
	if len(over.Functions) > 0 {
		below = below.and(n.PartitionBy...)
		for _, order := range n.OrderBy {
			below = below.and(order.Expr)
		}
	}
	input, at := prune(n.Input, below)
	moved := slices.Clone(at)
	place := len(input.Output())
	for i := range n.Functions {
		moved = append(moved, -1)
		if read[width+i] {
			moved[width+i] = place
			place++
		}
	}
	switch {
	case len(over.Functions) == 0:
		return input, moved
	case input == n.Input && len(over.Functions) == len(n.Functions):
		return n, moved
	}
	over.Input = input
	move := func(e bound.Expr) bound.Expr { return bound.Move(e, at) }
	over.PartitionBy = make([]bound.Expr, len(n.PartitionBy))
	for i, expr := range n.PartitionBy {
		over.PartitionBy[i] = move(expr)
	}
	over.OrderBy = slices.Clone(n.OrderBy)
	for i := range over.OrderBy {
		over.OrderBy[i].Expr = move(over.OrderBy[i].Expr)
	}
	for i := range over.Functions {
		over.Functions[i] = over.Functions[i].MapExprs(move)
	}
	return &over, moved
}
