// Package fstest is the conformance suite of [env.FS]. It runs on the file system
// of the operating system and on the simulated one: what a protocol sees without
// a crash is the same on both, or the simulation proves nothing.
//
// It has two parts: a table of what the contract says, case by case, and a random
// walk that compares a file system with a model of a few lines. It does not test
// what survives a crash.
package fstest

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"syscall"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
)

// Maker returns a file system and a directory in it that exists and is empty.
type Maker func(t testing.TB) (files env.FS, root string)

// Test runs the suite.
func Test(t *testing.T, make Maker) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			files, root := make(t)
			c.run(fixture{t, files, root})
		})
	}
	t.Run("like the model", func(t *testing.T) { testModel(t, make) })
}

var cases = []struct {
	name string
	run  func(fixture)
}{
	{"create makes an empty file", func(f fixture) {
		f.close(f.create("a"))
		f.expectContent("a", "")
		f.expectError(f.statError("b"), fs.ErrNotExist)
	}},
	{"create refuses a name that exists", func(f fixture) {
		f.write("a", "kept")
		f.mkdir("dir")
		for _, name := range []string{"a", "dir"} {
			_, err := f.files.Create(f.path(name))
			f.expectError(err, fs.ErrExist)
		}
		f.expectContent("a", "kept")
	}},
	{"create needs the directory", func(f fixture) {
		_, err := f.files.Create(f.path("none/a"))
		f.expectError(err, fs.ErrNotExist)
		f.write("file", "")
		_, err = f.files.Create(f.path("file/a"))
		f.expectError(err, syscall.ENOTDIR)
	}},
	{"what is appended is seen by all who open later", func(f fixture) {
		file := f.create("a")
		f.append(file, "one ")
		f.expectContent("a", "one ")
		f.append(file, "")
		f.append(file, "two")
		f.expectContent("a", "one two")
		f.close(file)
		f.expectContent("a", "one two")
	}},
	{"append goes on at the end", func(f fixture) {
		f.write("a", "one ")
		file, err := f.files.OpenAppend(f.path("a"))
		f.expectError(err, nil)
		f.append(file, "two")
		f.close(file)
		f.expectContent("a", "one two")
	}},
	{"append needs a file", func(f fixture) {
		f.mkdir("dir")
		_, err := f.files.OpenAppend(f.path("a"))
		f.expectError(err, fs.ErrNotExist)
		_, err = f.files.OpenAppend(f.path("dir"))
		f.expectError(err, syscall.EISDIR)
	}},
	{"open needs a file", func(f fixture) {
		f.mkdir("dir")
		_, err := f.files.Open(f.path("a"))
		f.expectError(err, fs.ErrNotExist)
		_, err = f.files.Open(f.path("dir"))
		f.expectError(err, syscall.EISDIR)
	}},
	{"read at an offset", func(f fixture) {
		f.write("a", "0123456789")
		r := f.open("a")
		for _, c := range []struct {
			offset int64
			length int
			want   string
			err    error
		}{
			{0, 10, "0123456789", nil},
			{3, 4, "3456", nil},
			{8, 4, "89", io.EOF},
			{10, 1, "", io.EOF},
			{99, 1, "", io.EOF},
			{4, 0, "", nil},
		} {
			p := make([]byte, c.length)
			n, err := r.ReadAt(p, c.offset)
			if string(p[:n]) != c.want || err != c.err {
				f.t.Errorf("ReadAt(%d bytes, %d) = %q, %v; want %q, %v", c.length, c.offset, p[:n], err, c.want, c.err)
			}
		}
		if _, err := r.ReadAt(make([]byte, 1), -1); err == nil {
			f.t.Error("ReadAt accepts a negative offset")
		}
		f.close(r)
	}},
	{"a reader sees later appends, its size stays", func(f fixture) {
		file := f.create("a")
		f.append(file, "one ")
		r := f.open("a")
		f.append(file, "two")
		p := make([]byte, 7)
		if n, err := r.ReadAt(p, 0); string(p[:n]) != "one two" || err != nil {
			f.t.Errorf("read %q, %v", p[:n], err)
		}
		if r.Size() != 4 {
			f.t.Errorf("size %d", r.Size())
		}
		f.close(r)
		f.close(file)
	}},
	{"rename replaces", func(f fixture) {
		f.write("old", "new content")
		f.write("name", "old content")
		r := f.open("name")
		f.expectError(f.rename("old", "name"), nil)
		f.expectContent("name", "new content")
		f.expectError(f.statError("old"), fs.ErrNotExist)
		p := make([]byte, r.Size())
		if n, err := r.ReadAt(p, 0); string(p[:n]) != "old content" || err != nil {
			f.t.Errorf("an open reader of what was replaced reads %q, %v", p[:n], err)
		}
		f.close(r)
	}},
	{"rename moves between directories, and directories too", func(f fixture) {
		f.mkdir("from")
		f.mkdir("to")
		f.write("from/a", "content")
		f.expectError(f.rename("from/a", "to/b"), nil)
		f.expectContent("to/b", "content")
		f.expectError(f.rename("to", "from/to"), nil)
		f.expectContent("from/to/b", "content")
		f.expectList("from", "to")
	}},
	{"rename to its own name", func(f fixture) {
		f.write("a", "content")
		f.expectError(f.rename("a", "a"), nil)
		f.expectContent("a", "content")
	}},
	{"rename refuses what it can't do", func(f fixture) {
		f.write("a", "content")
		f.mkdir("dir/inner")
		f.expectError(f.rename("none", "b"), fs.ErrNotExist)
		f.expectError(f.rename("a", "none/b"), fs.ErrNotExist)
		f.expectError(f.rename("a", "dir"), fs.ErrExist)
		f.expectError(f.rename("dir", "a"), syscall.ENOTDIR)
		f.expectError(f.rename("dir", "dir/inner/dir"), syscall.EINVAL)
		f.expectContent("a", "content")
	}},
	{"a handle follows its file", func(f fixture) {
		file := f.create("a")
		f.append(file, "one ")
		f.expectError(f.rename("a", "b"), nil)
		f.append(file, "two")
		f.expectContent("b", "one two")
		r := f.open("b")
		f.expectError(f.files.Remove(f.path("b")), nil)
		f.append(file, " three")
		p := make([]byte, 13)
		if n, err := r.ReadAt(p, 0); string(p[:n]) != "one two three" || err != nil {
			f.t.Errorf("read %q, %v", p[:n], err)
		}
		f.close(r)
		f.close(file)
		f.expectError(f.statError("b"), fs.ErrNotExist)
	}},
	{"remove", func(f fixture) {
		f.write("dir/a", "")
		if err := f.files.Remove(f.path("dir")); !errors.Is(err, syscall.ENOTEMPTY) {
			f.t.Errorf("remove of a directory that is not empty: %v", err)
		}
		f.expectError(f.files.Remove(f.path("dir/a")), nil)
		f.expectError(f.files.Remove(f.path("dir/a")), fs.ErrNotExist)
		f.expectError(f.files.Remove(f.path("dir")), nil)
		f.expectError(f.statError("dir"), fs.ErrNotExist)
	}},
	{"list is sorted and has no paths", func(f fixture) {
		for _, name := range []string{"b", "a", "c/inner", "B", "a.b", "10", "9"} {
			f.write(path.Join("dir", name), "")
		}
		f.expectList("dir", "10", "9", "B", "a", "a.b", "b", "c")
		f.mkdir("empty")
		f.expectList("empty")
	}},
	{"list needs a directory", func(f fixture) {
		f.write("a", "")
		_, err := f.files.List(f.path("none"))
		f.expectError(err, fs.ErrNotExist)
		_, err = f.files.List(f.path("a"))
		f.expectError(err, syscall.ENOTDIR)
	}},
	{"stat", func(f fixture) {
		f.write("dir/a", "12345")
		file, err := f.files.Stat(f.path("dir/a"))
		f.expectError(err, nil)
		if file.Size != 5 || file.IsDir || file.ModTime.IsZero() {
			f.t.Errorf("file: %+v", file)
		}
		dir, err := f.files.Stat(f.path("dir"))
		f.expectError(err, nil)
		if dir.Size != 0 || !dir.IsDir {
			f.t.Errorf("directory: %+v", dir)
		}
		f.expectError(f.statError("dir/a/b"), syscall.ENOTDIR)
	}},
	{"mkdir makes parents and accepts what exists", func(f fixture) {
		f.mkdir("a/b/c")
		f.mkdir("a/b/c")
		f.mkdir("a/b")
		f.expectList("a/b", "c")
		f.write("file", "")
		f.expectError(f.files.MkdirAll(f.path("file")), syscall.ENOTDIR)
		f.expectError(f.files.MkdirAll(f.path("file/dir")), syscall.ENOTDIR)
	}},
	{"sync of files and directories", func(f fixture) {
		file := f.create("a")
		f.append(file, "content")
		f.expectError(file.Sync(), nil)
		f.expectError(file.Sync(), nil)
		f.close(file)
		f.expectError(f.files.SyncDir(f.root), nil)
		f.expectError(f.files.SyncDir(f.path("none")), fs.ErrNotExist)
		f.expectError(f.files.SyncDir(f.path("a")), syscall.ENOTDIR)
	}},
	{"mkdir with sync", func(f fixture) {
		f.expectError(env.MkdirAllSync(f.files, f.path("a/b/c")), nil)
		f.expectError(env.MkdirAllSync(f.files, f.path("a/b/c")), nil)
		f.expectList("a/b", "c")
		f.write("file", "")
		f.expectError(env.MkdirAllSync(f.files, f.path("file")), syscall.ENOTDIR)
		f.expectError(env.MkdirAllSync(f.files, f.path("file/dir")), syscall.ENOTDIR)
	}},
	{"a closed handle is of no use", func(f fixture) {
		file := f.create("a")
		f.append(file, "content")
		f.close(file)
		_, err := file.Write([]byte("more"))
		f.expectError(err, fs.ErrClosed)
		f.expectError(file.Sync(), fs.ErrClosed)
		f.expectError(file.Close(), fs.ErrClosed)
		r := f.open("a")
		f.close(r)
		_, err = r.ReadAt(make([]byte, 1), 0)
		f.expectError(err, fs.ErrClosed)
		f.expectError(r.Close(), fs.ErrClosed)
		f.expectContent("a", "content")
	}},
	{"lock has one owner", func(f fixture) {
		first, err := f.files.Lock(f.path("lock"))
		f.expectError(err, nil)
		_, err = f.files.Lock(f.path("lock"))
		var locked *env.LockedError
		if !errors.As(err, &locked) || locked.Name != f.path("lock") || locked.Owner == "" {
			f.t.Errorf("second lock: %v", err)
		}
		f.close(first)
		second, err := f.files.Lock(f.path("lock"))
		f.expectError(err, nil)
		f.close(second)
		f.expectError(f.statError("lock"), nil)
	}},
	{"lock needs the directory", func(f fixture) {
		f.mkdir("dir")
		_, err := f.files.Lock(f.path("none/lock"))
		f.expectError(err, fs.ErrNotExist)
		_, err = f.files.Lock(f.path("dir"))
		f.expectError(err, syscall.EISDIR)
	}},
}

