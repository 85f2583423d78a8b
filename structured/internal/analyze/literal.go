package analyze

import (
	"encoding/hex"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/types"
)

// typedLiteral finds the value of a constant that is written as text.
func (b *binder) typedLiteral(l syntax.TypedLiteral) (bound.Expr, error) {
	value, t, ok := b.literalValue(l)
	if !ok {
		if special, named := b.session().SpecialTime(l.Text, t); named {
			return special, nil
		}
		condition := "INVALID_TYPED_LITERAL"
		if l.Type == "decimal" {
			condition = "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION"
		}
		return nil, &fault.Error{Condition: condition, Stage: fault.Parse, Message: "the text of " + l.String() + " is no " + l.Type}
	}
	return bound.Literal{Value: value, Of: t}, nil
}

func (b *binder) literalValue(l syntax.TypedLiteral) (value any, t types.Type, ok bool) {
	switch l.Type {
	case "tinyint":
		n, err := strconv.ParseInt(l.Text, 10, 8)
		return int8(n), types.Tinyint, err == nil
	case "smallint":
		n, err := strconv.ParseInt(l.Text, 10, 16)
		return int16(n), types.Smallint, err == nil
	case "float":
		f, err := strconv.ParseFloat(l.Text, 32)
		return float32(f), types.Float, err == nil
	case "decimal":
		return decimalLiteral(l.Text)
	case "date":
		day, ok := text.ParseDate([]byte(l.Text))
		return day, types.Date, ok
	case "timestamp_ntz":
		clock, ok := text.ParseClock([]byte(l.Text))
		return clock, types.TimestampNTZ, ok
	case "timestamp", "timestamp_ltz":
		zone, err := time.LoadLocation(b.zone)
		if err != nil {
			return nil, types.Type{}, false
		}
		instant, ok := text.ParseTimestamp([]byte(l.Text), zone)
		return instant, types.Timestamp, ok
	case "binary":
		digits := l.Text
		if len(digits)%2 == 1 {
			digits = "0" + digits
		}
		bytes, err := hex.DecodeString(digits)
		return bytes, types.Binary, err == nil
	}
	return nil, types.Type{}, false
}

// decimalLiteral has as many digits as are written, with an exponent worked in.
func decimalLiteral(written string) (value any, t types.Type, ok bool) {
	mantissa, exponent, _ := strings.Cut(strings.ToUpper(written), "E")
	whole, fraction, _ := strings.Cut(strings.TrimLeft(mantissa, "-+"), ".")
	e := 0
	if exponent != "" {
		var err error
		if e, err = strconv.Atoi(exponent); err != nil || e > math.MaxInt16 || e < math.MinInt16 {
			return nil, t, false
		}
	}
	digits := len(strings.TrimLeft(whole+fraction, "0"))
	scale := len(fraction) - e
	if scale < 0 {
		digits, scale = digits-scale, 0
	}
	precision := max(digits, scale, 1)
	if precision > types.MaxPrecision {
		return nil, t, false
	}
	number, fits, ok := text.ParseDecimal([]byte(written), precision, scale)
	return number, types.Decimal(precision, scale), fits && ok
}

// intervalLiteral is an interval in months or in microseconds.
func intervalLiteral(i syntax.Interval) (bound.Expr, error) {
	if i.Mixed() {
		return nil, &fault.Error{Condition: "_LEGACY_ERROR_TEMP_0062", Stage: fault.Parse, Message: "an interval of months and one of days or less cannot be mixed: " + i.String()}
	}
	of := types.Interval(i.First, i.Last)
	if i.First <= types.Month {
		return bound.Literal{Value: int32(i.Months), Of: of}, nil
	}
	return bound.Literal{Value: i.Microseconds, Of: of}, nil
}
