package live

import (
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// How often lines are written.
const (
	onTerminal = 100 * time.Millisecond
	elsewhere  = 10 * time.Second
)

// View is where the lines are. Its methods may be called by several activities at
// once.
type View struct {
	out      io.Writer
	terminal bool

	mu      sync.Mutex //det:lock what follows, and the order of what is written
	streams []*stream  // in the order in which they were first seen
	drawn   int        // lines that are on the terminal
	at      time.Time  // of the last drawing
}

// Line is what a stream is doing.
type Line struct {
	Stream string        // its name
	At     time.Time     // the end of its last batch
	Batch  int64         // its number
	Rows   int64         // that the batch read
	Took   time.Duration // of the batch
	State  int64         // keys and elements that the stream holds
	Late   time.Duration // how long after its time the batch began
	Failed bool          // the batch has failed
}

// stream is what there is to show of one.
type stream struct {
	Line
	at    time.Time // when it was last written elsewhere than on a terminal
	ended string    // how it ended; empty: it has not

	// Of batches that had rows: sums in which a batch counts a tenth less with each that
	// comes after it.
	rows, seconds float64
}

// New returns an empty view.
func New(out io.Writer) *View { return &View{out: out, terminal: isTerminal(out)} }

// isTerminal says whether what is written can be written over.
func isTerminal(out io.Writer) bool {
	file, ok := out.(interface{ Stat() (fs.FileInfo, error) })
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&fs.ModeCharDevice != 0
}

// Show takes in a batch that has ended. A writer that fails is left alone: what is
// shown is no part of the stream's work.
func (v *View) Show(l Line) {
	v.mu.Lock()
	defer v.mu.Unlock()
	s := v.find(l.Stream)
	s.Line, s.ended = l, ""
	if l.Rows > 0 && l.Took > 0 {
		s.rows, s.seconds = s.rows*0.9+float64(l.Rows), s.seconds*0.9+l.Took.Seconds()
	}
	v.draw(s, false)
}

// End takes in that a stream has ended, with an error unless that is nil.
func (v *View) End(name string, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	s := v.find(name)
	s.ended = "stopped"
	if err != nil {
		s.ended = "failed: " + strings.ReplaceAll(err.Error(), "\n", "; ")
	}
	v.draw(s, true)
}

func (v *View) find(name string) *stream {
	for _, s := range v.streams {
		if s.Stream == name {
			return s
		}
	}
	s := &stream{Line: Line{Stream: name, Batch: -1}}
	v.streams = append(v.streams, s)
	return s
}

// draw writes what has changed, unless it was written a moment ago.
func (v *View) draw(changed *stream, always bool) {
	now, last, every := changed.At, &v.at, onTerminal
	if !v.terminal {
		last, every = &changed.at, elsewhere
	}
	if since := now.Sub(*last); !always && since >= 0 && since < every {
		return
	}
	if !always {
		*last = now
	}
	if !v.terminal {
		_, _ = io.WriteString(v.out, changed.text(0)+"\n")
		return
	}
	var text strings.Builder
	if v.drawn > 0 {
		fmt.Fprintf(&text, "\x1b[%dA\x1b[J", v.drawn) // up, and clear what is below
	}
	for _, s := range v.streams {
		text.WriteString(s.text(columns) + "\n")
	}
	v.drawn = len(v.streams)
	_, _ = io.WriteString(v.out, text.String())
}

// columns is what a terminal has at least: a line that is broken in two could not be
// written over.
const columns = 80

// text is the line of a stream, cut to so many characters; 0: as long as it is.
func (s *stream) text(limit int) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%-12s", s.Stream)
	if s.Batch >= 0 {
		fmt.Fprintf(&text, "  %s  batch %-6d %6s rows/s %8s", s.At.UTC().Format("15:04:05"), s.Batch, short(s.rate()), s.Took.Round(100*time.Microsecond))
		if s.State > 0 {
			fmt.Fprintf(&text, "  state %s", short(float64(s.State)))
		}
		if s.Late >= time.Second {
			fmt.Fprintf(&text, "  late %s", s.Late.Round(time.Second))
		}
	}
	switch {
	case s.ended != "":
		text.WriteString("  " + s.ended)
	case s.Failed:
		text.WriteString("  the batch failed")
	}
	return cut(text.String(), limit)
}

// rate is how many rows a second the last batches have managed.
func (s *stream) rate() float64 {
	if s.seconds == 0 {
		return 0
	}
	return s.rows / s.seconds
}

// short writes a number with three digits.
func short(n float64) string {
	for _, unit := range []string{"", "k", "M"} {
		if n < 999.5 {
			if unit == "" || n >= 99.95 {
				return fmt.Sprintf("%.0f%s", n, unit)
			}
			return fmt.Sprintf("%.1f%s", n, unit)
		}
		n /= 1000
	}
	return fmt.Sprintf("%.1fG", n)
}

// cut shortens a text that is too long.
func cut(text string, limit int) string {
	if limit == 0 || utf8.RuneCountInString(text) < limit {
		return text
	}
	return string([]rune(text)[:limit-2]) + "…"
}
