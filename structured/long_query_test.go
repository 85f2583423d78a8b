package structured

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// longQueries are queries as programs write them: with n of something.
var longQueries = map[string]func(n int) string{
	"or": func(n int) string {
		return "SELECT count(*) FROM range(10) WHERE " + numbered(n, " OR ", "id + # = #")
	},
	"and": func(n int) string {
		return "SELECT count(*) FROM range(10) WHERE " + numbered(n, " AND ", "id + # <> -1")
	},
	"sum": func(n int) string { return "SELECT max(" + numbered(n, " + ", "id % #0") + ") FROM range(10)" },
	"case": func(n int) string {
		return "SELECT max(CASE " + numbered(n, " ", "WHEN id = # THEN #") + " END) FROM range(10)"
	},
	"in": func(n int) string {
		return "SELECT count(*) FROM range(10) WHERE id IN (" + numbered(n, ", ", "#") + ")"
	},
	"values":  func(n int) string { return "SELECT count(*) FROM VALUES " + numbered(n, ", ", "(#, 'v#')") },
	"columns": func(n int) string { return "SELECT " + numbered(n, ", ", "max(id + #) AS c#") + " FROM range(10)" },
}

// numbered repeats an element with the numbers from 1 to n in the place of #.
func numbered(n int, separator, element string) string {
	var text strings.Builder
	for i := range n {
		if i > 0 {
			text.WriteString(separator)
		}
		text.WriteString(strings.ReplaceAll(element, "#", strconv.Itoa(i+1)))
	}
	return text.String()
}

func TestLongQueries(t *testing.T) {
	session := open(t)
	for name, want := range map[string]string{"or": "1", "and": "10", "sum": "13500", "case": "9", "in": "9", "values": "1500"} {
		_, got, _ := strings.Cut(textOf(t, session.SQL(longQueries[name](1500))), "\n")
		if got != "["+want+"]" {
			t.Errorf("%s: got %s, want [%s]", name, got, want)
		}
	}
}

// BenchmarkLongQuery plans and runs queries of twice the length each: what they take
// should double, too.
func BenchmarkLongQuery(b *testing.B) {
	for _, name := range slices.Sorted(maps.Keys(longQueries)) {
		for _, n := range []int{500, 1000, 2000} {
			b.Run(fmt.Sprintf("%s/n=%d", name, n), func(b *testing.B) {
				session := open(b)
				for b.Loop() {
					for _, err := range session.SQL(longQueries[name](n)).Rows(b.Context()) {
						if err != nil {
							b.Fatal(err)
						}
					}
				}
			})
		}
	}
}
