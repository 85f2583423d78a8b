package scheduler

import (
	"context"
	"fmt"
	"slices"

	"github.com/tidewheel/tidewheel/internal/env"
)

// job is one job: what was asked for, how far the core is, and where its submitter
// waits.
type job struct {
	Job // never changes

	// Of the core.
	id       int
	result   *stage // nil if no partition is wanted
	draining int    // attempts that were refused because of the job's end and still run
	err      error  // set when the job ends

	// Of the driver.
	ctx       context.Context // of the submitter
	done      env.Latch
	resultErr error // of Job.Result
}

// wanted is the number of partitions that the job computes.
func (j *job) wanted() int {
	if j.Partitions != nil {
		return len(j.Partitions)
	}
	return j.Final.Partitions()
}

// failure is the error that Run returns. A panic of Job.Result counts even when it
// was the last result, with which the job has ended for the core.
func (j *job) failure() error {
	if j.resultErr != nil {
		return j.resultErr
	}
	return j.err
}

// validate finds the mistakes that would otherwise show up as a panic or a hang.
func (j *Job) validate() error {
	switch {
	case j.Final == nil:
		return fmt.Errorf("job %s has no final node", j.Name)
	case j.Run == nil:
		return fmt.Errorf("job %s has no function to run", j.Name)
	}
	n := j.Final.Partitions()
	seen := make(map[int]bool, len(j.Partitions))
	for _, p := range j.Partitions {
		if p < 0 || p >= n {
			return fmt.Errorf("job %s wants partition %d of %s, which has %d", j.Name, p, j.Final.Name(), n)
		}
		if seen[p] {
			return fmt.Errorf("job %s wants partition %d of %s twice", j.Name, p, j.Final.Name())
		}
		seen[p] = true
	}
	return nil
}

func (c *core) submit(j *job) {
	j.id = c.nextJob
	c.nextJob++
	c.jobs = append(c.jobs, j)
	n := j.wanted()
	if c.listening {
		c.notify(JobStart{Job: j.id, Name: j.Name, Partitions: n})
	}
	if n == 0 {
		c.end(j, nil)
		return
	}
	j.result = resultStage(j)
	c.activate(j.result)
}

func (c *core) stop(j *job, err error) {
	if slices.Contains(c.jobs, j) {
		c.end(j, err)
	}
}

// end ends a job. Stages that no other job needs are discarded; the submitter is
// woken when their tasks have returned.
func (c *core) end(j *job, err error) {
	j.err = err
	c.jobs = slices.DeleteFunc(c.jobs, func(x *job) bool { return x == j })
	if j.result != nil {
		c.discard(j.result, j)
	}
	if j.draining == 0 {
		c.finish(j)
	}
}

func (c *core) finish(j *job) { c.do(action{kind: finish, job: j}) }

// abort fails every job that needs a stage, because of one of its tasks.
func (c *core) abort(s *stage, t *Task, err error) {
	name := s.name()
	for _, j := range s.dependents(nil) {
		c.end(j, &TaskError{Job: j.id, Stage: name, Partition: t.partition, Attempt: t.attempt, Err: err})
	}
}
