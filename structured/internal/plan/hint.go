package plan

import "strings"

// Strategy is how a table is to be joined.
type Strategy uint8

// The strategies.
const (
	AnyStrategy Strategy = iota
	Broadcast            // every partition of the other table has the whole of this one
	Shuffle              // both tables are exchanged by their keys
)

// StrategyNamed finds the strategy that the hint of a name asks for, in any case; ok is false
// for hints that are about no join. How both sides of an exchange are put together is not
// chosen: the hints for merging and for hashing mean the same.
func StrategyNamed(name string) (s Strategy, ok bool) {
	switch strings.ToUpper(name) {
	case "BROADCAST", "BROADCASTJOIN", "MAPJOIN":
		return Broadcast, true
	case "SHUFFLE_HASH", "MERGE", "SHUFFLE_MERGE", "MERGEJOIN":
		return Shuffle, true
	}
	return AnyStrategy, false
}

func (s Strategy) String() string {
	return [...]string{AnyStrategy: "", Broadcast: "broadcast", Shuffle: "shuffle"}[s]
}

// Hinted is a table that is to be joined by a strategy.
func Hinted(input Node, strategy Strategy) *Alias {
	return &Alias{Input: input, From: len(input.Output()), Strategy: strategy}
}

// StrategyOf is how a side of a join is to be joined: as the outermost hint says that is
// between it and the joins below it.
func StrategyOf(node Node) Strategy {
	for {
		if alias, ok := node.(*Alias); ok && alias.Strategy != AnyStrategy {
			return alias.Strategy
		}
		children := node.Children()
		if len(children) != 1 {
			return AnyStrategy
		}
		node = children[0]
	}
}
