package structured

import (
	"context"
	"errors"
	"iter"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/structured/expr"
)

var errNoAt = errors.New("no @ in it")

var domain = expr.Func1Err("Domain", func(email string) (string, error) {
	if at := strings.IndexByte(email, '@'); at >= 0 {
		return email[at+1:], nil
	}
	return "", errNoAt
})

// geomean is the geometric mean of numbers, of which it keeps the logarithms.
type geomean struct{}

type logs struct {
	Sum float64
	N   int
}

func (geomean) Zero() logs                   { return logs{} }
func (geomean) Add(buf logs, x float64) logs { return logs{buf.Sum + math.Log2(x), buf.N + 1} }
func (geomean) Merge(a, b logs) logs         { return logs{a.Sum + b.Sum, a.N + b.N} }
func (geomean) Result(buf logs) (mean *float64) {
	if buf.N == 0 {
		return nil
	}
	value := math.Exp2(buf.Sum / float64(buf.N))
	return &value
}

// tally counts words; its buffer is a map, and is changed in place.
type tally struct{}

func (tally) Zero() map[string]int { return map[string]int{} }
func (tally) Add(buf map[string]int, word *string) map[string]int {
	if word == nil {
		buf["null"]++
	} else {
		buf[*word]++
	}
	return buf
}

func (tally) Merge(a, b map[string]int) map[string]int {
	for word, n := range b { //det:unordered sums are the same in any order
		a[word] += n
	}
	return a
}
func (tally) Result(buf map[string]int) map[string]int { return buf }

type interval struct{ From, To int }

var (
	average = expr.Aggregate("geomean", geomean{})
	words   = expr.Aggregate("tally", tally{})
	between = expr.TableFunc("between_numbers", func(i interval) iter.Seq[struct{ N, Square int }] {
		return func(yield func(struct{ N, Square int }) bool) {
			for n := i.From; n <= i.To && yield(struct{ N, Square int }{n, n * n}); n++ {
			}
		}
	})
	letters = expr.TableFunc("letters", func(s string) iter.Seq[string] { return slices.Values(strings.Split(s, "")) })
)

