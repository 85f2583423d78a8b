package state

// keep forgets all keys but these, which ascend and get the numbers 0, 1, 2, … in
// their place.
func (t *table) keep(numbers []int32) {
	null, at := -1, 0
	for i, number := range numbers {
		t.hashes[i] = t.hashes[number]
		if int(number) == t.null {
			null = i
		}
		if t.layout == words {
			t.words[i] = t.words[number]
			continue
		}
		from, to := t.starts[number], t.starts[number+1]
		t.starts[i] = at
		at += copy(t.bytes[at:], t.bytes[from:to])
	}
	n := len(numbers)
	t.hashes, t.null = t.hashes[:n], null
	if t.layout == words {
		t.words = t.words[:n]
	} else {
		t.starts, t.bytes = t.starts[:n+1], t.bytes[:at]
		t.starts[n] = at
	}
	clear(t.slots)
	for number, hash := range t.hashes {
		t.slots[t.empty(hash)] = slot(hash, number)
	}
}
