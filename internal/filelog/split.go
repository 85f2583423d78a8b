package filelog

// minSplit is the least number of bytes that is worth a partition of its own when
// a file is cut.
const minSplit = 64 << 10

// Segment is the lines of a file that begin in [from, to).
type Segment struct {
	File     File
	From, To int64
}

// Split cuts the files, laid end to end, into n pieces of about one size, or into
// fewer if they are small. The order of lines is kept.
func Split(list []File, n int) [][]Segment {
	var total int64
	for _, f := range list {
		total += f.Size
	}
	n = max(1, min(n, max(len(list), int(total/minSplit))))
	target := (total + int64(n) - 1) / int64(n)
	var pieces [][]Segment
	var piece []Segment
	room := target
	for _, f := range list {
		for from := int64(0); from < f.Size; {
			to := min(f.Size, from+room)
			piece = append(piece, Segment{f, from, to})
			room -= to - from
			from = to
			if room == 0 {
				pieces, piece, room = append(pieces, piece), nil, target
			}
		}
	}
	if len(piece) > 0 {
		pieces = append(pieces, piece)
	}
	return pieces
}
