package rdd

import (
	"fmt"

	"github.com/tidewheel/tidewheel/internal/codec"
)

func encodeElements[T any]() (encoding chunkEncoding[[]T], _ error) {
	element, err := codec.Of[T]()
	if err != nil {
		return encoding, err
	}
	return chunkEncoding[[]T]{
		header: element.AppendHeader(nil),
		check: func(src []byte) error {
			rest, err := element.ReadHeader(src)
			return atEnd(rest, err)
		},
		append: func(dst []byte, chunk []T) []byte { return appendAll(dst, element, chunk) },
		decode: func(src []byte, length int) ([]T, error) {
			chunk, rest, err := decodeAll(src, element, length)
			return chunk, atEnd(rest, err)
		},
	}, nil
}

func encodeColumns[K, V any]() (encoding chunkEncoding[Columns[K, V]], _ error) {
	key, err := codec.Of[K]()
	if err != nil {
		return encoding, err
	}
	value, err := codec.Of[V]()
	if err != nil {
		return encoding, err
	}
	return chunkEncoding[Columns[K, V]]{
		header: value.AppendHeader(key.AppendHeader(nil)),
		check: func(src []byte) error {
			rest, err := key.ReadHeader(src)
			if err == nil {
				rest, err = value.ReadHeader(rest)
			}
			return atEnd(rest, err)
		},
		append: func(dst []byte, chunk Columns[K, V]) []byte {
			return appendAll(appendAll(dst, key, chunk.Keys), value, chunk.Values)
		},
		decode: func(src []byte, length int) (chunk Columns[K, V], err error) {
			if chunk.Keys, src, err = decodeAll(src, key, length); err == nil {
				chunk.Values, src, err = decodeAll(src, value, length)
			}
			return chunk, atEnd(src, err)
		},
	}, nil
}

func appendAll[T any](dst []byte, c codec.Codec[T], all []T) []byte {
	for i := range all {
		dst = c.Append(dst, &all[i])
	}
	return dst
}

func decodeAll[T any](src []byte, c codec.Codec[T], length int) (all []T, rest []byte, err error) {
	all = make([]T, length)
	for i := range all {
		if src, err = c.Decode(src, &all[i]); err != nil {
			return nil, nil, fmt.Errorf("element %d: %w", i, err)
		}
	}
	return all, src, nil
}

// atEnd is an error if something was left over.
func atEnd(rest []byte, err error) error {
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%d bytes are left over", len(rest))
	}
	return err
}
