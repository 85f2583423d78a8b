package coerce

import (
	"regexp"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	"github.com/tidewheel/tidewheel/structured/types"
)

// specialTimes are the names of times that a constant string may have, and a zone behind
// them, which has to be one and changes nothing.
var specialTimes = regexp.MustCompile(`(?i)^(epoch|now|today|tomorrow|yesterday)[ \t]*(.*)$`)

// SpecialTime is the time that a constant string names, as one of another type.
func (s Session) SpecialTime(text string, to types.Type) (bound.Expr, bool) {
	parts := specialTimes.FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil || !to.IsTime() {
		return nil, false
	}
	name, zone := strings.ToLower(parts[1]), parts[2]
	if zone != "" {
		if _, err := calendar.Zone(zone); err != nil || name == "now" {
			return nil, false
		}
	}
	today := s.To(bound.Now{}, types.Date)
	switch name {
	case "epoch":
		if to == types.Date {
			return bound.Literal{Value: int32(0), Of: to}, true
		}
		return bound.Literal{Value: int64(0), Of: to}, true
	case "now":
		return s.To(bound.Now{}, to), true
	case "tomorrow":
		return s.To(later(today, 1), to), true
	case "yesterday":
		return s.To(later(today, -1), to), true
	}
	return s.To(today, to), true
}

func later(date bound.Expr, days int32) bound.Expr {
	return bound.Call{Function: "date_add", Args: []bound.Expr{date, bound.Literal{Value: days, Of: types.Int}}, Of: types.Date}
}
