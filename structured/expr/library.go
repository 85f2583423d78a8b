// Code generated from the library of functions by TestReference of package structured; DO NOT EDIT.

package expr

// Functions of many rows.

// CountIf is the function count_if.
//
// The number of rows in which the condition is true.
func CountIf[C Arg](arg C) Column { return call("count_if", columnOf(arg)) }

// ApproxCountDistinct is the function approx_count_distinct.
//
// About the number of different values, by the HyperLogLog++ of Heule, Nunkesser and
// Hall (2013), with a relative standard deviation of 0.05 or the second argument.
func ApproxCountDistinct[C Arg](first C, others ...Column) Column {
	return callOn("approx_count_distinct", first, others)
}

// TrySum is the function try_sum.
//
// sum with null for one that is too large.
func TrySum[C Arg](arg C) Column { return call("try_sum", columnOf(arg)) }

// Avg is the function avg.
//
// The mean: a decimal with four more digits for decimals, else a double.
func Avg[C Arg](arg C) Column { return call("avg", columnOf(arg)) }

// TryAvg is the function try_avg.
//
// avg with null where the sum is too large.
func TryAvg[C Arg](arg C) Column { return call("try_avg", columnOf(arg)) }

// MinBy is the function min_by.
//
// The first argument in the row in which the second is least.
func MinBy[C Arg](first C, others ...Column) Column { return callOn("min_by", first, others) }

// MaxBy is the function max_by.
//
// The first argument in the row in which the second is greatest.
func MaxBy[C Arg](first C, others ...Column) Column { return callOn("max_by", first, others) }

// BoolAnd is the function bool_and.
//
// Whether all values are true.
func BoolAnd[C Arg](arg C) Column { return call("bool_and", columnOf(arg)) }

// BoolOr is the function bool_or.
//
// Whether one of the values is true.
func BoolOr[C Arg](arg C) Column { return call("bool_or", columnOf(arg)) }

// BitAnd is the function bit_and.
//
// The bits that all whole numbers have.
func BitAnd[C Arg](arg C) Column { return call("bit_and", columnOf(arg)) }

// BitOr is the function bit_or.
//
// The bits that one of the whole numbers has.
func BitOr[C Arg](arg C) Column { return call("bit_or", columnOf(arg)) }

// BitXor is the function bit_xor.
//
// The bits that an odd number of the whole numbers has.
func BitXor[C Arg](arg C) Column { return call("bit_xor", columnOf(arg)) }

// CollectList is the function collect_list.
//
// The array of the values; an empty one if there are none.
func CollectList[C Arg](arg C) Column { return call("collect_list", columnOf(arg)) }

// CollectSet is the function collect_set.
//
// The array of the different values.
func CollectSet[C Arg](arg C) Column { return call("collect_set", columnOf(arg)) }

// Listagg is the function listagg.
//
// The strings one after the other, with the second argument between them; WITHIN GROUP
// (ORDER BY …) says in which order.
func Listagg[C Arg](first C, others ...Column) Column { return callOn("listagg", first, others) }

// Mode is the function mode.
//
// The value that comes most often, any of several; with true as the second argument the
// least of them.
func Mode(args ...Column) Column { return call("mode", args...) }

// HistogramNumeric is the function histogram_numeric.
//
// A histogram of so many bins at most, by the algorithm of Ben-Haim and Tom-Tov (2010):
// an array of structs of x, the middle of a bin, and y, how many values it has.
func HistogramNumeric[C Arg](first C, others ...Column) Column {
	return callOn("histogram_numeric", first, others)
}

// Median is the function median.
//
// percentile at 0.5.
func Median[C Arg](arg C) Column { return call("median", columnOf(arg)) }

// Percentile is the function percentile.
//
// The number at a fraction of the way through the sorted numbers, between two
// neighbours in proportion, or the array of those at an array of fractions; a third
// argument says how often each number counts.
func Percentile[C Arg](first C, others ...Column) Column { return callOn("percentile", first, others) }

// PercentileCont is the function percentile_cont.
//
// percentile of the sort key of WITHIN GROUP (ORDER BY …).
func PercentileCont[C Arg](arg C) Column { return call("percentile_cont", columnOf(arg)) }

// PercentileDisc is the function percentile_disc.
//
// The first value of WITHIN GROUP (ORDER BY …) that at least a fraction of the values
// do not exceed.
func PercentileDisc[C Arg](arg C) Column { return call("percentile_disc", columnOf(arg)) }

// PercentileApprox is the function percentile_approx.
//
// The value at a fraction of the way through the sorted values, or the array of those
// at an array of fractions. A third argument, an accuracy, changes nothing: the result
// is exact.
func PercentileApprox[C Arg](first C, others ...Column) Column {
	return callOn("percentile_approx", first, others)
}

// VarPop is the function var_pop.
//
// The variance of a population.
func VarPop[C Arg](arg C) Column { return call("var_pop", columnOf(arg)) }

// VarSamp is the function var_samp.
//
// The variance of a sample; null of one value.
func VarSamp[C Arg](arg C) Column { return call("var_samp", columnOf(arg)) }

// StddevPop is the function stddev_pop.
//
// The standard deviation of a population.
func StddevPop[C Arg](arg C) Column { return call("stddev_pop", columnOf(arg)) }

// StddevSamp is the function stddev_samp.
//
// The standard deviation of a sample; null of one value.
func StddevSamp[C Arg](arg C) Column { return call("stddev_samp", columnOf(arg)) }

// Skewness is the function skewness.
//
// The third standardised moment.
func Skewness[C Arg](arg C) Column { return call("skewness", columnOf(arg)) }

// Kurtosis is the function kurtosis.
//
// The fourth standardised moment, less 3.
func Kurtosis[C Arg](arg C) Column { return call("kurtosis", columnOf(arg)) }

// CovarPop is the function covar_pop.
//
// The covariance of the pairs of a population.
func CovarPop[C Arg](first C, others ...Column) Column { return callOn("covar_pop", first, others) }

// CovarSamp is the function covar_samp.
//
// The covariance of the pairs of a sample.
func CovarSamp[C Arg](first C, others ...Column) Column { return callOn("covar_samp", first, others) }

// Corr is the function corr.
//
// Pearson's coefficient of correlation.
func Corr[C Arg](first C, others ...Column) Column { return callOn("corr", first, others) }

// RegrCount is the function regr_count.
//
// The number of pairs without a null.
func RegrCount[C Arg](first C, others ...Column) Column { return callOn("regr_count", first, others) }

// RegrSlope is the function regr_slope.
//
// The slope of the line that fits y, the first argument, to x, the second, with least
// squares.
func RegrSlope[C Arg](first C, others ...Column) Column { return callOn("regr_slope", first, others) }

// RegrIntercept is the function regr_intercept.
//
// The y at which that line meets x = 0.
func RegrIntercept[C Arg](first C, others ...Column) Column {
	return callOn("regr_intercept", first, others)
}

// RegrR2 is the function regr_r2.
//
// The coefficient of determination of that line.
func RegrR2[C Arg](first C, others ...Column) Column { return callOn("regr_r2", first, others) }

// RegrAvgx is the function regr_avgx.
//
// The mean x of the pairs without a null.
func RegrAvgx[C Arg](first C, others ...Column) Column { return callOn("regr_avgx", first, others) }

// RegrAvgy is the function regr_avgy.
//
// The mean y of the pairs without a null.
func RegrAvgy[C Arg](first C, others ...Column) Column { return callOn("regr_avgy", first, others) }

// RegrSxx is the function regr_sxx.
//
// The sum of the squares of what x differs from its mean.
func RegrSxx[C Arg](first C, others ...Column) Column { return callOn("regr_sxx", first, others) }

// RegrSyy is the function regr_syy.
//
// The sum of the squares of what y differs from its mean.
func RegrSyy[C Arg](first C, others ...Column) Column { return callOn("regr_syy", first, others) }

