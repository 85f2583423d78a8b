package sim

import (
	"math/rand/v2"
	"slices"

	"github.com/tidewheel/tidewheel/internal/env"
)

// buggify decides about rare behaviours.
type buggify struct {
	seed     uint64
	activate func(site string) bool
	always   bool
	streams  map[string]*rand.Rand // nil for a site that is not active
	fired    []string
}

func (b *buggify) fires(site string) bool {
	if b.activate == nil {
		return false
	}
	stream, known := b.streams[site]
	if !known {
		if b.activate(site) {
			stream = env.Stream(b.seed, "buggify/"+site)
		}
		if b.streams == nil {
			b.streams = make(map[string]*rand.Rand)
		}
		b.streams[site] = stream
	}
	if stream == nil || !b.always && stream.IntN(4) != 0 {
		return false
	}
	if !slices.Contains(b.fired, site) {
		b.fired = append(b.fired, site)
	}
	return true
}

// Buggified lists the sites whose rare behaviour was taken, in the order of first
// use.
func (w *World) Buggified() []string { return w.buggify.fired }

// RandomSites activates a quarter of the sites, drawn from a seed.
func RandomSites(seed uint64) func(site string) bool {
	return func(site string) bool { return env.Stream(seed, "activate/"+site).IntN(4) == 0 }
}

// TheseSites activates the sites named.
func TheseSites(sites ...string) func(site string) bool {
	return func(site string) bool { return slices.Contains(sites, site) }
}
