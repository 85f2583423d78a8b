package structured

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/sql"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
)

// Argument is the value of a parameter :name of SQL text; see Named.
type Argument struct {
	name  string
	value any
}

// Named is the value of the parameters :name of a text for Session.SQL.
func Named(name string, value any) Argument { return Argument{name, value} }

// parametersOf gives arguments the names that parameters have in the text.
func parametersOf(arguments []any) (map[string]syntax.Node, error) {
	values := map[string]syntax.Node{}
	named := 0
	for i, argument := range arguments {
		a, ok := argument.(Argument)
		if !ok {
			a = Argument{strconv.Itoa(i), argument}
		} else if named++; a.name == "" {
			return nil, fmt.Errorf("argument %d has an empty name", i+1)
		}
		value := expr.Lit(a.value).Syntax()
		if invalid, ok := value.(syntax.Invalid); ok {
			return nil, fmt.Errorf("argument %d: %s", i+1, invalid.Message)
		}
		if _, twice := values[a.name]; twice {
			return nil, fmt.Errorf("there are two arguments called %q", a.name)
		}
		values[a.name] = value
	}
	if named > 0 && named < len(arguments) {
		return nil, fault.Analysisf("INVALID_QUERY_MIXED_QUERY_PARAMETERS", "some arguments have names and some have not; give all of them a name by Named, or none")
	}
	return values, nil
}

// unused returns an error if there is an argument without a parameter.
func unused(arguments []any, statement *sql.Statement) error {
	for i, argument := range arguments {
		if a, ok := argument.(Argument); ok && !slices.Contains(statement.Parameters, a.name) {
			return fmt.Errorf("there is no parameter :%s in the text", a.name)
		} else if !ok && !slices.Contains(statement.Parameters, strconv.Itoa(i)) {
			return fmt.Errorf("there are %d arguments, but fewer parameters (?) in the text", len(arguments))
		}
	}
	return nil
}
