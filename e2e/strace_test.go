package e2e

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
)

// call is a system call that has succeeded, as far as it concerns a directory of files.
type call struct {
	name    string // create, write, sync, syncdir, rename, remove, mkdir
	path    string // of a rename the old name
	newPath string
	data    string
}

func (c call) String() string {
	if c.newPath != "" {
		return c.name + " " + c.path + " " + c.newPath
	}
	return c.name + " " + c.path
}

// traced are the system calls that change files, and those that make them durable.
const traced = "openat,write,pwrite64,writev,fsync,fdatasync,sync_file_range,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,ftruncate,truncate,link,linkat"

// readTrace reads what strace -f -y -xx -o has written, in the order in which calls
// returned. Calls outside of root are left out; one that is not understood is an error.
func readTrace(file, root string) ([]call, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var calls []call
	begun := make(map[string]string) // of each thread, the beginning of a call
	for line := range strings.Lines(string(data)) {
		thread, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		text = strings.TrimSpace(text)
		if start, ok := strings.CutSuffix(text, "<unfinished ...>"); ok {
			begun[thread] = start
			continue
		}
		if rest, ok := strings.CutPrefix(text, "<... "); ok {
			_, rest, _ = strings.Cut(rest, " resumed>")
			text = begun[thread] + rest
		}
		c, ok, err := parseCall(text, root)
		if err != nil {
			return nil, err
		}
		if ok {
			calls = append(calls, c)
		}
	}
	return calls, nil
}

var (
	callForm   = regexp.MustCompile(`^(\w+)\((.*)\)\s+= (-?\d+)`)
	stringForm = regexp.MustCompile(`"((?:\\x[0-9a-f]{2})*)"`)
	fileForm   = regexp.MustCompile(`^\d+<((?:\\x[0-9a-f]{2})*)>`)
)

// parseCall reads one call; ok is false for those that have failed, or don't concern us.
func parseCall(text, root string) (c call, ok bool, err error) {
	m := callForm.FindStringSubmatch(text)
	if m == nil || strings.HasPrefix(m[3], "-") {
		return c, false, nil // a signal, an exit, an error
	}
	name, arguments := m[1], m[2]
	var quoted []string
	for _, s := range stringForm.FindAllStringSubmatch(arguments, -1) {
		quoted = append(quoted, unescape(s[1]))
	}
	if f := fileForm.FindStringSubmatch(arguments); f != nil {
		c.path = unescape(f[1])
	}
	switch name {
	case "openat":
		c.name, c.path = "create", quoted[0]
		if !strings.Contains(arguments, "O_CREAT") || !strings.Contains(arguments, "O_EXCL") {
			c.name = "open"
			if strings.Contains(arguments, "O_CREAT") {
				c.name = "ensure"
			}
		}
	case "write":
		c.name, c.data = "write", quoted[len(quoted)-1]
	case "fsync", "fdatasync":
		c.name = "sync"
	case "rename":
		c.name, c.path, c.newPath = "rename", quoted[0], quoted[1]
	case "renameat", "renameat2":
		c.name, c.path, c.newPath = "rename", quoted[0], quoted[1]
	case "unlink":
		c.name, c.path = "remove", quoted[0]
	case "unlinkat":
		c.name, c.path = "remove", quoted[0]
	case "mkdir", "mkdirat":
		c.name, c.path = "mkdir", quoted[0]
	default:
		c.name = name
	}
	if c.path != root && !strings.HasPrefix(c.path, root+"/") || c.name == "open" {
		return c, false, nil
	}
	if !slices.Contains([]string{"create", "ensure", "write", "sync", "rename", "remove", "mkdir"}, c.name) && !isLock(c.path) {
		return c, false, fmt.Errorf("the replay does not know the call %s of %s", name, c.path)
	}
	return c, true, nil
}

// isLock says whether a file is a lock, whose content is only for people.
func isLock(path string) bool { return filepath.Base(path) == "lock" }

func unescape(text string) string {
	var b strings.Builder
	for i := 0; i+4 <= len(text); i += 4 {
		n, _ := strconv.ParseUint(text[i+2:i+4], 16, 8) // the form is known
		b.WriteByte(byte(n))
	}
	return b.String()
}

// replayer repeats calls on another file system.
type replayer struct {
	files env.FS
	open  map[string]env.File
}

func newReplayer(files env.FS) *replayer {
	return &replayer{files, make(map[string]env.File)}
}

func (r *replayer) do(c call) error {
	switch c.name {
	case "create":
		f, err := r.files.Create(c.path)
		r.open[c.path] = f
		return err
	case "ensure": // a lock
		if _, err := r.files.Stat(c.path); err == nil {
			return nil
		}
		f, err := r.files.Create(c.path)
		r.open[c.path] = f
		return err
	case "write":
		_, err := r.open[c.path].Write([]byte(c.data))
		return err
	case "sync":
		if f, ok := r.open[c.path]; ok {
			return f.Sync()
		}
		return r.files.SyncDir(c.path)
	case "rename":
		for path, f := range maps.Clone(r.open) { // a file, or those in a directory
			if inside, ok := strings.CutPrefix(path, c.path); ok && (inside == "" || inside[0] == '/') {
				delete(r.open, path)
				r.open[c.newPath+inside] = f
			}
		}
		return r.files.Rename(c.path, c.newPath)
	case "remove":
		delete(r.open, c.path)
		return r.files.Remove(c.path)
	case "mkdir":
		return r.files.MkdirAll(c.path)
	}
	return nil // a call on a lock
}

func TestReadTrace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "trace")
	hex := func(text string) string {
		var b strings.Builder
		for _, c := range []byte(text) {
			fmt.Fprintf(&b, `\x%02x`, c)
		}
		return b.String()
	}
	lines := []string{
		`7 openat(AT_FDCWD</x>, "` + hex("/r/a") + `", O_WRONLY|O_CREAT|O_EXCL|O_APPEND|O_CLOEXEC, 0644) = 3<` + hex("/r/a") + `>`,
		`7 write(3<` + hex("/r/a") + `>, "` + hex("hi") + `", 2 <unfinished ...>`,
		`8 mkdirat(AT_FDCWD</x>, "` + hex("/r/d") + `", 0755) = 0`,
		`7 <... write resumed>) = 2`,
		`8 fdatasync(3<` + hex("/r/a") + `>) = 0`,
		`8 fsync(4<` + hex("/r") + `>) = 0`,
		`8 fsync(4<` + hex("/other") + `>) = 0`,
		`8 openat(AT_FDCWD</x>, "` + hex("/r/a") + `", O_WRONLY|O_CREAT|O_EXCL, 0644) = -1 EEXIST (File exists)`,
		`8 --- SIGURG {si_signo=SIGURG} ---`,
	}
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	calls, err := readTrace(file, "/r")
	if got := fmt.Sprint(calls); err != nil || got != "[create /r/a mkdir /r/d write /r/a sync /r/a sync /r]" || calls[2].data != "hi" {
		t.Errorf("%s, %v", got, err)
	}
	lines = append(lines, `8 pwrite64(3<`+hex("/r/a")+`>, "`+hex("x")+`", 1, 0) = 1`)
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := readTrace(file, "/r"); err == nil {
		t.Error("a write in the middle of a file is no call that the replay knows")
	}
}