// RegrSxy is the function regr_sxy.
//
// The sum of the products of both.
func RegrSxy[C Arg](first C, others ...Column) Column { return callOn("regr_sxy", first, others) }

// Conditions.

// Coalesce is the function coalesce.
//
// The first argument that is not null. The later ones are not evaluated where an
// earlier one is not null.
func Coalesce[C Arg](first C, others ...Column) Column { return callOn("coalesce", first, others) }

// Nvl is the function nvl.
//
// The first argument, or the second where that is null.
func Nvl[C Arg](first C, others ...Column) Column { return callOn("nvl", first, others) }

// Nvl2 is the function nvl2.
//
// The second argument where the first is not null, else the third.
func Nvl2[C Arg](first C, others ...Column) Column { return callOn("nvl2", first, others) }

// Nullif is the function nullif.
//
// Null where both arguments are equal, else the first.
func Nullif[C Arg](first C, others ...Column) Column { return callOn("nullif", first, others) }

// Zeroifnull is the function zeroifnull.
//
// The number, or 0 where it is null.
func Zeroifnull[C Arg](arg C) Column { return call("zeroifnull", columnOf(arg)) }

// Nullifzero is the function nullifzero.
//
// Null where the number is 0, else the number.
func Nullifzero[C Arg](arg C) Column { return call("nullifzero", columnOf(arg)) }

// EqualNull is the function equal_null.
//
// Whether both arguments are equal, or both null.
func EqualNull[C Arg](first C, others ...Column) Column { return callOn("equal_null", first, others) }

// Elt is the function elt.
//
// The argument of a number, which is the first argument and counts the others from 1.
func Elt[C Arg](first C, others ...Column) Column { return callOn("elt", first, others) }

// If is the function if.
//
// The second argument where the first is true, else the third.
func If[C Arg](first C, others ...Column) Column { return callOn("if", first, others) }

// Case is the function case.
//
// The value behind the first condition that is true; the last argument, if it has no
// condition, where none is; else null.
func Case[C Arg](first C, others ...Column) Column { return callOn("case", first, others) }

// Greatest is the function greatest.
//
// The greatest argument that is not null. NaN is greater than every other number.
func Greatest[C Arg](first C, others ...Column) Column { return callOn("greatest", first, others) }

// Least is the function least.
//
// The least argument that is not null.
func Least[C Arg](first C, others ...Column) Column { return callOn("least", first, others) }

// Isnan is the function isnan.
//
// Whether a double is NaN; false for null.
func Isnan[C Arg](arg C) Column { return call("isnan", columnOf(arg)) }

// Nanvl is the function nanvl.
//
// The first double, or the second where the first is NaN.
func Nanvl[C Arg](first C, others ...Column) Column { return callOn("nanvl", first, others) }

// RaiseError is the function raise_error.
//
// No value: it fails the query with the message.
func RaiseError[C Arg](arg C) Column { return call("raise_error", columnOf(arg)) }

// AssertTrue is the function assert_true.
//
// Null where the condition is true; else it fails the query with the message.
func AssertTrue[C Arg](first C, others ...Column) Column { return callOn("assert_true", first, others) }

// Typeof is the function typeof.
//
// The type of the argument, as a string.
func Typeof[C Arg](arg C) Column { return call("typeof", columnOf(arg)) }

// Numbers.

// Abs is the function abs.
//
// The number, or interval, without its sign.
func Abs[C Arg](arg C) Column { return call("abs", columnOf(arg)) }

// Sign is the function sign.
//
// -1.0, 0.0 or 1.0 as a double is negative, zero or positive.
func Sign[C Arg](arg C) Column { return call("sign", columnOf(arg)) }

// Ceil is the function ceil.
//
// The least whole number that is not less; with a second argument, to so many digits
// after the point.
func Ceil[C Arg](first C, others ...Column) Column { return callOn("ceil", first, others) }

// Floor is the function floor.
//
// The greatest whole number that is not greater; with a second argument, to so many
// digits after the point.
func Floor[C Arg](first C, others ...Column) Column { return callOn("floor", first, others) }

// Round is the function round.
//
// The number rounded to so many digits after the point, 0 if not given, half away from
// zero; a negative number of digits rounds before the point.
func Round[C Arg](first C, others ...Column) Column { return callOn("round", first, others) }

// Bround is the function bround.
//
// round with halves going to the even neighbour.
func Bround[C Arg](first C, others ...Column) Column { return callOn("bround", first, others) }

// RoundCeiling is the function round_ceiling.
//
// round upwards.
func RoundCeiling[C Arg](first C, others ...Column) Column {
	return callOn("round_ceiling", first, others)
}

// RoundFloor is the function round_floor.
//
// round downwards.
func RoundFloor[C Arg](first C, others ...Column) Column { return callOn("round_floor", first, others) }

// Rint is the function rint.
//
// The nearest whole number as a double, halves to the even one.
func Rint[C Arg](arg C) Column { return call("rint", columnOf(arg)) }

// Sqrt is the function sqrt.
//
// The square root; NaN for a negative number.
func Sqrt[C Arg](arg C) Column { return call("sqrt", columnOf(arg)) }

// Cbrt is the function cbrt.
//
// The cube root.
func Cbrt[C Arg](arg C) Column { return call("cbrt", columnOf(arg)) }

// Exp is the function exp.
//
// e to the power of the argument.
func Exp[C Arg](arg C) Column { return call("exp", columnOf(arg)) }

// Expm1 is the function expm1.
//
// exp less 1, exact near 0.
func Expm1[C Arg](arg C) Column { return call("expm1", columnOf(arg)) }

// Ln is the function ln.
//
// The natural logarithm; null for 0 and less.
func Ln[C Arg](arg C) Column { return call("ln", columnOf(arg)) }

// Log10 is the function log10.
//
// The logarithm to base 10; null for 0 and less.
func Log10[C Arg](arg C) Column { return call("log10", columnOf(arg)) }

// Log2 is the function log2.
//
// The logarithm to base 2; null for 0 and less.
func Log2[C Arg](arg C) Column { return call("log2", columnOf(arg)) }

// Log1p is the function log1p.
//
// The natural logarithm of 1 more than the argument; null for -1 and less.
func Log1p[C Arg](arg C) Column { return call("log1p", columnOf(arg)) }

// Log is the function log.
//
// log(x) is ln(x), log(base, x) the logarithm to a base; null for 0 and less.
func Log[C Arg](first C, others ...Column) Column { return callOn("log", first, others) }

// Power is the function power.
//
// The first number to the power of the second.
func Power[C Arg](first C, others ...Column) Column { return callOn("power", first, others) }

// Hypot is the function hypot.
//
// The square root of the sum of both squares.
func Hypot[C Arg](first C, others ...Column) Column { return callOn("hypot", first, others) }

// Atan2 is the function atan2.
//
// The angle of the point (second, first), in radians.
func Atan2[C Arg](first C, others ...Column) Column { return callOn("atan2", first, others) }

// Sin is the function sin.
//
// The sine of an angle in radians.
func Sin[C Arg](arg C) Column { return call("sin", columnOf(arg)) }

// Cos is the function cos.
//
// The cosine of an angle in radians.
func Cos[C Arg](arg C) Column { return call("cos", columnOf(arg)) }

// Tan is the function tan.
//
// The tangent of an angle in radians.
func Tan[C Arg](arg C) Column { return call("tan", columnOf(arg)) }

// Cot is the function cot.
//
// The cotangent of an angle in radians.
func Cot[C Arg](arg C) Column { return call("cot", columnOf(arg)) }

// Sec is the function sec.
//
// The secant of an angle in radians.
func Sec[C Arg](arg C) Column { return call("sec", columnOf(arg)) }

// Csc is the function csc.
//
// The cosecant of an angle in radians.
func Csc[C Arg](arg C) Column { return call("csc", columnOf(arg)) }

