package detlint

import (
	"fmt"
	"go/ast"
	"go/parser"
	"regexp"
	"strings"
	"sync"
	"testing"

	_ "github.com/samber/lo" // snippets import it
)

const module = "github.com/tidewheel/tidewheel/"

// outside lists the folders whose code is not run by a simulation: the two
// implementations of the Env, what tests, measures and drives the engine, checks of
// source code, and the client of real Kafka brokers, which simulations replace.
var outside = []string{
	"receiver/kafka/client", "receiver/kafka/kafkatest", "internal/simlog", "internal/env", "internal/sim", "internal/failpoint", "internal/detlint", "internal/lint", "internal/conformance", "testkit", "examples", "cmd", "bench",
}

func isEngine(path string) bool {
	folder, found := strings.CutPrefix(path, module)
	for _, o := range outside {
		if folder == o || strings.HasPrefix(folder, o+"/") {
			return false
		}
	}
	return found
}

// TestEngine checks the module.
func TestEngine(t *testing.T) {
	findings, err := Check("../..", isEngine)
	if err != nil {
		t.Error(err)
	}
	for _, f := range findings {
		t.Error(strings.TrimPrefix(f.String(), "../../"))
	}
}

func TestIsEngine(t *testing.T) {
	for path, want := range map[string]bool{
		module + "wal":                     true,
		module + "internal/journal":        true,
		module + "structured/internal/run": true,
		module + "internal/env/fstest":     false,
		module + "internal/environment":    true,
		module + "testkit":                 false,
		"time":                             false,
	} {
		if isEngine(path) != want {
			t.Errorf("%s: want %v", path, want)
		}
	}
}

// libraries compiles what the snippets import, once.
var libraries = sync.OnceValues(func() (*loader, error) {
	packages, err := list("../..", "./internal/env", "github.com/samber/lo", "github.com/benbjohnson/clock", "runtime", "net", "net/url", "math/rand", "maps", "reflect", "log/slog")
	if err != nil {
		return nil, err
	}
	return newLoader(packages), nil
})

