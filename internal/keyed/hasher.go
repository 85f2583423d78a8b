package keyed

import (
	"reflect"
	"unsafe"
)

// Every use of package unsafe in this package reads or writes the memory of a key
// as the type that reflection has said it to be: a named type as its underlying
// kind, a field at its offset.

// Check returns an *UnhashableError if K cannot be a key: it holds a pointer, a
// channel or a function.
func Check[K comparable]() error {
	_, err := layoutOf(reflect.TypeFor[K]())
	return err
}

// HasherOf returns the hash function of a key type, to be asked for once an
// operator. The function may be called by several activities at once, and does not
// allocate unless K holds an interface. It panics with an *UnhashableError if an
// interface holds a value that cannot be a key, and so does HasherOf itself where
// [Check] returns an error.
func HasherOf[K comparable]() func(K) uint64 {
	t := reflect.TypeFor[K]()
	l, err := layoutOf(t)
	if err != nil {
		panic(err)
	}
	switch {
	case isComposite(t):
		return func(key K) uint64 { return Finish(l.fold(FoldStart, unsafe.Pointer(&key))) }
	case t.Kind() == reflect.Interface:
		return func(key K) uint64 { return hashAny(key) }
	}
	switch l.parts[0].kind {
	case partWord:
		return func(key K) uint64 { return HashUint64(*(*uint64)(unsafe.Pointer(&key))) }
	case partInt32:
		return func(key K) uint64 { return HashUint64(uint64(*(*int32)(unsafe.Pointer(&key)))) }
	case partUint32:
		return func(key K) uint64 { return HashUint64(uint64(*(*uint32)(unsafe.Pointer(&key)))) }
	case partFloat64:
		return func(key K) uint64 { return HashFloat64(*(*float64)(unsafe.Pointer(&key))) }
	case partString:
		return func(key K) uint64 { return HashString(*(*string)(unsafe.Pointer(&key))) }
	default:
		part := l.parts[0]
		return func(key K) uint64 { return HashUint64(part.word(unsafe.Pointer(&key))) }
	}
}

// HashesOf returns the hash function of a key type for many keys: it stores the
// hash of keys[i] in hashes[i], which must be as long. It panics like [HasherOf].
func HashesOf[K comparable]() func(keys []K, hashes []uint64) {
	t := reflect.TypeFor[K]()
	l, err := layoutOf(t)
	if err != nil {
		panic(err)
	}
	if !isComposite(t) {
		switch l.parts[0].kind {
		case partWord:
			return func(keys []K, hashes []uint64) {
				words := unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(keys))), len(keys))
				hashes = hashes[:len(words)]
				for i, word := range words {
					hashes[i] = HashUint64(word)
				}
			}
		case partString:
			return func(keys []K, hashes []uint64) {
				strings := unsafe.Slice((*string)(unsafe.Pointer(unsafe.SliceData(keys))), len(keys))
				hashes = hashes[:len(strings)]
				for i, s := range strings {
					hashes[i] = HashString(s)
				}
			}
		}
	}
	hash := HasherOf[K]()
	return func(keys []K, hashes []uint64) {
		hashes = hashes[:len(keys)]
		for i, key := range keys {
			hashes[i] = hash(key)
		}
	}
}

// isComposite says whether a type's hash is a fold over parts.
func isComposite(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct, reflect.Array, reflect.Complex64, reflect.Complex128:
		return true
	default:
		return false
	}
}

// hashLayout is the hash of the value at p.
func hashLayout(l *layout, t reflect.Type, p unsafe.Pointer) uint64 {
	if isComposite(t) {
		return Finish(l.fold(FoldStart, p))
	}
	part := &l.parts[0]
	if part.kind == partString {
		return part.word(p)
	}
	return HashUint64(part.word(p))
}

// equality is how keys of a type are made canonical and compared. Both functions
// are nil where a key is canonical as it is and == compares it.
type equality[K comparable] struct {
	canonical func(K) K
	same      func(a, b K) bool
}

func equalityOf[K comparable]() equality[K] {
	t := reflect.TypeFor[K]()
	l, err := layoutOf(t)
	if err != nil {
		panic(err)
	}
	if !l.floats {
		return equality[K]{}
	}
	return equality[K]{
		canonical: func(key K) K {
			l.canonicalise(unsafe.Pointer(&key))
			return key
		},
		same: func(a, b K) bool { return l.equal(unsafe.Pointer(&a), unsafe.Pointer(&b)) },
	}
}
