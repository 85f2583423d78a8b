package testkit

import (
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/structured/sink"
)

// BenchmarkRestart starts the word count in states that crashes have left, all over a
// run with 12 rows in 3 batches and 2 partitions, and runs it until its input is
// consumed and it has stopped.
func BenchmarkRestart(b *testing.B) {
	b.Run("stream", func(b *testing.B) { benchmarkRestart(b, streamCount) })
	b.Run("table", func(b *testing.B) { benchmarkRestart(b, tableCount(sink.Complete)) })
}

func benchmarkRestart(b *testing.B, scenario func(*Sim)) {
	p := typical(scenario, newOptions(nil))[0]
	var states []*state
	first := declare(scenario, p)
	f := first.play(first.begin(), settings{observe: func(began *state, at sim.Point) {
		st := first.clone(began)
		outcomes := st.disk.Outcomes()
		st.disk = st.disk.Crash(outcomes[len(states)%len(outcomes)])
		st.at += Interval
		states = append(states, st)
	}})
	if f.failure != nil {
		b.Fatal(f.failure)
	}
	shared := newReuse()
	defer shared.start()()
	b.ReportAllocs()
	began := time.Now()
	for i := range b.N {
		s := declare(scenario, p)
		if f := s.play(states[i%len(states)], settings{reuse: shared}); f.failure != nil {
			b.Fatal(f.failure)
		}
	}
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "restarts/s")
}