// TestFunctionsOfThePrograms asks each question of the methods and in SQL.
func TestFunctionsOfThePrograms(t *testing.T) {
	session := open(t)
	add3 := expr.Func3("add3", func(a int64, b *int64, c int8) *int64 {
		if b == nil {
			return nil
		}
		sum := a + *b + int64(c)
		return &sum
	})
	longer := expr.Func2("longer", func(a, b string) bool { return len(a) > len(b) })
	daysLater := expr.Func2("days_later", func(at time.Time, days int) time.Time { return at.AddDate(0, 0, days) })
	total := expr.Func1("total", func(list []*int32) (sum int32) {
		for _, n := range list {
			if n != nil {
				sum += *n
			}
		}
		return sum
	})
	if err := session.Register(domain, average, words, between, letters, add3, longer, daysLater, total); err != nil {
		t.Fatal(err)
	}
	user := session.SQL("SELECT * FROM VALUES ('a', 'a@x.org', 4, 1), ('b', 'b@y.org', 16, NULL), ('c', 'c@x.org', 1, 3), (NULL, NULL, NULL, 2) AS t(name, email, score, n)")
	user = user.Alias("user")
	if err := session.CreateView("user", user); err != nil {
		t.Fatal(err)
	}
	byName := expr.PartitionBy("n").OrderBy("name")
	for _, c := range []struct {
		name  string
		table DataFrame
		sql   string
		want  []string
	}{
		{
			"a null is not given to the function", user.Select(domain.Of("email").As("d")), "SELECT domain(email) AS d FROM user",
			[]string{"[NULL]", "[x.org]", "[x.org]", "[y.org]"},
		},
		{
			"a pointer sees nulls and gives them", user.Select(add3.Of("score", "n", "score")), "SELECT add3(score, n, score) FROM user",
			[]string{"[5]", "[9]", "[NULL]", "[NULL]"},
		},
		{
			"within conditions, over constants", user.Where(longer.Of(expr.Col("email"), expr.Lit("abc")).And(domain.Of("email").Eq("x.org"))).Select("name"),
			"SELECT name FROM user WHERE longer(email, 'abc') AND domain(email) = 'x.org'",
			[]string{"[a]", "[c]"},
		},
		{
			"only where the left side leaves it open", user.Select(expr.When(expr.Col("name").Eq("a"), domain.Of("email")).Else("other").As("d")),
			"SELECT CASE WHEN name = 'a' THEN domain(email) ELSE 'other' END AS d FROM user",
			[]string{"[other]", "[other]", "[other]", "[x.org]"},
		},
		{
			"not where AND is decided", user.Where(expr.Col("name").Eq("z").And(domain.Of("name").IsNotNull())).Select("name"), "SELECT name FROM user WHERE name = 'z' AND domain(name) IS NOT NULL", nil,
		},
		{
			"conversions", user.Limit(1).Select(daysLater.Of(expr.SQL("DATE '2024-02-28'"), expr.Lit(2)).As("d")),
			"SELECT days_later(DATE '2024-02-28', 2) AS d FROM (SELECT 1)",
			[]string{"[2024-03-01 00:00:00]"},
		},
		{
			"lists with nulls", user.Limit(1).Select(total.Of(expr.SQL("array(1, NULL, 3)"))), "SELECT total(array(1, NULL, 3))", []string{"[4]"},
		},
		{
			"group key", user.GroupBy(domain.Of("email").As("d")).Agg(average.Of("score").As("s")), "SELECT domain(email) AS d, geomean(score) AS s FROM user GROUP BY domain(email)",
			[]string{"[NULL, NULL]", "[x.org, 2.0]", "[y.org, 16.0]"},
		},
		{
			"many rows, no group, expressions upon it", user.Agg(average.Of("score").Times(2).As("s"), words.Of("name").As("w")),
			"SELECT geomean(score) * 2 AS s, tally(name) AS w FROM user",
			[]string{"[8.0, {a -> 1, b -> 1, c -> 1, null -> 1}]"},
		},
		{"many rows of none", user.Where(expr.Lit(false)).Agg(average.Of("score")), "SELECT geomean(score) FROM user WHERE false", []string{"[NULL]"}},
		{
			"over a window", user.WithColumn("w", words.Of("name").Over(byName)).Select("w"), "SELECT tally(name) OVER (PARTITION BY n ORDER BY name) AS w FROM user",
			[]string{"[{a -> 1}]", "[{b -> 1}]", "[{c -> 1}]", "[{null -> 1}]"},
		},
		{
			"a filter", user.SelectExpr("geomean(score) FILTER (WHERE score > 1) AS s"), "SELECT geomean(score) FILTER (WHERE score > 1) AS s FROM user",
			[]string{"[8.0]"},
		},
		{
			"a filter of a function that sees nulls", user.SelectExpr("tally(name) FILTER (WHERE n IS NULL OR n < 3) AS w"), "SELECT tally(name) FILTER (WHERE n IS NULL OR n < 3) AS w FROM user",
			[]string{"[{a -> 1, b -> 1, null -> 1}]"},
		},
		{
			"distinct rows", user.Union(user.Where(expr.Col("score").Eq(16))).SelectExpr("geomean(DISTINCT score) AS s", "geomean(score) > 5 AS g"),
			"SELECT geomean(DISTINCT score) AS s, geomean(score) > 5 AS g FROM (SELECT * FROM user UNION ALL SELECT * FROM user WHERE score = 16)",
			[]string{"[4.0, true]"},
		},
		{
			"distinct rows with null, some left out", user.Union(user).SelectExpr("tally(DISTINCT name) FILTER (WHERE name IS NULL OR name > 'a') AS w"), "SELECT tally(DISTINCT name) FILTER (WHERE name IS NULL OR name > 'a') AS w FROM (SELECT * FROM user UNION ALL SELECT * FROM user)",
			[]string{"[{b -> 1, c -> 1, null -> 1}]"},
		},
		{
			"rows of structs, their fields as arguments", user.Where(expr.Col("n").Gt(1)).Select(expr.Col("user.n"), between.Of(expr.Col("n"), expr.Lit(3))),
			"SELECT user.n, b.* FROM user LATERAL VIEW between_numbers(n, 3) b WHERE user.n > 1",
			[]string{"[2, 2, 4]", "[2, 3, 9]", "[3, 3, 9]"},
		},
		{"rows of values", user.Select(letters.Of("name")), "SELECT letters(name) FROM user", []string{"[a]", "[b]", "[c]"}},
		{
			"a table function as a table", user.Limit(1).Select(between.Of(expr.Lit(1), expr.Lit(2))), "SELECT * FROM between_numbers(1, 2)", []string{"[1, 1]", "[2, 4]"},
		},
		{
			"a table function of a row beside it", user.Select(expr.Col("name"), letters.Of("name").As("l")), "SELECT name, l FROM user, LATERAL letters(name) AS x(l)", []string{"[a, a]", "[b, b]", "[c, c]"},
		},
	} {
		for form, table := range map[string]DataFrame{"methods": c.table, "SQL": session.SQL(c.sql)} { //det:unordered each is looked at alone
			rows := textOf(t, table)
			_, rows, _ = strings.Cut(rows, "\n")
			if want := strings.Join(c.want, "\n"); rows != want {
				t.Errorf("%s, by %s: got\n%s\nwant\n%s", c.name, form, rows, want)
			}
		}
	}
}

