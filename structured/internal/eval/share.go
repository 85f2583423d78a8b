package eval

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/function"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// sharing is the calls that occur more than once in the expressions of a program.
//
// Such a call is shared if it is computed for every row in any case, wherever else it
// occurs: what stands only behind a condition may fail for the rows that the condition
// leaves out. Lambdas run over batches of their own and share nothing with what is
// around them.
type sharing struct {
	hashes   bound.Hashes
	volatile map[uint64]bool          // by hash: what is computed anew wherever it stands
	calls    map[uint64][]*occurrence // by hash
	round    uint64                   // the run of the program
}

// occurrence is a call, however often it is written.
type occurrence struct {
	call   bound.Call
	times  int
	always bool // whether it is computed for every row that counts
	node   *shared
}

// share finds what the expressions have in common; nil stands for no expression. It
// returns nil if that is nothing.
func share(exprs []bound.Expr) *sharing {
	s := &sharing{hashes: bound.Hashes{}, volatile: map[uint64]bool{}, calls: map[uint64][]*occurrence{}}
	for _, expr := range exprs {
		s.isVolatile(expr)
		s.count(expr, true)
	}
	found := false
	for _, list := range s.calls { //det:unordered whether there is any
		for _, o := range list {
			found = found || o.worthIt()
		}
	}
	if !found {
		return nil
	}
	return s
}

// isVolatile is function.IsVolatile of each part of an expression, which it notes.
func (s *sharing) isVolatile(expr bound.Expr) (is bool) {
	switch e := expr.(type) {
	case bound.Call:
		is = function.Volatile(e)
		for _, arg := range e.Args {
			is = s.isVolatile(arg) || is
		}
		if is {
			s.volatile[s.hashes.Of(e)] = true
		}
	case bound.Lambda:
		return s.isVolatile(e.Body)
	}
	return is
}

// count notes the calls in an expression. What is within a call that was seen before is
// not counted again: it is computed with it.
func (s *sharing) count(expr bound.Expr, always bool) {
	call, ok := expr.(bound.Call)
	if !ok {
		return
	}
	if _, field := call.FieldIndex(); !field && !s.volatile[s.hashes.Of(call)] {
		if o := s.find(call); o != nil {
			o.times++
			o.always = o.always || always
			return
		}
		hash := s.hashes.Of(call)
		s.calls[hash] = append(s.calls[hash], &occurrence{call: call, times: 1, always: always})
	}
	for i, arg := range call.Args {
		s.count(arg, always && !guarded(call, i))
	}
}

// guarded reports whether argument i of a call is computed only for some of the rows for
// which the call is.
func guarded(call bound.Call, i int) bool {
	switch call.Function {
	case bound.Case, bound.Coalesce:
		return i > 0
	case bound.And, bound.Or:
		return i > 0 && canFail(call.Args[i])
	}
	return false
}

// find returns the occurrence of a call, nil if there is none.
func (s *sharing) find(call bound.Call) *occurrence {
	for _, o := range s.calls[s.hashes.Of(call)] {
		if bound.Same(o.call, call) {
			return o
		}
	}
	return nil
}

func (o *occurrence) worthIt() bool { return o.times > 1 && o.always }

// compile makes the node of a call, the same for each of its occurrences if it is shared.
func (s *sharing) compile(call bound.Call, c compiler) (node, error) {
	o := s.find(call)
	if o == nil || !o.worthIt() {
		return c.call(call)
	}
	if o.node == nil {
		node, err := c.call(call)
		if err != nil {
			return nil, err
		}
		o.node = &shared{node: node, sharing: s}
	}
	return o.node, nil
}

// next begins a run of the program.
func (s *sharing) next() {
	if s != nil {
		s.round++
	}
}

// shared is a call that several expressions contain: it is computed once in each round,
// for all rows that count.
type shared struct {
	node
	sharing *sharing
	round   uint64 // in which value was computed
	value   *vector.Column
}

func (s *shared) eval(b *vector.Batch, _ vector.Selection) (*vector.Column, error) {
	if s.round == s.sharing.round {
		return s.value, nil
	}
	value, err := s.node.eval(b, b.Selection)
	if err == nil {
		s.round, s.value = s.sharing.round, value
	}
	return value, err
}
