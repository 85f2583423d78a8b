// Package rdd is typed, partitioned collections that know how they are computed.
//
//	s, err := rdd.Open(rdd.Options{})
//	…
//	top, err := s.TextFile("hamlet.txt").
//		FlatMapSeq(strings.FieldsSeq).
//		ToPairs(func(word string) (string, int) { return word, 1 }).
//		ReduceByKey(func(a, b int) int { return a + b }).
//		TopBy(ctx, 10, rdd.Value)
//
// Three ideas carry the package.
//
//   - A collection is a recipe. An [RDD] holds elements, [Pairs] keys with values;
//     both are immutable and know only how their partitions are computed from those
//     of others. Operations build and do no I/O; ends such as Collect, Count and
//     SaveAsTextFile take a context and run a job. A mistake made while building
//     sticks, with the line of the program, and each end returns it. What is lost
//     with an executor, and not persisted or checkpointed, is computed again.
//   - Work goes by chunks. Operations that need one partition of their input are
//     fused: a task passes a few hundred elements at a time through all of them.
//     Where keys must come together, a shuffle ends the stage; operations by key on a
//     collection that is already partitioned so need none.
//   - Results do not depend on which task ends first. Shuffles are read in the order
//     of the partitions that wrote them, keys come out in the order in which they
//     were first met, and equal elements stay in their order when sorted. Functions
//     that combine must be associative; they need not be commutative.
//
// Functions of the user's run in tasks, several at once, and again if a task is
// tried again; they must not change what they share without a lock. A panic in one
// is an error of its task.
//
// A method cannot return a type that nests its own (a group of values, a pair of
// joined ones), so such operations take the function that makes the result:
// GroupByKey(rdd.Slice), Join(b, rdd.Inner). What needs more of a type than any has
// a name that ends in By, or is a function of the package: [Distinct], [Sum], [Max].
//
// All data that is shuffled or persisted is held in memory, and so is one partition
// of the grouped or right-hand side of a join. Nothing is spilled to disk yet, and
// collections are not shared between processes.
package rdd
