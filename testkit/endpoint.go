package testkit

import (
	"context"
	"encoding/json/v2"
	"fmt"

	"github.com/cespare/xxhash/v2"
)

// Service is a simulated service outside the program, which the program calls: a
// database, a web interface. It outlasts the processes.
type Service[S, Request, Response any] struct {
	sim    *Sim
	name   string
	handle func(S, Request) (S, Response, error)
	state  S
	calls  int
}

// Endpoint declares a service. handle answers a request and returns the new state;
// it must not change the old one, to which a simulated crash elsewhere may return.
// Give the service's method Call to the program in place of its client.
//
// Each call is a point at which something can happen: it fails before the service has
// it, or after, so that the caller does not know; it takes long; the program crashes.
// A call within a task may be made again when the task fails.
func Endpoint[S, Request, Response any](s *Sim, name string, initial S, handle func(S, Request) (S, Response, error)) *Service[S, Request, Response] {
	e := &Service[S, Request, Response]{sim: s, name: name, handle: handle, state: initial}
	if handle == nil {
		s.wrong("endpoint %s: the function is nil", name)
	}
	s.add(e)
	return e
}

func (e *Service[S, Request, Response]) String() string { return "endpoint " + e.name }

// State is what the service holds now.
func (e *Service[S, Request, Response]) State() S { return e.state }

// Call sends a request. When it fails, the service may have it or not; an error of
// the service itself is returned as it is.
func (e *Service[S, Request, Response]) Call(ctx context.Context, request Request) (response Response, err error) {
	if e.sim.world == nil {
		return response, fmt.Errorf("%s is called by the processes of its scenario only", e)
	}
	if err := ctx.Err(); err != nil {
		return response, context.Cause(ctx)
	}
	var refused error
	err = e.sim.call("call("+e.name+")", func() error {
		state, answer, err := e.handle(e.state, request)
		if err != nil {
			refused = err
			return nil
		}
		e.state, response = state, answer
		e.calls++
		e.sim.note("%s ← %s", e.name, render(request))
		e.sim.changed()
		return nil
	})
	if err != nil {
		var none Response
		return none, fmt.Errorf("%s: %w", e, err)
	}
	return response, refused
}

type serviceState[S any] struct {
	state S
	calls int
}

func (e *Service[S, Request, Response]) save() any { return serviceState[S]{e.state, e.calls} }

func (e *Service[S, Request, Response]) load(saved any) {
	e.state, e.calls = saved.(serviceState[S]).state, saved.(serviceState[S]).calls
}

func (e *Service[S, Request, Response]) begin() {}

func (e *Service[S, Request, Response]) hash(h *xxhash.Digest) {
	text, err := json.Marshal(e.state, json.Deterministic(true))
	if err != nil {
		e.sim.wrong("%s: its state is compared as JSON: %v", e, err)
	}
	fmt.Fprintf(h, "%s %d %s;", e.name, e.calls, text)
}
