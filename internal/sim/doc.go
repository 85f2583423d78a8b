// Package sim is a simulated [env.Env]: it runs engine code on one thread, with
// virtual time and a disk that forgets what was not synced.
//
// A [World] is a machine. Its processes run as coroutines; one loop, [World.Run],
// resumes one after another on the caller's goroutine. So nothing happens by
// chance: the order of activities comes from a [Chooser], time passes only when
// nothing can run, and the same options give the same run, which
// [World.TraceHash] shows.
//
// Three ideas carry the package.
//
//   - Each call of the file system and the network, each Park, Yield and Probe, and each
//     call of a simulated source or sink ([World.Call]) is an I/O point. It has a name
//     that is stable from run to run, such as "sync(log/*.log)" with an occurrence.
//     Activities are switched at points, and a [Fault] hits at one.
//   - The [Disk] knows two states: what processes see, and what is durable. A crash
//     picks an [Outcome] between them that a real disk could leave. A Disk is cloned for
//     the price of a few pointers, so a test can take one at each point and recover
//     from each.
//   - A crash is a panic of env.Crash that unwinds every activity from the point where
//     it is. The Env of a dead process panics on every call, so no deferred function
//     can repair the disk.
//
// What goes wrong is said by four means: a [Fault] at a point, of which there are kinds
// for processes, single operations, the disk as a whole, the clock and corruption; an
// [Outcome] of a crash within what the [Profile] of the disk allows; a [Chooser] of the
// order of activities ([FIFO], [Random], [PCT], [Delays], [Replay]); and the odd
// behaviour of the program itself ([Options.Buggify]). To find what can go wrong at a
// point, ask [Point.Errors] and [Point.IsAppend]; all other kinds are possible everywhere.
//
// A program that survives:
//
//	disk := sim.NewDisk(sim.Strict)
//	world := sim.NewWorld(sim.Options{Disk: disk, Faults: []sim.Fault{fault}})
//	world.Start("app", run)
//	if world.Run(sim.Limit{}) == sim.Crashed {
//		world.Start("app", run) // recovers from world.Disk()
//		world.Run(sim.Limit{})
//	}
//
// Simulated code must not start goroutines or wait on channels: the loop would
// not know. Whom processes connect to is a [Peer]. The package does not simulate sources
// and sinks, and has no oracles; package testkit does.
package sim
