package dstream

import (
	"context"
	"errors"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/receiver"
)

// Source describes where a stream's elements come from. Each session opens it for
// itself.
type Source[T any] interface {
	// String describes the source in progress and errors.
	String() string

	// Open starts reading for one stream.
	Open(ctx context.Context, stream Stream) (Reader[T], error)
}

// Reader reads a source for one stream. Its methods are called by one activity at
// a time, but for the collections that RDD returns.
type Reader[T any] interface {
	// Initial is the offset of a stream that has read nothing yet.
	Initial(ctx context.Context) (Offset, error)

	// Latest returns the end of what the next batch takes: start itself, if nothing
	// came. The range is durable when Latest returns: RDD finds its elements again
	// after a crash. Latest never waits for data.
	Latest(ctx context.Context, start Offset) (Offset, error)

	// RDD returns the elements of a range. The same range gives the same partitions
	// with the same elements in the same order, in every run of the stream.
	RDD(session *rdd.Session, start, end Offset) (rdd.RDD[T], error)

	// Commit says that all before end was read for the last time. It may be repeated.
	Commit(ctx context.Context, end Offset) error

	// Close may be called more than once.
	Close() error
}

// Offset is a place in a source, as one line of text that only the source
// understands. The empty Offset is none.
type Offset string

// Stream is what a source or sink learns about the stream that uses it.
type Stream struct {
	ID   string // constant over restarts; empty without a checkpoint
	Name string // of the source's or output's stream in the graph

	// Epoch is the claim of this run: higher than that of any run before it.
	Epoch uint64

	// Resumed says that the stream goes on from a checkpoint: its first range begins
	// where an earlier run ended.
	Resumed bool

	// Fence returns an error once a later run of the stream has begun. It is nil for a
	// stream without a checkpoint.
	Fence func(ctx context.Context) error

	// Tell hands an event of the source's receiver to the session's listeners. Any
	// activity may call it; it never waits.
	Tell func(receiver.Event)

	// State is a directory for the source alone. It need not exist yet. It is empty
	// for a stream without a checkpoint.
	State string

	// Env is the world: files, time and concurrency are reached through it alone.
	Env env.Env
}

// input is a source in the graph, without its element type.
type input struct {
	node  *node
	label string // of the source, for progress and errors
	open  func(ctx context.Context, stream Stream) error
	use   reader // nil until opened

	from, to Offset  // the range of the current batch
	rate     float64 // elements a second; 0: any number
	rows     rows    // of the current batch
}

// reader is the part of a Reader that knows no element type.
type reader interface {
	Initial(ctx context.Context) (Offset, error)
	Latest(ctx context.Context, start Offset) (Offset, error)
	Commit(ctx context.Context, end Offset) error
	Close() error
}

// From adds a stream of what comes from a source: in each batch the range between
// two offsets. With a checkpoint the ranges are logged before they are used, so
// that a batch that runs again has the same elements.
func (s *Session) From[T any](source Source[T], options ...SourceOption) DStream[T] {
	return fromSource(s, source, options...)
}

func fromSource[T any](s *Session, source Source[T], options ...SourceOption) DStream[T] {
	n := newNode(s, "from", 1)
	if source == nil {
		s.mistake("From", "the source is nil")
		return DStream[T]{n}
	}
	in := &input{node: n, label: source.String()}
	for _, option := range options {
		option(in)
	}
	var opened Reader[T]
	in.open = func(ctx context.Context, stream Stream) (err error) {
		if opened, err = source.Open(ctx, stream); err != nil {
			return err
		}
		in.use = opened
		if _, ok := in.use.(Limited); in.rate > 0 && !ok {
			return errors.New("MaxRate: the source can't take less than there is")
		}
		return nil
	}
	n.build = func(int64) (any, error) {
		made, err := opened.RDD(s.scope, in.from, in.to)
		return counted(made, &in.rows), err
	}
	if s.mayBuild("From") {
		s.inputs = append(s.inputs, in)
	}
	return DStream[T]{n}
}
