package detlint

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// forbiddenImports lists packages by path, or by the beginning of it, with what
// to use instead.
var forbiddenImports = []struct{ path, instead string }{
	{"os", "the FS of the Env"},
	{"os/...", "the Env"},
	{"net", "a client behind an interface"},
	{"net/...", "a client behind an interface"},
	{"syscall", "the Env"},
	{"io/ioutil", "the FS of the Env"},
	{"math/rand", "Env.Rand"},
	{"crypto/rand", "Env.Rand"},
	{"hash/maphash", "a hash with a fixed seed"},
	{"log", "an error or an event"},
	{"plugin", "nothing"},
	{"github.com/apache/arrow-go/v18/arrow/compute/...", "kernels of our own: it starts goroutines"},
	{"github.com/samber/lo/parallel", "the scheduler"},
}

// allowedImports are the exceptions: they only compute.
var allowedImports = []string{"net/url", "net/netip", "net/textproto"}

func (c *checker) imports(file *ast.File) {
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil || slices.Contains(allowedImports, path) {
			continue
		}
		for _, f := range forbiddenImports {
			prefix, deep := strings.CutSuffix(f.path, "...")
			if path == f.path || deep && strings.HasPrefix(path+"/", prefix) {
				c.report(spec.Pos(), world, "import of %s: use %s", path, f.instead)
				break
			}
		}
	}
}

// forbiddenNames lists functions, types and variables by package. A package whose
// list begins with "!" has only what follows allowed, of its functions.
var forbiddenNames = map[string][]string{
	"time":          {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Timer", "Ticker", "Local"},
	"context":       {"WithTimeout", "WithTimeoutCause", "WithDeadline", "WithDeadlineCause", "AfterFunc"},
	"runtime":       {"NumCPU", "GOMAXPROCS", "NumGoroutine", "Gosched", "Goexit", "GC", "SetFinalizer", "AddCleanup"},
	"math/rand/v2":  {"!", "New", "NewPCG", "NewChaCha8", "NewZipf"},
	"fmt":           {"Print", "Println", "Printf", "Scan", "Scanln", "Scanf"},
	"path/filepath": {"Abs", "EvalSymlinks", "Glob", "Walk", "WalkDir"},
	"sync":          {"Map", "WaitGroup", "Cond", "NewCond"},
	"log/slog":      {"Default", "Debug", "Info", "Warn", "Error", "Log", "DebugContext", "InfoContext", "WarnContext", "ErrorContext"},
}

// A clock.Clock is only passed on: what its methods do is not the Env's. One package
// turns it into an Env.
const (
	clockLibrary = "github.com/benbjohnson/clock"
	clockAdapter = "github.com/tidewheel/tidewheel/internal/clocked"
)

// orderedByChance lists functions and methods whose result has the order of a map,
// by package. They are allowed by det:unordered.
var orderedByChance = map[string][]string{
	"maps":    {"Keys", "Values", "All"},
	"reflect": {"MapRange", "MapKeys"},
	"github.com/samber/lo": {
		"Keys", "UniqKeys", "Values", "UniqValues", "Entries", "ToPairs", "MapToSlice", "FilterMapToSlice", "FilterKeys", "FilterValues",
		"ChunkEntries", "Invert", "MapKeys", "MapEntries", "FindKey", "FindKeyBy", "CountValues", "Shuffle", "Sample", "SampleBy", "Samples", "SamplesBy",
	},
}

// names checks uses of other packages' functions, types and methods.
func (c *checker) names(n ast.Node) {
	id, ok := n.(*ast.Ident)
	if !ok {
		return
	}
	object := c.info.Uses[id]
	if object == nil || object.Pkg() == nil || object.Pkg() == c.types {
		return
	}
	path, name := object.Pkg().Path(), object.Name()
	if slices.Contains(orderedByChance[path], name) {
		return // see order
	}
	function, isFunction := object.(*types.Func)
	if isFunction && path == clockLibrary && c.types.Path() != clockAdapter {
		c.report(id.Pos(), world, "clock.%s: use the Env, which internal/clocked makes of a clock", name)
	}
	if isFunction && function.Signature().Recv() != nil || isField(object) {
		return
	}
	list := forbiddenNames[path]
	switch {
	case len(list) == 0:
	case list[0] == "!":
		if isFunction && !slices.Contains(list, name) {
			c.report(id.Pos(), world, "%s.%s has no seed: use Env.Rand", path, name)
		}
	case slices.Contains(list, name):
		c.report(id.Pos(), world, "%s.%s is not the Env's", path, name)
	}
}

func isField(object types.Object) bool {
	v, ok := object.(*types.Var)
	return ok && v.IsField()
}

// statements checks for concurrency and for the printing of addresses.
func (c *checker) statements(n ast.Node) {
	switch n := n.(type) {
	case *ast.GoStmt:
		c.report(n.Pos(), world, "go statement: use Env.Spawn")
	case *ast.SelectStmt:
		c.report(n.Pos(), world, "select statement: use Env.Park")
	case *ast.SendStmt:
		c.report(n.Pos(), world, "send to a channel: use env.Mailbox")
	case *ast.ChanType:
		c.report(n.Pos(), world, "channel type: use env.Mailbox or env.Latch")
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			c.report(n.Pos(), world, "receive from a channel: use Env.Park")
		}
	case *ast.RangeStmt:
		if t := c.coreType(n.X); isA[*types.Chan](t) {
			c.report(n.Pos(), world, "range over a channel: use env.Mailbox")
		}
	case *ast.BasicLit:
		if n.Kind == token.STRING && strings.Contains(n.Value, "%p") {
			c.report(n.Pos(), world, "%%p prints an address, which differs from run to run")
		}
	}
}

