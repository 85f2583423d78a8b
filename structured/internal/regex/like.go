package regex

import (
	"regexp"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/fault"
)

// Like compiles a pattern of LIKE, in which % is any string, _ any character, and the
// escape character takes the meaning from what follows. With fold the case of letters
// does not count.
func Like(pattern, escape string, fold bool) (*regexp.Regexp, error) {
	var out strings.Builder
	out.WriteString(`(?s`)
	if fold {
		out.WriteByte('i')
	}
	out.WriteString(`)\A`)
	escaped := false
	for _, r := range pattern {
		switch {
		case !escaped && string(r) == escape:
			escaped = true
			continue
		case escaped && r != '%' && r != '_' && string(r) != escape:
			return nil, fault.Runtimef("INVALID_FORMAT.ESC_IN_THE_MIDDLE", "the pattern %q of LIKE escapes %q, which needs none", pattern, r)
		case escaped || r != '%' && r != '_':
			out.WriteString(regexp.QuoteMeta(string(r)))
		case r == '%':
			out.WriteString(".*")
		default:
			out.WriteString(".")
		}
		escaped = false
	}
	if escaped {
		return nil, fault.Runtimef("INVALID_FORMAT.ESC_AT_THE_END", "the pattern %q of LIKE ends in its escape character", pattern)
	}
	out.WriteString(`\z`)
	return regexp.Compile(out.String())
}
