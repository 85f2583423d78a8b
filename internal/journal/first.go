package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/tidewheel/tidewheel/internal/env"
)

// The first start of a journal decides on its id. Two can come at once where the lock
// keeps nobody away, as on a disk that machines share:
//
//	epoch.<id>/first-<kind>-<id>    each makes a directory of its own
//	epoch/first-<kind>-<id>         one renames it: over a directory, others cannot
//	format                          all write what the name in epoch says
//
// The decision is a name, so there is no moment at which half of it can be read.
const decisionPrefix = "first-"

// firstStart decides on the id of a directory without a format file, or finds what was
// decided, and writes the file.
func firstStart(e env.Env, dir, kind string) (id string, err error) {
	files := e.FS()
	own := newID(e, dir)
	decision, err := decided(files, dir)
	if err == nil && decision == "" {
		decision, err = decide(files, dir, kind, own)
	}
	if err != nil {
		return "", err
	}
	decidedKind, id, _ := strings.Cut(strings.TrimPrefix(decision, decisionPrefix), "-")
	if decidedKind != kind {
		return "", wrongKind(dir+"/format", decidedKind, kind)
	}
	if err := writeFormat(files, dir, own, formatLine(kind, id)); err != nil {
		return "", err
	}
	return id, sweepFirst(files, dir)
}

// decided returns the name that tells the decision, or "" if there is none.
func decided(files env.FS, dir string) (decision string, err error) {
	names, err := files.List(dir + "/epoch")
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	for _, name := range names {
		if !strings.HasPrefix(name, decisionPrefix) { // an epoch is claimed when the file is there
			return "", &FormatError{File: dir + "/format", Reason: "the file is missing, but the directory has been written to: restore the file or use another directory"}
		}
		decision = name
	}
	return decision, nil
}

// decide proposes an id and returns the decision, whoever made it.
func decide(files env.FS, dir, kind, own string) (decision string, err error) {
	if err := files.Remove(dir + "/epoch"); err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrExist) {
		return "", err // it is empty, if it is there at all and not yet that of another start
	}
	proposal, name := dir+"/epoch."+own, decisionPrefix+kind+"-"+own
	if err := env.MkdirAllSync(files, proposal); err != nil {
		return "", err
	}
	file, err := files.Create(proposal + "/" + name)
	if err == nil {
		err = file.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	if err := files.SyncDir(proposal); err != nil {
		return "", err
	}
	failed := files.Rename(proposal, dir+"/epoch")
	if failed == nil {
		return name, files.SyncDir(dir)
	}
	decision, err = decided(files, dir)
	if err == nil && decision == "" {
		err = fmt.Errorf("decide on an id: %w", failed)
	}
	return decision, err
}

// sweepFirst removes what first starts that did not come to their end have left.
func sweepFirst(files env.FS, dir string) error {
	names, err := files.List(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		isProposal := strings.HasPrefix(name, "epoch.")
		if isProposal {
			inside, err := files.List(dir + "/" + name)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			for _, proposed := range inside {
				if err := removeIfThere(files, dir+"/"+name+"/"+proposed); err != nil {
					return err
				}
			}
		}
		if isProposal || strings.HasPrefix(name, "format.") {
			if err := removeIfThere(files, dir+"/"+name); err != nil {
				return err
			}
		}
	}
	return nil
}

func removeIfThere(files env.FS, name string) error {
	if err := files.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
