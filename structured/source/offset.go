package source

import (
	"encoding/json/v2"
	"fmt"
)

// fileOffset is the offset of a source of files.
type fileOffset struct {
	LogOffset int64 `json:"logOffset"` // the last entry of the seen log that is before it
}

func formatOffset(entry int64) Offset {
	return Offset(fmt.Sprintf(`{"logOffset":%d}`, entry))
}

func (r *fileReader) parse(offset Offset) (int64, error) {
	if offset == "" {
		return -1, nil
	}
	o := fileOffset{LogOffset: -2}
	if err := json.Unmarshal([]byte(offset), &o, json.RejectUnknownMembers(true)); err != nil || o.LogOffset < -1 {
		return 0, fmt.Errorf("%s: %s is not an offset of a file source", r.source, offset)
	}
	return o.LogOffset, nil
}
