package keyed

import "math/bits"

// Groups is the number of key groups. It is a fact on disk and never changes.
const Groups = 1 << groupBits

const groupBits = 10

// Group returns the key group of a hash: its top bits.
func Group(hash uint64) int { return int(hash >> (64 - groupBits)) }

// PartitionOf returns the partition among n that owns a key group, 0 < n <= Groups.
func PartitionOf(group, n int) int { return group * n >> groupBits }

// Partition returns the partition in [0, n) that a hash belongs to. It is the one
// function for shuffles and for state. Up to n = Groups a partition owns whole key
// groups, those of [GroupRange]; beyond that it owns an equal share of all hashes.
func Partition(hash uint64, n int) int {
	if n <= Groups {
		return PartitionOf(Group(hash), n)
	}
	partition, _ := bits.Mul64(hash, uint64(n))
	return int(partition)
}

// GroupRange returns the key groups [from, to) that partition owns among n. It asks
// for 0 < n <= Groups and 0 <= partition < n.
func GroupRange(partition, n int) (from, to int) {
	return (partition<<groupBits + n - 1) / n, ((partition+1)<<groupBits + n - 1) / n
}
