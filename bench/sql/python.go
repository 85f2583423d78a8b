package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"time"
)

//go:embed others.py
var others string

// runPython runs the queries in the engines that a Python has, by engine and query.
func runPython(ctx context.Context, python string, rows, runs int, chosen []query) (map[string]map[string]timed, error) {
	if python == "" {
		return nil, nil
	}
	type task struct {
		Name   string `json:"name"`
		SQL    string `json:"sql"`
		Sorted bool   `json:"sorted"`
		Window int    `json:"window"`
	}
	var tasks []task
	for _, q := range chosen {
		tasks = append(tasks, task{q.name, q.sql, q.sorted, q.window})
	}
	in, err := json.Marshal(map[string]any{"rows": rows, "runs": runs, "queries": tasks})
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, python, "-c", others)
	command.Stdin, command.Stderr = bytes.NewReader(in), os.Stderr
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", python, err)
	}
	var results []struct {
		Engine, Query string
		Seconds       float64
		Answer        answer
	}
	if err := json.Unmarshal(out, &results); err != nil {
		return nil, fmt.Errorf("%s prints %q: %w", python, out, err)
	}
	byEngine := map[string]map[string]timed{}
	for _, r := range results {
		if byEngine[r.Engine] == nil {
			byEngine[r.Engine] = map[string]timed{}
		}
		byEngine[r.Engine][r.Query] = timed{r.Answer, time.Duration(r.Seconds * float64(time.Second))}
	}
	return byEngine, nil
}

func sortedNames(engines map[string]map[string]timed) []string {
	return slices.Sorted(maps.Keys(engines))
}
