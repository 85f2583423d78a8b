// Package eval computes bound expressions over vectors.
//
// [Compile] turns an expression into a [Program] once; the program then runs over
// batch after batch. An expression is a tree of kernels, each one call a batch: a
// typed loop over slices, with no interface call and no allocation a row.
//
// Four ideas carry the package.
//
//   - Results are aligned with the input: row i of a result belongs to row i of the
//     batch. Rows outside of the selection hold unspecified, sound values, so cheap
//     kernels run over all rows and dear ones (strings, casts) over the selected.
//   - Logic has three values and works on words: a boolean column is two bitmaps,
//     values and validity, and AND is a few operations for 64 rows. The right side
//     of AND and OR runs only over the rows where the left leaves it open, so that
//     x <> 0 AND 1 / x > 2 is no error.
//   - Errors are exact and late: an arithmetic loop runs without branches and gathers
//     whether anything overflowed; only then it is asked whether that was in a row
//     that counts. What comes out is a *fault.Error with Spark's condition name.
//   - What expressions have in common is computed once a batch: those that are compiled
//     together ([CompileAll]) share the nodes of equal calls, unless a call stands only
//     behind conditions, where it may fail for other rows.
//
// A program keeps the memory of its results: the column that it returns is good
// until it runs again. It is used by one activity at a time.
package eval
