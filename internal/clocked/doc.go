// Package clocked lets the engine follow a clock.Clock of
// github.com/benbjohnson/clock: it wraps an env.Env so that Now, Mono and timed
// Parks go by that clock. It is the one place that calls the library.
//
//	mock := clock.NewMock()
//	e := clocked.New(env.Real(), mock)
//	loop := clocked.NewLoop(e)
//	e.Spawn("loop", func() error {
//		defer loop.End()
//		for {
//			…                                  // do what is due
//			err := loop.Park(ctx, wait, &news) // nothing to do until then
//			…
//		}
//	})
//	mock.Add(time.Minute)
//	err := clocked.Settle(ctx, e) // all that is due has been done
//
// Two ideas carry the package.
//
//   - All timed Parks share one timer of the clock, that of the earliest. So what
//     falls due at one moment is woken in one order, and moving a mock clock costs the
//     millisecond that it sleeps for each timer once, not for each activity.
//   - A loop says when it has nothing to do: it parks by [Loop.Park]. Settle is then
//     exact. It returns when no timer is due, each one that was due has been noticed,
//     and every loop is parked so and has not been woken.
//
// In a simulation no timer of the clock is used, for its callback would run on a
// goroutine of which the simulator doesn't know: there, what is due is woken by
// Settle.
package clocked
