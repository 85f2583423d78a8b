package structured

import (
	"errors"
	"fmt"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/internal/analyze"
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/user"
)

var errNoSession = errors.New("the session is nil; make it with Open")

// Register lets SQL text and SelectExpr of the session know functions by their names, in
// any case. A function takes the place of one that was registered with its name; the
// engine's own names are refused, and so is a function that is malformed. Queries that
// were made before keep the functions that they had.
func (s *Session) Register(functions ...expr.Function) error {
	if s == nil {
		return fmt.Errorf("structured: Register: %w", errNoSession)
	}
	for _, f := range functions {
		if f.User() == nil {
			return errors.New("structured: Register: the zero Function is none; use expr.Func1, expr.Aggregate or expr.TableFunc")
		}
		if err := analyze.CheckUser(f.User()); err != nil {
			return fmt.Errorf("structured: Register: %w", err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	if s.functions == nil {
		s.functions = map[string]*user.Function{}
	}
	for _, f := range functions {
		s.functions[f.User().Name()] = f.User()
	}
	return nil
}

// function finds a registered function; it is nil if there is none.
func (s *Session) function(name string) bound.User {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f, ok := s.functions[name]; ok {
		return f
	}
	return nil
}
