// Package detlint holds the engine to the rules that make a simulated run repeat
// bit for bit. Its test checks every package of the module that runs inside a
// simulation; [Check] reports what they may not contain:
//
//   - the outside world past the Env: files, network, clocks, timers, processes,
//     standard output, random numbers without a seed;
//   - concurrency past the Env: go statements, channels, select, the blocking types
//     of package sync;
//   - order by chance: ranges over maps, and functions that hide one;
//   - package variables that change.
//
// Two annotations allow what is safe. Each stands on the line or on the line above,
// and gives its reason. One that allows nothing is reported too.
//
//	//det:unordered why the order can't reach a record, file, log line or hash
//	//det:lock what the mutex guards; it is never held across a call of the Env
//	//det:world why the simulation can't see this touch of the outside world
//
// The last is for the edge of the API, such as standard output as the default
// writer of a console sink.
//
// The check is syntactic with types, package by package: it follows no calls, and
// does not see what an imported library does.
package detlint
