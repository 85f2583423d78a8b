// Package structured computes queries over tables, bounded or growing.
//
// A [DataFrame] is a table that is not computed yet. Its operations chain, each
// giving another DataFrame; expressions over its columns come from package expr,
// what it reads from package source, what it is written to from package sink:
//
//	session, err := structured.Open(structured.Options{})
//	defer session.Close()
//
//	words := session.Stream(source.TextFiles("in")).
//		Select(expr.Explode(expr.Split("value", " ")).As("word")).
//		GroupBy("word").Agg(expr.Count().As("n"))
//
// Three ideas carry the package.
//
//   - A stream is a table that grows. The same operations make a query over
//     [Session.Read], which ends, and over [Session.Stream], which does not; at
//     every moment a stream has written what the bounded query would give for a
//     prefix of its input.
//   - Operations only declare. Nothing is read before the result is asked for:
//     Collect, Rows, Count and Show compute a bounded table, Write starts a query.
//     A mistake sticks to the DataFrame with the line of the program that made it,
//     is passed on by later operations, and is returned by whatever asks for the
//     result; [DataFrame.Err] shows it at once.
//   - A query is a plan, rewritten before it runs: analysed, optimised, and turned
//     into operators on batches of columns. [DataFrame.Explain] prints all three.
//
// What a running stream keeps – offsets, watermark, groups – is logged in its
// checkpoint before its output is committed, so that it continues after a crash as
// if there had been none.
//
// The package does not run on several machines, and it does not change the plan of a
// query that is running.
package structured