// Asin is the function asin.
//
// The angle whose sine is the argument.
func Asin[C Arg](arg C) Column { return call("asin", columnOf(arg)) }

// Acos is the function acos.
//
// The angle whose cosine is the argument.
func Acos[C Arg](arg C) Column { return call("acos", columnOf(arg)) }

// Atan is the function atan.
//
// The angle whose tangent is the argument.
func Atan[C Arg](arg C) Column { return call("atan", columnOf(arg)) }

// Sinh is the function sinh.
//
// The hyperbolic sine.
func Sinh[C Arg](arg C) Column { return call("sinh", columnOf(arg)) }

// Cosh is the function cosh.
//
// The hyperbolic cosine.
func Cosh[C Arg](arg C) Column { return call("cosh", columnOf(arg)) }

// Tanh is the function tanh.
//
// The hyperbolic tangent.
func Tanh[C Arg](arg C) Column { return call("tanh", columnOf(arg)) }

// Asinh is the function asinh.
//
// The inverse hyperbolic sine.
func Asinh[C Arg](arg C) Column { return call("asinh", columnOf(arg)) }

// Acosh is the function acosh.
//
// The inverse hyperbolic cosine.
func Acosh[C Arg](arg C) Column { return call("acosh", columnOf(arg)) }

// Atanh is the function atanh.
//
// The inverse hyperbolic tangent.
func Atanh[C Arg](arg C) Column { return call("atanh", columnOf(arg)) }

// Degrees is the function degrees.
//
// An angle in radians as degrees.
func Degrees[C Arg](arg C) Column { return call("degrees", columnOf(arg)) }

// Radians is the function radians.
//
// An angle in degrees as radians.
func Radians[C Arg](arg C) Column { return call("radians", columnOf(arg)) }

// Pi is the function pi.
//
// The number pi.
func Pi() Column { return call("pi") }

// E is the function e.
//
// Euler's number.
func E() Column { return call("e") }

// Factorial is the function factorial.
//
// The product of the numbers from 1 to an int; null below 0 and above 20.
func Factorial[C Arg](arg C) Column { return call("factorial", columnOf(arg)) }

// Pmod is the function pmod.
//
// The remainder of a division with the sign of the divisor.
func Pmod[C Arg](first C, others ...Column) Column { return callOn("pmod", first, others) }

// Mod is the function mod.
//
// The remainder of a division, as the operator %.
func Mod[C Arg](first C, others ...Column) Column { return callOn("mod", first, others) }

// TryMod is the function try_mod.
//
// % with null for a divisor of 0.
func TryMod[C Arg](first C, others ...Column) Column { return callOn("try_mod", first, others) }

// TryAdd is the function try_add.
//
// + with null where the result is out of range.
func TryAdd[C Arg](first C, others ...Column) Column { return callOn("try_add", first, others) }

// TrySubtract is the function try_subtract.
//
// - with null where the result is out of range.
func TrySubtract[C Arg](first C, others ...Column) Column {
	return callOn("try_subtract", first, others)
}

// TryMultiply is the function try_multiply.
//
// * with null where the result is out of range.
func TryMultiply[C Arg](first C, others ...Column) Column {
	return callOn("try_multiply", first, others)
}

// TryDivide is the function try_divide.
//
// / with null for a divisor of 0.
func TryDivide[C Arg](first C, others ...Column) Column { return callOn("try_divide", first, others) }

// Positive is the function positive.
//
// The argument.
func Positive[C Arg](arg C) Column { return call("positive", columnOf(arg)) }

// Bin is the function bin.
//
// A bigint in binary digits; a negative one with its two's complement.
func Bin[C Arg](arg C) Column { return call("bin", columnOf(arg)) }

// Conv is the function conv.
//
// A number, a string in one base from 2 to 36, in another base; a negative target base
// gives a signed number.
func Conv[C Arg](first C, others ...Column) Column { return callOn("conv", first, others) }

// WidthBucket is the function width_bucket.
//
// The number of the bucket in which a value lies, if the stretch between two bounds is
// cut into so many equal ones; 0 below and one more above.
func WidthBucket[C Arg](first C, others ...Column) Column {
	return callOn("width_bucket", first, others)
}

// Bits.

// Shiftleft is the function shiftleft.
//
// An int or bigint shifted to the left.
func Shiftleft[C Arg](first C, others ...Column) Column { return callOn("shiftleft", first, others) }

// Shiftright is the function shiftright.
//
// An int or bigint shifted to the right, filled with its sign.
func Shiftright[C Arg](first C, others ...Column) Column { return callOn("shiftright", first, others) }

// Shiftrightunsigned is the function shiftrightunsigned.
//
// An int or bigint shifted to the right, filled with zeros.
func Shiftrightunsigned[C Arg](first C, others ...Column) Column {
	return callOn("shiftrightunsigned", first, others)
}

// BitCount is the function bit_count.
//
// How many bits of a whole number, or boolean, are 1.
func BitCount[C Arg](arg C) Column { return call("bit_count", columnOf(arg)) }

// Getbit is the function getbit.
//
// Bit number n of a whole number, from the right, 0 the first.
func Getbit[C Arg](first C, others ...Column) Column { return callOn("getbit", first, others) }

// Strings.

// OctetLength is the function octet_length.
//
// The number of bytes of a string or of binary data.
func OctetLength[C Arg](arg C) Column { return call("octet_length", columnOf(arg)) }

// BitLength is the function bit_length.
//
// 8 times the number of bytes.
func BitLength[C Arg](arg C) Column { return call("bit_length", columnOf(arg)) }

// Sentences is the function sentences.
//
// The words of each sentence of a string. Arguments for a language and a country change
// nothing.
func Sentences[C Arg](first C, others ...Column) Column { return callOn("sentences", first, others) }

// Initcap is the function initcap.
//
// The string with the first letter of each word, behind a blank, in upper case and the
// others in lower case.
func Initcap[C Arg](arg C) Column { return call("initcap", columnOf(arg)) }

// Btrim is the function btrim.
//
// The string without the blanks, or the characters of the second argument, at both
// ends.
func Btrim[C Arg](first C, others ...Column) Column { return callOn("btrim", first, others) }

// Ltrim is the function ltrim.
//
// trim at the beginning only.
func Ltrim[C Arg](first C, others ...Column) Column { return callOn("ltrim", first, others) }

// Rtrim is the function rtrim.
//
// trim at the end only.
func Rtrim[C Arg](first C, others ...Column) Column { return callOn("rtrim", first, others) }

// Lpad is the function lpad.
//
// The string, filled at the beginning with the third argument, a blank if not given, or
// cut, to so many code points; or so the bytes of binary data, with zeros if not given.
func Lpad[C Arg](first C, others ...Column) Column { return callOn("lpad", first, others) }

// Rpad is the function rpad.
//
// lpad at the end.
func Rpad[C Arg](first C, others ...Column) Column { return callOn("rpad", first, others) }

// Substring is the function substring.
//
// The code points from a position, counted from 1 or, if negative, from the end, at
// most so many.
func Substring[C Arg](first C, others ...Column) Column { return callOn("substring", first, others) }

// Left is the function left.
//
// The first code points.
func Left[C Arg](first C, others ...Column) Column { return callOn("left", first, others) }

// Right is the function right.
//
// The last code points.
func Right[C Arg](first C, others ...Column) Column { return callOn("right", first, others) }

// ConcatWs is the function concat_ws.
//
// Strings and arrays of strings with the first argument between them; nulls are left
// out.
func ConcatWs[C Arg](first C, others ...Column) Column { return callOn("concat_ws", first, others) }

// Repeat is the function repeat.
//
// The string so many times.
func Repeat[C Arg](first C, others ...Column) Column { return callOn("repeat", first, others) }

// Space is the function space.
//
// So many blanks.
func Space[C Arg](arg C) Column { return call("space", columnOf(arg)) }

// Replace is the function replace.
//
// The string with every occurrence of the second argument replaced by the third, or
// removed.
func Replace[C Arg](first C, others ...Column) Column { return callOn("replace", first, others) }