// checkSnippet checks a package that consists of declarations.
func checkSnippet(t *testing.T, declarations string) []Finding {
	t.Helper()
	l, err := libraries()
	if err != nil {
		t.Fatal(err)
	}
	imports := map[string]string{
		"context": "context", "fmt": "fmt", "os": "os", "net": "net", "url": "net/url", "time": "time", "rand": "math/rand/v2",
		"oldrand": "math/rand", "runtime": "runtime", "maps": "maps", "slices": "slices", "sync": "sync", "atomic": "sync/atomic",
		"reflect": "reflect", "slog": "log/slog", "lo": "github.com/samber/lo", "env": module + "internal/env", "clock": "github.com/benbjohnson/clock",
	}
	source := "package snippet\n"
	for name, path := range imports {
		if regexp.MustCompile(`\b` + name + `\.`).MatchString(declarations) {
			source += fmt.Sprintf("import %s %q\n", name, path)
		}
	}
	file, err := parser.ParseFile(l.fileSet, "snippet.go", source+declarations, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	u := &unit{path: "snippet", fileSet: l.fileSet, files: []*ast.File{file}}
	if err := l.check(u); err != nil {
		t.Fatal(err)
	}
	return check(u)
}

// TestRules has a snippet for each rule: what it forbids is found once, with a
// word of the finding, and what it allows is not.
func TestRules(t *testing.T) {
	for _, c := range []struct {
		code string
		want string // "" for nothing
	}{
		{`var _ = os.Args`, "import of os"},
		{`var _ net.Addr`, "import of net"},
		{`var _ url.URL`, ""},
		{`func f() int { return oldrand.Int() }`, "import of math/rand"},
		{`func f() time.Time { return time.Now() }`, "time.Now is not"},
		{`func f() { time.Sleep(1) }`, "time.Sleep"},
		{`func f(time.Timer) {}`, "time.Timer"},
		{`func f(now time.Time) bool { return now.Add(time.Second).After(now) }`, ""},
		{`func f(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithTimeout(ctx, 1) }`, "context.WithTimeout"},
		{`func f(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithCancel(ctx) }`, ""},
		{`func f() int { return runtime.NumCPU() }`, "runtime.NumCPU"},
		{`func f() uint64 { return rand.Uint64() }`, "has no seed"},
		{`func f() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }`, ""},
		{`func f() { fmt.Println() }`, "fmt.Println"},
		{`func f(a *int) string { return fmt.Sprintf("%p", a) }`, "prints an address"},
		{`func f() { slog.Info("x") }`, "log/slog.Info"},
		{`func f(l *slog.Logger) { l.Info("x") }`, ""},

		{`func f(c clock.Clock) time.Time { return c.Now() }`, "clock.Now: use the Env"},
		{`func f() clock.Clock { return clock.New() }`, "clock.New: use the Env"},
		{`type options struct { Clock clock.Clock }`, ""},

		{`func f() { go f() }`, "go statement"},
		{`func f() { select {} }`, "select statement"},
		{`type t chan int`, "channel type"},
		{`func f(ctx context.Context) { <-ctx.Done() }`, "receive from"},
		{"type t struct{ c chan int } //det:world a test\n\nfunc (x t) f() { x.c <- 1 }", "send to"},
		{"type t struct{ c chan int } //det:world a test\n\nfunc (x t) f() { for range x.c { } }", "range over a channel"},
		{`func f(w *sync.WaitGroup) {}`, "sync.WaitGroup"},
		{`func f(m *sync.Map) {}`, "sync.Map"},

		{`func f(m map[int]int) { for range m { } }`, "range over a map"},
		{`func f[M ~map[K]V, K comparable, V any](m M) { for range m { } }`, "range over a map"},
		{`type m map[int]int; type n = m; func f(x n) { for range x { } }`, "range over a map"},
		{"func f(m map[int]int) {\n\t//det:unordered a test\n\tfor range m { }\n}", ""},
		{"func f(m map[int]int) {\n\tfor range m { } //det:unordered a test\n}", ""},
		{"func f(m map[int]int) {\n\t//det:unordered\n\tfor range m { }\n}", "gives no reason"},
		{"//det:unordered a test\nfunc f() {}", "allows nothing"},
		{"//det:whatever a test\nfunc f() {}", "is unknown"},
		{`func f(s []int) { for range s { } }`, ""},
		{`func f(m map[int]int) []int { return slices.Collect(maps.Keys(m)) }`, "maps.Keys has the order"},
		{`func f(m map[int]int) []int { return slices.Sorted(maps.Keys(m)) }`, ""},
		{`func f(m map[int]int) []int { return slices.Sorted(maps.Values(m)) }`, "maps.Values"},
		{`func f(m map[int]int) map[int]int { return maps.Clone(m) }`, ""},
		{`func f(m map[int]int) []int { return lo.Keys(m) }`, "lo.Keys"},
		{`func f(s []int) []int { return lo.Shuffle(s) }`, "lo.Shuffle"},
		{`func f(s []int) []int { return lo.Uniq(s) }`, ""},
		{`func f(v reflect.Value) { v.MapRange() }`, "reflect.MapRange"},

		{`type t struct { mu sync.Mutex }`, "without det:lock"},
		{`type t struct { once sync.Once }`, "without det:lock"},
		{`type t struct { mu sync.Mutex } //det:lock the fields`, ""},
		{`type t struct { n atomic.Int64 }`, ""},
		{`type t struct { p sync.Pool }`, ""},
		{heldAcross(`t.files.Stat("a")`), "t.files.Stat is called while a mutex is held"},
		{heldAcross(`env.MkdirAllSync(t.files, "a")`), "env.MkdirAllSync is called while"},
		{heldAcross(`t.e.Park(nil, 0)`), "t.e.Park is called while"},
		{heldAcross(`t.e.Net().Dial(nil, "tcp", "a")`), "t.e.Net().Dial is called while"},
		{heldAcross(`t.user()`), "t.user is called while"},
		{`type t struct { mu sync.Mutex } //det:lock a test` + "\n\n" + `func (t *t) f(user func()) { t.mu.Lock(); user(); t.mu.Unlock(); user() }`, "user is called while"},
		{`type t struct { mu sync.Mutex } //det:lock a test` + "\n\n" + `func (t *t) f(own func(*t)) { t.mu.Lock(); own(t); t.mu.Unlock() }`, ""},
		{`type t struct { mu sync.Mutex } //det:lock a test` + "\n\n" + `func (t *t) f(cancel context.CancelFunc) { t.mu.Lock(); cancel(); t.mu.Unlock() }`, ""},
		{heldAcross(`t.e.Mono()`), ""},
		{heldAcross(`ours := func() {}; ours()`), ""},
		{heldAcross(`t.mu.Unlock(); t.files.Stat("a"); t.mu.Lock()`), ""},
		{heldAcross(`func() { }()`), ""},

		{`var m map[int]int; func init() { m = map[int]int{} }`, ""},
		{`var n int; func f() { n++ }`, "package variable n is changed"},
		{`var n int; func f() { n = 1 }`, "package variable n is changed"},
		{`var n int; func f() *int { return &n }`, "package variable n is changed"},
		{`var m = map[int]int{}; func f() { m[1] = 2 }`, "package variable m is changed"},
		{`var m = map[int]int{}; func f() { delete(m, 1) }`, "package variable m is changed"},
		{`var s struct{ x [3]int }; func f() { s.x[1]++ }`, "package variable s is changed"},
		{`type t struct{ n int }; func (x *t) inc() {}; var v t; func f() { v.inc() }`, "package variable v is changed"},
		{`type t struct{ n int }; func (x t) get() {}; var v t; func f() { v.get() }`, ""},
		{`var table = []int{1, 2}; func f() int { return table[1] }`, ""},
		{`var n atomic.Int64`, "holds a lock, pool"},
		{`var p sync.Pool`, "holds a lock, pool"},
		{`func f() { slog.SetDefault(nil); time.Local = nil }`, "package variable Local is changed|time.Local"},
	} {
		t.Run(c.code, func(t *testing.T) {
			findings := checkSnippet(t, c.code)
			want := strings.Split(c.want, "|")
			if c.want == "" {
				want = nil
			}
			if len(findings) != len(want) {
				t.Fatalf("found %v, want %q", findings, want)
			}
			for i, f := range findings {
				if !strings.Contains(f.Text, want[i]) {
					t.Errorf("found %q, want %q", f.Text, want[i])
				}
			}
		})
	}
}

// heldAcross is a method that runs a statement with its mutex held.
func heldAcross(statement string) string {
	return "type t struct {\n\tmu sync.Mutex //det:lock a test\n\te env.Env\n\tfiles env.FS\n\tuser func()\n}\n" +
		"func (t *t) f() { t.mu.Lock(); defer t.mu.Unlock(); " + statement + " }\n"
}

// TestBrokenPackage: what does not compile is an error that names the package.
func TestBrokenPackage(t *testing.T) {
	l, err := libraries()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(l.fileSet, "broken.go", "package broken\nvar x int = undefined", 0)
	if err != nil {
		t.Fatal(err)
	}
	err = l.check(&unit{path: "broken", fileSet: l.fileSet, files: []*ast.File{file}})
	if err == nil || !strings.Contains(err.Error(), "package broken can't be checked") {
		t.Fatalf("got %v", err)
	}
}
