// Package record is the typed edge of the columns: values of Go types are read from
// vectors and written to them.
//
// A [Reader] or [Writer] looks at a type once, by reflection, and is then a few loops
// over columns, each a typed one that steps through memory from one value's field to the
// next. Nothing is boxed, and what must be allocated (strings, slices, what pointers
// point to) is allocated once for a batch, not for a row: the strings of one column
// share memory, and so live as long as any of them.
//
// A struct has a column for each exported field, called as its tag says, `sql:"name"`,
// or else as the field is in lower case; `sql:"-"` leaves it out. A value of any other
// type is one column.
//
//	Go                     written as             read from
//	bool                   boolean                boolean
//	int8 int16 int32       tinyint smallint int   these and narrower ones
//	int int64              bigint                 whole numbers; interval in months
//	float32 float64        float double           these; double from float
//	string                 string                 string, decimal
//	[]byte                 binary                 binary
//	time.Time              timestamp              timestamp, timestamp_ntz, date
//	time.Duration          interval day to second interval of days to seconds
//	[]T                    array                  array
//	map[K]T                map, in order of keys  map
//	struct                 struct                 struct, fields by name
//	*T                     T that may be null     T that may be null
//
// Null goes into a pointer, and into nothing else.
package record