// Translate is the function translate.
//
// The string with each character of the second argument replaced by the one at its
// place in the third, or removed if there is none.
func Translate[C Arg](first C, others ...Column) Column { return callOn("translate", first, others) }

// Overlay is the function overlay.
//
// The string with the second argument put over it from a position on, in place of so
// many characters, its own length if not given.
func Overlay[C Arg](first C, others ...Column) Column { return callOn("overlay", first, others) }

// ASCII is the function ascii.
//
// The code point of the first character, 0 for the empty string.
func ASCII[C Arg](arg C) Column { return call("ascii", columnOf(arg)) }

// Chr is the function chr.
//
// The character of a code from 0 to 255, of a greater one modulo 256; the empty string
// for a negative one.
func Chr[C Arg](arg C) Column { return call("chr", columnOf(arg)) }

// FormatString is the function format_string.
//
// The first argument with its directives, as in C, filled with the others.
func FormatString[C Arg](first C, others ...Column) Column {
	return callOn("format_string", first, others)
}

// FormatNumber is the function format_number.
//
// A number with commas between thousands, rounded half to even to so many digits after
// the point; or by a pattern such as #,##0.0#, in which 0 is a digit and # one that is
// left out if it is a zero at an end.
func FormatNumber[C Arg](first C, others ...Column) Column {
	return callOn("format_number", first, others)
}

// Levenshtein is the function levenshtein.
//
// How many characters must be added, removed or changed to make one string of the
// other; -1 if more than the third argument.
func Levenshtein[C Arg](first C, others ...Column) Column {
	return callOn("levenshtein", first, others)
}

// Soundex is the function soundex.
//
// The Soundex code of the string.
func Soundex[C Arg](arg C) Column { return call("soundex", columnOf(arg)) }

// Search in strings.

// Contains is the function contains.
//
// Whether the second string occurs in the first.
func Contains[C Arg](first C, others ...Column) Column { return callOn("contains", first, others) }

// Startswith is the function startswith.
//
// Whether the first string begins with the second.
func Startswith[C Arg](first C, others ...Column) Column { return callOn("startswith", first, others) }

// Endswith is the function endswith.
//
// Whether the first string ends with the second.
func Endswith[C Arg](first C, others ...Column) Column { return callOn("endswith", first, others) }

// Instr is the function instr.
//
// The position, counted from 1 in code points, at which the second string first occurs
// in the first; 0 if it does not.
func Instr[C Arg](first C, others ...Column) Column { return callOn("instr", first, others) }

// Locate is the function locate.
//
// The position at which the first string first occurs in the second, from the third
// argument on; 0 if it does not, and for a third argument below 1.
func Locate[C Arg](first C, others ...Column) Column { return callOn("locate", first, others) }

// SubstringIndex is the function substring_index.
//
// What lies before the n-th occurrence of the delimiter; for a negative n, behind it,
// counted from the end.
func SubstringIndex[C Arg](first C, others ...Column) Column {
	return callOn("substring_index", first, others)
}

// SplitPart is the function split_part.
//
// The n-th piece, from 1 or, if negative, from the end, of a string cut at a delimiter;
// the empty string if there is none.
func SplitPart[C Arg](first C, others ...Column) Column { return callOn("split_part", first, others) }

// FindInSet is the function find_in_set.
//
// The place, from 1, of a string in a list with commas; 0 if it is not there or has a
// comma.
func FindInSet[C Arg](first C, others ...Column) Column { return callOn("find_in_set", first, others) }

// Regular expressions.

// Rlike is the function rlike.
//
// Whether a regular expression matches a part of the string.
func Rlike[C Arg](first C, others ...Column) Column { return callOn("rlike", first, others) }

// Ilike is the function ilike.
//
// LIKE without regard to case; the third argument is the escape character, \ if not
// given.
func Ilike[C Arg](first C, others ...Column) Column { return callOn("ilike", first, others) }

// LikeEscape is the function like_escape.
//
// LIKE with an escape character of one's own.
func LikeEscape[C Arg](first C, others ...Column) Column { return callOn("like_escape", first, others) }

// RegexpCount is the function regexp_count.
//
// How often a regular expression matches.
func RegexpCount[C Arg](first C, others ...Column) Column {
	return callOn("regexp_count", first, others)
}

// RegexpInstr is the function regexp_instr.
//
// The position, from 1 in code points, of the first match; 0 if there is none.
func RegexpInstr[C Arg](first C, others ...Column) Column {
	return callOn("regexp_instr", first, others)
}

// RegexpSubstr is the function regexp_substr.
//
// The first match; null if there is none.
func RegexpSubstr[C Arg](first C, others ...Column) Column {
	return callOn("regexp_substr", first, others)
}

// RegexpExtract is the function regexp_extract.
//
// What group number n, 1 if not given and 0 for all, of the first match holds; the
// empty string if nothing matches.
func RegexpExtract[C Arg](first C, others ...Column) Column {
	return callOn("regexp_extract", first, others)
}

// RegexpExtractAll is the function regexp_extract_all.
//
// What group number n, 1 if not given, of each match holds.
func RegexpExtractAll[C Arg](first C, others ...Column) Column {
	return callOn("regexp_extract_all", first, others)
}

// RegexpReplace is the function regexp_replace.
//
// The string with each match, from a position on if one is given, replaced by the third
// argument, in which $1 is the first group.
func RegexpReplace[C Arg](first C, others ...Column) Column {
	return callOn("regexp_replace", first, others)
}

// Checks of strings.

// Mask is the function mask.
//
// The string with X for capital letters, x for small ones and n for digits, or the
// characters of the second to the fourth argument; the fifth is for all other
// characters. Where such an argument is null, characters stay.
func Mask[C Arg](first C, others ...Column) Column { return callOn("mask", first, others) }

// LuhnCheck is the function luhn_check.
//
// Whether a string of digits ends with the right check digit by the formula of Luhn
// (ISO/IEC 7812-1), as numbers of payment cards do; false for other strings.
func LuhnCheck[C Arg](arg C) Column { return call("luhn_check", columnOf(arg)) }

// IsValidUTF8 is the function is_valid_utf8.
//
// Whether the bytes of a string or of binary data are UTF-8.
func IsValidUTF8[C Arg](arg C) Column { return call("is_valid_utf8", columnOf(arg)) }

// MakeValidUTF8 is the function make_valid_utf8.
//
// The string, which may be given as binary data, with U+FFFD in the place of bytes that
// are not UTF-8.
func MakeValidUTF8[C Arg](arg C) Column { return call("make_valid_utf8", columnOf(arg)) }

// ValidateUTF8 is the function validate_utf8.
//
// The string, which may be given as binary data and must be UTF-8.
func ValidateUTF8[C Arg](arg C) Column { return call("validate_utf8", columnOf(arg)) }

// TryValidateUTF8 is the function try_validate_utf8.
//
// validate_utf8 with null for what is not UTF-8.
func TryValidateUTF8[C Arg](arg C) Column { return call("try_validate_utf8", columnOf(arg)) }

// Texts of a format.

// ToChar is the function to_char.
//
// A number in a constant format of 9 and 0 for digits, a comma or G between them, a
// point or D, $, and S, MI or PR for the sign, with # for digits that have no place; a
// date or timestamp as date_format gives it; binary data as 'base64', 'hex' or 'utf-8'.
func ToChar[C Arg](first C, others ...Column) Column { return callOn("to_char", first, others) }

// ToNumber is the function to_number.
//
// The decimal that a string of a constant format says: see to_char.
func ToNumber[C Arg](first C, others ...Column) Column { return callOn("to_number", first, others) }

// TryToNumber is the function try_to_number.
//
// to_number with null for a string that is not of the format.
func TryToNumber[C Arg](first C, others ...Column) Column {
	return callOn("try_to_number", first, others)
}

