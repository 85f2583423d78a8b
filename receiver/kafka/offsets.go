package kafka

import (
	"encoding/json/v2"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Offsets holds, by topic and partition, the offset of the next record to read. As
// text it has the form of Spark's, {"words":{"0":23,"1":345}}.
type Offsets map[string]map[int32]int64

// Offsets with a meaning, in [FromOffsets].
const (
	OffsetLatest   int64 = -1 // the end
	OffsetEarliest int64 = -2 // the first record there is
)

// place is an offset in each of some partitions, sorted by partition.
type place []at

type at struct {
	Partition
	offset int64
}

func (p place) find(partition Partition) (offset int64, ok bool) {
	i, ok := slices.BinarySearchFunc(p, partition, func(a at, b Partition) int { return a.Compare(b) })
	if !ok {
		return 0, false
	}
	return p[i].offset, true
}

func (p place) partitions() []Partition {
	list := make([]Partition, len(p))
	for i, a := range p {
		list[i] = a.Partition
	}
	return list
}

// String returns the place as parsePlace reads it.
func (p place) String() string {
	var text strings.Builder
	text.WriteByte('{')
	for i, a := range p {
		if i == 0 || p[i-1].Topic != a.Topic {
			if i > 0 {
				text.WriteString("},")
			}
			text.WriteString(strconv.Quote(a.Topic) + ":{") // topics have letters, digits, '.', '_' and '-' only
		} else {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `"%d":%d`, a.Number, a.offset)
	}
	if len(p) > 0 {
		text.WriteByte('}')
	}
	text.WriteByte('}')
	return text.String()
}

func parsePlace(text string) (place, error) {
	var offsets Offsets
	if err := json.Unmarshal([]byte(text), &offsets); err != nil {
		return nil, fmt.Errorf(`kafka: %q is not an offset of this source, such as {"words":{"0":23}}: %w`, text, err)
	}
	return offsets.place(), nil
}

func (o Offsets) place() place {
	var p place
	for _, topic := range slices.Sorted(maps.Keys(o)) {
		for _, number := range slices.Sorted(maps.Keys(o[topic])) {
			p = append(p, at{Partition{topic, number}, o[topic][number]})
		}
	}
	return p
}
