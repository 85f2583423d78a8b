package exec

import (
	"github.com/tidewheel/tidewheel/structured/internal/eval"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// project computes its columns; the selection stays.
type project struct {
	stateless
	programs []*eval.Program
	out      vector.Batch
}

func newProject(node *physical.Project) (Machine, error) {
	programs, err := eval.CompileAll(node.Exprs)
	return &project{programs: programs, out: vector.Batch{Columns: make([]vector.Column, len(programs))}}, err
}

// Check implements Checking.
func (p *project) Check(b *vector.Batch) error {
	for _, program := range p.programs {
		if _, err := program.Run(b); err != nil {
			return err
		}
	}
	return nil
}

func (p *project) Push(_ int, b *vector.Batch, emit Emit) error {
	for i, program := range p.programs {
		column, err := program.Run(b)
		if err != nil {
			return err
		}
		p.out.Columns[i] = *column
	}
	p.out.Rows, p.out.Selection = b.Rows, b.Selection
	return emit(&p.out)
}
