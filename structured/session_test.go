package structured

import (
	"errors"
	"slices"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/rdd"
)

func TestOptionsAreChecked(t *testing.T) {
	core, err := rdd.Open(rdd.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer core.Close()
	for name, options := range map[string]Options{
		"negative partitions":  {Partitions: -1},
		"unknown zone":         {TimeZone: "Europe/Atlantis"},
		"two different worlds": {RDD: core, Env: env.Real()},
	} {
		if session, err := Open(options); err == nil {
			session.Close()
			t.Errorf("%s: no error", name)
		}
	}
}

// closer notes that it was closed.
type closer struct {
	name string
	note *[]string
	err  error
}

func (c closer) Close() error {
	*c.note = append(*c.note, c.name)
	return c.err
}

func TestCloseEndsWhatIsAttached(t *testing.T) {
	session, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	var closed []string
	failure := errors.New("no disk")
	for _, c := range []closer{{"a", &closed, nil}, {"b", &closed, failure}, {"c", &closed, nil}} {
		detach, err := session.attach(c)
		if err != nil {
			t.Fatal(err)
		}
		if c.name == "a" {
			detach()
		}
	}
	if err := session.Close(); !errors.Is(err, failure) {
		t.Errorf("got %v, want the error of b", err)
	}
	if err := session.Close(); err != nil {
		t.Errorf("closed again: %v", err)
	}
	if want := []string{"c", "b"}; !slices.Equal(closed, want) {
		t.Errorf("closed %v, want %v", closed, want)
	}
	if _, err := session.attach(closer{note: &closed}); !errors.Is(err, errClosed) {
		t.Errorf("attached to a closed session: %v", err)
	}
}

func TestASharedRDDSessionStaysOpen(t *testing.T) {
	core, err := rdd.Open(rdd.Options{Parallelism: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer core.Close()
	session, err := Open(Options{RDD: core})
	if err != nil {
		t.Fatal(err)
	}
	if session.options.Partitions != 3 {
		t.Errorf("%d partitions, want as many as tasks run at once", session.options.Partitions)
	}
	if err := session.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := core.Range(0, 10, 1).Count(t.Context()); err != nil || n != 10 {
		t.Errorf("after closing: %d, %v", n, err)
	}
}
