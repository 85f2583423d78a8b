package regex

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"sort"
	"strings"
	"unicode"
)

// set is a set of characters: from and to, from and to, in order and apart.
type set []rune

func (s set) has(r rune) bool {
	i := sort.Search(len(s)/2, func(i int) bool { return s[2*i+1] >= r })
	return 2*i < len(s) && s[2*i] <= r
}

// setOf returns the set of characters in ranges that may overlap.
func setOf(ranges ...rune) set {
	pairs := make([][2]rune, 0, len(ranges)/2)
	for i := 0; i+1 < len(ranges); i += 2 {
		pairs = append(pairs, [2]rune{ranges[i], ranges[i+1]})
	}
	slices.SortFunc(pairs, func(a, b [2]rune) int { return int(a[0] - b[0]) })
	var s set
	for _, p := range pairs {
		if n := len(s); n > 0 && p[0] <= s[n-1]+1 {
			s[n-1] = max(s[n-1], p[1])
		} else {
			s = append(s, p[0], p[1])
		}
	}
	return s
}

func (s set) union(t set) set { return setOf(append(slices.Clone(s), t...)...) }

func (s set) negate() set {
	var out set
	from := rune(0)
	for i := 0; i < len(s); i += 2 {
		if from < s[i] {
			out = append(out, from, s[i]-1)
		}
		from = s[i+1] + 1
	}
	if from <= unicode.MaxRune {
		out = append(out, from, unicode.MaxRune)
	}
	return out
}

func (s set) intersect(t set) set { return s.negate().union(t.negate()).negate() }

// folded adds the letters that differ in case only: those of ASCII, or all.
func (s set) folded(all bool) set {
	out := slices.Clone(s)
	for _, shift := range []struct{ from, to, by rune }{{'a', 'z', -32}, {'A', 'Z', 32}} {
		both := s.intersect(set{shift.from, shift.to})
		for _, r := range both {
			out = append(out, r+shift.by)
		}
	}
	if !all {
		return setOf(out...)
	}
	for i := 0; i < len(s); i += 2 {
		for r := s[i]; r <= s[i+1]; r++ {
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				out = append(out, f, f)
			}
		}
	}
	return setOf(out...)
}

// text writes the set for Go.
func (s set) text() string {
	if len(s) == 0 {
		return `[^\x{0}-\x{10ffff}]`
	}
	var out strings.Builder
	out.WriteByte('[')
	for i := 0; i < len(s); i += 2 {
		fmt.Fprintf(&out, `\x{%x}-\x{%x}`, s[i], s[i+1])
	}
	out.WriteByte(']')
	return out.String()
}

var (
	digits    = set{'0', '9'}
	words     = set{'0', '9', 'A', 'Z', '_', '_', 'a', 'z'}
	spaces    = set{'\t', '\r', ' ', ' '}
	blanks    = set{'\t', '\t', ' ', ' ', 0xa0, 0xa0, 0x1680, 0x1680, 0x180e, 0x180e, 0x2000, 0x200a, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000, 0x3000}
	verticals = set{'\n', '\r', 0x85, 0x85, 0x2028, 0x2029}
	lineEnds  = set{'\n', '\n', '\r', '\r', 0x85, 0x85, 0x2028, 0x2029}
	punct     = set{'!', '/', ':', '@', '[', '`', '{', '~'}
	letters   = set{'A', 'Z', 'a', 'z'}
)

// posix are the classes that Java has in ASCII.
var posix = map[string]set{
	"Lower": {'a', 'z'}, "Upper": {'A', 'Z'}, "ASCII": {0, 0x7f}, "Alpha": letters, "Digit": digits, "Alnum": {'0', '9', 'A', 'Z', 'a', 'z'}, "Punct": punct,
	"Graph": {'!', '~'}, "Print": {' ', '~'}, "Blank": {'\t', '\t', ' ', ' '}, "Cntrl": {0, 0x1f, 0x7f, 0x7f}, "XDigit": {'0', '9', 'A', 'F', 'a', 'f'}, "Space": spaces,
}

// properties are names of Java's for categories of Unicode.
var properties = map[string]string{
	"IsAlphabetic": `\p{L}\p{Nl}`, "IsLetter": `\p{L}`, "IsDigit": `\p{Nd}`, "IsUppercase": `\p{Lu}`, "IsLowercase": `\p{Ll}`, "IsPunctuation": `\p{P}`, "IsWhite_Space": `\s\v\x{85}\p{Z}`,
	"javaLowerCase": `\p{Ll}`, "javaUpperCase": `\p{Lu}`, "javaLetter": `\p{L}`, "javaDigit": `\p{Nd}`, "javaLetterOrDigit": `\p{L}\p{Nd}`, "javaWhitespace": `\s\v\x{1c}-\x{1f}\p{Z}`, "L1": `\x{0}-\x{ff}`,
}

// property returns the characters of a name between the braces of \p.
func property(name string) (set, error) {
	if s, ok := posix[name]; ok {
		return s, nil
	}
	if _, value, ok := strings.Cut(name, "="); ok {
		name = value
	}
	class, ok := properties[name]
	if !ok {
		class = `\p{` + strings.TrimPrefix(name, "Is") + `}`
	}
	parsed, err := syntax.Parse("["+class+"]", syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("there is no class \\p{%s}", name)
	}
	if parsed.Op == syntax.OpLiteral {
		return setOf(parsed.Rune[0], parsed.Rune[0]), nil
	}
	return setOf(parsed.Rune...), nil
}