// ToBinary is the function to_binary.
//
// The binary data of a string: 'hex', if not given otherwise, 'base64' or 'utf-8'.
func ToBinary[C Arg](first C, others ...Column) Column { return callOn("to_binary", first, others) }

// TryToBinary is the function try_to_binary.
//
// to_binary with null for a malformed string.
func TryToBinary[C Arg](first C, others ...Column) Column {
	return callOn("try_to_binary", first, others)
}

// Collations.

// Collate is the function collate.
//
// The string with the collation of a constant name, UTF8_BINARY, UTF8_LCASE, UNICODE,
// UNICODE_CI, UNICODE_AI or UNICODE_CI_AI, by which it is compared, sorted and grouped:
// what COLLATE does.
func Collate[C Arg](first C, others ...Column) Column { return callOn("collate", first, others) }

// Collation is the function collation.
//
// The name of the collation of a string.
func Collation[C Arg](arg C) Column { return call("collation", columnOf(arg)) }

// Encodings.

// MD5 is the function md5.
//
// The MD5 checksum in hexadecimal digits.
func MD5[C Arg](arg C) Column { return call("md5", columnOf(arg)) }

// SHA1 is the function sha1.
//
// The SHA-1 checksum in hexadecimal digits.
func SHA1[C Arg](arg C) Column { return call("sha1", columnOf(arg)) }

// SHA2 is the function sha2.
//
// The SHA-2 checksum of 224, 256 (also 0), 384 or 512 bits in hexadecimal digits; null
// for other sizes.
func SHA2[C Arg](first C, others ...Column) Column { return callOn("sha2", first, others) }

// CRC32 is the function crc32.
//
// The CRC-32 checksum.
func CRC32[C Arg](arg C) Column { return call("crc32", columnOf(arg)) }

// Base64 is the function base64.
//
// Binary data in base 64.
func Base64[C Arg](arg C) Column { return call("base64", columnOf(arg)) }

// Unbase64 is the function unbase64.
//
// The binary data of a string in base 64.
func Unbase64[C Arg](arg C) Column { return call("unbase64", columnOf(arg)) }

// Hex is the function hex.
//
// A bigint, or the bytes of a string or binary data, in hexadecimal digits.
func Hex[C Arg](arg C) Column { return call("hex", columnOf(arg)) }

// Unhex is the function unhex.
//
// The binary data of a string of hexadecimal digits; null for other strings.
func Unhex[C Arg](arg C) Column { return call("unhex", columnOf(arg)) }

// Encode is the function encode.
//
// A string as binary data in a character set: UTF-8, US-ASCII, ISO-8859-1, UTF-16,
// UTF-16BE or UTF-16LE.
func Encode[C Arg](first C, others ...Column) Column { return callOn("encode", first, others) }

// Decode is the function decode.
//
// Binary data in a character set as a string. With more arguments: the value behind the
// first of the following arguments, in pairs, that the first argument equals, null
// being equal to null; the last argument if there is none.
func Decode[C Arg](first C, others ...Column) Column { return callOn("decode", first, others) }

// URLEncode is the function url_encode.
//
// The string as a part of a query of a URL.
func URLEncode[C Arg](arg C) Column { return call("url_encode", columnOf(arg)) }

// TryURLDecode is the function try_url_decode.
//
// url_decode with null for what cannot be decoded.
func TryURLDecode[C Arg](arg C) Column { return call("try_url_decode", columnOf(arg)) }

// URLDecode is the function url_decode.
//
// The string that a part of a query of a URL stands for.
func URLDecode[C Arg](arg C) Column { return call("url_decode", columnOf(arg)) }

// ParseURL is the function parse_url.
//
// A part of a URL: HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY or USERINFO; with
// a third argument the value of that key of the query. Null if there is none.
func ParseURL[C Arg](first C, others ...Column) Column { return callOn("parse_url", first, others) }

// Hashes.

// Hash is the function hash.
//
// The 32-bit Murmur3 hash of the arguments, as Spark computes it.
func Hash[C Arg](first C, others ...Column) Column { return callOn("hash", first, others) }

// XXHash64 is the function xxhash64.
//
// The 64-bit xxHash of the arguments, as Spark computes it.
func XXHash64[C Arg](first C, others ...Column) Column { return callOn("xxhash64", first, others) }

// Dates.

// DateAdd is the function date_add.
//
// The date so many days later.
func DateAdd[C Arg](first C, others ...Column) Column { return callOn("date_add", first, others) }

// DateSub is the function date_sub.
//
// The date so many days earlier.
func DateSub[C Arg](first C, others ...Column) Column { return callOn("date_sub", first, others) }

// Datediff is the function datediff.
//
// The days from the second date to the first.
func Datediff[C Arg](first C, others ...Column) Column { return callOn("datediff", first, others) }

// AddMonths is the function add_months.
//
// The date so many months later, or the last of its month if that is shorter.
func AddMonths[C Arg](first C, others ...Column) Column { return callOn("add_months", first, others) }

// LastDay is the function last_day.
//
// The last day of the date's month.
func LastDay[C Arg](arg C) Column { return call("last_day", columnOf(arg)) }

// NextDay is the function next_day.
//
// The first date after the date that is on a day of the week, such as MO or Monday.
func NextDay[C Arg](first C, others ...Column) Column { return callOn("next_day", first, others) }

// Year is the function year.
//
// The year of a date.
func Year[C Arg](arg C) Column { return call("year", columnOf(arg)) }

// Quarter is the function quarter.
//
// The quarter of a date, 1 to 4.
func Quarter[C Arg](arg C) Column { return call("quarter", columnOf(arg)) }

// Month is the function month.
//
// The month of a date, 1 to 12.
func Month[C Arg](arg C) Column { return call("month", columnOf(arg)) }

// Day is the function day.
//
// The day of the month of a date, from 1.
func Day[C Arg](arg C) Column { return call("day", columnOf(arg)) }

// Dayofyear is the function dayofyear.
//
// The day of the year of a date, from 1.
func Dayofyear[C Arg](arg C) Column { return call("dayofyear", columnOf(arg)) }

// Dayofweek is the function dayofweek.
//
// The day of the week of a date, 1 for Sunday to 7.
func Dayofweek[C Arg](arg C) Column { return call("dayofweek", columnOf(arg)) }

// Weekday is the function weekday.
//
// The day of the week of a date, 0 for Monday to 6.
func Weekday[C Arg](arg C) Column { return call("weekday", columnOf(arg)) }

// DayofweekIso is the function dayofweek_iso.
//
// The day of the week of a date, 1 for Monday to 7.
func DayofweekIso[C Arg](arg C) Column { return call("dayofweek_iso", columnOf(arg)) }

// Weekofyear is the function weekofyear.
//
// The week of a date as ISO 8601 counts it.
func Weekofyear[C Arg](arg C) Column { return call("weekofyear", columnOf(arg)) }

// Yearofweek is the function yearofweek.
//
// The year to which the week of a date belongs by ISO 8601.
func Yearofweek[C Arg](arg C) Column { return call("yearofweek", columnOf(arg)) }

// Monthname is the function monthname.
//
// The name of a date's month in three letters.
func Monthname[C Arg](arg C) Column { return call("monthname", columnOf(arg)) }

// Dayname is the function dayname.
//
// The name of a date's day of the week in three letters.
func Dayname[C Arg](arg C) Column { return call("dayname", columnOf(arg)) }

// MakeDate is the function make_date.
//
// The date of a year, a month and a day.
func MakeDate[C Arg](first C, others ...Column) Column { return callOn("make_date", first, others) }

// UnixDate is the function unix_date.
//
// The days from 1970-01-01 to a date.
func UnixDate[C Arg](arg C) Column { return call("unix_date", columnOf(arg)) }

// DateFromUnixDate is the function date_from_unix_date.
//
// The date so many days after 1970-01-01.
func DateFromUnixDate[C Arg](arg C) Column { return call("date_from_unix_date", columnOf(arg)) }

