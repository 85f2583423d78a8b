// Package scheduler cuts a lineage graph into stages and runs them: retried when a
// task fails, and computed again where an executor with results is lost.
//
// It knows no element types. A collection shows it a [Node]: how many partitions it
// has, and which others they are computed from. The work itself hides in two
// functions, that of a [Job] and that of a [Shuffle].
//
//	s, err := scheduler.New(env.Real(), scheduler.Options{Slots: 4})
//	if err != nil {
//		return err
//	}
//	defer s.Close()
//	lines := 0
//	err = s.Run(ctx, scheduler.Job{
//		Name:   "Count",
//		Final:  node,
//		Run:    func(t *scheduler.Task, partition int) (any, error) { return count(t, partition) },
//		Result: func(partition int, result any) { lines += result.(int) },
//	})
//
// Three ideas carry the package.
//
//   - A stage ends where data is shuffled. Its tasks write one block for each
//     partition behind the shuffle, and the stage behind begins when all are there.
//     What is there stays: a later job skips a complete stage, and a stage runs only
//     its missing partitions. A persisted node stops the walk in the same way.
//   - All decisions are in a pure core: inputs in, actions out, without a clock, a
//     lock or an activity (core.go). Around it is a thin driver (driver.go), in which
//     whoever brings an input carries out what follows.
//   - An executor is a group of slots with a block store of its own. Losing one
//     loses its blocks. Nobody is told: who reads one finds it missing, says so with
//     a [FetchError], and exactly the lost outputs are computed again.
//
// A partition never has two attempts that run at once, and exactly one result of
// each reaches [Job.Result]. Functions may be called several times for a partition,
// so they must be deterministic and keep their effects to themselves.
//
// The package does not speculate, place tasks near their data, share slots between
// jobs fairly (the oldest job comes first), or move blocks to disk.
package scheduler
