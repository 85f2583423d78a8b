package testkit

import (
	"encoding/json/v2"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/manifest"
)

// A sink of the contract FileManifest keeps its batches on the simulated disk: a data
// file of JSON lines for each batch that has rows, which counts once the batch's
// manifest lists it.

// openFiles takes over the sink's directory for a writer.
func (d *delivery[T]) openFiles(owner string, fsys env.FS) error {
	d.files = fsys
	if err := manifest.Prepare(fsys, d.name); err != nil {
		return err
	}
	if err := manifest.Own(fsys, d.name, owner); err != nil {
		return err
	}
	return manifest.Sweep(fsys, d.name, func(name string) (batch int64, ok bool) {
		var epoch uint64
		n, _ := fmt.Sscanf(name, "batch-%d-%d.json", &batch, &epoch)
		return batch, n == 2
	})
}

// lastInFiles is the newest batch that has a manifest.
func (d *delivery[T]) lastInFiles() (last written[T], ok bool, err error) {
	m, ok, err := manifest.Last(d.files, d.name)
	if err != nil || !ok {
		return last, false, err
	}
	last.id, last.at = m.Batch, d.timeOf(m.Batch)
	return last, true, nil
}

// writeFiles makes the data of a batch durable.
func (d *delivery[T]) writeFiles(b written[T]) (err error) {
	d.manifest = manifest.Manifest{Query: d.name, Batch: b.id, Epoch: d.epoch}
	if len(b.rows) == 0 {
		return nil
	}
	var text []byte
	for _, row := range b.rows {
		line, err := json.Marshal(row, json.Deterministic(true))
		if err != nil {
			return err
		}
		text = append(append(text, line...), '\n')
	}
	name := fmt.Sprintf("batch-%d-%d.json", b.id, d.epoch)
	f, err := d.files.Create(path.Join(d.name, name))
	if err != nil {
		return err
	}
	if _, err = f.Write(text); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	d.manifest.Files = []manifest.File{{Name: name, Size: int64(len(text)), Rows: int64(len(b.rows))}}
	return d.files.SyncDir(d.name)
}

// commitFiles makes the batch visible.
func (d *delivery[T]) commitFiles() error {
	err := manifest.Create(d.files, d.name, d.manifest)
	if err == nil {
		d.sim.note("%s ← batch %d, %d rows", d.name, d.manifest.Batch, len(d.prepared.rows))
	}
	if errors.Is(err, manifest.ErrCommitted) {
		d.sim.branch("the sink was given a batch that it had")
		return nil
	}
	return err
}

// inFiles returns the batches that a reader of the manifests sees.
func (h *history[T]) inFiles() ([]written[T], error) {
	lines := Lines[T]{h.sim, h.name, func(line string) (row T, err error) {
		return row, json.Unmarshal([]byte(line), &row)
	}}
	batches, err := lines.committed()
	for i := range batches {
		batches[i].at = h.timeOf(batches[i].id)
	}
	return batches, err
}

// checkName refuses what is no name of a directory.
func (h *history[T]) checkName() {
	if h.contract == FileManifest {
		h.sim.spare(h.name)
	}
	if h.contract == FileManifest && (h.name == "" || strings.ContainsAny(h.name, "/") || !fs.ValidPath(h.name)) {
		h.sim.wrong("sink %q: a sink of the contract %v is a directory of that name", h.name, h.contract)
	}
}
