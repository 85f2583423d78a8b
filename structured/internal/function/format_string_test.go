package function

import (
	"strings"
	"testing"
)

func TestParseStringFormat(t *testing.T) {
	for _, c := range []struct {
		format string
		want   string // arguments and verbs with the texts between them, or of the error
	}{
		{"", ""},
		{"no place", "no place"},
		{"%s and %5.2f%n", "1s| and |2f|\n"},
		{"%2$s%1$s%s", "2s|1s|1s|"},
		{"%s%<s", "1s|1s|"},
		{"%%%s%3%", "%|1s|  %"},
		{"%", "a % that no conversion follows"},
		{"100% sure %", "a % that no conversion follows"},
		{"%s%s%s%s", "%s for an argument that there is not"},
		{"%<s", "%s for an argument that there is not"},
		{"%-d", "%-d, which needs a width"},
		{"%2000000d", "%d with a width or precision of more than 1048576"},
		{"%99999999999999999999d", "%d with a width or precision of more than 1048576"},
		{"%.2000000f", "%f with a width or precision of more than 1048576"},
	} {
		f, err := parseStringFormat(c.format, 3)
		if err != nil {
			if !strings.Contains(err.Error(), c.want) || c.want == "" {
				t.Errorf("%q: %v, want %q", c.format, err, c.want)
			}
			continue
		}
		var got strings.Builder
		for _, d := range f.directives {
			if d.before != "" {
				got.WriteString(d.before + "|")
			}
			got.WriteByte(byte('0' + d.argument))
			got.WriteString(string(d.verb) + "|")
		}
		if got.WriteString(f.rest); got.String() != c.want {
			t.Errorf("%q: %q, want %q", c.format, got.String(), c.want)
		}
	}
}
