package analyze

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// currentTime binds the functions without arguments that tell the time and its zone.
func (b *binder) currentTime(function string) (bound.Expr, bool) {
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
	}
	return nil, false
}
