// Package env is the outside world as one small interface.
//
// Engine code touches time, files, the network, randomness and concurrency through an [Env]
// and through nothing else. [Real] is the operating system: activities are
// goroutines and names are paths. The simulated one (package internal/sim) runs
// the very same engine code on one thread, with virtual time and a disk that
// forgets what was not synced, so that every run can be replayed.
//
// Three ideas carry the package.
//
//   - An activity is what Spawn starts. It blocks only inside the Env: in
//     [Env.Park] and in calls of the file system and of the network.
//   - A [Waitable] is what an activity can park on. There are two: a [Latch],
//     set once, and a [Mailbox], a queue with one reader.
//   - Every call of an Env, of its file system or its network is an I/O point: the
//     place where a simulation may switch activities, inject an error or crash the
//     process.
//
// Packages fstest and nettest are the contracts of the file system and of the network
// as tests; the real and the simulated ones pass them. The real ones need a Unix system.
//
// Memory that several activities share is guarded by a sync.Mutex that is never
// held across a call of the Env.
package env
