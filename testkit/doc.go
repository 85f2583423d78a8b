// Package testkit tries a streaming program under every crash, torn write and failing
// call, on one thread, so that what it finds can be replayed.
//
// A scenario says what the world consists of: inputs, sinks, the program, and what
// must hold.
//
//	func TestCounts(t *testing.T) {
//		testkit.Exhaust(t, func(s *testkit.Sim) {
//			in := testkit.Input(s, "words", 2, rapid.SliceOf(rapid.SampledFrom([]string{"a", "b"})))
//			out := testkit.PairSink[string, int](s, "counts", testkit.IdempotentBatch)
//			s.App(func(p *testkit.Process) error { // again after every crash, as a process start
//				stream, err := dstream.Recover(p.Options("checkpoint"), func(stream *dstream.Session) error {
//					stream.From(in).ToPairs(one).UpdateStateByKey(sum).SaveTo(out)
//					return nil
//				})
//				if err != nil {
//					return err
//				}
//				return stream.Run(p.Context())
//			})
//			testkit.LastByKey(s, in, out, count) // count is the program as a plain function
//		})
//	}
//
// [Exhaust] runs it once for each fault that can happen, [Check] under random plans,
// [Replay] under one plan that a failure has printed. The same engine code runs as in
// production; only the world around it is simulated (internal/sim): files, time and
// concurrency. A structured query is tested in the same way, with [Topic.Table],
// [TableSink] and [EqualsBatch].
//
// Three ideas carry the package.
//
//   - A run is determined by its plan: input, shape of the world, order of activities,
//     faults. It is drawn before the run, and nothing is drawn while it runs. So a
//     failing plan can be made smaller piece by piece, and fits on one line.
//   - A crash destroys all that is volatile. So the world is cloned at each point where
//     the program touches it, with each state that a real disk could be left in, and
//     the program is started there; states that are equal are explored once.
//   - Inputs, sinks and their histories outlast the processes. From them the oracles
//     judge, at each interval and not at the end only: the output is that of the same
//     work done as one batch ([ExactlyOnce], [LastByKey], [EqualsBatch]); a batch that
//     comes again has the same rows; none is left out; what was given up is not
//     read again; a start without a fault does not fail; the input is consumed within
//     a bounded time; a program that ends leaves nothing open; and a run that is made
//     twice takes the same course.
//
// User code must not start goroutines, wait on channels, or depend on the time of day
// or on the order of a map: the first deadlocks the simulation, the last is reported
// as a failure of determinism. Runs are not wrapped in bubbles of testing/synctest;
// time.Now is the real clock there, Process.Options has the simulated one, and
// [Process.FakeClock] shows it to code that asks a clock.Clock.
//
// The package knows no network but that of the line protocol and of Kafka, and no second
// machine but the one of a [Zombie].
package testkit
