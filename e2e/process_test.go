package e2e

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// process is a job that runs.
type process struct {
	command *exec.Cmd
	stdin   io.Closer
	stderr  bytes.Buffer
	done    chan struct{} // closed when it has ended
}

// startCommand starts a job with variables in its environment. It is killed at the end of
// the test at the latest.
func startCommand(t *testing.T, arguments []string, variables ...string) *process {
	t.Helper()
	p := &process{done: make(chan struct{})}
	p.command = exec.CommandContext(context.Background(), arguments[0], arguments[1:]...)
	p.command.Env = append(os.Environ(), variables...)
	p.command.Stderr = &p.stderr
	stdin, err := p.command.StdinPipe() // held open: its end would end the job
	if err != nil {
		t.Fatal(err)
	}
	p.stdin = stdin
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.command.Wait() // ProcessState says it all
		close(p.done)
	}()
	t.Cleanup(p.kill)
	return p
}

// kill ends the job, if it has not ended, and waits for it.
func (p *process) kill() {
	_ = p.command.Process.Kill() // unless it has ended
	<-p.done
	_ = p.stdin.Close()
}

func (p *process) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := p.command.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// wasKilled says whether the job ended by SIGKILL.
func (p *process) wasKilled() bool {
	status := p.command.ProcessState.Sys().(syscall.WaitStatus)
	return status.Signaled() && status.Signal() == syscall.SIGKILL
}

// err is nil if the job has ended well.
func (p *process) err() error {
	if p.command.ProcessState.Success() {
		return nil
	}
	return errors.New(p.command.ProcessState.String() + ": " + p.stderr.String())
}
