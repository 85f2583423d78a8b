package env

import "errors"

// Saboteur is an Env that makes tasks fail, as a simulated one does. No other does.
type Saboteur interface {
	// Sabotage is called by a task at a site. The task fails with the error; with
	// ErrExecutorLost, the executor that it runs in is lost, and the task goes on
	// without knowing. A panic is one of the user's function.
	Sabotage(site string) error
}

// ErrExecutorLost is an answer of Saboteur.
var ErrExecutorLost = errors.New("the executor is lost")
