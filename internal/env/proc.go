package env

import (
	"context"
	"fmt"
	"runtime/debug"
)

// Proc is a spawned activity, as its owner sees it.
type Proc struct {
	Name string
	done Latch
	err  error
}

// Done is set when the activity has ended.
func (p *Proc) Done() *Latch { return &p.done }

// Wait parks the caller until the activity has ended and returns its error: that
// of its function, or a *PanicError.
func (p *Proc) Wait(ctx context.Context, e Env) error {
	if err := p.done.Wait(ctx, e); err != nil {
		return err
	}
	return p.err
}

// Run calls f as the body of the activity and marks it as ended. It is for
// implementations of [Env.Spawn], which call it once.
func (p *Proc) Run(f func() error) {
	p.err = Protect(f)
	p.done.Set()
}

// PanicError is a panic turned into an error.
type PanicError struct {
	Value any
	Stack []byte // of the goroutine that panicked
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("panic: %v\n%s", e.Value, e.Stack)
}

// Unwrap returns the panic's value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// Protect calls f and turns a panic into a *PanicError. The private panic with
// which a simulation ends the activities of a crashed process passes through.
func Protect(f func() error) (err error) {
	defer func() {
		switch value := recover().(type) {
		case nil:
		case Crash:
			panic(value)
		default:
			err = &PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	return f()
}

// Crash is the panic value with which a simulation unwinds the activities of a
// process that it has killed. Code that recovers from panics passes it on.
type Crash struct{}
