package filelog

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/manifest"
)

// File is a file as it was when it was found. Only the first Size bytes are ever
// read, so a range stays the same though somebody appends.
type File struct {
	Path    string
	Size    int64 // bytes
	ModTime time.Time
}

// Place is where files appear.
type Place struct {
	path string
	kind placeKind
}

type placeKind int

const (
	oneFile     placeKind = iota
	directory             // all files in it
	pattern               // all files whose path matches
	manifestDir           // the files that its manifests list
)

// Find looks at what a path names. Only a pattern may name nothing.
func Find(fsys env.FS, name string) (Place, error) {
	if strings.ContainsAny(name, "*?[") {
		if _, err := path.Match(name, ""); err != nil {
			return Place{}, err
		}
		return Place{name, pattern}, nil
	}
	name = path.Clean(name)
	info, err := fsys.Stat(name)
	switch {
	case err != nil:
		return Place{}, err
	case !info.IsDir:
		return Place{name, oneFile}, nil
	}
	committed, err := manifest.Exists(fsys, name)
	if committed {
		return Place{name, manifestDir}, err
	}
	return Place{name, directory}, err
}

// CheckClean says whether the files of a place may be removed, to a directory if one is
// named: not those that an output has committed, nor to where they are read again.
func (p Place) CheckClean(archive string) error {
	if p.kind == manifestDir {
		return errors.New("files that a query has committed as its output can't be removed by one that reads them")
	}
	if archive == "" {
		return nil
	}
	inside := false
	switch p.kind {
	case oneFile, directory:
		inside = archive == path.Dir(p.path) && p.kind == oneFile || archive == p.path
	case pattern: // a file keeps its path below the archive
		inside, _ = path.Match(p.path, path.Join(archive, p.path))
	}
	if inside {
		return fmt.Errorf("files would be archived to %s, where they are read again", archive)
	}
	return nil
}

// List returns the files that are there now and whose path is not known, oldest
// first, and by path where two are of one age. Known ones are not even looked at:
// there may be many.
func (p Place) List(fsys env.FS, known func(path string) bool) ([]File, error) {
	found, err := p.find(fsys, known)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", p.path, err)
	}
	slices.SortFunc(found, func(a, b File) int {
		return cmp.Or(a.ModTime.Compare(b.ModTime), strings.Compare(a.Path, b.Path))
	})
	return found, nil
}

func (p Place) find(fsys env.FS, known func(path string) bool) ([]File, error) {
	var names []string
	switch p.kind {
	case oneFile:
		names = []string{p.path}
	case manifestDir:
		return committedFiles(fsys, p.path, known)
	case directory:
		entries, err := fsys.List(p.path)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			if !ignored(entry) {
				names = append(names, path.Join(p.path, entry))
			}
		}
	case pattern:
		matches, err := glob(fsys, p.path)
		if err != nil {
			return nil, err
		}
		names = matches
	}
	found := make([]File, 0, len(names))
	for _, name := range names {
		if known(name) {
			continue
		}
		info, err := fsys.Stat(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed since it was listed
		}
		if err != nil {
			return nil, err
		}
		if !info.IsDir {
			found = append(found, File{Path: name, Size: info.Size, ModTime: info.ModTime})
		}
	}
	return found, nil
}

// committedFiles returns what the manifests of a directory list.
func committedFiles(fsys env.FS, dir string, known func(path string) bool) ([]File, error) {
	manifests, err := manifest.All(fsys, dir)
	if err != nil {
		return nil, err
	}
	var found []File
	for _, m := range manifests {
		for _, committed := range m.Files {
			name := path.Join(dir, committed.Name)
			if known(name) {
				continue
			}
			info, err := fsys.Stat(name)
			if err != nil {
				return nil, fmt.Errorf("batch %d lists a file that can't be read: %w", m.Batch, err)
			}
			found = append(found, File{Path: name, Size: committed.Size, ModTime: info.ModTime})
		}
	}
	return found, nil
}

// ignored says whether a name is that of a hidden or unfinished file.
func ignored(name string) bool {
	if strings.HasPrefix(name, "_") {
		return !strings.Contains(name, "=") // _key=value is a partition
	}
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, "._COPYING_")
}

// glob returns the paths that match a pattern, segment by segment, hidden names
// left out.
func glob(fsys env.FS, pattern string) ([]string, error) {
	found := []string{""}
	if strings.HasPrefix(pattern, "/") {
		found = []string{"/"}
	}
	for segment := range strings.SplitSeq(strings.Trim(pattern, "/"), "/") {
		var next []string
		for _, parent := range found {
			names, err := matching(fsys, parent, segment)
			if err != nil {
				return nil, err
			}
			for _, name := range names {
				next = append(next, path.Join(parent, name))
			}
		}
		found = next
	}
	return found, nil
}

func matching(fsys env.FS, parent, segment string) ([]string, error) {
	if !strings.ContainsAny(segment, "*?[") {
		return []string{segment}, nil
	}
	names, err := fsys.List(cmp.Or(parent, "."))
	if err != nil {
		// The parent may be a file, or gone; then nothing below it matches.
		if info, statErr := fsys.Stat(cmp.Or(parent, ".")); errors.Is(statErr, fs.ErrNotExist) || statErr == nil && !info.IsDir {
			return nil, nil
		}
		return nil, err
	}
	return slices.DeleteFunc(names, func(name string) bool {
		ok, _ := path.Match(segment, name) // the pattern was checked when it was opened
		return !ok || ignored(name)
	}), nil
}
