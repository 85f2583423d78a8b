package types

import (
	"slices"
	"strings"
)

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

// IsCollated reports whether values of the type are, or have parts that are, strings
// with a collation: equal ones may then have different bytes.
func (t Type) IsCollated() bool {
	switch t.kind {
	case KindString:
		return t.first != 0
	case KindArray:
		return t.Element().IsCollated()
	case KindMap:
		return t.Key().IsCollated() || t.Value().IsCollated()
	case KindStruct:
		return slices.ContainsFunc(t.Fields(), func(field Field) bool { return field.Type.IsCollated() })
	}
	return false
}

// Uncollated returns the type without collations.
func (t Type) Uncollated() Type {
	switch t.kind {
	case KindString:
		return String
	case KindArray:
		return Array(t.Element().Uncollated())
	case KindMap:
		return Map(t.Key().Uncollated(), t.Value().Uncollated())
	case KindStruct:
		fields := t.Fields()
		for i := range fields {
			fields[i].Type = fields[i].Type.Uncollated()
		}
		return Struct(fields...)
	}
	return t
}
