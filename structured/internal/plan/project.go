package plan

import "github.com/tidewheel/tidewheel/structured/internal/bound"

// Project computes one column from each expression.
type Project struct {
	Input Node
	Exprs []bound.Expr
	Names []string // as long as Exprs

	// Hidden is set for columns that are hidden; nil for none.
	Hidden []bool
}

// NewProject returns the projection, or input itself if it would change nothing.
func NewProject(input Node, exprs []bound.Expr, names []string) Node {
	columns := input.Output()
	same := len(columns) == len(exprs)
	for i := 0; same && i < len(exprs); i++ {
		column, ok := exprs[i].(bound.Column)
		same = ok && column.Index == i && columns[i].Name == names[i] && !columns[i].Hidden
	}
	if same {
		return input
	}
	return &Project{Input: input, Exprs: exprs, Names: names}
}

// Output returns a column for each expression.
func (p *Project) Output() []Column {
	input := p.Input.Output()
	columns := make([]Column, len(p.Exprs))
	for i, expr := range p.Exprs {
		columns[i] = derive(expr, p.Names[i], input)
		columns[i].Hidden = p.Hidden != nil && p.Hidden[i]
	}
	return columns
}

// Children returns the input.
func (p *Project) Children() []Node { return []Node{p.Input} }

// With returns the projection of another input.
func (p *Project) With(children []Node) Node {
	return &Project{Input: children[0], Exprs: p.Exprs, Names: p.Names, Hidden: p.Hidden}
}

func (p *Project) String() string { return "Project " + namedList(p.Exprs, p.Names) }
