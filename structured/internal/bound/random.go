package bound

import "github.com/tidewheel/tidewheel/structured/types"

// Functions whose results depend on the row's place: in its partition, and for random
// ones on a seed, their last argument, which is a constant. The start of a query gives a
// seed to those that have none.
const (
	Rand     Function = "rand"    // (bigint) double: from 0 to less than 1
	Randn    Function = "randn"   // (bigint) double: of the standard normal distribution
	RandText Function = "randstr" // (int, bigint) string: so many digits and letters
	Shuffle  Function = "shuffle" // (array, bigint) array: in another order
	UUID     Function = "uuid"    // (bigint) string: of version 4

	RowID     Function = "monotonically_increasing_id" // () bigint: 2^33 for each partition before, and the rows before
	Partition Function = "spark_partition_id"          // () int
)

// seedless is how many arguments a random function has without its seed.
var seedless = map[Function]int{Rand: 0, Randn: 0, RandText: 1, Shuffle: 1, UUID: 0}

// Seed gives seeds to the functions of an expression that need one and have none.
func Seed(expr Expr, seed func() int64) Expr {
	return Map(expr, func(e Expr) Expr {
		call, ok := e.(Call)
		if !ok {
			return e
		}
		if n, random := seedless[call.Function]; random && len(call.Args) == n {
			call.Args = append(call.Args[:n:n], Literal{Value: seed(), Of: types.Bigint})
			return call
		}
		return e
	})
}
