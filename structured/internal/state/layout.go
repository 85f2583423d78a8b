package state

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Key is one column of the key.
type Key struct {
	Type   types.Type
	Window int64 // the size of the time window in microseconds; 0 if it is none
}

// Layout says how groups are keyed and what is kept of them.
type Layout struct {
	Keys []Key

	// Time is the position in Keys of the column by which groups are laid out, a time
	// window or a timestamp; -1 if there is none.
	Time int

	Aggregates []bound.Aggregate

	// Merge is set if what is pushed are buffers of the functions, not arguments.
	Merge bool
}

// stored returns the type under which a key column is hashed and kept: a window
// counts by its start.
func (k Key) stored() types.Type {
	if k.Window != 0 {
		return types.Timestamp
	}
	return k.Type
}

// storedColumn returns the column that is hashed and kept for a key.
func (k Key) storedColumn(c *vector.Column) *vector.Column {
	if k.Window != 0 {
		return &c.Children[0]
	}
	return c
}

// schema is the keys and the buffers.
func (l *Layout) schema() types.Schema {
	var schema types.Schema
	for _, key := range l.Keys {
		schema.Fields = append(schema.Fields, types.Nullable("", key.Type))
	}
	for _, aggregate := range l.Aggregates {
		schema.Fields = append(schema.Fields, types.Nullable("", aggregate.Of))
	}
	return schema
}

// storedSchema is the keys as they are kept, and the buffers.
func (l *Layout) storedSchema() types.Schema {
	schema := l.schema()
	for i, key := range l.Keys {
		schema.Fields[i].Type = key.stored()
	}
	return schema
}

// keyTypes are the types of the keys other than Time, as they are kept.
func (l *Layout) keyTypes() []types.Type {
	var list []types.Type
	for i, key := range l.Keys {
		if i != l.Time {
			list = append(list, key.stored())
		}
	}
	return list
}

// closedBy reports whether a mark closes the groups of a time: at the end of the
// window, or at the time itself.
func (l *Layout) closedBy(b *bucket, mark int64) bool {
	if l.Time < 0 || b.null {
		return false
	}
	return b.time+l.Keys[l.Time].Window <= mark
}
