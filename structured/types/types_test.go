package types

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
)

func TestTypesEqualByValue(t *testing.T) {
	nested := func(last Type) Type {
		return Array(Struct(Nullable("a", Array(Int)), Nullable("b", last)))
	}
	if nested(String) != nested(String) {
		t.Error("two types built alike differ")
	}
	if nested(String) == nested(Bigint) {
		t.Error("types that differ deep inside are equal")
	}
	if Struct(Nullable("a", Int)) != Struct(Required("a", Int)) {
		t.Error("nullability of a field is part of the struct's type")
	}
	if Struct(Nullable("a", Int)) == Struct(Nullable("b", Int)) {
		t.Error("names of fields are not part of the struct's type")
	}
	if got := map[Type]int{nested(Int): 1}[nested(Int)]; got != 1 {
		t.Error("a type does not work as the key of a map")
	}
}

func TestShortForm(t *testing.T) {
	for want, typ := range map[string]Type{
		"void":                                  Void,
		"boolean":                               Boolean,
		"int":                                   Int,
		"bigint":                                Bigint,
		"double":                                Double,
		"string":                                String,
		"timestamp":                             Timestamp,
		"array<array<string>>":                  Array(Array(String)),
		"struct<>":                              Struct(),
		"struct<start:timestamp,end:timestamp>": Window(),
		"array<struct<k:string,v:array<double>>>": Array(Struct(Nullable("k", String), Nullable("v", Array(Double)))),
		"decimal(10,2)":          Decimal(10, 2),
		"map<string,array<int>>": Map(String, Array(Int)),
		"timestamp_ntz":          TimestampNTZ,
		"interval day to second": DayTime,
		"interval year to month": YearMonth,
		"invalid":                {},
	} {
		if got := typ.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestArrowAndBack(t *testing.T) {
	schema := NewSchema(
		Nullable("b", Boolean), Required("i", Int), Nullable("l", Bigint), Nullable("d", Double),
		Nullable("s", String), Nullable("t", Timestamp), Nullable("v", Void),
		Nullable("i8", Tinyint), Nullable("i16", Smallint), Nullable("f", Float), Nullable("dec", Decimal(38, 18)),
		Nullable("bin", Binary), Nullable("day", Date), Nullable("ntz", TimestampNTZ),
		Nullable("ym", YearMonth), Nullable("dt", DayTime), Nullable("m", Map(String, Struct(Nullable("x", Date)))),
		Nullable("a", Array(Struct(Nullable("x", Int)))), Required("w", Window()))
	back, err := SchemaFromArrow(schema.Arrow())
	if err != nil {
		t.Fatal(err)
	}
	if !back.Equal(schema) {
		t.Errorf("got %v, want %v", back, schema)
	}
}

func TestFromArrowRefuses(t *testing.T) {
	for name, typ := range map[string]arrow.DataType{
		"another unit":    &arrow.TimestampType{Unit: arrow.Nanosecond, TimeZone: "UTC"},
		"a wide decimal":  &arrow.Decimal128Type{Precision: 39, Scale: 2},
		"inside an array": arrow.ListOf(arrow.PrimitiveTypes.Uint8),
	} {
		if got, err := FromArrow(typ); err == nil {
			t.Errorf("%s: got %v, want an error", name, got)
		}
	}
}

func TestSchemaLookup(t *testing.T) {
	schema := NewSchema(Nullable("Word", String), Nullable("n", Bigint), Nullable("word", Int))
	for name, want := range map[string]int{"word": 0, "WORD": 0, "N": 1, "m": -1} {
		if got := schema.Index(name); got != want {
			t.Errorf("Index(%q) = %d, want %d", name, got, want)
		}
	}
	if got, want := schema.Select([]int{2, 0}).String(), "word int, Word string"; got != want {
		t.Errorf("Select: got %q, want %q", got, want)
	}
}
