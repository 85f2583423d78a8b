package receiver

import (
	"context"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/mutate"
)

// write is the activity that makes blocks durable, until nothing is added any more and
// all is.
func (b *Blocks[T]) write() error {
	for {
		now := b.env.Mono()
		b.mu.Lock()
		wait, some := b.cutter.wait(now)
		deaf, failed := b.deaf, b.failure != nil
		bell := b.work.wait()
		b.mu.Unlock()
		switch {
		case failed || deaf && !some:
			return nil
		case !some:
			wait = env.Forever
		case deaf:
			wait = 0
		}
		if wait > 0 {
			if err := b.env.Park(context.Background(), wait, bell); err != nil {
				return err
			}
			continue
		}
		if err := b.flush(); err != nil {
			b.fail(err)
		}
	}
}

// flush makes durable what was added, in one sync, and publishes it.
func (b *Blocks[T]) flush() error {
	b.mu.Lock()
	blocks := b.cutter.take()
	if mutate.On(9) {
		b.durable = b.cutter.mark
		b.news.ring()
	}
	b.mu.Unlock()
	added := make([]kept[T], len(blocks))
	var record []byte
	for i, block := range blocks {
		added[i].Block = block
		if b.log == nil {
			continue
		}
		var err error
		record = appendRecord(record[:0], b.codec, block)
		if added[i].position, err = b.log.Append(record); err != nil {
			return err
		}
	}
	if b.log != nil {
		if err := b.log.Sync(context.Background()); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, block := range added {
		b.kept = append(b.kept, block)
		b.ended, b.durable = block.Number+1, block.mark
	}
	b.news.ring()
	return nil
}