// Trunc is the function trunc.
//
// The first day of a date's year, quarter, month or week; null for other units.
func Trunc[C Arg](first C, others ...Column) Column { return callOn("trunc", first, others) }

// DaysBetween is the function days_between.
//
// The interval of days from the second date to the first: what their difference is.
func DaysBetween[C Arg](first C, others ...Column) Column {
	return callOn("days_between", first, others)
}

// MonthsBetween is the function months_between.
//
// The months from the second timestamp to the first: whole ones between equal days of
// the month or last days, else with 31 days to a month; rounded to 8 digits unless the
// third argument is false.
func MonthsBetween[C Arg](first C, others ...Column) Column {
	return callOn("months_between", first, others)
}

// Timestamps.

// Hour is the function hour.
//
// The hour of a timestamp in the session's time zone, 0 to 23.
func Hour[C Arg](arg C) Column { return call("hour", columnOf(arg)) }

// Minute is the function minute.
//
// The minute of a timestamp, 0 to 59.
func Minute[C Arg](arg C) Column { return call("minute", columnOf(arg)) }

// Second is the function second.
//
// The second of a timestamp, 0 to 59.
func Second[C Arg](arg C) Column { return call("second", columnOf(arg)) }

// SecondFraction is the function second_fraction.
//
// The second of a timestamp with its fraction, as a decimal(8,6).
func SecondFraction[C Arg](arg C) Column { return call("second_fraction", columnOf(arg)) }

// DatePart is the function date_part.
//
// The field of a time or interval that the first argument, a constant, names: YEAR,
// YEAROFWEEK, QUARTER, MONTH, WEEK, DAY, DAYOFWEEK, DAYOFWEEK_ISO, DOY, HOUR, MINUTE,
// SECOND.
func DatePart[C Arg](first C, others ...Column) Column { return callOn("date_part", first, others) }

// DateTrunc is the function date_trunc.
//
// The timestamp cut to a unit, from MICROSECOND to YEAR; null for other units.
func DateTrunc[C Arg](first C, others ...Column) Column { return callOn("date_trunc", first, others) }

// TimestampSeconds is the function timestamp_seconds.
//
// The timestamp so many seconds after 1970.
func TimestampSeconds[C Arg](arg C) Column { return call("timestamp_seconds", columnOf(arg)) }

// TimestampMillis is the function timestamp_millis.
//
// The timestamp so many milliseconds after 1970.
func TimestampMillis[C Arg](arg C) Column { return call("timestamp_millis", columnOf(arg)) }

// TimestampMicros is the function timestamp_micros.
//
// The timestamp so many microseconds after 1970.
func TimestampMicros[C Arg](arg C) Column { return call("timestamp_micros", columnOf(arg)) }

// UnixSeconds is the function unix_seconds.
//
// The whole seconds from 1970 to a timestamp, towards minus infinity.
func UnixSeconds[C Arg](arg C) Column { return call("unix_seconds", columnOf(arg)) }

// UnixMillis is the function unix_millis.
//
// The whole milliseconds from 1970 to a timestamp, towards minus infinity.
func UnixMillis[C Arg](arg C) Column { return call("unix_millis", columnOf(arg)) }

// UnixMicros is the function unix_micros.
//
// The microseconds from 1970 to a timestamp.
func UnixMicros[C Arg](arg C) Column { return call("unix_micros", columnOf(arg)) }

// MakeTimestamp is the function make_timestamp.
//
// The timestamp of a year, month, day, hour, minute and second, in the session's time
// zone or one that is given.
func MakeTimestamp[C Arg](first C, others ...Column) Column {
	return callOn("make_timestamp", first, others)
}

// TryMakeTimestamp is the function try_make_timestamp.
//
// make_timestamp with null for what is no time.
func TryMakeTimestamp[C Arg](first C, others ...Column) Column {
	return callOn("try_make_timestamp", first, others)
}

// MakeTimestampLtz is the function make_timestamp_ltz.
//
// make_timestamp.
func MakeTimestampLtz[C Arg](first C, others ...Column) Column {
	return callOn("make_timestamp_ltz", first, others)
}

// MakeTimestampNtz is the function make_timestamp_ntz.
//
// make_timestamp without a zone.
func MakeTimestampNtz[C Arg](first C, others ...Column) Column {
	return callOn("make_timestamp_ntz", first, others)
}

// FromUTCTimestamp is the function from_utc_timestamp.
//
// The timestamp whose clock time in the session's zone is that of the argument in
// another zone, if read as a clock time in UTC.
func FromUTCTimestamp[C Arg](first C, others ...Column) Column {
	return callOn("from_utc_timestamp", first, others)
}

// ToUTCTimestamp is the function to_utc_timestamp.
//
// The reverse of from_utc_timestamp.
func ToUTCTimestamp[C Arg](first C, others ...Column) Column {
	return callOn("to_utc_timestamp", first, others)
}

// ConvertTimezone is the function convert_timezone.
//
// A clock time of one zone, the session's if not given, as one of another.
func ConvertTimezone[C Arg](first C, others ...Column) Column {
	return callOn("convert_timezone", first, others)
}

// Timestampadd is the function timestampadd.
//
// The timestamp, or date, so many units later. With two arguments: the date so many
// days later.
func Timestampadd[C Arg](first C, others ...Column) Column {
	return callOn("timestampadd", first, others)
}

// Timestampdiff is the function timestampdiff.
//
// The whole units from one timestamp to another.
func Timestampdiff[C Arg](first C, others ...Column) Column {
	return callOn("timestampdiff", first, others)
}

// MicrosBetween is the function micros_between.
//
// The interval from the second timestamp to the first: what their difference is. A day
// of it is one of the calendar.
func MicrosBetween[C Arg](first C, others ...Column) Column {
	return callOn("micros_between", first, others)
}

// Formats of time.

// DateFormat is the function date_format.
//
// A timestamp as text by a pattern, such as yyyy-MM-dd HH:mm:ss.
func DateFormat[C Arg](first C, others ...Column) Column { return callOn("date_format", first, others) }

// FromUnixtime is the function from_unixtime.
//
// The timestamp so many seconds after 1970 as text by a pattern, yyyy-MM-dd HH:mm:ss if
// not given.
func FromUnixtime[C Arg](first C, others ...Column) Column {
	return callOn("from_unixtime", first, others)
}

// ToTimestamp is the function to_timestamp.
//
// The timestamp of a text by a pattern; without one, cast.
func ToTimestamp[C Arg](first C, others ...Column) Column {
	return callOn("to_timestamp", first, others)
}

// ToTimestampLtz is the function to_timestamp_ltz.
//
// to_timestamp.
func ToTimestampLtz[C Arg](first C, others ...Column) Column {
	return callOn("to_timestamp_ltz", first, others)
}

// ToTimestampNtz is the function to_timestamp_ntz.
//
// to_timestamp without a zone.
func ToTimestampNtz[C Arg](first C, others ...Column) Column {
	return callOn("to_timestamp_ntz", first, others)
}

// TryToTimestamp is the function try_to_timestamp.
//
// to_timestamp with null for what is no timestamp.
func TryToTimestamp[C Arg](first C, others ...Column) Column {
	return callOn("try_to_timestamp", first, others)
}

// ToDate is the function to_date.
//
// The date of a text by a pattern; without one, cast.
func ToDate[C Arg](first C, others ...Column) Column { return callOn("to_date", first, others) }

// TryToDate is the function try_to_date.
//
// to_date with null for what is no date.
func TryToDate[C Arg](first C, others ...Column) Column { return callOn("try_to_date", first, others) }

// Date is the function date.
//
// cast to date.
func Date[C Arg](arg C) Column { return call("date", columnOf(arg)) }

