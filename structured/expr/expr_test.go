package expr

import (
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

func TestColumnsPrintAsSQL(t *testing.T) {
	for want, column := range map[string]Column{
		"a":                                  Col("a"),
		"*":                                  Col("*"),
		"t.a.b":                              Col("t.a.b"),
		"(a = 'it''s')":                      Col("a").Eq("it's"),
		"((a > 1) and (not b))":              Col("a").Gt(1).And(Col("b").Not()),
		"((a >= 1) and (a <= 2.5))":          Col("a").Between(1, 2.5),
		"(a in (1, null, b))":                Col("a").In(1, nil, Col("b")),
		"((a is null) or (b is not null))":   Col("a").IsNull().Or(Col("b").IsNotNull()),
		"(((a + 1) * 2) % 3)":                Col("a").Plus(1).Times(2).Mod(3),
		"((a - 1) / 2)":                      Col("a").Minus(1).Divide(2),
		"(- a)":                              Col("a").Negate(),
		"(a <=> null)":                       Col("a").EqNull(nil),
		"(a like 'x%')":                      Col("a").Like("x%"),
		"cast(a as bigint)":                  Col("a").Cast(types.Bigint),
		"a as b":                             Col("a").As("b"),
		"a desc nulls last":                  Col("a").Desc(),
		"a asc nulls first":                  Col("a").Asc(),
		"a desc nulls first":                 Col("a").Desc().NullsFirst(),
		"a asc nulls last":                   Col("a").NullsLast(),
		"explode(split(value, ' ')) as word": Explode(Split("value", " ")).As("word"),
		"count()":                            Count(),
		"count(a)":                           Count(Col("a")),
		"sum((a * 2))":                       Sum(Col("a").Times(2)),
		"concat(a, b)":                       Concat("a", "b"),
		"window(at, 1m0s)":                   Window("at", time.Minute),
		"window(at, 1m0s, 10s)":              Window("at", time.Minute, 10*time.Second),
		"window(at, 1m0s, 1m0s, -5s)":        Window("at", time.Minute, time.Minute, -5*time.Second),
		"timestamp '2024-02-29T12:00:00.5Z'": Lit(time.Date(2024, 2, 29, 12, 0, 0, 500_000_000, time.UTC)),
		"w.start":                            Col("w").Field("start"),
	} {
		if got := column.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestLiteralTypes(t *testing.T) {
	for _, c := range []struct {
		value any
		want  types.Type
	}{
		{nil, types.Void},
		{true, types.Boolean},
		{1, types.Int},
		{1 << 31, types.Bigint},
		{-1 << 31, types.Int},
		{int64(1), types.Bigint},
		{int8(1), types.Int},
		{float32(0.5), types.Double},
		{"", types.String},
		{time.Now(), types.Timestamp},
	} {
		literal, ok := Lit(c.value).Syntax().(syntax.Literal)
		if !ok || literal.Of != c.want {
			t.Errorf("Lit(%v): got %#v, want type %s", c.value, Lit(c.value).Syntax(), c.want)
		}
	}
}

func TestMistakesAreKept(t *testing.T) {
	for name, column := range map[string]Column{
		"a literal without type": Lit(struct{}{}),
		"an empty name":          Col(""),
		"an empty part":          Col("a..b"),
		"an open quote":          Col("`a"),
		"text after a quote":     Col("`a`b"),
		"the zero Column":        {},
		"too many durations":     Window("at", 1, 2, 3, 4),
	} {
		if _, ok := column.Syntax().(syntax.Invalid); !ok {
			t.Errorf("%s: got %v, want it invalid", name, column)
		}
	}
}

func TestQuotedNames(t *testing.T) {
	name, ok := Col("t.`a.b``c`.d").Syntax().(syntax.Name)
	if !ok || len(name.Parts) != 3 || name.Parts[0] != "t" || name.Parts[1] != "a.b`c" || name.Parts[2] != "d" {
		t.Errorf("got %#v", name)
	}
}
