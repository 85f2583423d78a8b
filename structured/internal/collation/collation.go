// Package collation compares strings as their type's collation says: by keys whose bytes
// are in the collation's order.
package collation

import (
	"bytes"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"github.com/tidewheel/tidewheel/structured/types"
)

// AppendKey appends to dst what compares by its bytes as text does by the collation.
func AppendKey(dst []byte, c types.Collation, text []byte) []byte {
	switch c {
	case types.UTF8Binary:
		return append(dst, text...)
	case types.UTF8LCase:
		return append(dst, strings.ToLower(string(text))...)
	case types.UnicodeAI, types.UnicodeCIAI:
		text = withoutAccents(text)
	}
	k := keyers[c].Get().(*keyer)
	k.buffer.Reset()
	dst = append(dst, k.collator.Key(&k.buffer, text)...)
	keyers[c].Put(k)
	return dst
}

// Compare orders two strings by the collation: negative, zero or positive.
func Compare(c types.Collation, a, b []byte) int {
	if c == types.UTF8Binary || bytes.Equal(a, b) {
		return bytes.Compare(a, b)
	}
	return bytes.Compare(AppendKey(nil, c, a), AppendKey(nil, c, b))
}

// keyer makes keys of one collation, for one caller at a time.
type keyer struct {
	collator *collate.Collator
	buffer   collate.Buffer
}

var keyers = map[types.Collation]*sync.Pool{
	types.Unicode:     pool(),
	types.UnicodeCI:   pool(collate.IgnoreCase),
	types.UnicodeAI:   pool(),
	types.UnicodeCIAI: pool(collate.IgnoreCase),
}

func pool(options ...collate.Option) *sync.Pool {
	return &sync.Pool{New: func() any { return &keyer{collator: collate.New(language.Und, options...)} }}
}

// withoutAccents leaves out the marks upon letters.
func withoutAccents(text []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.Bytes(text))
}
