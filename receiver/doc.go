// Package receiver takes elements from outside and keeps them until a batch has had
// them.
//
//	stream.Receive(receiver.Socket("tcp", "localhost:9999"))           // a DStream
//	session.Stream(source.Socket("tcp", "localhost:9999"))             // a table
//	stream.Receive(receiver.Func[int](func(ctx context.Context, store *receiver.Store[int]) error {
//		for {
//			n, err := next(ctx)
//			if err != nil {
//				return err // runs again after a while
//			}
//			if err := store.Add(ctx, n); err != nil {
//				return err
//			}
//		}
//	}))
//
// Four ideas carry the package.
//
//   - A [Receiver] is one function that puts elements into a [Store] for as long as it
//     can. When it fails or panics it is run again, after a wait that grows; nil or an
//     error made by [Permanent] is its last word.
//   - Elements are gathered in blocks. A block ends some time after its first element
//     came (Options.BlockInterval), gets the next number, and is appended to a log of
//     the receiver's own; one sync makes all blocks durable that wait for it. A batch
//     takes a range of block numbers, so the same range has the same elements in every
//     run of the stream: a stream over a socket can be run again like one over files.
//   - A reliable receiver acknowledges what its source sent only when that is durable.
//     It hands a [Mark], such as a sequence number, in with the elements; the mark is
//     stored in their block, [Store.Durable] tells how far the marks are safe, and
//     after a crash [Store.Added] tells where to go on. So what is sent again is known
//     and dropped.
//   - Nothing is dropped for want of room. Who adds faster than batches take, or faster
//     than the rate allows, waits inside of Add; a source with flow control then waits
//     as well.
//
// What survives what:
//
//	                               the receiver fails     the process dies
//	acknowledged when durable      nothing is lost        nothing is lost, nothing doubled
//	Add without acknowledgement    nothing that was added  what was in no block yet is lost
//	a stream without a checkpoint  nothing that was added  everything is lost
//
// The package does not know batches: dstream and structured/source adapt [Blocks] to
// their sources. It balances nothing over machines; each receiver is one activity.
package receiver
