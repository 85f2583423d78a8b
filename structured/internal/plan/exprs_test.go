package plan

import (
	"reflect"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/types"
)

func number(value int32) bound.Expr { return bound.Literal{Value: value, Of: types.Int} }

func increment(by int32) func(bound.Expr) bound.Expr {
	return func(expr bound.Expr) bound.Expr {
		return number(expr.(bound.Literal).Value.(int32) + by)
	}
}

// nodes has each operator that has expressions, with every field set.
func nodes() []Node {
	fields := []types.Field{types.Nullable("a", types.Int)}
	input := &Values{Fields: fields, Rows: [][]bound.Expr{{number(1)}}}
	orders := []bound.Order{{Expr: number(3), Descending: true, NullsFirst: true}}
	aggregate := bound.Aggregate{Function: bound.Sum, Arg: number(2), Of: types.Bigint, Distinct: true}
	list := []bound.Expr{number(1), number(5)}
	names := []string{"a", "b"}
	return []Node{
		input,
		&Scan{Relation: &Relation{Name: "t"}, Columns: []int{1}, Predicate: number(1)},
		&Filter{Input: input, Condition: number(1)},
		&Project{Input: input, Exprs: list, Names: names, Hidden: []bool{true, false}},
		&Aggregate{Input: input, Keys: list, KeyNames: names, Functions: []bound.Aggregate{aggregate}, Names: names},
		&Join{Left: input, Right: input, Kind: physical.LeftOuter, Condition: number(1), Broadcast: RightSide},
		&Sort{Input: input, Orders: orders},
		&Over{Input: input, PartitionBy: list, OrderBy: orders, Names: names, Functions: []bound.WindowFunction{{
			Kind: bound.OverFrame, Aggregate: aggregate, Args: list, IgnoreNulls: true, Of: types.Bigint,
			Frame: bound.Frame{Rows: true, From: bound.FrameBound{Value: number(7)}, To: bound.FrameBound{Value: number(8)}},
		}}},
		&Explode{Input: input, List: number(1), Outer: true, Keep: []int{1}, Position: "p", Name: "e"},
		&Expand{Input: input, Fields: fields, Lists: [][]bound.Expr{list, list}},
		&Window{Input: input, Time: number(1), Grid: bound.Window{Size: 1, Slide: 1, Start: 1}, Name: "w"},
		&Session{Input: input, Time: number(1), End: number(2), Name: "s"},
	}
}

// TestMapExprs replaces the expressions of each operator and puts them back.
func TestMapExprs(t *testing.T) {
	for i, node := range nodes() {
		value := reflect.ValueOf(node).Elem()
		for j := range value.NumField() {
			if value.Field(j).IsZero() {
				t.Errorf("%T: the test leaves %s unset", node, value.Type().Field(j).Name)
			}
		}
		visited := 0
		count := func(expr bound.Expr) bound.Expr { visited++; return expr }
		if got := MapExprs(node, count); got != node {
			t.Errorf("%T: a copy, though nothing was replaced", node)
		}
		replaced := MapExprs(node, increment(10))
		if !reflect.DeepEqual(node, nodes()[i]) {
			t.Errorf("%T: was changed itself", node)
		}
		if left := literals(replaced, func(n int32) bool { return n < 10 }); left != 0 {
			t.Errorf("%T: %d expressions were not replaced", node, left)
		}
		if all := literals(node, func(int32) bool { return true }); visited != all {
			t.Errorf("%T: %d expressions visited, %d there", node, visited, all)
		}
		if got := MapExprs(replaced, increment(-10)); !reflect.DeepEqual(got, node) {
			t.Errorf("%T: %+v there and back, want %+v", node, got, node)
		}
	}
	if node := (&Watermark{Column: 1, Delay: time.Second}); MapExprs(node, increment(1)) != Node(node) {
		t.Error("a copy of an operator without expressions")
	}
}

// literals counts the literals among the fields of an operator, its inputs left out, whose
// value is as asked.
func literals(node Node, asked func(int32) bool) (n int) {
	var count func(reflect.Value)
	count = func(v reflect.Value) {
		switch {
		case v.Kind() == reflect.Interface && v.IsNil():
		case v.Kind() == reflect.Interface:
			if _, isNode := v.Interface().(Node); !isNode {
				count(v.Elem())
			}
		case v.Type() == reflect.TypeFor[bound.Literal]():
			if asked(v.Interface().(bound.Literal).Value.(int32)) {
				n++
			}
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				count(v.Field(i))
			}
		case v.Kind() == reflect.Slice:
			for i := range v.Len() {
				count(v.Index(i))
			}
		}
	}
	count(reflect.ValueOf(node).Elem())
	return n
}
