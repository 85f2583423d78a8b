package detlint

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// needsLockNote are the types of package sync that block while another activity
// is inside.
var needsLockNote = []string{"Mutex", "RWMutex", "Once"}

// locks checks that each mutex says what it guards, and that none is held across
// a call that can park: in a simulation, the next activity to lock it would wait
// for ever.
func (c *checker) locks(n ast.Node) {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		object := c.info.Uses[n.Sel]
		if object == nil || object.Pkg() == nil || object.Pkg().Path() != "sync" || c.info.Selections[n] != nil {
			return
		}
		if name := object.Name(); slices.Contains(needsLockNote, name) || strings.HasPrefix(name, "Once") {
			c.report(n.Pos(), locked, "sync.%s without det:lock, which says what it guards", name)
		}
	case *ast.FuncDecl:
		if n.Body != nil {
			c.held(n.Body)
		}
	case *ast.FuncLit:
		c.held(n.Body)
	}
}

// held looks, in the order of the text, for calls between the Lock and the Unlock
// of a mutex. Function literals are looked at on their own.
func (c *checker) held(body *ast.BlockStmt) {
	holding := make(map[string]bool) // mutexes, as they are written
	deferred := make(map[*ast.CallExpr]bool)
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			deferred[n.Call] = true
		case *ast.CallExpr:
			mutex, method := c.mutexCall(n)
			switch {
			case mutex == "":
				if len(holding) > 0 && c.canPark(n) {
					c.add(n.Pos(), "%s is called while a mutex is held, and may park", types.ExprString(n.Fun))
				}
			case method == "Lock" || method == "RLock":
				holding[mutex] = true
			case !deferred[n]:
				delete(holding, mutex)
			}
		}
		return true
	})
}

// mutexCall returns the mutex and the method if a call is one of a mutex.
func (c *checker) mutexCall(call *ast.CallExpr) (mutex, method string) {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	function, ok := c.info.Uses[selector.Sel].(*types.Func)
	if !ok || function.Pkg() == nil || function.Pkg().Path() != "sync" {
		return "", ""
	}
	switch function.Name() {
	case "Lock", "RLock", "Unlock", "RUnlock":
		return types.ExprString(selector.X), function.Name()
	}
	return "", ""
}

// canPark says whether a call is one of the Env or of its files, or is handed one
// of these, or calls a function that was handed over, such as a user's.
func (c *checker) canPark(call *ast.CallExpr) bool {
	if c.isHandedOver(call.Fun) {
		return true
	}
	if selector, ok := call.Fun.(*ast.SelectorExpr); ok {
		if s := c.info.Selections[selector]; s != nil && isWorld(s.Recv()) && !isHarmless(selector.Sel.Name) {
			return true
		}
	}
	return slices.ContainsFunc(call.Args, func(argument ast.Expr) bool { return isWorld(c.info.TypeOf(argument)) })
}

// isHandedOver says whether a function is the value of a field or a parameter. A
// cancel function of a context is harmless, and one that takes an unexported type
// is no user's.
func (c *checker) isHandedOver(function ast.Expr) bool {
	id, ok := function.(*ast.Ident)
	if selector, isSelector := function.(*ast.SelectorExpr); isSelector {
		id, ok = selector.Sel, true
	}
	if !ok {
		return false
	}
	v, ok := c.info.Uses[id].(*types.Var)
	if !ok || !v.IsField() && v.Kind() != types.ParamVar {
		return false
	}
	if named, ok := v.Type().(*types.Named); ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "context" {
		return false
	}
	signature, ok := v.Type().Underlying().(*types.Signature)
	if !ok {
		return false
	}
	for parameter := range signature.Params().Variables() {
		t := parameter.Type()
		if pointer, ok := t.(*types.Pointer); ok {
			t = pointer.Elem()
		}
		if named, ok := t.(*types.Named); ok && !named.Obj().Exported() && named.Obj().Pkg() == c.types {
			return false
		}
	}
	return true
}

