package source

import (
	"testing"

	"github.com/tidewheel/tidewheel/structured/types"
)

// Whatever a line holds, a record is decoded whole or refused, and the columns stay
// of one length.
func FuzzJSONRecord(f *testing.F) {
	f.Add([]byte(`{"i":1,"s":"a","t":"2024-01-02T03:04:05Z","l":[1,null],"r":{"d":1e3,"b":true}}`))
	f.Add([]byte(`{"s":{"x":[]},"l":null,"r":{}}`))
	f.Add([]byte(`{"i":"1"}`))
	f.Add([]byte(`{`))
	schema := types.NewSchema(types.Nullable("i", types.Int), types.Nullable("s", types.String), types.Nullable("t", types.Timestamp),
		types.Nullable("l", types.Array(types.Bigint)), types.Nullable("r", types.Struct(types.Nullable("d", types.Double), types.Nullable("b", types.Boolean))))
	f.Fuzz(func(t *testing.T, line []byte) {
		d := newRecordDecoder(schema)
		if d.decode(line) != nil {
			return
		}
		if err := d.decode([]byte(`{"i":7}`)); err != nil {
			t.Fatal(err)
		}
		batch := d.batch()
		for i, column := range batch.Columns() {
			if column.Len() != 2 {
				t.Fatalf("column %d has %d rows of 2", i, column.Len())
			}
		}
		if batch.Column(0).ValueStr(1) != "7" {
			t.Fatal("the record after it is wrong")
		}
	})
}
