package wordcount

import (
	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/expr"
)

// Structured counts the words of a table with a column "value" of lines. Its result
// has the columns word and count; if the table grows, so do the counts.
func Structured(lines structured.DataFrame) structured.DataFrame {
	return lines.
		Select(expr.Explode(expr.Split("value", whiteSpace)).As("word")).
		Where(expr.Col("word").Ne("")).
		GroupBy("word").Count()
}

// whiteSpace is what strings.Fields splits at. A split keeps the empty pieces at the
// ends of a line, strings.Fields does not.
const whiteSpace = `[\s\v\x{85}\p{Z}]+`
