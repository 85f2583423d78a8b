package types

// Layout is how values of a type lie in memory. Types of one layout share the code
// that moves, stores and hashes values; what they mean differs.
type Layout uint8

// The layouts.
const (
	LayoutVoid Layout = iota // nothing
	LayoutBit
	Layout8      // 8 bits, signed
	Layout16     // 16 bits, signed
	Layout32     // 32 bits, signed: int; date in days; months
	Layout64     // 64 bits, signed: bigint; timestamps and intervals in microseconds
	LayoutFloat  // 32 bits
	LayoutDouble // 64 bits
	Layout128    // 128 bits: a decimal, signed, times 10 to the scale; a calendar interval
	LayoutBytes  // offsets into bytes: string, binary
	LayoutList   // offsets into a child: array; map, whose child is the struct of key and value
	LayoutStruct // children side by side
)

var layouts = [...]Layout{
	KindVoid: LayoutVoid, KindBoolean: LayoutBit,
	KindTinyint: Layout8, KindSmallint: Layout16, KindInt: Layout32, KindBigint: Layout64,
	KindFloat: LayoutFloat, KindDouble: LayoutDouble, KindDecimal: Layout128,
	KindString: LayoutBytes, KindBinary: LayoutBytes,
	KindDate: Layout32, KindTimestamp: Layout64, KindTimestampNTZ: Layout64,
	KindYearMonth: Layout32, KindDayTime: Layout64, KindCalendar: Layout128,
	KindArray: LayoutList, KindMap: LayoutList, KindStruct: LayoutStruct,
}

// Layout returns how values of the type lie in memory.
func (t Type) Layout() Layout { return layouts[t.kind] }
