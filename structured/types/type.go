package types

import (
	"fmt"
	"slices"
	"strings"
)

// Kind is the outermost shape of a type.
type Kind uint8

// The kinds of types.
const (
	KindInvalid Kind = iota // the zero Type
	KindVoid                // only null
	KindBoolean
	KindTinyint  // 8 bits, signed
	KindSmallint // 16 bits, signed
	KindInt      // 32 bits, signed
	KindBigint   // 64 bits, signed
	KindFloat    // IEEE 754, 32 bits
	KindDouble   // IEEE 754, 64 bits
	KindDecimal
	KindString // UTF-8
	KindBinary
	KindDate
	KindTimestamp
	KindTimestampNTZ
	KindYearMonth
	KindDayTime
	KindCalendar
	KindArray
	KindMap
	KindStruct
)

// Type is the type of a column. Types are compared with ==.
type Type struct {
	kind Kind

	// first and second are the precision and the scale of a decimal, and the greatest
	// and the least unit of an interval; first is the collation of a string.
	first, second uint8

	// nested is nil, a Type (the element of an array), an entry (of a map) or a
	// fieldList (of a struct). As these are held by value, == compares them to the
	// bottom.
	nested any
}

// fieldList is a linked list, since a slice could not be compared with ==.
type fieldList struct {
	name string
	typ  Type
	next any // nil or a fieldList
}

// entry is the key and the value of a map.
type entry struct{ key, value Type }

// The types that have no parts.
var (
	Void         = Type{kind: KindVoid}
	Boolean      = Type{kind: KindBoolean}
	Tinyint      = Type{kind: KindTinyint}
	Smallint     = Type{kind: KindSmallint}
	Int          = Type{kind: KindInt}
	Bigint       = Type{kind: KindBigint}
	Float        = Type{kind: KindFloat}
	Double       = Type{kind: KindDouble}
	String       = Type{kind: KindString}
	Binary       = Type{kind: KindBinary}
	Date         = Type{kind: KindDate}         // a day of the proleptic Gregorian calendar
	Timestamp    = Type{kind: KindTimestamp}    // an instant, to the microsecond
	TimestampNTZ = Type{kind: KindTimestampNTZ} // what a clock shows, of no zone, to the microsecond

	YearMonth = Interval(Year, Month) // an interval in whole months
	DayTime   = Interval(Day, Second) // an interval in microseconds

	Calendar = Type{kind: KindCalendar} // an interval in months, days and microseconds; see CalendarInterval
)

// Unit is a unit of intervals.
type Unit uint8

// The units. Years and months make intervals in months, days to seconds such in
// microseconds; the two do not mix, since months differ in length.
const (
	Year Unit = iota
	Month
	Day
	Hour
	Minute
	Second
)

func (u Unit) String() string {
	return [...]string{"year", "month", "day", "hour", "minute", "second"}[u]
}

// Interval returns the type of intervals that are written in the units from one to
// the other, the greater one first. The units are how an interval is read and
// written; what it can hold does not depend on them. Units that do not mix are a
// mistake of the caller and panic.
func Interval(from, to Unit) Type {
	if from > to || (from <= Month) != (to <= Month) {
		panic(fmt.Sprintf("interval %s to %s: no such type", from, to))
	}
	if to <= Month {
		return Type{kind: KindYearMonth, first: uint8(from), second: uint8(to)}
	}
	return Type{kind: KindDayTime, first: uint8(from), second: uint8(to)}
}

// Units returns the greatest and the least unit of an interval.
func (t Type) Units() (from, to Unit) { return Unit(t.first), Unit(t.second) }

// MaxPrecision is the greatest number of digits of a decimal.
const MaxPrecision = 38

// Decimal returns the type of numbers with at most precision digits, scale of them
// after the point: 1 <= precision <= 38, 0 <= scale <= precision. Other values are a
// mistake of the caller and panic; [CheckDecimal] tells.
func Decimal(precision, scale int) Type {
	if err := CheckDecimal(precision, scale); err != nil {
		panic(err)
	}
	return Type{kind: KindDecimal, first: uint8(precision), second: uint8(scale)}
}

// CheckDecimal returns an error if there is no such decimal type.
func CheckDecimal(precision, scale int) error {
	if precision < 1 || precision > MaxPrecision || scale < 0 || scale > precision {
		return fmt.Errorf("decimal(%d,%d): the precision must be 1 to %d, the scale 0 to the precision", precision, scale, MaxPrecision)
	}
	return nil
}

// Array returns the type of lists of element.
func Array(element Type) Type {
	return Type{kind: KindArray, nested: element}
}

// Map returns the type of maps from key to value.
func Map(key, value Type) Type {
	return Type{kind: KindMap, nested: entry{key, value}}
}

// Struct returns the type of records with these fields. Whether a field is
// Nullable is not part of the type: inside a struct every field is.
func Struct(fields ...Field) Type {
	var list any
	for i := len(fields) - 1; i >= 0; i-- {
		list = fieldList{name: fields[i].Name, typ: fields[i].Type, next: list}
	}
	return Type{kind: KindStruct, nested: list}
}

