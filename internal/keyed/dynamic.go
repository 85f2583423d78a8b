package keyed

import (
	"reflect"
	"unsafe"
)

// A key of interface type is hashed, canonicalised and compared by what it holds.
// The built-in types go through a type switch; any other type is laid out anew for
// each key, which costs about a microsecond.

func hashAny(v any) uint64 {
	switch v := v.(type) {
	case nil:
		return 0
	case string:
		return HashString(v)
	case int:
		return HashUint64(uint64(v))
	case int64:
		return HashUint64(uint64(v))
	case int32:
		return HashUint64(uint64(v))
	case uint64:
		return HashUint64(v)
	case float64:
		return HashFloat64(v)
	case bool:
		if v {
			return HashUint64(1)
		}
		return HashUint64(0)
	default:
		l, p := layoutAny(v)
		return hashLayout(l, reflect.TypeOf(v), p)
	}
}

// canonicalAny returns v with canonical floats.
func canonicalAny(v any) any {
	switch f := v.(type) {
	case nil, string, int, int64, int32, uint64, bool:
		return v
	case float64:
		return CanonicalFloat(f)
	}
	l, p := layoutAny(v)
	if !l.floats {
		return v
	}
	l.canonicalise(p)
	return reflect.NewAt(reflect.TypeOf(v), p).Elem().Interface()
}

// equalAny compares two canonical values.
func equalAny(a, b any) bool {
	if a == b {
		return true
	}
	if reflect.TypeOf(a) != reflect.TypeOf(b) || a == nil {
		return false
	}
	l, p := layoutAny(a)
	if !l.floats {
		return false
	}
	_, q := layoutAny(b)
	return l.equal(p, q)
}

// layoutAny lays out the type of v and points to a copy of v. It panics with an
// *UnhashableError if v cannot be a key.
func layoutAny(v any) (*layout, unsafe.Pointer) {
	t := reflect.TypeOf(v)
	l, err := layoutOf(t)
	if err != nil {
		panic(err)
	}
	clone := reflect.New(t)
	clone.Elem().Set(reflect.ValueOf(v))
	return l, clone.UnsafePointer()
}
