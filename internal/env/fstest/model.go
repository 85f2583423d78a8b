package fstest

import (
	"errors"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"syscall"
	"testing"

	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/internal/env"
)

// names are those that the random walk uses: few, so that they collide.
var names = []string{"a", "b", "dir", "dir/a", "dir/b", "dir/sub", "dir/sub/a", "other", "other/a"}

// testModel does the same random steps on a file system and on a model, and
// compares each answer and, in the end, all that can be seen.
func testModel(t *testing.T, make Maker) {
	rapid.Check(t, func(r *rapid.T) {
		files, root := make(t)
		w := &walk{files: files, root: root, model: model{".": {isDir: true}}}
		defer w.close()
		r.Repeat(map[string]func(*rapid.T){
			"create":     w.create,
			"openappend": w.openAppend,
			"append":     w.append,
			"rename":     w.rename,
			"remove":     w.remove,
			"mkdir":      w.mkdir,
			"syncdir":    w.syncDir,
			"":           w.compare,
		})
	})
}

// walk is one random walk. Handles keep the model's file beside the real one.
type walk struct {
	files   env.FS
	root    string
	model   model
	handles []handle
}

type handle struct {
	file  env.File
	model *file
}

func (w *walk) close() {
	for _, h := range w.handles {
		_ = h.file.Close()
	}
}

func (w *walk) draw(r *rapid.T, label string) string {
	return rapid.SampledFrom(names).Draw(r, label)
}

func (w *walk) check(r *rapid.T, err error, want syscall.Errno) {
	r.Helper()
	if (want == 0) != (err == nil) || want != 0 && !errors.Is(err, want) {
		r.Fatalf("error %v, the model says %v", err, want)
	}
}

func (w *walk) create(r *rapid.T) {
	name := w.draw(r, "name")
	f, err := w.files.Create(path.Join(w.root, name))
	node, want := w.model.create(name)
	w.check(r, err, want)
	if err == nil {
		w.handles = append(w.handles, handle{f, node})
	}
}

func (w *walk) openAppend(r *rapid.T) {
	name := w.draw(r, "name")
	f, err := w.files.OpenAppend(path.Join(w.root, name))
	node, want := w.model.find(name)
	if want == 0 && node.isDir {
		want = syscall.EISDIR
	}
	w.check(r, err, want)
	if err == nil {
		w.handles = append(w.handles, handle{f, node})
	}
}

func (w *walk) append(r *rapid.T) {
	if len(w.handles) == 0 {
		r.Skip("no open file")
	}
	h := rapid.SampledFrom(w.handles).Draw(r, "handle")
	content := rapid.StringOfN(rapid.RuneFrom([]rune("xyz")), 0, 5, -1).Draw(r, "content")
	if _, err := io.WriteString(h.file, content); err != nil {
		r.Fatal(err)
	}
	h.model.content += content
	if rapid.Bool().Draw(r, "sync") {
		if err := h.file.Sync(); err != nil {
			r.Fatal(err)
		}
	}
}

func (w *walk) rename(r *rapid.T) {
	oldName, newName := w.draw(r, "old"), w.draw(r, "new")
	err := w.files.Rename(path.Join(w.root, oldName), path.Join(w.root, newName))
	w.check(r, err, w.model.rename(oldName, newName))
}

func (w *walk) remove(r *rapid.T) {
	name := w.draw(r, "name")
	w.check(r, w.files.Remove(path.Join(w.root, name)), w.model.remove(name))
}

func (w *walk) mkdir(r *rapid.T) {
	name := w.draw(r, "name")
	w.check(r, w.files.MkdirAll(path.Join(w.root, name)), w.model.mkdirAll(name))
}

func (w *walk) syncDir(r *rapid.T) {
	name := w.draw(r, "name")
	err := w.files.SyncDir(path.Join(w.root, name))
	node, want := w.model.find(name)
	if want == 0 && !node.isDir {
		want = syscall.ENOTDIR
	}
	w.check(r, err, want)
}

// compare looks at all names, those that don't exist too.
func (w *walk) compare(r *rapid.T) {
	for _, name := range append(names, ".") {
		full := path.Join(w.root, name)
		node, want := w.model.find(name)
		info, err := w.files.Stat(full)
		w.check(r, err, want)
		if want != 0 {
			continue
		}
		if info.IsDir != node.isDir || info.Size != int64(len(node.content)) {
			r.Fatalf("%s: %+v, the model says %+v", name, info, *node)
		}
		if node.isDir {
			list, err := w.files.List(full)
			if want := w.model.list(name); err != nil || !slices.Equal(list, want) {
				r.Fatalf("%s lists %q, %v; the model says %q", name, list, err, want)
			}
			continue
		}
		if content, err := readFile(w.files, full); err != nil || content != node.content {
			r.Fatalf("%s holds %q, %v; the model says %q", name, content, err, node.content)
		}
	}
}

// model is a file system as a map of paths.
type model map[string]*file

type file struct {
	isDir   bool
	content string
}

// find returns the node of a name, or why there is none.
func (m model) find(name string) (*file, syscall.Errno) {
	if node := m[name]; node != nil {
		return node, 0
	}
	parent, errno := m.find(path.Dir(name))
	if errno == 0 && !parent.isDir {
		return nil, syscall.ENOTDIR
	}
	return nil, max(errno, syscall.ENOENT)
}

// parent says why a name can't be made, if so.
func (m model) parent(name string) syscall.Errno {
	dir, errno := m.find(path.Dir(name))
	if errno == 0 && !dir.isDir {
		return syscall.ENOTDIR
	}
	return errno
}

func (m model) list(dir string) []string {
	var inner []string
	for name := range maps.Keys(m) {
		if name != "." && path.Dir(name) == dir {
			inner = append(inner, path.Base(name))
		}
	}
	slices.Sort(inner)
	return inner
}

func (m model) create(name string) (*file, syscall.Errno) {
	if errno := m.parent(name); errno != 0 {
		return nil, errno
	}
	if m[name] != nil {
		return nil, syscall.EEXIST
	}
	m[name] = &file{}
	return m[name], 0
}

func (m model) rename(oldName, newName string) syscall.Errno {
	for _, name := range []string{oldName, newName} {
		if errno := m.parent(name); errno != 0 {
			return errno
		}
	}
	moved, target := m[oldName], m[newName]
	switch {
	case moved == nil:
		return syscall.ENOENT
	case target != nil && target.isDir:
		return syscall.EEXIST
	case strings.HasPrefix(newName, oldName+"/"):
		return syscall.EINVAL
	case target != nil && moved.isDir:
		return syscall.ENOTDIR
	case target == moved:
		return 0
	}
	for _, name := range slices.Collect(maps.Keys(m)) {
		if rest, found := strings.CutPrefix(name, oldName); found && (rest == "" || rest[0] == '/') {
			m[newName+rest] = m[name]
			delete(m, name)
		}
	}
	return 0
}

func (m model) remove(name string) syscall.Errno {
	if _, errno := m.find(name); errno != 0 {
		return errno
	}
	if len(m.list(name)) > 0 {
		return syscall.ENOTEMPTY
	}
	delete(m, name)
	return 0
}

func (m model) mkdirAll(name string) syscall.Errno {
	if name == "." {
		return 0
	}
	if errno := m.mkdirAll(path.Dir(name)); errno != 0 {
		return errno
	}
	if node := m[name]; node != nil {
		if !node.isDir {
			return syscall.ENOTDIR
		}
		return 0
	}
	m[name] = &file{isDir: true}
	return 0
}
