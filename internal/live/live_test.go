package live

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// screen is a terminal.
type screen struct{ strings.Builder }

func (s *screen) Stat() (fs.FileInfo, error) { return device{}, nil }

type device struct{ fs.FileInfo }

func (device) Mode() fs.FileMode { return fs.ModeCharDevice }

var start = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

func line(stream string, after time.Duration, batch, rows int64) Line {
	return Line{Stream: stream, At: start.Add(after), Batch: batch, Rows: rows, Took: 12 * time.Millisecond}
}

func TestOnATerminalLinesAreWrittenOver(t *testing.T) {
	var out screen
	v := New(&out)
	v.Show(line("words", 0, 0, 120))
	v.Show(line("words", 10*time.Millisecond, 1, 120)) // too soon
	late := line("sums", 200*time.Millisecond, 7, 0)
	late.State, late.Late, late.Failed = 12345, 90*time.Second, true
	v.Show(late)
	v.End("words", nil)
	want := "words         00:00:00  batch 0       10.0k rows/s     12ms\n" +
		"\x1b[1A\x1b[J" +
		"words         00:00:00  batch 1       10.0k rows/s     12ms\n" +
		"sums          00:00:00  batch 7           0 rows/s     12ms  state 12.3k  late…\n" +
		"\x1b[2A\x1b[J" +
		"words         00:00:00  batch 1       10.0k rows/s     12ms  stopped\n" +
		"sums          00:00:00  batch 7           0 rows/s     12ms  state 12.3k  late…\n"
	if out.String() != want {
		t.Errorf("got\n%q, want\n%q", out.String(), want)
	}
}

func TestElsewhereLinesAreAdded(t *testing.T) {
	var out strings.Builder
	v := New(&out)
	for i := range 25 {
		l := line("words", time.Duration(i)*time.Second, int64(i), 1_200_000)
		l.State, l.Late, l.Failed = 1_500_000_000, 90*time.Second, true
		v.Show(l)
	}
	v.End("words", errors.New("a\nb"))
	v.End("other", nil)
	want := "words         00:00:00  batch 0        100M rows/s     12ms  state 1.5G  late 1m30s  the batch failed\n" +
		"words         00:00:10  batch 10       100M rows/s     12ms  state 1.5G  late 1m30s  the batch failed\n" +
		"words         00:00:20  batch 20       100M rows/s     12ms  state 1.5G  late 1m30s  the batch failed\n" +
		"words         00:00:24  batch 24       100M rows/s     12ms  state 1.5G  late 1m30s  failed: a; b\n" +
		"other         stopped\n"
	if out.String() != want {
		t.Errorf("got\n%s, want\n%s", out.String(), want)
	}
}

// A clock that is set back does not silence a view.
func TestTimeMayGoBack(t *testing.T) {
	var out strings.Builder
	v := New(&out)
	v.Show(line("words", time.Hour, 0, 1))
	v.Show(line("words", 0, 1, 1))
	if n := strings.Count(out.String(), "\n"); n != 2 {
		t.Errorf("%d lines", n)
	}
}

func TestNumbersAreShort(t *testing.T) {
	for n, want := range map[float64]string{
		0: "0", 7: "7", 999: "999", 999.6: "1.0k", 1234: "1.2k", 99_940: "99.9k", 123_456: "123k", 999_900: "1.0M", 2.5e9: "2.5G", 7e12: "7000.0G",
	} {
		if got := short(n); got != want {
			t.Errorf("%v: got %s, want %s", n, got, want)
		}
	}
}

// A file is no terminal; the device of no data is a device, and takes what is drawn.
func TestWhatIsATerminal(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if isTerminal(file) || isTerminal(io.Discard) {
		t.Error("a file, or nothing, is a terminal")
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if !isTerminal(null) {
		t.Skip("the system has no such device")
	}
	v := New(null)
	v.Show(line("words", 0, 0, 1))
	v.End("words", nil)
}
