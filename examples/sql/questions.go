package sql

// Question is a query over the views of [Tables].
type Question struct {
	Name string
	SQL  string
}

// Questions are asked in this order.
var Questions = []Question{
	{"the largest file of each of the largest packages", `
		SELECT package, path, lines, total
		FROM (
			SELECT package, path, lines,
				sum(lines) OVER (PARTITION BY package) AS total,
				row_number() OVER (PARTITION BY package ORDER BY lines DESC, path) AS place
			FROM files
			WHERE NOT test
		)
		WHERE place = 1
		ORDER BY total DESC, package
		LIMIT 5`},
	{"the packages that most others import", `
		SELECT imported, count(DISTINCT f.package) AS packages
		FROM imports i JOIN files f USING (path)
		WHERE NOT f.test
		GROUP BY imported
		ORDER BY packages DESC, imported
		LIMIT 5`},
	{"files that no other package of the tree is imported by, by kind", `
		SELECT *
		FROM (
			SELECT test, CASE WHEN lines < 100 THEN 'small' WHEN lines < 1000 THEN 'medium' ELSE 'large' END AS size
			FROM files f
			WHERE NOT EXISTS (SELECT 1 FROM imports i WHERE i.path = f.path AND i.imported IN (SELECT package FROM files))
		)
		PIVOT (count(*) FOR size IN ('small', 'medium', 'large'))
		ORDER BY test`},
	{"lines of code and of tests, with sums", `
		SELECT coalesce(package, 'all') AS package, sum(lines) FILTER (WHERE NOT test) AS code, sum(lines) FILTER (WHERE test) AS tests
		FROM files
		WHERE package LIKE 'encoding/%'
		GROUP BY ROLLUP (package)
		ORDER BY grouping(package), package`},
}
