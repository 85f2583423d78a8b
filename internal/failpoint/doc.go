// Package failpoint kills a real process at an I/O point that the simulator names.
//
// A failure that the simulator has found is a plan such as "kill@sync(ckpt/log/*.log)#3".
// To see it on the real machine, run the program with
//
//	TIDEWHEEL_FAILPOINT='sync(ckpt/log/*.log)#3'
//
// and it gets SIGKILL right before the third such sync. Sites are named as by package
// sim: the operation and the class of the path, here relative to a root directory, which
// is that of the simulated disk.
//
// The package is an [env.Env] around another one. A program that does not set the
// variable has the other one itself and pays nothing.
package failpoint
