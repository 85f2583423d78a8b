package function

import (
	"unicode"
	"unicode/utf8"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// sentences makes an array of the words of each sentence. A sentence ends with ! or ?, and
// with a full stop unless a small letter follows; a word goes on over a single mark between
// letters or digits. See Unicode Standard Annex 29, of which this is the part that Java
// follows for most languages.
func sentences(out *vector.Column, args []*vector.Column, row int) error {
	if args[0].IsNull(row) {
		return null
	}
	list, text := &out.Children[0], args[0].String(row)
	words := &list.Children[0]
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case isWord(r):
			n := wordLength(text)
			words.AppendString(text[:n])
			text = text[n:]
			continue
		case r == '!' || r == '?' || r == '.' && !goesOn(text[size:]):
			if words.Len > int(list.Offsets[list.Len]) {
				list.EndArray()
			}
		}
		text = text[size:]
	}
	if words.Len > int(list.Offsets[list.Len]) {
		list.EndArray()
	}
	out.EndArray()
	return nil
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

// wordLength is how many bytes the word takes with which a text begins.
func wordLength(text []byte) (n int) {
	for n < len(text) {
		r, size := utf8.DecodeRune(text[n:])
		if !isWord(r) {
			next, _ := utf8.DecodeRune(text[n+size:])
			if n == 0 || !isWord(next) || r != '.' && r != '\'' && r != '-' && r != '’' {
				return n
			}
		}
		n += size
	}
	return n
}

// goesOn reports whether the first letter behind a full stop is a small one, with no other
// end of a sentence before it.
func goesOn(text []byte) bool {
	for _, r := range string(text) {
		switch {
		case unicode.IsLetter(r):
			return unicode.IsLower(r)
		case r == '!' || r == '?':
			return false
		}
	}
	return false
}
