package conformance

import (
	"fmt"
	"strings"

	"github.com/tidewheel/tidewheel/dstream"
)

func pair(v any) (key, value any) {
	p := v.([]any)
	return p[0], p[1]
}

// The functions that cases name. An unknown name is an error of the case.

var maps = map[string]func(any) any{
	"identity": func(v any) any { return v },
	"pairOne":  func(v any) any { return []any{v, int64(1)} },
	"plusOne":  func(v any) any { return v.(int64) + 1 },
	"double":   func(v any) any { return v.(int64) * 2 },
	"square":   func(v any) any { return v.(int64) * v.(int64) },
	"negate":   func(v any) any { return -v.(int64) },
	"length":   func(v any) any { return int64(len([]rune(v.(string)))) },
	"upper":    func(v any) any { return strings.ToUpper(v.(string)) },
	"swap":     func(v any) any { k, w := pair(v); return []any{w, k} },
	"key":      func(v any) any { k, _ := pair(v); return k },
	"value":    func(v any) any { _, w := pair(v); return w },
	"byParity": func(v any) any {
		if v.(int64)%2 == 0 {
			return []any{"even", v}
		}
		return []any{"odd", v}
	},
	"byLength":      func(v any) any { return []any{int64(len([]rune(v.(string)))), v} },
	"byFirstLetter": func(v any) any { return []any{string([]rune(v.(string))[:1]), v} },
	"sizeOfGroup":   func(v any) any { k, w := pair(v); return []any{k, int64(len(w.([]any)))} },
	"sumPair":       func(v any) any { k, w := pair(v); return k.(int64) + w.(int64) },
}

var flatMaps = map[string]func(any) []any{
	"splitWords": func(v any) (words []any) {
		for word := range strings.SplitSeq(v.(string), " ") {
			if word != "" {
				words = append(words, word)
			}
		}
		return words
	},
	"chars": func(v any) (chars []any) {
		for _, r := range v.(string) {
			chars = append(chars, string(r))
		}
		return chars
	},
	"repeat": func(v any) (copies []any) {
		for range v.(int64) {
			copies = append(copies, v)
		}
		return copies
	},
	"twice": func(v any) []any { return []any{v, v} },
	"upTo": func(v any) (numbers []any) {
		for i := range v.(int64) {
			numbers = append(numbers, i)
		}
		return numbers
	},
}

var filters = map[string]func(any) bool{
	"even":          func(v any) bool { return v.(int64)%2 == 0 },
	"positive":      func(v any) bool { return v.(int64) > 0 },
	"nonEmpty":      func(v any) bool { return v.(string) != "" },
	"longerThan3":   func(v any) bool { return len([]rune(v.(string))) > 3 },
	"valuePositive": func(v any) bool { _, w := pair(v); return w.(int64) > 0 },
	"valueNotZero":  func(v any) bool { _, w := pair(v); return w.(int64) != 0 },
	"none":          func(any) bool { return false },
}

var reduces = map[string]func(a, b any) any{
	"sum":      func(a, b any) any { return a.(int64) + b.(int64) },
	"subtract": func(a, b any) any { return a.(int64) - b.(int64) },
	"product":  func(a, b any) any { return a.(int64) * b.(int64) },
	"max": func(a, b any) any {
		if compareValues(a, b) >= 0 {
			return a
		}
		return b
	},
	"min": func(a, b any) any {
		if compareValues(a, b) <= 0 {
			return a
		}
		return b
	},
}

func total(values []any) (sum int64) {
	for _, v := range values {
		sum += v.(int64)
	}
	return sum
}

func old(state any, ok bool) int64 {
	if !ok {
		return 0
	}
	return state.(int64)
}

var updates = map[string]func(values []any, state any, ok bool) (any, bool){
	"runningSum": func(values []any, state any, ok bool) (any, bool) { return old(state, ok) + total(values), true },
	"sumDropZero": func(values []any, state any, ok bool) (any, bool) {
		sum := old(state, ok) + total(values)
		return sum, sum != 0
	},
	"sumWhileActive": func(values []any, state any, ok bool) (any, bool) {
		return old(state, ok) + total(values), len(values) > 0
	},
	"idleLimit2": func(values []any, state any, ok bool) (any, bool) {
		sum, idle := int64(0), int64(0)
		if ok {
			s := state.([]any)
			sum, idle = s[0].(int64), s[1].(int64)
		}
		if len(values) > 0 {
			return []any{sum + total(values), int64(0)}, true
		}
		return []any{sum, idle + 1}, idle+1 < 2
	},
	"maxOfLatest": func(values []any, state any, ok bool) (any, bool) {
		if len(values) == 0 {
			return state, ok
		}
		largest := values[0]
		for _, v := range values[1:] {
			largest = reduces["max"](largest, v)
		}
		return largest, true
	},
	"countCalls": func(values []any, state any, ok bool) (any, bool) { return old(state, ok) + 1, true },
}

// number is the state of a sum, 0 if there is none.
func number(state string, ok bool) int64 {
	if !ok {
		return 0
	}
	return parse(state).(int64)
}

var statefuls = map[string]func(key string, value any, state *dstream.State[string]) any{
	"runningSum": func(key string, value any, state *dstream.State[string]) any {
		if state.TimingOut() {
			return []any{parse(key), "timeout"}
		}
		sum := number(state.Get()) + value.(int64)
		state.Update(text(sum))
		return []any{parse(key), sum}
	},
	"sumDropZero": func(key string, value any, state *dstream.State[string]) any {
		was, ok := state.Get()
		sum := number(was, ok) + value.(int64)
		if sum != 0 {
			state.Update(text(sum))
		} else if ok {
			state.Remove()
		}
		return []any{parse(key), sum}
	},
	"firstOnly": func(key string, value any, state *dstream.State[string]) any {
		first, seen := state.Get()
		if !seen {
			state.Update(text(value))
			return []any{parse(key), []any{"first", value}}
		}
		return []any{parse(key), []any{"again", parse(first)}}
	},
}

// named looks a function up.
func named[F any](functions map[string]F, name string) (F, error) {
	f, ok := functions[name]
	if !ok {
		return f, fmt.Errorf("the case names a function %q that is not in the list for this operation", name)
	}
	return f, nil
}

// The wrappers let a function of values work on their text.

func onText(f func(any) any) func(string) string {
	return func(v string) string { return text(f(parse(v))) }
}

func manyOnText(f func(any) []any) func(string) []string {
	return func(v string) []string { return texts(f(parse(v))) }
}

func twoOnText(f func(a, b any) any) func(a, b string) string {
	return func(a, b string) string { return text(f(parse(a), parse(b))) }
}

func updateText(f func(values []any, state any, ok bool) (any, bool)) func([]string, string, bool) (string, bool) {
	return func(values []string, state string, ok bool) (string, bool) {
		var was any
		if ok {
			was = parse(state)
		}
		next, keep := f(parseAll(values), was, ok)
		return text(next), keep
	}
}

func statefulText(f func(key string, value any, state *dstream.State[string]) any) func(string, string, *dstream.State[string]) (string, bool) {
	return func(key, value string, state *dstream.State[string]) (string, bool) {
		if state.TimingOut() {
			return text(f(key, nil, state)), true
		}
		return text(f(key, parse(value), state)), true
	}
}
