package main

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
)

// file is a file of the text.
type file struct {
	path string
	size int64
}

// goSource returns the files of Go's source tree.
func goSource(ctx context.Context) ([]file, error) {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	return findText(filepath.Join(strings.TrimSpace(string(root)), "src"))
}

// findText returns the Go files below a directory, in the order of their paths.
func findText(directory string) ([]file, error) {
	var files []file
	err := filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || !strings.HasSuffix(path, ".go") {
			return err
		}
		info, err := entry.Info()
		files = append(files, file{path, info.Size()})
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s has no Go files", directory)
	}
	return files, err
}

// largest is the size above which files are left out: many small files make many
// batches.
const largest = 8 << 10

// draw returns files in random order, together of about the given size at most.
func draw(random *rand.Rand, files []file, bytes int64) (drawn []file) {
	for _, i := range random.Perm(len(files)) {
		if files[i].size <= min(bytes, largest) {
			bytes -= files[i].size
			drawn = append(drawn, files[i])
		}
	}
	return drawn
}
