package types

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
)

// Arrow returns the Arrow type with the same layout in memory. Timestamps are
// instants: microseconds, zone UTC.
func (t Type) Arrow() arrow.DataType {
	switch t.kind {
	case KindBoolean:
		return arrow.FixedWidthTypes.Boolean
	case KindInt:
		return arrow.PrimitiveTypes.Int32
	case KindBigint:
		return arrow.PrimitiveTypes.Int64
	case KindDouble:
		return arrow.PrimitiveTypes.Float64
	case KindString:
		return arrow.BinaryTypes.String
	case KindTimestamp:
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
	case KindArray:
		return arrow.ListOf(t.Element().Arrow())
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
// memory as [Type.Arrow] says have one; a timestamp needs a zone (any: the value is
// the instant) and microseconds.
func FromArrow(t arrow.DataType) (Type, error) {
	switch t := t.(type) {
	case *arrow.NullType:
		return Void, nil
	case *arrow.BooleanType:
		return Boolean, nil
	case *arrow.Int32Type:
		return Int, nil
	case *arrow.Int64Type:
		return Bigint, nil
	case *arrow.Float64Type:
		return Double, nil
	case *arrow.StringType:
		return String, nil
	case *arrow.TimestampType:
		if t.Unit == arrow.Microsecond && t.TimeZone != "" {
			return Timestamp, nil
		}
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
