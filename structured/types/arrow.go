package types

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
)

// Arrow returns the Arrow type with the same layout in memory. A timestamp has the
// zone UTC, a timestamp without zone none; both are microseconds. Only a [Calendar] counts
// otherwise there: nanoseconds, in place of microseconds.
func (t Type) Arrow() arrow.DataType {
	switch t.kind {
	case KindBoolean:
		return arrow.FixedWidthTypes.Boolean
	case KindTinyint:
		return arrow.PrimitiveTypes.Int8
	case KindSmallint:
		return arrow.PrimitiveTypes.Int16
	case KindInt:
		return arrow.PrimitiveTypes.Int32
	case KindBigint:
		return arrow.PrimitiveTypes.Int64
	case KindFloat:
		return arrow.PrimitiveTypes.Float32
	case KindDouble:
		return arrow.PrimitiveTypes.Float64
	case KindDecimal:
		return &arrow.Decimal128Type{Precision: int32(t.first), Scale: int32(t.second)}
	case KindString:
		return arrow.BinaryTypes.String
	case KindBinary:
		return arrow.BinaryTypes.Binary
	case KindDate:
		return arrow.FixedWidthTypes.Date32
	case KindTimestamp:
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
	case KindTimestampNTZ:
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	case KindYearMonth:
		return arrow.FixedWidthTypes.MonthInterval
	case KindDayTime:
		return &arrow.DurationType{Unit: arrow.Microsecond}
	case KindCalendar:
		return arrow.FixedWidthTypes.MonthDayNanoInterval
	case KindArray:
		return arrow.ListOf(t.Element().Arrow())
	case KindMap:
		return arrow.MapOf(t.Key().Arrow(), t.Value().Arrow())
	case KindStruct:
		return arrow.StructOf(arrowFields(t.Fields())...)
	default:
		return arrow.Null
	}
}

// Arrow returns the Arrow schema with the same columns.
func (s Schema) Arrow() *arrow.Schema {
	return arrow.NewSchema(arrowFields(s.Fields), nil)
}

func arrowFields(fields []Field) []arrow.Field {
	list := make([]arrow.Field, len(fields))
	for i, field := range fields {
		list[i] = arrow.Field{Name: field.Name, Type: field.Type.Arrow(), Nullable: field.Nullable}
	}
	return list
}

// FromArrow returns the type of an Arrow column. Only types that Arrow lays out in
// memory as [Type.Arrow] says have one: timestamps and durations are microseconds.
// The value of a timestamp with a zone, whichever, is the instant.
func FromArrow(t arrow.DataType) (Type, error) {
	switch t := t.(type) {
	case *arrow.NullType:
		return Void, nil
	case *arrow.BooleanType:
		return Boolean, nil
	case *arrow.Int8Type:
		return Tinyint, nil
	case *arrow.Int16Type:
		return Smallint, nil
	case *arrow.Int32Type:
		return Int, nil
	case *arrow.Int64Type:
		return Bigint, nil
	case *arrow.Float32Type:
		return Float, nil
	case *arrow.Float64Type:
		return Double, nil
	case *arrow.Decimal128Type:
		if CheckDecimal(int(t.Precision), int(t.Scale)) == nil {
			return Decimal(int(t.Precision), int(t.Scale)), nil
		}
	case *arrow.StringType:
		return String, nil
	case *arrow.BinaryType:
		return Binary, nil
	case *arrow.Date32Type:
		return Date, nil
	case *arrow.TimestampType:
		switch {
		case t.Unit == arrow.Microsecond && t.TimeZone != "":
			return Timestamp, nil
		case t.Unit == arrow.Microsecond:
			return TimestampNTZ, nil
		}
	case *arrow.MonthIntervalType:
		return YearMonth, nil
	case *arrow.DurationType:
		if t.Unit == arrow.Microsecond {
			return DayTime, nil
		}
	case *arrow.MonthDayNanoIntervalType:
		return Calendar, nil
	case *arrow.MapType: // before the list, which it is in memory
		key, err := FromArrow(t.KeyType())
		if err != nil {
			return Type{}, err
		}
		value, err := FromArrow(t.ItemType())
		return Map(key, value), err
	case *arrow.ListType:
		element, err := FromArrow(t.Elem())
		return Array(element), err
	case *arrow.StructType:
		fields, err := fromArrowFields(t.Fields())
		return Struct(fields...), err
	}
	return Type{}, fmt.Errorf("arrow type %s has no counterpart; convert the column first", t)
}

// SchemaFromArrow returns the schema of an Arrow schema, or an error that names the
// first column whose type has no counterpart.
func SchemaFromArrow(s *arrow.Schema) (Schema, error) {
	fields, err := fromArrowFields(s.Fields())
	return Schema{Fields: fields}, err
}

func fromArrowFields(list []arrow.Field) ([]Field, error) {
	fields := make([]Field, len(list))
	for i, field := range list {
		t, err := FromArrow(field.Type)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", field.Name, err)
		}
		fields[i] = Field{Name: field.Name, Type: t, Nullable: field.Nullable}
	}
	return fields, nil
}
