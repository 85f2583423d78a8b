package function

import (
	"fmt"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

var formatFunctions = []Function{
	{Name: "date_format", Doc: "A timestamp as text by a pattern, such as yyyy-MM-dd HH:mm:ss.", Least: 2, Most: 2, Bind: bindDateFormat, Kernel: dateFormat},
	{Name: "from_unixtime", Doc: "The timestamp so many seconds after 1970 as text by a pattern, yyyy-MM-dd HH:mm:ss if not given.", Least: 1, Most: 2, Bind: bindFromUnixtime},
	{Name: "to_timestamp", Doc: "The timestamp of a text by a pattern; without one, cast.", Least: 1, Most: 2, Bind: bindParse(types.Timestamp, false), Kernel: parseTime},
	{Name: "to_timestamp_ltz", Doc: "to_timestamp.", Least: 1, Most: 2, Bind: bindParse(types.Timestamp, false)},
	{Name: "to_timestamp_ntz", Doc: "to_timestamp without a zone.", Least: 1, Most: 2, Bind: bindParse(types.TimestampNTZ, false)},
	{Name: "try_to_timestamp", Doc: "to_timestamp with null for what is no timestamp.", Least: 1, Most: 2, Bind: bindParse(types.Timestamp, true)},
	{Name: "to_date", Doc: "The date of a text by a pattern; without one, cast.", Least: 1, Most: 2, Bind: bindParse(types.Date, false)},
	{Name: "try_to_date", Doc: "to_date with null for what is no date.", Least: 1, Most: 2, Bind: bindParse(types.Date, true)},
	{Name: "date", Doc: "cast to date.", Least: 1, Most: 1, Bind: bindCast(types.Date)},
	{Name: "unix_timestamp", Aliases: []string{"to_unix_timestamp"}, Doc: "The seconds from 1970, cut towards zero, to a timestamp or to that of a text by a pattern, yyyy-MM-dd HH:mm:ss if not given.", Least: 1, Most: 2, Bind: bindUnixTimestamp, Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
		out.Longs[row] = args[0].Longs[row] / calendar.Second
		return nil
	})},
	castFunction("boolean", types.Boolean), castFunction("tinyint", types.Tinyint), castFunction("smallint", types.Smallint),
	castFunction("int", types.Int), castFunction("bigint", types.Bigint), castFunction("float", types.Float),
	castFunction("double", types.Double), castFunction("decimal", types.Decimal(10, 0)), castFunction("string", types.String),
	castFunction("binary", types.Binary), castFunction("timestamp", types.Timestamp),
}

const defaultPattern = "yyyy-MM-dd HH:mm:ss"

func castFunction(name string, to types.Type) Function {
	return Function{Name: name, Doc: "cast to " + name + ".", Least: 1, Most: 1, Bind: bindCast(to)}
}

func bindCast(to types.Type) func(Binding, []bound.Expr) (bound.Expr, error) {
	return func(b Binding, args []bound.Expr) (bound.Expr, error) { return Cast(b.Session, args[0], to, false) }
}

func bindDateFormat(b Binding, args []bound.Expr) (bound.Expr, error) {
	pattern, err := b.Arg(args, 1, types.String)
	if err != nil {
		return nil, err
	}
	if args[0].Type() == types.TimestampNTZ {
		return b.call("date_format", types.String, args[0], pattern), nil
	}
	at, err := b.Arg(args, 0, types.Timestamp)
	return b.zoned("date_format", types.String, at, pattern), err
}

// timePatterns keeps the pattern that was parsed last.
type timePatterns struct {
	reading bool
	text    string
	parsed  timePattern
}

func (p *timePatterns) get(text []byte) (timePattern, error) {
	if p.parsed != nil && p.text == string(text) {
		return p.parsed, nil
	}
	parsed, err := parseTimePattern(string(text), p.reading)
	if err != nil {
		return nil, err
	}
	p.text, p.parsed = string(text), parsed
	return parsed, nil
}

func dateFormat(call bound.Call) (Kernel, error) {
	zone, err := zoneOf(call)
	cache := &timePatterns{}
	return strictTextFor(call, func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
		pattern, err := cache.get(args[1].String(row))
		if err != nil {
			return nil, err
		}
		instant := args[0].Longs[row]
		return pattern.format(dst, calendar.Clock(instant, zone), instant, zone), nil
	}), err
}

func bindFromUnixtime(b Binding, args []bound.Expr) (bound.Expr, error) {
	seconds, err := b.Arg(args, 0, types.Bigint)
	if err != nil {
		return nil, err
	}
	pattern := bound.Expr(bound.Literal{Value: defaultPattern, Of: types.String})
	if len(args) == 2 {
		if pattern, err = b.Arg(args, 1, types.String); err != nil {
			return nil, err
		}
	}
	return b.zoned("date_format", types.String, b.To(seconds, types.Timestamp), pattern), nil
}

func bindParse(of types.Type, try bool) func(Binding, []bound.Expr) (bound.Expr, error) {
	return func(b Binding, args []bound.Expr) (bound.Expr, error) {
		if len(args) == 1 || args[0].Type() != types.String && args[0].Type() != types.Void {
			return Cast(b.Session, args[0], of, try)
		}
		pattern, err := b.Arg(args, 1, types.String)
		if err != nil {
			return nil, err
		}
		t := of
		if of == types.Date {
			t = types.Timestamp
		}
		call := b.zoned("to_timestamp", t, b.To(args[0], types.String), pattern)
		if try {
			call.Failure = bound.GiveNull
		}
		return b.To(call, of), nil
	}
}

// parseTime reads timestamps, and clock times for results without a zone.
func parseTime(call bound.Call) (Kernel, error) {
	zone, err := zoneOf(call)
	cache := &timePatterns{reading: true}
	return strictFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
		pattern, err := cache.get(args[1].String(row))
		if err != nil {
			return err
		}
		clock, own, ok := pattern.parse(string(args[0].String(row)))
		if !ok {
			return noValue("CANNOT_PARSE_TIMESTAMP", fmt.Sprintf("%q is not of the pattern %q", args[0].String(row), args[1].String(row)))
		}
		out.Longs[row] = clock
		if call.Of == types.Timestamp {
			out.Longs[row] = calendar.Instant(clock, chosen(own, zone))
		}
		return nil
	}), err
}

func chosen(own, zone *time.Location) *time.Location {
	if own != nil {
		return own
	}
	return zone
}

func bindUnixTimestamp(b Binding, args []bound.Expr) (bound.Expr, error) {
	if args[0].Type() == types.String && len(args) == 1 {
		args = append(args, bound.Literal{Value: defaultPattern, Of: types.String})
	}
	at, err := bindParse(types.Timestamp, false)(b, args)
	return b.call("unix_timestamp", types.Bigint, at), err
}
