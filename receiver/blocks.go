package receiver

import (
	"context"
	"fmt"
	"sync"

	"github.com/tidewheel/tidewheel/internal/codec"
	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/wal"
)

// Stream is the stream for which a receiver runs.
type Stream struct {
	// State is the directory of the receiver's log, which is made if it is missing. Empty:
	// the stream keeps no checkpoint, and blocks are in memory only.
	State string

	// Epoch is the claim of this run of the stream: higher than that of any run before.
	Epoch uint64

	// Fence returns an error if a later run of the stream has begun. It is asked after
	// each sync of the log, before anything is acknowledged. Nil: there can't be one.
	Fence func(ctx context.Context) error

	// Tell is told of the receiver's events, after Options.Listener. It must not wait.
	// Nil: the stream has no listeners.
	Tell func(Event)

	Env env.Env
}

// Blocks is the blocks of one receiver in one stream, and the receiver at work. An
// adapter to a kind of stream opens it, asks for the number of blocks that are there,
// and reads ranges of them. Its methods may be called by several activities at once.
type Blocks[T any] struct {
	env      env.Env
	receiver Receiver[T]
	name     string
	options  Options
	report   func(Event) // Stream.Tell
	log      *wal.Log    // nil: blocks are in memory only
	codec    codec.Codec[T]
	cancel   context.CancelCauseFunc
	running  *env.Proc // the receiver
	writing  *env.Proc // what makes blocks durable

	//det:lock what follows; never held across a call of the Env
	mu       sync.Mutex
	cutter   cutter[T]
	kept     []kept[T] // durable blocks that are not forgotten, in order
	ended    int64     // number of the block behind the last durable one
	planned  int64     // blocks below are in a batch
	backlog  int       // elements in no batch yet
	durable  Mark
	rate     limiter
	estimate estimator
	worked   bool  // whether the current Run has added anything
	deaf     bool  // nothing is added any more
	failure  error // of the stream
	closed   bool

	work  bell // for the writer: something was added, or nothing will be
	news  bell // for readers and acknowledgers: blocks are durable, or there is a failure
	space bell // for adders: elements have gone into a batch, the rate has changed, or the end has come
}

// kept is a block and where it is in the log.
type kept[T any] struct {
	Block[T]
	position wal.Position
}

