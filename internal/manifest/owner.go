package manifest

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/tidewheel/tidewheel/internal/env"
)

// OwnerError says that a directory belongs to another query.
type OwnerError struct {
	Dir   string
	Owner string // the id of the query that writes there
}

func (e *OwnerError) Error() string {
	return fmt.Sprintf("%s is written by query %s; give this query a directory of its own, or start it with that query's checkpoint", e.Dir, e.Owner)
}

type owner struct {
	Query string `json:"query"`
}

// Own makes the query the owner of the directory, or returns an *OwnerError if
// another one is. Ownership is durable when Own returns. An owner file that a crash
// tore before anything was committed is replaced.
func Own(fsys env.FS, dir, query string) error {
	name := dir + "/" + Folder + "/owner"
	data, err := encode("owner", owner{query})
	if err != nil {
		return err
	}
	err = write(fsys, name, data)
	if errors.Is(err, fs.ErrExist) {
		err = checkOwner(fsys, dir, name, query, data)
	}
	if err == nil {
		err = fsys.SyncDir(dir + "/" + Folder)
	}
	return err
}

func checkOwner(fsys env.FS, dir, name, query string, data []byte) error {
	var present owner
	err := read(fsys, name, "owner", &present)
	var torn *tornError
	if errors.As(err, &torn) {
		_, committed, lastErr := Last(fsys, dir)
		switch {
		case lastErr != nil:
			return lastErr
		case committed:
			return err
		}
		return replace(fsys, name, data)
	}
	if err != nil {
		return err
	}
	if present.Query != query {
		return &OwnerError{Dir: dir, Owner: present.Query}
	}
	return secure(fsys, dir+"/"+Folder, name)
}
