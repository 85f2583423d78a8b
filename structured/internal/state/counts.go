package state

// Counts says how much state there is and what an epoch has done to it.
type Counts struct {
	Rows    int64 // that are kept
	Updated int64 // that are new or were written again, since the epoch began
	Removed int64 // that were taken out
	Dropped int64 // rows of the input that came too late
	Memory  int64 // about how many bytes the state takes
}

// Add adds the counts of another partition.
func (c *Counts) Add(other Counts) {
	c.Rows += other.Rows
	c.Updated += other.Updated
	c.Removed += other.Removed
	c.Dropped += other.Dropped
	c.Memory += other.Memory
}
