package regex

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Split cuts s at the matches, into most pieces at most if that is above 0. All pieces
// stay, the empty ones too, but for one in front of an empty match at the start.
func (e *Expression) Split(s []byte, most int) ([][]byte, error) {
	all, err := e.FindAll(s, 0)
	var pieces [][]byte
	from := 0
	for _, match := range all {
		if match[1] == 0 {
			continue
		}
		if len(pieces)+1 == most {
			break
		}
		pieces = append(pieces, s[from:match[0]])
		from = match[1]
	}
	return append(pieces, s[from:]), err
}

// Literal returns the string that the expression is, if it is no more than that.
func (e *Expression) Literal() (string, bool) {
	var text strings.Builder
	for _, n := range e.tree.root.subs {
		if n.op != opSet || len(n.set) != 2 || n.set[0] != n.set[1] {
			return "", false
		}
		text.WriteRune(n.set[0])
	}
	return text.String(), e.tree.root.op == opSequence
}

// Replacement is what stands for a match: texts and groups in turn.
type Replacement struct {
	texts  []string
	groups []int // after each text but the last
}

// Replacement reads a text in which $1 and ${name} stand for groups and a backslash
// takes the meaning from what follows.
func (e *Expression) Replacement(text string) (*Replacement, error) {
	r := &Replacement{}
	var literal strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			if i++; i == len(text) {
				return nil, errors.New("the replacement ends in a backslash")
			}
			literal.WriteByte(text[i])
		case text[i] == '$':
			group, length, err := e.reference(text[i+1:])
			if err != nil {
				return nil, err
			}
			r.texts, r.groups = append(r.texts, literal.String()), append(r.groups, group)
			literal.Reset()
			i += length
		default:
			literal.WriteByte(text[i])
		}
	}
	r.texts = append(r.texts, literal.String())
	return r, nil
}

// reference reads what follows a $: the name of a group in braces, or a number with so
// many digits as there are groups for.
func (e *Expression) reference(text string) (group, length int, err error) {
	if inner, ok := strings.CutPrefix(text, "{"); ok {
		name, _, closed := strings.Cut(inner, "}")
		if group = e.Group(name); !closed || group == 0 {
			return 0, 0, fmt.Errorf("the replacement has ${%s}, but there is no such group", name)
		}
		return group, len(name) + 2, nil
	}
	for length < len(text) && '0' <= text[length] && text[length] <= '9' {
		next, _ := strconv.Atoi(text[:length+1])
		if length > 0 && next > e.Groups() {
			break
		}
		group = next
		length++
	}
	if length == 0 || group > e.Groups() {
		return 0, 0, fmt.Errorf("the replacement has a $ without one of the %d groups", e.Groups())
	}
	return group, length, nil
}

// AppendReplaced appends s with each match replaced.
func (e *Expression) AppendReplaced(dst, s []byte, by *Replacement) ([]byte, error) {
	all, err := e.FindAll(s, 0)
	from := 0
	for _, match := range all {
		dst = append(dst, s[from:match[0]]...)
		for i, group := range by.groups {
			dst = append(dst, by.texts[i]...)
			if match[2*group] >= 0 {
				dst = append(dst, s[match[2*group]:match[2*group+1]]...)
			}
		}
		dst = append(dst, by.texts[len(by.groups)]...)
		from = match[1]
	}
	return append(dst, s[from:]...), err
}
