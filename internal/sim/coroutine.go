package sim

import "iter"

// Coroutines are kept for the activities of worlds that run one after another, so that
// each need not grow a stack anew.
type Coroutines struct{ idle []*coroutine }

// Close ends the coroutines. No world that has them may run any more.
func (c *Coroutines) Close() {
	for _, idle := range c.idle {
		idle.end()
	}
	c.idle = nil
}

// coroutine runs one body after another.
type coroutine struct {
	resume func() (struct{}, bool)
	end    func()
	yield  func(struct{}) bool
	body   func() // nil when it has run
}

// take returns a coroutine that is about to run body. c may be nil.
func (c *Coroutines) take(body func()) *coroutine {
	if c != nil && len(c.idle) > 0 {
		last := len(c.idle) - 1
		taken := c.idle[last]
		c.idle = c.idle[:last]
		taken.body = body
		return taken
	}
	made := &coroutine{body: body}
	made.resume, made.end = iter.Pull(func(yield func(struct{}) bool) {
		made.yield = yield
		for more := true; more; more = yield(struct{}{}) {
			made.body()
			made.body = nil
		}
	})
	return made
}

// put takes back a coroutine whose body has run, or will not run. c may be nil.
func (c *Coroutines) put(used *coroutine) {
	if c == nil {
		used.end()
		return
	}
	used.body = nil
	c.idle = append(c.idle, used)
}
