package structured

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

type stay struct {
	Who   string
	At    time.Time `sql:"seen"`
	Long  time.Duration
	Rooms []int32
	Rank  *int8
	Where struct{ X, Y float32 }
	Notes map[string]any `sql:"-"`
}

func TestRowsGoInAndComeOut(t *testing.T) {
	session := open(t)
	rank := int8(3)
	stays := []stay{
		{Who: "ann", At: time.UnixMicro(5_000_001).UTC(), Long: time.Minute, Rooms: []int32{1, 2}, Rank: &rank},
		{Who: "bob", At: time.UnixMicro(-1).UTC(), Rooms: []int32{}, Where: struct{ X, Y float32 }{1, 2.5}},
	}
	for name, table := range map[string]DataFrame{ //det:unordered each is looked at alone
		"slice": session.FromSlice(stays).DataFrame(), "sequence": session.FromSeq(slices.Values(stays)).DataFrame(), "channel": session.FromChannel(channelOf(stays)).DataFrame(),
	} {
		schema, err := table.Schema(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if got, want := strings.Join(schema.Names(), " "), "who seen long rooms rank where"; got != want {
			t.Errorf("%s: columns %s, want %s", name, got, want)
		}
		got, err := Collect[stay](context.Background(), table)
		if err != nil || !reflect.DeepEqual(got, stays) {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
	numbers, err := Collect[int64](context.Background(), session.FromSlice([]int{3, 1, 2}).DataFrame().OrderBy("value"))
	if err != nil || !slices.Equal(numbers, []int64{1, 2, 3}) {
		t.Errorf("got %v, %v", numbers, err)
	}
	for _, err := range []error{
		session.FromSlice([]chan int{nil}).Err(), session.FromSlice([]struct{ c int }{}).Err(),
		session.FromSlice([]struct{ F func() }{}).Err(),
	} {
		if err == nil || !strings.Contains(err.Error(), "FromSlice") {
			t.Errorf("got %v", err)
		}
	}
	for n, err := range All[int64](context.Background(), session.FromSlice([]int64{7, 8}).DataFrame()) {
		if n != 7 || err != nil {
			t.Errorf("got %d, %v", n, err)
		}
		break
	}
}

func channelOf[T any](rows []T) <-chan T {
	c := make(chan T, len(rows))
	for _, row := range rows {
		c <- row
	}
	close(c)
	return c
}