// UnixTimestamp is the function unix_timestamp.
//
// The seconds from 1970, cut towards zero, to a timestamp or to that of a text by a
// pattern, yyyy-MM-dd HH:mm:ss if not given.
func UnixTimestamp[C Arg](first C, others ...Column) Column {
	return callOn("unix_timestamp", first, others)
}

// Boolean is the function boolean.
//
// cast to boolean.
func Boolean[C Arg](arg C) Column { return call("boolean", columnOf(arg)) }

// Tinyint is the function tinyint.
//
// cast to tinyint.
func Tinyint[C Arg](arg C) Column { return call("tinyint", columnOf(arg)) }

// Smallint is the function smallint.
//
// cast to smallint.
func Smallint[C Arg](arg C) Column { return call("smallint", columnOf(arg)) }

// Int is the function int.
//
// cast to int.
func Int[C Arg](arg C) Column { return call("int", columnOf(arg)) }

// Bigint is the function bigint.
//
// cast to bigint.
func Bigint[C Arg](arg C) Column { return call("bigint", columnOf(arg)) }

// Float is the function float.
//
// cast to float.
func Float[C Arg](arg C) Column { return call("float", columnOf(arg)) }

// Double is the function double.
//
// cast to double.
func Double[C Arg](arg C) Column { return call("double", columnOf(arg)) }

// Decimal is the function decimal.
//
// cast to decimal.
func Decimal[C Arg](arg C) Column { return call("decimal", columnOf(arg)) }

// String is the function string.
//
// cast to string.
func String[C Arg](arg C) Column { return call("string", columnOf(arg)) }

// Binary is the function binary.
//
// cast to binary.
func Binary[C Arg](arg C) Column { return call("binary", columnOf(arg)) }

// Timestamp is the function timestamp.
//
// cast to timestamp.
func Timestamp[C Arg](arg C) Column { return call("timestamp", columnOf(arg)) }

// Intervals.

// MakeYmInterval is the function make_ym_interval.
//
// The interval of years and months.
func MakeYmInterval(args ...Column) Column { return call("make_ym_interval", args...) }

// MakeDtInterval is the function make_dt_interval.
//
// The interval of days, hours, minutes and seconds with a fraction.
func MakeDtInterval(args ...Column) Column { return call("make_dt_interval", args...) }

// MakeInterval is the function make_interval.
//
// The interval of years, months, weeks, days, hours, minutes and seconds with a
// fraction, each 0 if it is not given.
func MakeInterval(args ...Column) Column { return call("make_interval", args...) }

// TryMakeInterval is the function try_make_interval.
//
// make_interval with null for what is out of range.
func TryMakeInterval(args ...Column) Column { return call("try_make_interval", args...) }

// Arrays.

// Array is the function array.
//
// The array of the arguments.
func Array(args ...Column) Column { return call("array", args...) }

// Size is the function size.
//
// The number of elements of an array or of entries of a map; -1 for null with ANSI mode
// off.
func Size[C Arg](arg C) Column { return call("size", columnOf(arg)) }

// ArraySize is the function array_size.
//
// The number of elements of an array.
func ArraySize[C Arg](arg C) Column { return call("array_size", columnOf(arg)) }

// ElementAt is the function element_at.
//
// The element at a place, from 1 or, if negative, from the end, where there must be
// one; or the value of a key of a map, null if it has none.
func ElementAt[C Arg](first C, others ...Column) Column { return callOn("element_at", first, others) }

// TryElementAt is the function try_element_at.
//
// element_at with null beyond the array.
func TryElementAt[C Arg](first C, others ...Column) Column {
	return callOn("try_element_at", first, others)
}

// Get is the function get.
//
// The element at a place, from 0; null beyond the array.
func Get[C Arg](first C, others ...Column) Column { return callOn("get", first, others) }

// ArrayContains is the function array_contains.
//
// Whether an element equals the value; null if none does and one is null.
func ArrayContains[C Arg](first C, others ...Column) Column {
	return callOn("array_contains", first, others)
}

// ArrayPosition is the function array_position.
//
// The place, from 1, of the first element that equals the value; 0 if none does.
func ArrayPosition[C Arg](first C, others ...Column) Column {
	return callOn("array_position", first, others)
}

// ArrayRemove is the function array_remove.
//
// The array without the elements that equal the value.
func ArrayRemove[C Arg](first C, others ...Column) Column {
	return callOn("array_remove", first, others)
}

// ArrayCompact is the function array_compact.
//
// The array without its nulls.
func ArrayCompact[C Arg](arg C) Column { return call("array_compact", columnOf(arg)) }

// ArrayDistinct is the function array_distinct.
//
// The array with equal elements once, in the order in which they come first.
func ArrayDistinct[C Arg](arg C) Column { return call("array_distinct", columnOf(arg)) }

// ArrayUnion is the function array_union.
//
// The elements of both arrays, equal ones once.
func ArrayUnion[C Arg](first C, others ...Column) Column { return callOn("array_union", first, others) }

// ArrayIntersect is the function array_intersect.
//
// The elements of the first array that the second has, equal ones once.
func ArrayIntersect[C Arg](first C, others ...Column) Column {
	return callOn("array_intersect", first, others)
}

// ArrayExcept is the function array_except.
//
// The elements of the first array that the second does not have, equal ones once.
func ArrayExcept[C Arg](first C, others ...Column) Column {
	return callOn("array_except", first, others)
}

// ArraysOverlap is the function arrays_overlap.
//
// Whether both arrays have an element in common that is not null; null if not and one
// has a null while none is empty.
func ArraysOverlap[C Arg](first C, others ...Column) Column {
	return callOn("arrays_overlap", first, others)
}

// ArrayJoin is the function array_join.
//
// The elements of an array of strings with the second argument between them; nulls are
// left out or, with a third argument, replaced by it.
func ArrayJoin[C Arg](first C, others ...Column) Column { return callOn("array_join", first, others) }

// ArrayMax is the function array_max.
//
// The greatest element that is not null.
func ArrayMax[C Arg](arg C) Column { return call("array_max", columnOf(arg)) }

// ArrayMin is the function array_min.
//
// The least element that is not null.
func ArrayMin[C Arg](arg C) Column { return call("array_min", columnOf(arg)) }

// ArrayAppend is the function array_append.
//
// The array with the value behind its elements.
func ArrayAppend[C Arg](first C, others ...Column) Column {
	return callOn("array_append", first, others)
}

// ArrayPrepend is the function array_prepend.
//
// The array with the value before its elements.
func ArrayPrepend[C Arg](first C, others ...Column) Column {
	return callOn("array_prepend", first, others)
}

// ArrayInsert is the function array_insert.
//
// The array with a value at a place, from 1 or, if negative, from the end; nulls fill
// the gap.
func ArrayInsert[C Arg](first C, others ...Column) Column {
	return callOn("array_insert", first, others)
}

// ArrayRepeat is the function array_repeat.
//
// The array of a value so many times.
func ArrayRepeat[C Arg](first C, others ...Column) Column {
	return callOn("array_repeat", first, others)
}

// Reverse is the function reverse.
//
// The elements of an array, or the code points of a string, the last one first.
func Reverse[C Arg](arg C) Column { return call("reverse", columnOf(arg)) }

// Flatten is the function flatten.
//
// The elements of the arrays in an array; null if one of them is.
func Flatten[C Arg](arg C) Column { return call("flatten", columnOf(arg)) }

// Slice is the function slice.
//
// So many elements from a place on, from 1 or, if negative, from the end.
func Slice[C Arg](first C, others ...Column) Column { return callOn("slice", first, others) }

// SortArray is the function sort_array.
//
// The elements in ascending order, nulls first, or in descending order, nulls last, if
// the second argument is false.
func SortArray[C Arg](first C, others ...Column) Column { return callOn("sort_array", first, others) }

// Sequence is the function sequence.
//
// The whole numbers, dates or timestamps from the first to the second argument, in
// steps of the third: 1 or -1, a day if not given.
func Sequence[C Arg](first C, others ...Column) Column { return callOn("sequence", first, others) }

