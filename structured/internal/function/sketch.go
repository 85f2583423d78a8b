package function

import "math"

// Registers is the number of registers of the sketches of approx_count_distinct: 2 to
// the 9, for a relative standard deviation of 0.046.
const Registers = 1 << 9

// Observe enters a hash into the registers of a sketch.
//
// A sketch is the HyperLogLog of Flajolet, Fusy, Gandouet and Meunier (2007): the first
// bits of a hash choose a register, which keeps the greatest number of zeros that
// followed, plus one.
func Observe(registers []byte, hash uint64) {
	at := hash >> 55
	rank := byte(1)
	for bits := hash << 9; rank <= 55 && bits>>63 == 0; bits <<= 1 {
		rank++
	}
	registers[at] = max(registers[at], rank)
}

// Estimate is the number of distinct hashes that a sketch has seen: by linear counting
// while registers are empty and it gives a small number, else by the harmonic mean.
func Estimate(registers []byte) int64 {
	const m = Registers
	sum, empty := 0.0, 0
	for _, rank := range registers {
		sum += math.Ldexp(1, -int(rank))
		if rank == 0 {
			empty++
		}
	}
	estimate := 0.7213 / (1 + 1.079/m) * m * m / sum
	if empty > 0 && estimate <= 2.5*m {
		estimate = m * math.Log(m/float64(empty))
	}
	return int64(math.Round(estimate))
}
