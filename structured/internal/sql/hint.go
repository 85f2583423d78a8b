package sql

import "github.com/tidewheel/tidewheel/structured/internal/syntax"

// hints reads what stands in /*+ … */ behind SELECT, with commas or blanks between them.
func (p *parser) hints() (hints []syntax.Hint, err error) {
	for p.takes(hintBegin) {
		for more := true; more; more = !p.takes(hintEnd) {
			if len(hints) > 0 {
				p.takes(",")
			}
			var hint syntax.Hint
			if hint.Name, err = p.name("a hint"); err != nil {
				return nil, err
			}
			if p.sees("(") {
				err = p.inParens(func() (err error) {
					hint.Args, err = p.expressions()
					return err
				})
			}
			if err != nil {
				return nil, err
			}
			hints = append(hints, hint)
		}
	}
	return hints, nil
}