// ArraysZip is the function arrays_zip.
//
// The array of the structs of the elements at one place; null for those of shorter
// arrays.
func ArraysZip[C Arg](first C, others ...Column) Column { return callOn("arrays_zip", first, others) }

// Maps.

// Map is the function map.
//
// The map of keys and values in turn. A key that comes twice, or is null, fails the
// query.
func Map(args ...Column) Column { return call("map", args...) }

// MapFromArrays is the function map_from_arrays.
//
// The map of an array of keys and one of values.
func MapFromArrays[C Arg](first C, others ...Column) Column {
	return callOn("map_from_arrays", first, others)
}

// MapFromEntries is the function map_from_entries.
//
// The map of an array of structs of a key and a value.
func MapFromEntries[C Arg](arg C) Column { return call("map_from_entries", columnOf(arg)) }

// MapKeys is the function map_keys.
//
// The array of a map's keys.
func MapKeys[C Arg](arg C) Column { return call("map_keys", columnOf(arg)) }

// MapValues is the function map_values.
//
// The array of a map's values.
func MapValues[C Arg](arg C) Column { return call("map_values", columnOf(arg)) }

// MapEntries is the function map_entries.
//
// The array of a map's entries, structs of key and value.
func MapEntries[C Arg](arg C) Column { return call("map_entries", columnOf(arg)) }

// MapConcat is the function map_concat.
//
// The entries of all maps in one.
func MapConcat(args ...Column) Column { return call("map_concat", args...) }

// MapContainsKey is the function map_contains_key.
//
// Whether a map has a key.
func MapContainsKey[C Arg](first C, others ...Column) Column {
	return callOn("map_contains_key", first, others)
}

// StrToMap is the function str_to_map.
//
// The map of a string of pairs, divided by the second argument, a comma if not given,
// each a key and a value divided by the third, a colon if not given. Both are regular
// expressions.
func StrToMap[C Arg](first C, others ...Column) Column { return callOn("str_to_map", first, others) }

// Structs.

// NamedStruct is the function named_struct.
//
// The struct of names, which are constants, and values in turn.
func NamedStruct[C Arg](first C, others ...Column) Column {
	return callOn("named_struct", first, others)
}

// Struct is the function struct.
//
// The struct of the arguments; a column's field has its name, others are col1, col2 and
// so on.
func Struct(args ...Column) Column { return call("struct", args...) }

// JSON.

// GetJSONObject is the function get_json_object.
//
// The part of a JSON text that a path such as $.a[0].b leads to, a string without its
// quotes; null if there is none.
func GetJSONObject[C Arg](first C, others ...Column) Column {
	return callOn("get_json_object", first, others)
}

// JSONArrayLength is the function json_array_length.
//
// The number of elements of a JSON array; null for other texts.
func JSONArrayLength[C Arg](arg C) Column { return call("json_array_length", columnOf(arg)) }

// JSONObjectKeys is the function json_object_keys.
//
// The keys of a JSON object; null for other texts.
func JSONObjectKeys[C Arg](arg C) Column { return call("json_object_keys", columnOf(arg)) }

// FromJSON is the function from_json.
//
// The value of a JSON text in the type that a constant names, such as 'a INT, b
// ARRAY<STRING>'. What is malformed or of another type is null, the fields of a struct
// each for itself; with the option mode of FAILFAST it fails the query. Single quotes
// and NaN are taken. Options in a map: mode, columnNameOfCorruptRecord, dateFormat,
// timestampFormat, timestampNTZFormat, timeZone, allowSingleQuotes,
// allowNonNumericNumbers, allowNumericLeadingZeros, allowUnquotedFieldNames,
// allowComments, allowBackslashEscapingAnyCharacter, allowUnquotedControlChars. Others
// change nothing.
func FromJSON[C Arg](first C, others ...Column) Column { return callOn("from_json", first, others) }

// SchemaOfJSON is the function schema_of_json.
//
// The type of a constant JSON text, as from_json takes it. Options in a map: those of
// from_json that begin with allow, primitivesAsString, prefersDecimal, inferTimestamp,
// timestampFormat, dropFieldIfAllNull.
func SchemaOfJSON[C Arg](first C, others ...Column) Column {
	return callOn("schema_of_json", first, others)
}

// ToJSON is the function to_json.
//
// A struct, map or array as JSON text. Fields that are null are left out, unless the
// option ignoreNullFields is false. Further options in a map: dateFormat,
// timestampFormat, timestampNTZFormat, timeZone, pretty,
// writeNonAsciiCharacterAsCodePoint.
func ToJSON[C Arg](first C, others ...Column) Column { return callOn("to_json", first, others) }

// Separated values.

// FromCSV is the function from_csv.
//
// The fields of a line of separated values as a struct of the columns that a constant
// names, such as 'a INT, b STRING'. A field that is malformed, empty or missing is
// null; with the option mode of FAILFAST a malformed line fails the query. A column
// _corrupt_record, or of the name in the option columnNameOfCorruptRecord, is the line
// if it is malformed. Options in a map: sep, quote, escape, charToEscapeQuoteEscaping,
// comment, unescapedQuoteHandling, nullValue, emptyValue, nanValue, positiveInf,
// negativeInf, ignoreLeadingWhiteSpace, ignoreTrailingWhiteSpace, maxColumns,
// maxCharsPerColumn, dateFormat, timestampFormat, timestampNTZFormat, timeZone. Others
// change nothing.
func FromCSV[C Arg](first C, others ...Column) Column { return callOn("from_csv", first, others) }

// ToCSV is the function to_csv.
//
// A struct as a line of separated values; what is nested is written as a conversion to
// a string would. Options in a map: sep, quote, quoteAll, escape, escapeQuotes,
// charToEscapeQuoteEscaping, comment, nullValue, emptyValue, ignoreLeadingWhiteSpace,
// ignoreTrailingWhiteSpace, dateFormat, timestampFormat, timestampNTZFormat, timeZone.
func ToCSV[C Arg](first C, others ...Column) Column { return callOn("to_csv", first, others) }

// SchemaOfCSV is the function schema_of_csv.
//
// The columns, _c0 and on, of a constant line of separated values, as from_csv takes
// them, with its options.
func SchemaOfCSV[C Arg](first C, others ...Column) Column {
	return callOn("schema_of_csv", first, others)
}

// Places of rows and random values.

// Rand is the function rand.
//
// A random double from 0 to less than 1; with an argument from that seed, which is
// constant.
func Rand(args ...Column) Column { return call("rand", args...) }

// Randn is the function randn.
//
// A random double of the standard normal distribution; with an argument from that seed.
func Randn(args ...Column) Column { return call("randn", args...) }

// Randstr is the function randstr.
//
// A string of so many random digits and letters; with a second argument from that seed.
func Randstr[C Arg](first C, others ...Column) Column { return callOn("randstr", first, others) }

// Uniform is the function uniform.
//
// A random number from the first to the second argument, which are constant; with a
// third argument from that seed.
func Uniform[C Arg](first C, others ...Column) Column { return callOn("uniform", first, others) }

// Shuffle is the function shuffle.
//
// The elements of an array in a random order; with a second argument from that seed.
func Shuffle[C Arg](first C, others ...Column) Column { return callOn("shuffle", first, others) }

// UUID is the function uuid.
//
// A random identifier of version 4, such as 2f0c3e5a-6b7d-4e81-9a0b-c1d2e3f40516; with
// an argument from that seed.
func UUID(args ...Column) Column { return call("uuid", args...) }

// MonotonicallyIncreasingID is the function monotonically_increasing_id.
//
// A bigint that grows from row to row: 2^33 times the number of the partition, and the
// rows before in it.
func MonotonicallyIncreasingID() Column { return call("monotonically_increasing_id") }

// SparkPartitionID is the function spark_partition_id.
//
// The number of the partition, an int, from 0.
func SparkPartitionID() Column { return call("spark_partition_id") }
