package analyze

import "github.com/tidewheel/tidewheel/structured/internal/bound"

// many is a function of many rows: its names in SQL, how many arguments it takes, and
// what it is made of.
type many struct {
	name        string
	aliases     []string
	doc         string
	least, most int
	bind        func(g *gathering, args []bound.Expr) (bound.Expr, error)
}

// Reference is what a page of functions says about one. Most is -1 for any number of
// arguments.
type Reference struct {
	Name        string
	Aliases     []string
	Doc         string
	Least, Most int
}

// Aggregates explains the functions of many rows.
func Aggregates() (list []Reference) {
	for _, m := range aggregates() {
		most := m.most
		if most == anyNumber {
			most = -1
		}
		list = append(list, Reference{m.name, m.aliases, m.doc, m.least, most})
	}
	return list
}

func aggregates() []many {
	also := func(names ...string) []string { return names }
	return []many{
		{"count", nil, "The number of rows, with * or no argument; with arguments, of the rows in which none of them is null.", 0, anyNumber, (*gathering).count},
		{"count_if", nil, "The number of rows in which the condition is true.", 1, 1, (*gathering).countIf},
		{"approx_count_distinct", nil, "About the number of different values, by the HyperLogLog++ of Heule, Nunkesser and Hall (2013), with a relative standard deviation of 0.05 or the second argument.", 1, 2, (*gathering).approximateCount},
		{"sum", nil, "The sum: a bigint for whole numbers, a decimal with ten more digits for decimals, else a double. One that is too large fails the query.", 1, 1, (*gathering).sum},
		{"try_sum", nil, "sum with null for one that is too large.", 1, 1, (*gathering).trySum},
		{"avg", also("mean"), "The mean: a decimal with four more digits for decimals, else a double.", 1, 1, (*gathering).average},
		{"try_avg", nil, "avg with null where the sum is too large.", 1, 1, (*gathering).average},
		{"min", nil, "The least value.", 1, 1, (*gathering).extreme},
		{"max", nil, "The greatest value. NaN is greater than every other number.", 1, 1, (*gathering).extreme},
		{"min_by", nil, "The first argument in the row in which the second is least.", 2, 2, (*gathering).extremeBy},
		{"max_by", nil, "The first argument in the row in which the second is greatest.", 2, 2, (*gathering).extremeBy},
		{"first", also("first_value", "any_value"), "The value of the first row, null if it is; with IGNORE NULLS, or true as the second argument, the first that is not null.", 1, 2, (*gathering).first},
		{"last", also("last_value"), "first of the last row.", 1, 2, (*gathering).first},
		{"bool_and", also("every"), "Whether all values are true.", 1, 1, (*gathering).truth},
		{"bool_or", also("some", "any"), "Whether one of the values is true.", 1, 1, (*gathering).truth},
		{"bit_and", nil, "The bits that all whole numbers have.", 1, 1, (*gathering).bits},
		{"bit_or", nil, "The bits that one of the whole numbers has.", 1, 1, (*gathering).bits},
		{"bit_xor", nil, "The bits that an odd number of the whole numbers has.", 1, 1, (*gathering).bits},
		{"collect_list", also("array_agg"), "The array of the values; an empty one if there are none.", 1, 1, (*gathering).collect},
		{"collect_set", nil, "The array of the different values.", 1, 1, (*gathering).collect},
		{"listagg", also("string_agg"), "The strings one after the other, with the second argument between them; WITHIN GROUP (ORDER BY …) says in which order.", 1, 2, (*gathering).join},
		{"mode", nil, "The value that comes most often, any of several; with true as the second argument the least of them.", 0, 2, (*gathering).mode},
		{"histogram_numeric", nil, "A histogram of so many bins at most, by the algorithm of Ben-Haim and Tom-Tov (2010): an array of structs of x, the middle of a bin, and y, how many values it has.", 2, 2, (*gathering).histogram},
		{"median", nil, "percentile at 0.5.", 1, 1, (*gathering).percentile},
		{"percentile", nil, "The number at a fraction of the way through the sorted numbers, between two neighbours in proportion, or the array of those at an array of fractions; a third argument says how often each number counts.", 2, 3, (*gathering).percentile},
		{"percentile_cont", nil, "percentile of the sort key of WITHIN GROUP (ORDER BY …).", 1, 1, (*gathering).percentile},
		{"percentile_disc", nil, "The first value of WITHIN GROUP (ORDER BY …) that at least a fraction of the values do not exceed.", 1, 1, (*gathering).percentile},
		{"percentile_approx", also("approx_percentile"), "The value at a fraction of the way through the sorted values, or the array of those at an array of fractions. A third argument, an accuracy, changes nothing: the result is exact.", 2, 3, (*gathering).percentile},
		{"var_pop", nil, "The variance of a population.", 1, 1, (*gathering).moment},
		{"var_samp", also("variance"), "The variance of a sample; null of one value.", 1, 1, (*gathering).moment},
		{"stddev_pop", nil, "The standard deviation of a population.", 1, 1, (*gathering).moment},
		{"stddev_samp", also("stddev", "std"), "The standard deviation of a sample; null of one value.", 1, 1, (*gathering).moment},
		{"skewness", nil, "The third standardised moment.", 1, 1, (*gathering).moment},
		{"kurtosis", nil, "The fourth standardised moment, less 3.", 1, 1, (*gathering).moment},
		{"covar_pop", nil, "The covariance of the pairs of a population.", 2, 2, (*gathering).comoment},
		{"covar_samp", nil, "The covariance of the pairs of a sample.", 2, 2, (*gathering).comoment},
		{"corr", nil, "Pearson's coefficient of correlation.", 2, 2, (*gathering).comoment},
		{"regr_count", nil, "The number of pairs without a null.", 2, 2, (*gathering).count},
		{"regr_slope", nil, "The slope of the line that fits y, the first argument, to x, the second, with least squares.", 2, 2, (*gathering).comoment},
		{"regr_intercept", nil, "The y at which that line meets x = 0.", 2, 2, (*gathering).comoment},
		{"regr_r2", nil, "The coefficient of determination of that line.", 2, 2, (*gathering).comoment},
		{"regr_avgx", nil, "The mean x of the pairs without a null.", 2, 2, (*gathering).comoment},
		{"regr_avgy", nil, "The mean y of the pairs without a null.", 2, 2, (*gathering).comoment},
		{"regr_sxx", nil, "The sum of the squares of what x differs from its mean.", 2, 2, (*gathering).comoment},
		{"regr_syy", nil, "The sum of the squares of what y differs from its mean.", 2, 2, (*gathering).comoment},
		{"regr_sxy", nil, "The sum of the products of both.", 2, 2, (*gathering).comoment},
	}
}

// manyByName is filled once, by init: the functions look up others, which as an initial
// value would be a cycle.
var manyByName = map[string]many{}

func init() {
	for _, m := range aggregates() {
		for _, name := range append([]string{m.name}, m.aliases...) {
			manyByName[name] = m
		}
	}
}

// aggregateFunction finds a function of many rows; it has no bind if there is none.
func aggregateFunction(name string) many { return manyByName[name] }
