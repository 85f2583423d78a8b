package dstream

import (
	"fmt"

	"github.com/tidewheel/tidewheel/internal/keyed"
)

// restoring puts recorded entries of one key group into a partition, many at a time:
// their places in the table are then looked up together.
type restoring[K comparable, S any] struct {
	part   *part[K, S]
	group  int
	n      int // how many wait
	keys   [restoredTogether]K
	values [restoredTogether]S
	hashes [restoredTogether]uint64
	slots  [restoredTogether]uint32
}

const restoredTogether = 128

// next is where the next entry is to be decoded.
func (r *restoring[K, S]) next() (*K, *S) {
	var none S
	r.values[r.n] = none
	return &r.keys[r.n], &r.values[r.n]
}

// keep takes the entry at next.
func (r *restoring[K, S]) keep() error {
	if r.n++; r.n == restoredTogether {
		return r.flush()
	}
	return nil
}

// drop deletes a key.
func (r *restoring[K, S]) drop(key K) error {
	if err := r.flush(); err != nil {
		return err
	}
	if err := r.check(r.part.entries.Hash(key)); err != nil {
		return err
	}
	r.part.put(&entry[K, S]{key: key, delete: true})
	return nil
}

// flush puts the entries that wait.
func (r *restoring[K, S]) flush() error {
	entries := r.part.entries
	keys, hashes, slots := r.keys[:r.n], r.hashes[:r.n], r.slots[:r.n]
	entries.Hashes(keys, hashes)
	for _, hash := range hashes {
		if err := r.check(hash); err != nil {
			return err
		}
	}
	end := entries.End()
	entries.Slots(keys, hashes, slots)
	for slot := end; slot < entries.End(); slot++ {
		r.part.link(slot)
	}
	for i, slot := range slots {
		*entries.At(slot) = r.values[i]
	}
	r.n = 0
	return nil
}

// check says whether a key belongs to the group.
func (r *restoring[K, S]) check(hash uint64) error {
	if belongs := keyed.Group(hash); belongs != r.group {
		return fmt.Errorf("the state of key group %d has a key of group %d: another version of this package or of the key's encoding wrote it", r.group, belongs)
	}
	return nil
}
