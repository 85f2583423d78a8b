package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// process keeps a job running, through kills, until it ends by itself.
type process struct {
	name  string
	place place
	kills []time.Time // when to kill, in order
	view  *view
}

func (p *process) run(ctx context.Context) error {
	executable, err := os.Executable()
	if err != nil {
		return err
	}
	for killed := 0; ; killed++ {
		var moment time.Time // zero: let it live
		if killed < len(p.kills) {
			moment = p.kills[killed]
		}
		died, err := p.live(ctx, executable, moment)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if !died {
			return nil
		}
		p.view.killed(p.name)
	}
}

// live runs the job once and kills it at a moment. died says that it came to that.
func (p *process) live(ctx context.Context, executable string, moment time.Time) (died bool, err error) {
	c := exec.CommandContext(ctx, executable, jobArguments(p.name, p.place)...)
	stdin, err := c.StdinPipe() // held open: its end would end the job
	if err != nil {
		return false, err
	}
	defer stdin.Close()
	stdout, err := c.StdoutPipe()
	if err != nil {
		return false, err
	}
	var stderr bytes.Buffer
	c.Stderr = &stderr
	if err := c.Start(); err != nil {
		return false, err
	}
	if !moment.IsZero() {
		killer := time.AfterFunc(time.Until(moment), func() { _ = c.Process.Kill() })
		defer killer.Stop()
	}
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if now, err := parseProgress(lines.Text()); err == nil { // else SIGKILL cut the line
			p.view.progress(p.name, now)
		}
	}
	err = c.Wait()
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case err == nil:
		return false, nil
	case errors.As(err, new(*exec.ExitError)) && !c.ProcessState.Exited() && !moment.IsZero():
		return true, nil
	}
	return false, fmt.Errorf("%w\n%s", err, stderr.Bytes())
}
