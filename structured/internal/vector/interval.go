package vector

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"github.com/tidewheel/tidewheel/structured/types"
)

// A calendar interval lies in memory as in Arrow, but for the unit: months and days in the
// low half, months first, microseconds in the high one.

// Interval returns row i of calendar intervals.
func (c *Column) Interval(i int) types.CalendarInterval {
	bits := c.Decimals[i]
	return types.CalendarInterval{
		Months: int32(bits.LowBits()), Days: int32(bits.LowBits() >> 32), Microseconds: bits.HighBits(),
	}
}

// SetInterval makes row i of calendar intervals this one.
func (c *Column) SetInterval(i int, v types.CalendarInterval) { c.Decimals[i] = intervalBits(v) }

// AppendInterval appends a calendar interval.
func (c *Column) AppendInterval(v types.CalendarInterval) { c.AppendDecimal(intervalBits(v)) }

func intervalBits(v types.CalendarInterval) decimal128.Num {
	return decimal128.New(v.Microseconds, uint64(uint32(v.Months))|uint64(uint32(v.Days))<<32)
}

// nanosecondsPerMicro lie between the unit of a column and that of Arrow.
const nanosecondsPerMicro = 1000

// microsOf returns intervals of Arrow, in nanoseconds, in microseconds; what is less than
// one is cut off.
func microsOf(nanos []decimal128.Num) []decimal128.Num {
	micros := make([]decimal128.Num, len(nanos))
	for i, v := range nanos {
		micros[i] = decimal128.New(v.HighBits()/nanosecondsPerMicro, v.LowBits())
	}
	return micros
}

// nanoseconds returns the intervals of a column as Arrow has them, unless one is beyond the
// 292 years that nanoseconds can count.
func (c *Column) nanoseconds() ([]decimal128.Num, error) {
	nanos := make([]decimal128.Num, c.Len)
	for i, v := range c.Decimals[:c.Len] {
		micros := v.HighBits()
		if product := micros * nanosecondsPerMicro; product/nanosecondsPerMicro == micros {
			nanos[i] = decimal128.New(product, v.LowBits())
		} else if !c.IsNull(i) {
			return nil, fmt.Errorf("an interval of %d microseconds beside its months and days is too long for the nanoseconds of Arrow; cast it to a string", micros)
		}
	}
	return nanos, nil
}