// order checks for what runs in the order of a map.
func (c *checker) order(n ast.Node) {
	switch n := n.(type) {
	case *ast.RangeStmt:
		if isA[*types.Map](c.coreType(n.X)) {
			c.report(n.Pos(), unordered, "range over a map: sort the keys, or say why the order does not matter")
		}
	case *ast.CallExpr:
		if path, name := c.callee(n); path == "slices" && name == "Sorted" && len(n.Args) == 1 {
			if inner, ok := n.Args[0].(*ast.CallExpr); ok {
				if path, name := c.callee(inner); path == "maps" && name == "Keys" {
					c.sorted[inner.Fun] = true
				}
			}
		}
	case *ast.SelectorExpr:
		object := c.info.Uses[n.Sel]
		if object == nil || object.Pkg() == nil || c.sorted[n] {
			return
		}
		path, name := object.Pkg().Path(), object.Name()
		if slices.Contains(orderedByChance[path], name) {
			c.report(n.Pos(), unordered, "%s.%s has the order of a map: sort, or say why the order does not matter", path, name)
		}
	}
}

// callee returns package and name of the function that a call names.
func (c *checker) callee(call *ast.CallExpr) (path, name string) {
	fun := ast.Unparen(call.Fun)
	switch f := fun.(type) {
	case *ast.IndexExpr:
		fun = f.X
	case *ast.IndexListExpr:
		fun = f.X
	}
	var id *ast.Ident
	switch f := fun.(type) {
	case *ast.SelectorExpr:
		id = f.Sel
	case *ast.Ident:
		id = f
	default:
		return "", ""
	}
	object := c.info.Uses[id]
	if object == nil || object.Pkg() == nil {
		return "", ""
	}
	return object.Pkg().Path(), object.Name()
}

// coreType is the type that a value of expression's type is made of; for a type
// parameter, that of its constraint's types if they share one.
func (c *checker) coreType(expression ast.Expr) types.Type {
	t := c.info.TypeOf(expression)
	if t == nil {
		return nil
	}
	parameter, ok := types.Unalias(t).(*types.TypeParam)
	if !ok {
		return t.Underlying()
	}
	constraint, ok := parameter.Constraint().Underlying().(*types.Interface)
	if !ok {
		return nil
	}
	for embedded := range constraint.EmbeddedTypes() {
		if union, ok := embedded.(*types.Union); ok && union.Len() > 0 {
			return union.Term(0).Type().Underlying()
		}
		return embedded.Underlying()
	}
	return nil
}

func isA[T types.Type](t types.Type) bool {
	_, ok := t.(T)
	return ok
}
