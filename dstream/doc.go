// Package dstream is a stream as a sequence of small batches: one rdd.RDD for each
// interval of time.
//
//	stream, err := dstream.Recover(options, func(stream *dstream.Session) error {
//		stream.From(dstream.TextFiles("in")).
//			FlatMapSeq(strings.FieldsSeq).
//			ToPairs(func(word string) (string, int) { return word, 1 }).
//			UpdateStateByKey(total).
//			SaveTo(dstream.Files("out", line))
//		return nil
//	})
//	…
//	err = stream.Run(ctx)
//
// Three ideas carry the package.
//
//   - The graph of streams is declared once. At each tick every output asks its
//     stream for the collection of that batch, which is built from those of its
//     parents, down to the sources. All that an RDD can do can be done to a batch.
//   - What lasts longer than a batch is held by keepers: the state of
//     UpdateStateByKey, the batches of a window. A keeper is brought from one tick to
//     the next before the outputs run, and tells what changed.
//   - With a checkpoint, a batch is planned in a log before a sink hears of it, and
//     its changes of state are logged together with the fact that it is done. A
//     process that starts again runs a batch that was planned but not done once
//     more, with the same elements, and a sink that has it already is left alone.
//     So each batch has its effect once.
//
// A batch is named by the time at which its interval ends. Batches run one after
// the other; a slow one delays those behind it, and none is left out, nor are two
// made one: a stream that starts again after a day runs a day's batches, back to
// back. What came meanwhile is in the first of them, unless the source is limited
// (MaxRate, receiver.Options).
//
// Listen tells of what the stream does, Progress and Status are there to be asked,
// and Drain and Stop end it. A failed batch ends a stream that has a checkpoint, and
// runs again after the next Recover; a stream without one goes on.
//
// The package does not know columns or event time: see package structured.
package dstream
