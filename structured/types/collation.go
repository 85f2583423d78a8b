package types

import "strings"

// Collation is how strings are compared: which are equal, and which come first.
type Collation uint8

// The collations, by the names of Spark.
const (
	UTF8Binary  Collation = iota // by their bytes: strings without a collation of their own
	UTF8LCase                    // by the bytes of their small letters
	Unicode                      // as the Unicode Collation Algorithm orders them
	UnicodeCI                    // so, without regard to case
	UnicodeAI                    // so, without regard to accents
	UnicodeCIAI                  // so, without regard to both
)

var collationNames = [...]string{"UTF8_BINARY", "UTF8_LCASE", "UNICODE", "UNICODE_CI", "UNICODE_AI", "UNICODE_CI_AI"}

func (c Collation) String() string { return collationNames[c] }

// CollationNamed returns the collation of a name, in which case does not count.
func CollationNamed(name string) (Collation, bool) {
	for i, known := range collationNames {
		if strings.EqualFold(known, name) {
			return Collation(i), true
		}
	}
	return UTF8Binary, false
}

// Collated returns the type of strings that are compared by a collation.
func Collated(c Collation) Type { return Type{kind: KindString, first: uint8(c)} }

// Collation returns how strings of the type are compared.
func (t Type) Collation() Collation {
	if t.kind != KindString {
		return UTF8Binary
	}
	return Collation(t.first)
}
