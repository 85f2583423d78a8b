package testkit

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/internal/sim"
)

// protocols are the packages whose calls of the file system must survive a crash.
var protocols = []string{"wal", "checkpoint", "internal/journal", "internal/snapshots", "internal/manifest", "internal/filelog"}

// operations are the methods of env.FS and its files that are I/O points.
var operations = []string{
	"Create", "OpenAppend", "Open", "Rename", "Remove", "List", "Stat", "MkdirAll", "SyncDir", "Lock", "Sync", "Write", "ReadAt",
}

const (
	runsForSites = 15 // of each program
	enoughSites  = 95 // in per cent
)

// leftovers are starts that find what a process before has left half done, and calls
// that fail where something must be cleaned up. Random runs seldom come there.
var leftovers = []planned{
	{"table", `v1;wave=1;often=1;eager=1;in=words:["a","a"];f=crash@sync(ckpt/snap/aggregate-*.*-*@*.*-*.tmp)#1/kept`},
	{"table", `v1;wave=1;often=1;eager=1;in=words:["a","a"];f=crash@append(ckpt/log/*-*.log)#4/kept`},
	{"table", `v1;wave=1;often=1;eager=1;in=words:["a","a"];f=error@rename(ckpt/snap/aggregate-*.*-*@*)#1`},
	{"table of files", `v1;wave=1;stop=2;in=in:["a","a","a","a"];f=crash@create(out/_tidewheel/manifest/*)#1/kept`},
	{"table of files", `v1;wave=1;in=in:["a","a"];f=error@stat(ckpt/epoch/*)#5`},
	{"table of files by pattern", `v1;wave=1;in=in:["a"];f=error@list(in)#1`},
}

// TestProtocolSites: runs come through nearly all calls of the file system that the
// protocols make, and through those of each other that lead to one. What they do not
// reach is printed.
func TestProtocolSites(t *testing.T) {
	declared := sitesInSource(t)
	reached := map[string]bool{}
	for _, program := range programs {
		known, shared := newPlaces(), newReuse()
		stop := shared.start()
		for seed := range uint64(runsForSites) {
			p := drawPlan(rand.New(rand.NewPCG(seed, 1)), known)
			s := declare(program.scenario, p)
			f := s.play(s.begin(), settings{reuse: shared, odd: known.noteOdd, observe: func(_ *state, at sim.Point) {
				known.note(at, program.faults)
				noteCallers(reached)
			}})
			if f.failure != nil {
				t.Fatalf("%s, %v: %v", program.name, p, f.failure)
			}
		}
		stop()
	}
	for _, left := range leftovers {
		p, err := parsePlan(left.plan)
		if err != nil {
			t.Fatal(err)
		}
		s := declare(programNamed(t, left.program).scenario, p)
		f := s.play(s.begin(), settings{observe: func(*state, sim.Point) { noteCallers(reached) }})
		if f.failure != nil || len(f.fired) < len(p.faults) {
			t.Errorf("%s, %v: %v after %v", left.program, p, f.failure, f.fired)
		}
	}
	missed := slices.DeleteFunc(slices.Clone(declared), func(site string) bool { return reached[site] })
	percent := 100 * float64(len(declared)-len(missed)) / float64(len(declared))
	t.Logf("%d of %d sites of %s reached (%.1f %%); not: %s", len(declared)-len(missed), len(declared), strings.Join(protocols, ", "), percent, strings.Join(missed, ", "))
	if percent < enoughSites {
		t.Errorf("want at least %d %%", enoughSites)
	}
}

// noteCallers notes the lines that have led to an I/O point.
func noteCallers(reached map[string]bool) {
	var counters [64]uintptr
	frames := runtime.CallersFrames(counters[:runtime.Callers(3, counters[:])])
	for more := true; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		for _, protocol := range protocols {
			if strings.Contains(frame.File, "tidewheel/"+protocol+"/") || strings.Contains(frame.File, "/"+protocol+"/") {
				reached[fmt.Sprintf("%s/%s:%d", protocol, filepath.Base(frame.File), frame.Line)] = true
			}
		}
	}
}

// sitesInSource lists the lines with a call of an operation, but for those of a mutex.
func sitesInSource(t *testing.T) (sites []string) {
	t.Helper()
	for _, protocol := range protocols {
		entries, err := os.ReadDir(filepath.Join("..", protocol))
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			name := entry.Name()
			if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				continue
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, filepath.Join("..", protocol, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if block, ok := n.(*ast.BlockStmt); ok {
					dropMutants(block)
				}
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				method, ok := call.Fun.(*ast.SelectorExpr)
				if !ok || !slices.Contains(operations, method.Sel.Name) || isMutex(method.X) {
					return true
				}
				site := fmt.Sprintf("%s/%s:%d", protocol, name, files.Position(call.Lparen).Line)
				if !slices.Contains(sites, site) {
					sites = append(sites, site)
				}
				return true
			})
		}
	}
	return sites
}

// dropMutants takes out of a block what this build never runs: the body of an if that
// asks for a planted bug, and what follows one that returns without it.
func dropMutants(block *ast.BlockStmt) {
	for i, statement := range block.List {
		branch, ok := statement.(*ast.IfStmt)
		if !ok || len(branch.Body.List) == 0 {
			continue
		}
		_, returns := branch.Body.List[len(branch.Body.List)-1].(*ast.ReturnStmt)
		switch planted, without := asksForMutant(branch.Cond); {
		case planted && !without:
			branch.Body.List = nil
		case planted && returns:
			block.List = block.List[:i+1]
			return
		}
	}
}

// asksForMutant says whether a condition holds only with a planted bug, or, if without
// is set, whenever there is none.
func asksForMutant(condition ast.Expr) (planted, without bool) {
	switch x := condition.(type) {
	case *ast.CallExpr:
		method, ok := x.Fun.(*ast.SelectorExpr)
		if !ok {
			return false, false
		}
		name, ok := method.X.(*ast.Ident)
		return ok && name.Name == "mutate" && method.Sel.Name == "On", false
	case *ast.UnaryExpr:
		planted, without = asksForMutant(x.X)
		return planted, planted && x.Op == token.NOT && !without
	case *ast.BinaryExpr:
		left, leftWithout := asksForMutant(x.X)
		right, rightWithout := asksForMutant(x.Y)
		switch {
		case x.Op == token.LAND: // one that asks for the bug is enough
			return left && !leftWithout || right && !rightWithout, false
		case x.Op == token.LOR: // one that holds without it is enough
			return leftWithout || rightWithout, leftWithout || rightWithout
		}
	}
	return false, false
}

func isMutex(x ast.Expr) bool {
	field, ok := x.(*ast.SelectorExpr)
	return ok && strings.HasSuffix(strings.ToLower(field.Sel.Name), "mu")
}