// Window returns the type of time windows: struct<start:timestamp,end:timestamp>.
func Window() Type { return WindowOf(Timestamp) }

// WindowOf returns the type of time windows over times of type t:
// struct<start:t,end:t>.
func WindowOf(t Type) Type { return Struct(Nullable("start", t), Nullable("end", t)) }

// Kind returns the outermost shape of the type.
func (t Type) Kind() Kind { return t.kind }

// Precision returns the number of digits of a decimal.
func (t Type) Precision() int { return int(t.first) }

// Scale returns how many digits of a decimal lie after the point.
func (t Type) Scale() int { return int(t.second) }

// Element returns the type of an array's elements, of a map's entries
// (struct<key:K,value:V>), and the zero Type for all else.
func (t Type) Element() Type {
	switch nested := t.nested.(type) {
	case Type:
		return nested
	case entry:
		return Struct(Nullable("key", nested.key), Nullable("value", nested.value))
	}
	return Type{}
}

// Key returns the type of a map's keys, and the zero Type for all else.
func (t Type) Key() Type {
	e, _ := t.nested.(entry)
	return e.key
}

// Value returns the type of a map's values, and the zero Type for all else.
func (t Type) Value() Type {
	e, _ := t.nested.(entry)
	return e.value
}

// Fields returns the fields of a struct in order, and nil for all else.
func (t Type) Fields() []Field {
	var fields []Field
	for list, ok := t.nested.(fieldList); ok; list, ok = list.next.(fieldList) {
		fields = append(fields, Nullable(list.name, list.typ))
	}
	return fields
}

// IsNumeric reports whether values of the type can be added up.
func (t Type) IsNumeric() bool {
	return t.IsInteger() || t.IsFractional()
}

// IsInteger reports whether the type is a whole number.
func (t Type) IsInteger() bool { return KindTinyint <= t.kind && t.kind <= KindBigint }

// IsFractional reports whether the type is a float, a double or a decimal.
func (t Type) IsFractional() bool { return KindFloat <= t.kind && t.kind <= KindDecimal }

// IsTime reports whether the type is a point in time: a date or a timestamp, with
// or without zone.
func (t Type) IsTime() bool { return KindDate <= t.kind && t.kind <= KindTimestampNTZ }

// IsInterval reports whether the type is a length of time in units of one kind, which can
// be compared and added up: all intervals but [Calendar].
func (t Type) IsInterval() bool { return t.kind == KindYearMonth || t.kind == KindDayTime }

// IsNested reports whether values of the type have parts: arrays, maps, structs.
func (t Type) IsNested() bool { return t.kind >= KindArray }

// IsAtomic reports whether the type is neither nested nor void.
func (t Type) IsAtomic() bool { return KindBoolean <= t.kind && t.kind < KindArray }

// HasMap reports whether there is a map in values of the type. Such values have no equality,
// since the order of entries does not count.
func (t Type) HasMap() bool {
	switch t.kind {
	case KindMap:
		return true
	case KindArray:
		return t.Element().HasMap()
	case KindStruct:
		return slices.ContainsFunc(t.Fields(), func(f Field) bool { return f.Type.HasMap() })
	}
	return false
}

// IsOrdered reports whether two values of the type can be compared with < and
// sorted: all but maps, calendar intervals and what contains one.
func (t Type) IsOrdered() bool {
	switch t.kind {
	case KindInvalid, KindMap, KindCalendar:
		return false
	case KindArray:
		return t.Element().IsOrdered()
	case KindStruct:
		for _, field := range t.Fields() {
			if !field.Type.IsOrdered() {
				return false
			}
		}
	}
	return true
}

var kindNames = [...]string{
	"invalid", "void", "boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "decimal",
	"string", "binary", "date", "timestamp", "timestamp_ntz",
}

// String returns the type in Spark's short form.
func (t Type) String() string {
	switch t.kind {
	case KindString:
		if t.first != 0 {
			return "string collate " + t.Collation().String()
		}
		return kindNames[t.kind]
	case KindDecimal:
		return fmt.Sprintf("decimal(%d,%d)", t.first, t.second)
	case KindYearMonth, KindDayTime:
		if from, to := t.Units(); from != to {
			return "interval " + from.String() + " to " + to.String()
		}
		return "interval " + Unit(t.first).String()
	case KindCalendar:
		return "interval"
	case KindArray:
		return "array<" + t.Element().String() + ">"
	case KindMap:
		return "map<" + t.Key().String() + "," + t.Value().String() + ">"
	case KindStruct:
		return "struct<" + joinFields(t.Fields(), ":", ",") + ">"
	default:
		return kindNames[t.kind]
	}
}

func joinFields(fields []Field, colon, comma string) string {
	var text strings.Builder
	for i, field := range fields {
		if i > 0 {
			text.WriteString(comma)
		}
		text.WriteString(field.Name + colon + field.Type.String())
	}
	return text.String()
}
