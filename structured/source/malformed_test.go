package source

import (
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/structured/types"
)

func TestMalformedRecords(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a", strings.Join([]string{
		`{"n":1,"tags":["a"],"in":{"x":1}}`,
		`{"n":"one","tags":["b"],"in":{"x":2}}`,
		`{"n":3,"tags":["c",4,[]],"in":{"x":"y"}}`,
		`{"n":4,"tags":["d"`,
		`[5]`,
		``,
		`{"n":6,"_corrupt_record":"not taken"}`,
	}, "\n")+"\n", 0)
	fields := []types.Field{
		types.Nullable("n", types.Int), types.Nullable("tags", types.Array(types.String)),
		types.Nullable("in", types.Struct(types.Nullable("x", types.Int))),
	}
	plain := types.NewSchema(fields...)
	corrupt := types.NewSchema(append(fields, types.Nullable(CorruptRecord, types.String))...)
	read := func(schema types.Schema, mode MalformedMode, columns ...int) []string {
		t.Helper()
		r := open(t, JSONFiles(dir, schema, Malformed(mode)), "", 0)
		return rows(t, r, "", latest(t, r, "", Limit{All: true}), 1, columns)
	}
	check(t, read(plain, DropMalformed), `1,["a"],{"x":1}`, `6,(null),(null)`)
	check(t, read(plain, DropMalformed, 1), `["a"]`, `(null)`)
	check(t, read(plain, Permissive), `1,["a"],{"x":1}`, `(null),["b"],{"x":2}`, `3,["c","4","[]"],(null)`, `(null),(null),(null)`, `(null),(null),(null)`, `6,(null),(null)`)
	check(t, read(corrupt, Permissive, 0, 3), `1,(null)`, `(null),{"n":"one","tags":["b"],"in":{"x":2}}`, `3,{"n":3,"tags":["c",4,[]],"in":{"x":"y"}}`,
		`(null),{"n":4,"tags":["d"`, `(null),[5]`, `6,(null)`)
	check(t, read(corrupt, Permissive, 0), "1", "(null)", "3", "(null)", "(null)", "6")
	check(t, read(corrupt, DropMalformed, 0), "1", "6")
}