// isHarmless names the methods of an Env that are no I/O point.
func isHarmless(method string) bool {
	return slices.Contains([]string{"Now", "Mono", "FS", "Rand", "Net", "Buggify", "Spawn", "Size", "Addr", "RemoteAddr"}, method)
}

// isWorld says whether a type is one of package env's interfaces.
func isWorld(t types.Type) bool {
	named, ok := t.(*types.Named)
	if !ok || named.Obj().Pkg() == nil || !strings.HasSuffix(named.Obj().Pkg().Path(), "internal/env") {
		return false
	}
	return slices.Contains([]string{"Env", "FS", "File", "Reader", "Net", "Conn", "Listener"}, named.Obj().Name())
}

// packageState checks that package variables are constants in all but name.
func (c *checker) packageState() {
	for _, file := range c.files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				return n.Recv != nil || n.Name.Name != "init" // which gives initial values
			case *ast.AssignStmt:
				if n.Tok != token.DEFINE {
					for _, target := range n.Lhs {
						c.changes(target)
					}
				}
			case *ast.IncDecStmt:
				c.changes(n.X)
			case *ast.RangeStmt:
				if n.Tok == token.ASSIGN {
					c.changes(n.Key)
					c.changes(n.Value)
				}
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					c.changes(n.X)
				}
			case *ast.CallExpr:
				c.changingCall(n)
			}
			return true
		})
	}
	scope := c.types.Scope()
	for _, name := range scope.Names() {
		if v, ok := scope.Lookup(name).(*types.Var); ok && holdsState(v.Type(), nil) {
			c.report(v.Pos(), world, "package variable %s holds a lock, pool, counter or channel: hang it on the session", name)
		}
	}
}

// changingCall checks delete, clear, and methods that take the address of a
// package variable.
func (c *checker) changingCall(call *ast.CallExpr) {
	if id, ok := call.Fun.(*ast.Ident); ok && len(call.Args) > 0 {
		if builtin, ok := c.info.Uses[id].(*types.Builtin); ok && slices.Contains([]string{"delete", "clear", "copy"}, builtin.Name()) {
			c.changes(call.Args[0])
		}
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	s := c.info.Selections[selector]
	if s == nil || s.Kind() != types.MethodVal {
		return
	}
	receiver := s.Obj().(*types.Func).Signature().Recv()
	if _, takesAddress := receiver.Type().(*types.Pointer); !takesAddress {
		return
	}
	if _, isPointer := s.Recv().Underlying().(*types.Pointer); !isPointer {
		c.changes(selector.X)
	}
}

// changes reports an expression that is, or lies in, a package variable.
func (c *checker) changes(target ast.Expr) {
	for target != nil {
		switch t := target.(type) {
		case *ast.ParenExpr:
			target = t.X
		case *ast.IndexExpr:
			target = t.X
		case *ast.SliceExpr:
			target = t.X
		case *ast.StarExpr:
			target = t.X
		case *ast.SelectorExpr:
			if c.info.Selections[t] == nil { // a variable of another package
				c.changedVariable(t.Sel)
				return
			}
			target = t.X
		case *ast.Ident:
			c.changedVariable(t)
			return
		default:
			return
		}
	}
}

func (c *checker) changedVariable(id *ast.Ident) {
	v, ok := c.info.Uses[id].(*types.Var)
	if ok && v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
		c.report(id.Pos(), world, "package variable %s is changed, or its address taken: hang it on the session", v.Name())
	}
}

// holdsState says whether a type holds a channel or a type of sync by value.
func holdsState(t types.Type, seen []types.Type) bool {
	if slices.ContainsFunc(seen, func(s types.Type) bool { return types.Identical(s, t) }) {
		return false
	}
	seen = append(seen, t)
	if named, ok := types.Unalias(t).(*types.Named); ok && named.Obj().Pkg() != nil {
		if path := named.Obj().Pkg().Path(); path == "sync" || path == "sync/atomic" {
			return true
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Chan:
		return true
	case *types.Array:
		return holdsState(u.Elem(), seen)
	case *types.Struct:
		for field := range u.Fields() {
			if holdsState(field.Type(), seen) {
				return true
			}
		}
	}
	return false
}
