package rdd

import (
	"cmp"
	"math"
	"reflect"
	"slices"
	"unsafe"
)

// order is how sort keys compare.
type order[S any] struct {
	compare    func(a, b S) int
	descending bool

	// words maps keys to integers that compare as the keys do, for keys that are
	// numbers; else it is nil. Integers are sorted by their digits.
	words func(keys []S, words []uint64)
}

// less says whether a comes before b.
func (o *order[S]) less(a, b S) bool {
	if o.descending {
		return o.compare(b, a) < 0
	}
	return o.compare(a, b) < 0
}

// naturalOrder is the order of a type that has one, NaN last. Its words also put -0
// before 0.
func naturalOrder[S cmp.Ordered]() order[S] {
	return order[S]{compare: Ascending[S], words: wordsOf[S]()}
}

// toWords is words with a buffer and in the direction of the sort.
func (o *order[S]) toWords(keys []S, buffer []uint64) []uint64 {
	buffer = resize(buffer, len(keys))
	o.words(keys, buffer)
	if o.descending {
		for i := range buffer {
			buffer[i] = ^buffer[i]
		}
	}
	return buffer
}

// sort returns the places of the keys in ascending order. Equal keys stay in theirs.
func (o *order[S]) sort(keys []S) []uint32 {
	if len(keys) > math.MaxUint32 {
		panic("a partition of a sort has more than 4,294,967,295 elements: use more partitions")
	}
	if o.words != nil {
		return sortWords(o.toWords(keys, nil))
	}
	places := make([]uint32, len(keys))
	for i := range places {
		places[i] = uint32(i)
	}
	slices.SortFunc(places, func(a, b uint32) int {
		c := o.compare(keys[a], keys[b])
		if o.descending {
			c = o.compare(keys[b], keys[a])
		}
		if c == 0 {
			return cmp.Compare(a, b)
		}
		return c
	})
	return places
}

// wordsOf returns the words function of a type, or nil if it is not a number. The
// memory of the keys is read as what reflection says it is.
func wordsOf[S cmp.Ordered]() func([]S, []uint64) {
	switch reflect.TypeFor[S]().Kind() {
	case reflect.Int:
		return signedWords[int, S]
	case reflect.Int8:
		return signedWords[int8, S]
	case reflect.Int16:
		return signedWords[int16, S]
	case reflect.Int32:
		return signedWords[int32, S]
	case reflect.Int64:
		return signedWords[int64, S]
	case reflect.Uint:
		return unsignedWords[uint, S]
	case reflect.Uint8:
		return unsignedWords[uint8, S]
	case reflect.Uint16:
		return unsignedWords[uint16, S]
	case reflect.Uint32:
		return unsignedWords[uint32, S]
	case reflect.Uint64:
		return unsignedWords[uint64, S]
	case reflect.Uintptr:
		return unsignedWords[uintptr, S]
	case reflect.Float32:
		return floatWords[float32, S]
	case reflect.Float64:
		return floatWords[float64, S]
	default:
		return nil
	}
}

func signedWords[B int | int8 | int16 | int32 | int64, S any](keys []S, words []uint64) {
	for i, key := range reinterpret[B](keys) {
		words[i] = uint64(key) ^ 1<<63
	}
}

func unsignedWords[B uint | uint8 | uint16 | uint32 | uint64 | uintptr, S any](keys []S, words []uint64) {
	for i, key := range reinterpret[B](keys) {
		words[i] = uint64(key)
	}
}

func floatWords[B float32 | float64, S any](keys []S, words []uint64) {
	for i, key := range reinterpret[B](keys) {
		switch bits := math.Float64bits(float64(key)); {
		case key != key:
			words[i] = math.MaxUint64
		case bits>>63 == 1:
			words[i] = ^bits
		default:
			words[i] = bits | 1<<63
		}
	}
}

// reinterpret is keys as what they are underneath.
func reinterpret[B, S any](keys []S) []B {
	return unsafe.Slice((*B)(unsafe.Pointer(unsafe.SliceData(keys))), len(keys))
}

// entry is a key as a word, and its place.
type entry struct {
	word  uint64
	place uint32
}

const (
	digitBits = 8
	digits    = 64 / digitBits

	// fewWords is below which comparing beats counting digits.
	fewWords = 256
)

// sortWords returns the places of the words in ascending order. Equal ones stay in
// theirs. It counts all digits in one pass, then deals the entries out digit by
// digit, the lowest first, leaving out digits that are the same in all.
func sortWords(words []uint64) []uint32 {
	entries := make([]entry, len(words))
	var counts [digits][1 << digitBits]uint32
	for i, word := range words {
		entries[i] = entry{word, uint32(i)}
		for digit := range counts {
			counts[digit][word>>(digit*digitBits)%(1<<digitBits)]++
		}
	}
	if len(words) < fewWords {
		slices.SortFunc(entries, func(a, b entry) int {
			return cmp.Or(cmp.Compare(a.word, b.word), cmp.Compare(a.place, b.place))
		})
	} else {
		entries = dealDigits(entries, &counts)
	}
	places := make([]uint32, len(entries))
	for i, e := range entries {
		places[i] = e.place
	}
	return places
}

func dealDigits(entries []entry, counts *[digits][1 << digitBits]uint32) []entry {
	spare := make([]entry, len(entries))
	for digit := range counts {
		shift := digit * digitBits
		next := &counts[digit]
		if next[entries[0].word>>shift%(1<<digitBits)] == uint32(len(entries)) {
			continue
		}
		start := uint32(0)
		for value, count := range next {
			next[value] = start
			start += count
		}
		for _, e := range entries {
			at := &next[e.word>>shift%(1<<digitBits)]
			spare[*at] = e
			*at++
		}
		entries, spare = spare, entries
	}
	return entries
}
