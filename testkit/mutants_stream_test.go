//go:build mutants

package testkit

// streamPlans show more of the bugs in DStreams: what the sinks are given, and when a
// batch is done. (There is no 18: no batch of a DStream is left prepared over a crash,
// its sinks are handed it again and prepare it under the same token.)
var streamPlans = map[int][]planned{
	16: {{"stream", `v1;wave=1;in=words:["a","a"];f=crash@write(counts)#1/kept`}},
	17: {{"stream", `v1;wave=1;in=words:["a","a","a"];f=error@write(counts)#2`}},
	26: {{"transactions of a stream", `v1;in=words:["a"];f=crash@commit(counts)#1/kept`}},
	28: {{"stream", `v1;wave=1;stop=2;in=words:["a","b","c"]`}},
}

func init() {
	for i, m := range mutants {
		mutants[i].plans = append(m.plans, streamPlans[m.number]...)
	}
}
