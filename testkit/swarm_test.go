package testkit

import (
	"strings"
	"testing"
)

func TestSwarm(t *testing.T) {
	count := newTally()
	runs := 500
	if *runsFlag > 0 {
		runs = *runsFlag
	}
	for name, scenario := range map[string]func(*Sim){"topic": streamCount, "files": streamFiles} {
		if f := check(scenario, runs/2, *seedFlag, count); f != nil {
			t.Error(name, report(t.Name(), scenario, *f, false))
		}
	}
	var text strings.Builder
	count.write(&text)
	t.Log(text.String(), count.never())
}
