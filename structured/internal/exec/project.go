package exec

import (
	"github.com/tidewheel/tidewheel/structured/internal/eval"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// project computes its columns; the selection stays.
type project struct {
	stateless
	programs *eval.Programs
	out      vector.Batch
}

func newProject(node *physical.Project) (Machine, error) {
	programs, err := eval.CompileAll(node.Exprs)
	return &project{programs: programs, out: vector.Batch{Columns: make([]vector.Column, len(node.Exprs))}}, err
}

// Check implements Checking.
func (p *project) Check(b *vector.Batch) error {
	_, err := p.programs.Run(b)
	return err
}

func (p *project) Push(_ int, b *vector.Batch, emit Emit) error {
	columns, err := p.programs.Run(b)
	if err != nil {
		return err
	}
	for i, column := range columns {
		p.out.Columns[i] = *column
	}
	p.out.Rows, p.out.Selection = b.Rows, b.Selection
	return emit(&p.out)
}
