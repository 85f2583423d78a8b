package types

// CalendarInterval is a value of type [Calendar]: months, days and microseconds, each with
// a sign of its own. They are kept apart since months differ in length, and days do where
// clocks are changed; so two of them are equal only part by part, and none is less than
// another.
type CalendarInterval struct {
	Months, Days int32
	Microseconds int64
}
