// Package types describes the columns of a table: their types and schemas.
//
// A [Type] is a plain value: two types are equal when == says so, nested ones
// included, and a Type may be the key of a map. Types are named and printed as
// Spark does it in its short form: "bigint", "array<string>",
// "struct<start:timestamp,end:timestamp>".
//
// A [Schema] is a list of named, typed columns. Columns know whether they may
// hold null; the fields of a struct, the elements of an array and the values of a map always may.
// Names keep their case and are looked up without regard to it.
//
// In memory a column has the layout of Apache Arrow; [Type.Arrow] and [FromArrow]
// lead there and back. A single value is one of these Go types:
//
//	boolean        bool
//	tinyint        int8
//	smallint       int16
//	int            int32
//	bigint         int64
//	float          float32
//	double         float64
//	decimal(p,s)   decimal128.Num of Arrow: the number times 10 to the s
//	string         string, in UTF-8
//	binary         []byte
//	date           int32, days since 1970-01-01
//	timestamp      int64, microseconds since 1970-01-01T00:00:00Z
//	timestamp_ntz  int64, as a timestamp of that clock time in UTC
//	interval year to month   int32, months
//	interval day to second   int64, microseconds
//	interval                 CalendarInterval
//	array          []any
//	map            []any of entries, each []any{key, value}, in the map's order
//	struct         []any, one for each field
//	void           nil, and so is null of any type
//
// The package does not know how values are computed, stored or compared.
package types
