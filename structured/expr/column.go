package expr

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Column is an expression over the columns of a table. It holds one pointer and
// goes by value. The zero Column is no expression; an operation that gets it fails.
type Column struct {
	node *syntax.Node
}

// Arg is what stands for a column where one is read: its name, or an expression.
type Arg interface {
	string | Column
}

// Syntax is the expression as the engine reads it.
func (c Column) Syntax() syntax.Node {
	if c.node == nil {
		return syntax.Invalid{Message: "the zero Column is no expression; use Col or Lit"}
	}
	return *c.node
}

// Columns returns the expressions that args stand for.
func Columns[C Arg](args ...C) []Column {
	columns := make([]Column, len(args))
	for i, arg := range args {
		columns[i] = columnOf(arg)
	}
	return columns
}

// String returns the expression as SQL.
func (c Column) String() string { return c.Syntax().String() }

// Col returns the column of that name, looked up without regard to case. Dots
// separate the name of an aliased table, the column and the fields inside it; a
// part in back quotes may contain dots: "orders.window.start", "`a.b`". "*" is all
// columns.
func Col(name string) Column {
	if name == "*" {
		return Star()
	}
	parts, err := splitName(name)
	if err != nil {
		return of(syntax.Invalid{Message: err.Error()})
	}
	return of(syntax.Name{Parts: parts})
}

// Cols returns a column for each name.
func Cols(names ...string) []Column { return Columns(names...) }

// Star returns all columns of the table.
func Star() Column { return of(syntax.Star{}) }

// Lit returns a constant. A Go value has the SQL type of
//
//	nil                     void
//	bool                    boolean
//	int                     int if it has 32 bits, else bigint, as a literal in SQL
//	int8, int16, int32      int
//	int64                   bigint
//	float32, float64        double
//	string                  string
//	time.Time               timestamp, cut to the microsecond
//
// and a Column is returned as it is. Any other value is a mistake, which the
// operation that gets it reports.
func Lit(value any) Column {
	switch v := value.(type) {
	case nil:
		return literal(nil, types.Void)
	case Column:
		return v
	case bool:
		return literal(v, types.Boolean)
	case int:
		if math.MinInt32 <= v && v <= math.MaxInt32 {
			return literal(int32(v), types.Int)
		}
		return literal(int64(v), types.Bigint)
	case int8:
		return literal(int32(v), types.Int)
	case int16:
		return literal(int32(v), types.Int)
	case int32:
		return literal(v, types.Int)
	case int64:
		return literal(v, types.Bigint)
	case float32:
		return literal(float64(v), types.Double)
	case float64:
		return literal(v, types.Double)
	case string:
		return literal(v, types.String)
	case time.Time:
		return literal(v.UnixMicro(), types.Timestamp)
	}
	return of(syntax.Invalid{Message: fmt.Sprintf("a literal cannot be of Go type %T", value)})
}

func literal(value any, t types.Type) Column {
	return of(syntax.Literal{Value: value, Of: t})
}

func of(node syntax.Node) Column { return Column{node: &node} }

func call(function string, args ...Column) Column {
	nodes := make([]syntax.Node, len(args))
	for i, arg := range args {
		nodes[i] = arg.Syntax()
	}
	return of(syntax.Call{Function: function, Args: nodes})
}

// callOn is a call whose first argument is an Arg.
func callOn[C Arg](function string, first C, others []Column) Column {
	return call(function, append([]Column{columnOf(first)}, others...)...)
}

func columnOf[C Arg](arg C) Column {
	if name, ok := any(arg).(string); ok {
		return Col(name)
	}
	return any(arg).(Column)
}

// splitName cuts a name at its dots, but not within back quotes; a doubled back
// quote within them stands for one.
func splitName(name string) ([]string, error) {
	var parts []string
	for rest := name; ; {
		var part string
		if strings.HasPrefix(rest, "`") {
			var ok bool
			if part, rest, ok = unquote(rest[1:]); !ok {
				return nil, fmt.Errorf("column name %q: a back quote is not closed", name)
			}
		} else if dot := strings.IndexByte(rest, '.'); dot >= 0 {
			part, rest = rest[:dot], rest[dot:]
		} else {
			part, rest = rest, ""
		}
		if part == "" {
			return nil, fmt.Errorf("column name %q has an empty part", name)
		}
		parts = append(parts, part)
		if rest == "" {
			return parts, nil
		}
		if rest[0] != '.' {
			return nil, fmt.Errorf("column name %q: after a closing back quote a dot is expected", name)
		}
		rest = rest[1:]
	}
}

// unquote reads up to the closing back quote.
func unquote(text string) (part, rest string, ok bool) {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, "`")
		if !found {
			return "", "", false
		}
		out.WriteString(before)
		if !strings.HasPrefix(after, "`") {
			return out.String(), after, true
		}
		out.WriteByte('`')
		text = after[1:]
	}
}
