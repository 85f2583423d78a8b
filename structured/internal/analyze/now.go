package analyze

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// ambient binds the functions without arguments that tell the time, its zone and where
// the query runs: a session has no users and one schema, of which views are part.
func (b *binder) ambient(function string) (bound.Expr, bool) {
	switch function {
	case "current_timestamp", "now":
		return bound.Now{}, true
	case "current_date", "curdate":
		return b.convert(bound.Now{}, types.Date), true
	case "localtimestamp":
		return b.convert(bound.Now{}, types.TimestampNTZ), true
	case "unix_timestamp":
		return b.convert(bound.Now{}, types.Bigint), true
	case "current_timezone":
		return bound.Literal{Value: b.zone, Of: types.String}, true
	case "current_catalog":
		return bound.Literal{Value: "spark_catalog", Of: types.String}, true
	case "current_database", "current_schema":
		return bound.Literal{Value: "default", Of: types.String}, true
	case "current_user", "session_user", "user":
		return bound.Literal{Value: "tidewheel", Of: types.String}, true
	case "version": // of Spark, whose answers these are
		return bound.Literal{Value: "4.0.1 tidewheel", Of: types.String}, true
	}
	return nil, false
}
