package rdd

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/tidewheel/tidewheel/checkpoint"
	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/scheduler"
)

// checkpointing is what a node knows of its checkpoint.
type checkpointing struct {
	wanted atomic.Bool                 // asked for and not yet written
	write  func(context.Context) error // set before wanted
}

// Checkpoint marks the collection to be written to Options.Directory, and returns
// it. The first job that uses it, or anything made from it, begins with a job that
// computes and writes it; from then on it is read from there, and the collections
// that it was made from are forgotten. It is computed once, unlike in Spark, and may
// be marked after jobs have used it. Elements must be of a type that can be
// encoded. The files stay when the session closes.
func (r RDD[T]) Checkpoint() RDD[T] { return RDD[T]{markCheckpoint(r.collection)} }

// Checkpoint marks the collection to be written, as [RDD.Checkpoint] does.
func (p Pairs[K, V]) Checkpoint() Pairs[K, V] { return Pairs[K, V]{markCheckpoint(p.collection)} }

func markCheckpoint[C any](c *collection[C]) *collection[C] {
	if c == nil || c.mistake != nil {
		return c
	}
	wrong := func(format string, arguments ...any) *collection[C] {
		n := newNode("Checkpoint", nil, c.node)
		n.wrong(format, arguments...)
		return &collection[C]{node: n, chunks: c.chunks}
	}
	if c.session.root.options.Directory == "" {
		return wrong("Checkpoint: the session has no directory: set Options.Directory")
	}
	encoding, err := c.chunks.encoding()
	if err != nil {
		return wrong("Checkpoint: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.checkpoint.write == nil {
		c.checkpoint.write = func(ctx context.Context) error { return writeCheckpoint(ctx, c, encoding) }
		c.session.root.marked.Add(1)
		c.checkpoint.wanted.Store(true)
	}
	return c
}

// writeCheckpoint writes all partitions and cuts the lineage. Each attempt of a task
// saves a version of its own; those that count are the ones that the job took.
func writeCheckpoint[C any](ctx context.Context, c *collection[C], encoding chunkEncoding[C]) error {
	root := c.session.root
	store, err := root.checkpoints(ctx)
	if err != nil {
		return err
	}
	name := func(partition int) string { return fmt.Sprintf("rdd-%d-part-%05d", c.id, partition) }
	versions, err := runPrepared(ctx, "Checkpoint", c, 0, c.partitions, func(task *scheduler.Task, partition int, in iter.Seq2[C, error]) (int64, error) {
		version := root.sequence.Add(1)
		return version, store.Save(task.Context(), name(partition), version, func(w io.Writer) error {
			return writeChunks(w, in, encoding, c.chunks.length)
		})
	})
	if err != nil {
		return err
	}
	read := computing[C](func(task *scheduler.Task, partition int) iter.Seq2[C, error] {
		return readChunks(task, store, name(partition), versions[partition], encoding)
	})
	c.source.Store(&read)
	c.depend()
	c.mu.Lock()
	c.parents, c.plan = nil, nil
	c.mu.Unlock()
	c.checkpoint.wanted.Store(false)
	root.marked.Add(-1)
	return nil
}

// A checkpoint of a partition is what the store keeps under its name:
//
//	header   as the encoding of the elements begins
//	frames   one for each chunk:
//	         4 bytes  number of elements, little endian
//	         4 bytes  length of what follows
//	         …        the elements, one after the other; of pairs, all keys first
//
// The store adds checksums, so what can be read is what was written.

const frameHeader = 8

// chunkEncoding turns chunks to bytes and back.
type chunkEncoding[C any] struct {
	header []byte
	check  func(src []byte) error // of a header
	append func(dst []byte, chunk C) []byte
	decode func(src []byte, length int) (C, error)
}

func writeChunks[C any](w io.Writer, in iter.Seq2[C, error], encoding chunkEncoding[C], length func(C) int) error {
	frame := binary.LittleEndian.AppendUint32(nil, uint32(len(encoding.header)))
	if _, err := w.Write(append(frame, encoding.header...)); err != nil {
		return err
	}
	for chunk, err := range in {
		if err != nil {
			return err
		}
		frame = encoding.append(append(frame[:0], make([]byte, frameHeader)...), chunk)
		binary.LittleEndian.PutUint32(frame, uint32(length(chunk)))
		binary.LittleEndian.PutUint32(frame[4:], uint32(len(frame)-frameHeader))
		if _, err := w.Write(frame); err != nil {
			return err
		}
	}
	return nil
}

func readChunks[C any](task *scheduler.Task, store *checkpoint.Store, name string, version int64, encoding chunkEncoding[C]) iter.Seq2[C, error] {
	return func(yield func(C, error) bool) {
		var none C
		snapshot, err := store.LoadVersion(task.Context(), name, version)
		if err != nil {
			yield(none, fmt.Errorf("rdd: read a checkpoint: %w", err))
			return
		}
		err = decodeChunks(snapshot, encoding, func(chunk C) (more bool, err error) {
			if err := task.Turn(); err != nil {
				return false, err
			}
			return yield(chunk, nil), nil
		})
		if err = errors.Join(err, snapshot.Close()); err != nil && !errors.Is(err, errStopped) {
			yield(none, fmt.Errorf("rdd: read checkpoint %s: %w", name, err))
		}
	}
}

// errStopped says that nobody wants more chunks.
var errStopped = errors.New("stopped")

func decodeChunks[C any](r io.Reader, encoding chunkEncoding[C], yield func(C) (bool, error)) error {
	var head [frameHeader]byte
	if _, err := io.ReadFull(r, head[:4]); err != nil {
		return err
	}
	buffer := make([]byte, binary.LittleEndian.Uint32(head[:]))
	if _, err := io.ReadFull(r, buffer); err != nil {
		return err
	}
	if err := encoding.check(buffer); err != nil {
		return err
	}
	for {
		if _, err := io.ReadFull(r, head[:]); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		buffer = resize(buffer, int(binary.LittleEndian.Uint32(head[4:])))
		if _, err := io.ReadFull(r, buffer); err != nil {
			return err
		}
		chunk, err := encoding.decode(buffer, int(binary.LittleEndian.Uint32(head[:])))
		if err != nil {
			return err
		}
		more, err := yield(chunk)
		if err == nil && !more {
			err = errStopped
		}
		if err != nil {
			return err
		}
	}
}

// checkpointStore is the session's place for checkpoints, made when first needed.
type checkpointStore struct {
	store atomic.Pointer[checkpoint.Store]
	busy  atomic.Pointer[env.Latch]
}

// checkpoints opens the store. Each session has a directory of its own below
// Options.Directory, so that numbers of collections do not meet those of others.
func (r *root) checkpoints(ctx context.Context) (*checkpoint.Store, error) {
	for {
		if store := r.checkpoint.store.Load(); store != nil {
			return store, nil
		}
		mine := new(env.Latch)
		if !r.checkpoint.busy.CompareAndSwap(nil, mine) {
			if busy := r.checkpoint.busy.Load(); busy != nil {
				if err := busy.Wait(ctx, r.env); err != nil {
					return nil, err
				}
			}
			continue
		}
		store, err := r.openCheckpoints()
		if err == nil {
			r.checkpoint.store.Store(store)
		}
		r.checkpoint.busy.Store(nil)
		mine.Set()
		if err != nil {
			return nil, fmt.Errorf("rdd: make a directory for checkpoints in %s: %w", r.options.Directory, err)
		}
	}
}

func (r *root) openCheckpoints() (*checkpoint.Store, error) {
	files, base := r.env.FS(), r.options.Directory
	if err := env.MkdirAllSync(files, base); err != nil {
		return nil, err
	}
	names, err := files.List(base)
	if err != nil {
		return nil, err
	}
	last := 0
	for _, name := range names {
		number, isSession := strings.CutPrefix(name, "session-")
		if n, err := strconv.Atoi(number); isSession && err == nil {
			last = max(last, n)
		}
	}
	for number := last + 1; ; number++ {
		dir := path.Join(base, fmt.Sprintf("session-%06d", number))
		if err := env.MkdirAllSync(files, dir); err != nil {
			return nil, err
		}
		claim, err := files.Create(path.Join(dir, "claim"))
		switch {
		case errors.Is(err, fs.ErrExist):
			continue
		case err != nil:
			return nil, err
		}
		if err := claim.Close(); err != nil {
			return nil, err
		}
		return checkpoint.Open(r.env, path.Join(dir, "rdd"), checkpoint.Options{Retain: keptAttempts})
	}
}

// keptAttempts is how many versions of a partition the store keeps, as attempts that
// were given up may still save theirs after the one that counts.
const keptAttempts = 8