func TestFunctionsOfTheProgramThatFail(t *testing.T) {
	session := open(t)
	table := session.FromSlice([]string{"a@b", "no address"}).DataFrame()
	_, err := table.Select(domain.Of("value")).Count(t.Context())
	if err != nil {
		t.Errorf("a column that nobody reads: %v", err)
	}
	_, err = Collect[string](t.Context(), table.Select(domain.Of("value")))
	var failed *Error
	if !errors.Is(err, errNoAt) || !errors.As(err, &failed) || failed.Condition != "FAILED_EXECUTE_UDF" || !strings.Contains(err.Error(), "function domain failed for ('no address'): no @ in it") {
		t.Errorf("an error: got %v", err)
	}
	broken := expr.Func1("broken", func(s string) int { return len(s[100:]) })
	for name, query := range map[string]DataFrame{ //det:unordered each is looked at alone
		"rows": table.Select(broken.Of("value")), "constants": table.Select(broken.Of(expr.Lit("a"))), "conditions": table.Where(broken.Of("value").Gt(1)),
	} {
		for _, err := range query.Rows(context.Background()) {
			if err == nil || !strings.Contains(err.Error(), "slice bounds out of range") || !strings.Contains(err.Error(), "user_test.go") {
				t.Errorf("a panic over %s: got %v", name, err)
			}
		}
	}
	inside := expr.Func1("inside", func(list []int32) int { return len(list) })
	for _, err = range table.Select(inside.Of(expr.SQL("array(1, NULL)"))).Rows(t.Context()) {
	}
	if err == nil || !strings.Contains(err.Error(), "function inside: ") || !strings.Contains(err.Error(), "null does not go into a []int32") {
		t.Errorf("a null inside of an argument: got %v", err)
	}
}

func TestMistakesWithFunctionsOfTheProgram(t *testing.T) {
	session := open(t)
	table := session.FromSlice([]struct {
		ID   int64
		Tags []string
	}{{1, nil}}).DataFrame()
	half := expr.Func1("half", func(n int8) int8 { return n / 2 })
	for _, c := range []struct {
		err  error
		want string
	}{
		{session.Register(expr.Func1("Upper", strings.ToUpper)), "the engine has a function upper"},
		{session.Register(expr.Func1("rank", strings.ToUpper)), "the engine has a function rank"},
		{session.Register(expr.Func1("sum", strings.ToUpper)), "the engine has a function sum"},
		{session.Register(expr.Func1("explode", strings.ToUpper)), "the engine has a function explode"},
		{session.Register(expr.Func1[string, string]("f", nil)), "function f: the Go function is nil"},
		{session.Register(expr.Func1("", strings.ToUpper)), "a function needs a name"},
		{session.Register(expr.Function{}), "the zero Function is none"},
		{session.Register(expr.Func1("f", func(chan int) int { return 0 })), "function f: parameter 1: a chan int is no value of a table"},
		{session.Register(expr.Func1("f", func(int) func() { return nil })), "function f: the result: a func() is no value of a table"},
		{session.Register(expr.Aggregate[int, int, int]("f", nil)), "the Go function is nil"},
		{table.Select(half.Of("id", "id")).Err(), "half takes 1 argument, got 2"},
		{table.Select(half.Of("tags")).Err(), "half: argument 1 must be tinyint, as the Go function takes it, but tags is array<string>"},
		{table.Select(expr.Function{}.Of("tags")).Err(), "the zero Function is none"},
		{table.Where(average.Of("id").Gt(1.0)).Err(), "is a function of many rows"},
		{table.Select(letters.Of("id").Eq("x")).Err(), "gives rows, not a value"},
		{session.SQL("SELECT nothing_of_the_kind(1)").Err(), `no function "nothing_of_the_kind"`},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("got %v\nwant %s", c.err, c.want)
		}
	}
}

func TestFunctionsOfTheProgramInStreams(t *testing.T) {
	in := visits()
	s := newScript(t, Update, func(session *Session) DataFrame {
		return session.Stream(in).GroupBy("k").Agg(words.Of(expr.SQL("CAST(v AS string)")).As("w"), average.Of("v").As("m"))
	})
	in.add(visit(10, "a", 1), visit(20, "b", 4))
	s.want("b0 wm 0 dropped 0 state 2: a [[1 1]] 1; b [[4 1]] 4")
	in.add(visit(10, "a", 4))
	s.want("b1 wm 0 dropped 0 state 2: a [[1 1] [4 1]] 2")
	s.stop()
	in.add(visit(10, "a", 1), visit(10, "a", 4))
	s.want("b2 wm 0 dropped 0 state 2: a [[1 2] [4 2]] 2")
}

func TestFunctionsOfTheProgramInSessions(t *testing.T) {
	in := visits()
	s := newScript(t, Append, func(session *Session) DataFrame {
		return session.Stream(in).WithWatermark("t", 10*time.Second).
			GroupBy(expr.SessionWindow("t", 10*time.Second), expr.Col("k")).Agg(average.Of("v").As("m"))
	})
	in.add(visit(10, "a", 1), visit(28, "a", 4))
	s.want("b0 wm 0 dropped 0 state 2: ", "b1 wm 18 dropped 0 state 2: ")
	s.stop()
	in.add(visit(19, "a", 16))
	s.want("b2 wm 18 dropped 0 state 1: ")
	in.add(visit(200, "z", 1))
	s.want("b3 wm 18 dropped 0 state 2: ", "b4 wm 190 dropped 0 state 1: [10 38] a 4")
}