// fixture is a file system under test with short names for what cases do.
type fixture struct {
	t     testing.TB
	files env.FS
	root  string
}

func (f fixture) path(name string) string { return path.Join(f.root, name) }

func (f fixture) expectError(err, want error) {
	f.t.Helper()
	if want == nil && err != nil || !errors.Is(err, want) {
		f.t.Errorf("error %v, want %v", err, want)
	}
}

func (f fixture) create(name string) env.File {
	f.t.Helper()
	file, err := f.files.Create(f.path(name))
	if err != nil {
		f.t.Fatal(err)
	}
	return file
}

func (f fixture) open(name string) env.Reader {
	f.t.Helper()
	r, err := f.files.Open(f.path(name))
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

func (f fixture) append(file env.File, content string) {
	f.t.Helper()
	if n, err := file.Write([]byte(content)); n != len(content) || err != nil {
		f.t.Fatalf("wrote %d bytes of %d: %v", n, len(content), err)
	}
}

func (f fixture) close(c io.Closer) {
	f.t.Helper()
	if err := c.Close(); err != nil {
		f.t.Fatal(err)
	}
}

// write makes a file with content, and its directory.
func (f fixture) write(name, content string) {
	f.t.Helper()
	f.mkdir(path.Dir(name))
	file := f.create(name)
	f.append(file, content)
	f.close(file)
}

func (f fixture) mkdir(name string) {
	f.t.Helper()
	if err := f.files.MkdirAll(f.path(name)); err != nil {
		f.t.Fatal(err)
	}
}

func (f fixture) rename(oldName, newName string) error {
	return f.files.Rename(f.path(oldName), f.path(newName))
}

func (f fixture) statError(name string) error {
	_, err := f.files.Stat(f.path(name))
	return err
}

func (f fixture) expectContent(name, want string) {
	f.t.Helper()
	content, err := readFile(f.files, f.path(name))
	if err != nil || content != want {
		f.t.Errorf("%s holds %q, %v; want %q", name, content, err, want)
	}
}

func (f fixture) expectList(dir string, want ...string) {
	f.t.Helper()
	names, err := f.files.List(f.path(dir))
	if err != nil || !slices.Equal(names, want) {
		f.t.Errorf("%s lists %q, %v; want %q", dir, names, err, want)
	}
}

func readFile(files env.FS, name string) (string, error) {
	r, err := files.Open(name)
	if err != nil {
		return "", err
	}
	content := make([]byte, r.Size())
	n, err := r.ReadAt(content, 0)
	if n == len(content) {
		err = nil
	}
	return string(content), errors.Join(err, r.Close())
}