// Open starts a receiver. What earlier runs of the stream have left in the log is there
// when it returns.
//
// Errors: a *wal.CorruptError if the log is damaged, a *codec.MismatchError if it
// holds elements of another type, one of the options.
func Open[T any](ctx context.Context, r Receiver[T], s Stream, o ...Options) (*Blocks[T], error) {
	name := Name(r)
	options, err := resolve(o)
	if err == nil && r == nil {
		err = fmt.Errorf("the receiver is nil")
	}
	b := &Blocks[T]{env: s.Env, receiver: r, name: name, options: options, report: s.Tell}
	if err == nil && s.State != "" {
		err = b.recover(ctx, s)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	b.cutter.interval, b.cutter.size = options.BlockInterval, options.BlockSize
	b.rate.rate = pace(options, 0)
	running, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	b.cancel = cancel
	b.writing = b.env.Spawn("blocks of "+name, b.write)
	b.running = b.env.Spawn(name, func() error { return b.supervise(running) })
	return b, nil
}

// Name is how a receiver is called in events, progress and errors.
func Name[T any](r Receiver[T]) string {
	if named, ok := r.(fmt.Stringer); ok {
		return named.String()
	}
	return "receiver"
}

// recover opens the log and takes in the blocks that are there.
func (b *Blocks[T]) recover(ctx context.Context, s Stream) (err error) {
	if b.codec, err = codec.Of[T](); err != nil {
		return err
	}
	options := wal.Options{SegmentBytes: segmentBytes, Fence: s.Fence}
	if b.log, err = wal.Create(ctx, b.env, s.State, s.Epoch, options); err != nil {
		return err
	}
	for record, err := range wal.Records(b.env, s.State) {
		var block Block[T]
		if err == nil {
			block, err = decodeRecord(record.Payload, b.codec)
		}
		if err == nil && len(b.kept) > 0 && block.Number != b.ended {
			err = fmt.Errorf("block %d follows block %d", block.Number, b.ended-1)
		}
		if err != nil {
			_ = b.log.Close() // the error that matters is the first
			return fmt.Errorf("log %s: %w", s.State, err)
		}
		b.kept = append(b.kept, kept[T]{block, record.Position})
		b.backlog += len(block.Elements)
		b.ended, b.durable = block.Number+1, block.mark
	}
	b.cutter.next, b.cutter.mark = b.ended, b.durable
	if len(b.kept) > 0 {
		b.planned = b.kept[0].Number
	}
	return nil
}

// segmentBytes is small, so that little is kept and read again of what batches had long ago.
const segmentBytes = 4 << 20

// End returns the number of blocks that have become durable so far: the end of a range
// that takes all of them. Blocks before start are in batches, and no longer count for
// Options.Backlog. The error is that with which the receiver has failed.
func (b *Blocks[T]) End(start int64) (int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failure != nil {
		return 0, b.failure
	}
	if start < 0 || start > b.ended {
		return 0, b.misfit("block %d is asked for, but there have been %d", start, b.ended)
	}
	b.plan(start)
	return b.ended, nil
}

// plan notes that the blocks before a number are in a batch.
func (b *Blocks[T]) plan(to int64) {
	if to <= b.planned {
		return
	}
	for _, block := range b.between(b.planned, to) {
		b.backlog -= len(block.Elements)
	}
	b.planned = to
	b.space.ring()
}

// between returns the blocks [from, to), as far as they are kept.
func (b *Blocks[T]) between(from, to int64) []kept[T] {
	first := b.ended - int64(len(b.kept))
	from, to = max(from, first), min(to, b.ended)
	if from >= to {
		return nil
	}
	return b.kept[from-first : to-first]
}

func (b *Blocks[T]) misfit(format string, values ...any) error {
	return fmt.Errorf("%s: %s: the receiver's log and the stream's progress do not belong together", b.name, fmt.Sprintf(format, values...))
}

// Range returns the blocks [from, to). They are shared: nobody may change them.
func (b *Blocks[T]) Range(from, to int64) ([]Block[T], error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	between := b.between(from, to)
	if from > to || int64(len(between)) != to-from {
		return nil, b.misfit("blocks %d to %d are asked for, but there are %d to %d", from, to-1, b.ended-int64(len(b.kept)), b.ended-1)
	}
	blocks := make([]Block[T], len(between))
	for i, block := range between {
		blocks[i] = block.Block
	}
	return blocks, nil
}

// Forget drops the blocks before end: batches have had them for good.
func (b *Blocks[T]) Forget(ctx context.Context, end int64) error {
	b.mu.Lock()
	n := len(b.between(0, end))
	if n == 0 {
		b.mu.Unlock()
		return nil
	}
	b.plan(end)
	// The newest block's record stays: it knows the number and the mark.
	position := b.kept[min(n, len(b.kept)-1)].position
	clear(b.kept[:n])
	b.kept = b.kept[n:]
	b.mu.Unlock()
	if b.log == nil {
		return nil
	}
	return b.log.RemoveBefore(ctx, position)
}

// Arrived returns what becomes ready when End would return more than start, or an error.
func (b *Blocks[T]) Arrived(start int64) env.Waitable {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended > start || b.failure != nil {
		ready := new(env.Latch)
		ready.Set()
		return ready
	}
	return b.news.wait()
}

// Completed tells how a batch went; Options.BackPressure learns from it.
func (b *Blocks[T]) Completed(s Sample) {
	if !b.options.BackPressure {
		return
	}
	now := b.env.Mono()
	b.mu.Lock()
	defer b.mu.Unlock()
	if rate, ok := b.estimate.estimate(s); ok {
		b.rate.set(now, pace(b.options, rate))
		b.space.ring()
	}
}

// Rate is the number of elements a second that may be added now; 0 is any number.
func (b *Blocks[T]) Rate() float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rate.rate
}

// Drain stops the receiver and makes durable what it has added: nothing comes after it.
// Blocks that are there can still be read. It may be called again.
func (b *Blocks[T]) Drain(ctx context.Context) error {
	b.cancel(errDrained)
	if err := b.running.Wait(ctx, b.env); err != nil {
		return err
	}
	b.mu.Lock()
	b.deaf = true
	b.work.ring()
	b.space.ring()
	b.mu.Unlock()
	return b.writing.Wait(ctx, b.env)
}

// errDrained is the cause with which a receiver's context ends.
var errDrained = fmt.Errorf("the receiver is stopped: %w", context.Canceled)

// Close drains and closes the log. Calls after the first return nil.
func (b *Blocks[T]) Close() error {
	err := b.Drain(context.Background())
	b.mu.Lock()
	closed := b.closed
	b.closed = true
	b.mu.Unlock()
	if closed {
		return nil
	}
	if b.log != nil {
		if closeErr := b.log.Close(); err == nil {
			err = closeErr
		}
	}
	return err
}

// fail ends the stream with an error, at its next look.
func (b *Blocks[T]) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failure == nil {
		b.failure = fmt.Errorf("%s: %w", b.name, err)
	}
	b.deaf = true
	b.news.ring()
	b.space.ring()
	b.work.ring()
}
