package kafka

// share is how far a batch goes in one partition.
type share struct {
	at
	end int64 // what there is
}

// split shortens shares so that together they have about limit offsets, in
// proportion to what there is. A partition with a backlog gets at least one, so that
// none starves.
func split(shares []share, limit int64) {
	var backlog int64
	for _, s := range shares {
		backlog += max(0, s.end-s.offset)
	}
	if limit <= 0 || backlog <= limit {
		return
	}
	for i := range shares {
		s := &shares[i]
		if size := s.end - s.offset; size > 0 {
			part := float64(limit) * (float64(size) / float64(backlog))
			s.end = min(s.end, s.offset+max(1, int64(part)))
		}
	}
}
