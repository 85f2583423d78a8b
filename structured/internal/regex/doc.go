// Package regex matches the regular expressions of Java, which are those of Spark SQL.
//
// An expression is parsed to a tree. Most trees are written again as an expression of
// Go's package regexp, which takes time linear in the length of the string. What that
// cannot say is matched by trying one way after the other, as Java does: looking ahead
// and behind, references to groups, atomic groups and possessive quantifiers, lines, and
// where matches that may be empty lie. Such a match that takes too many steps is an
// error, for the time can grow exponentially with the length of the string.
//
//	e, err := regex.Compile(`(?<=\$)\d+`)
//	found, err := e.Find([]byte("cost: $12"))
//
// There are no blocks of Unicode (\p{InGreek}), no names of characters (\N{…}), and no
// grapheme clusters (\X).
package regex
