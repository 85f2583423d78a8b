// Package sql reads the text of SQL queries: a large part of what Spark's SELECT
// allows. [Parse] gives the tree of package syntax, which package analyze gives its
// meaning; nothing here looks up a table, a column or a function.
//
// # The language
//
//	statement  query | EXPLAIN [EXTENDED | …] query | DESCRIBE {query | name} | CREATE [OR REPLACE] TEMP[ORARY] VIEW name [(columns)] AS query
//	query      [WITH name [(columns)] AS (query), …] set [ORDER BY …] [LIMIT …] [OFFSET …]
//	set        block {UNION | EXCEPT | MINUS | INTERSECT} [ALL | DISTINCT] [BY NAME] block …
//	block      SELECT … | VALUES … | TABLE name | (query) | FROM … SELECT …
//	select     SELECT [/*+ hint … */] [DISTINCT] items [FROM relations {LATERAL VIEW …}] [WHERE …]
//	           [GROUP BY …] [HAVING …] [WINDOW …]
//	relation   name | (query) | VALUES … | function(…) | relation JOIN relation …,
//	           with PIVOT, UNPIVOT, TABLESAMPLE and an alias with column names
//
// INTERSECT binds tighter than UNION and EXCEPT, which go from left to right. Hints
// (/*+ … */) stand behind SELECT. Expressions have all operators, CASE, CAST, TRY_CAST and
// ::, typed literals, intervals, lambda functions, subqueries, window functions with
// frames, FILTER and WITHIN GROUP, and the functions that have words among their
// arguments: extract, trim, substring, position, overlay, timestampadd and the like.
//
// Left out are statements that change tables, scripts, TRANSFORM, MATCH_RECOGNIZE,
// pipe syntax (|>), collations and time travel.
//
// # How it works
//
// The lexer cuts the text into tokens; the parser is one of recursive descent with a
// file for each part of a statement, and looks a few tokens ahead where words can be
// names or not: in Spark hardly any word is reserved. An error points at the line and
// column of the first token that does not fit, and says what would.
//
// Parsing never panics: how deep queries and expressions nest is limited.
package sql
