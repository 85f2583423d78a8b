// Package bench has the benchmarks that span packages: the same work in several APIs,
// or beside a loop written by hand.
//
//	make bench BENCH='DurableQuery|WordCount'
//
// What one package can measure alone is beside its code.
package bench
