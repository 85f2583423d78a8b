package regex

import "unicode/utf8"

// repeat matches the sub of n so often as it says and what follows.
func (m *machine) repeat(n *node, next matcher) matcher {
	if n.mode == possessive {
		free := *n
		free.mode = greedy
		return m.inner(&node{op: opAtomic, subs: []*node{&free}}, next)
	}
	if n.subs[0].op == opSet {
		return repeatOne(n, next)
	}
	index := len(m.counts)
	m.counts, m.began = append(m.counts, 0), append(m.began, 0)

	var body matcher
	again := func(m *machine, at int) bool {
		count, began := m.counts[index], m.began[index]
		if n.max >= 0 && count >= n.max || m.exhausted() {
			return false
		}
		m.counts[index], m.began[index] = count+1, at
		m.depth++
		ok := body(m, at)
		if !m.exhausted() {
			m.depth--
		}
		m.counts[index], m.began[index] = count, began
		return ok
	}
	step := func(m *machine, at int) bool {
		m.steps++
		count := m.counts[index]
		switch {
		case count > n.min && at == m.began[index]: // empty: no more of them
			return next(m, at)
		case count < n.min:
			return again(m, at)
		case n.mode == lazy:
			return next(m, at) || again(m, at)
		}
		return again(m, at) || next(m, at)
	}
	body = m.compile(n.subs[0], step)
	return func(m *machine, at int) bool {
		count, began := m.counts[index], m.began[index]
		m.counts[index], m.began[index] = 0, -1
		ok := step(m, at)
		m.counts[index], m.began[index] = count, began
		return ok
	}
}

// repeatOne repeats one character of a set, which takes no stack.
func repeatOne(n *node, next matcher) matcher {
	characters := n.subs[0].set
	ahead := func(m *machine, at int) int {
		if at < len(m.s) {
			if r, size := utf8.DecodeRune(m.s[at:]); characters.has(r) {
				m.steps++
				return size
			}
		}
		return 0
	}
	return func(m *machine, at int) bool {
		count := 0
		for ; count < n.min; count++ {
			size := ahead(m, at)
			if size == 0 {
				return false
			}
			at += size
		}
		least := at
		for n.mode == greedy && (n.max < 0 || count < n.max) {
			size := ahead(m, at)
			if size == 0 {
				break
			}
			at += size
			count++
		}
		for !m.exhausted() {
			if next(m, at) {
				return true
			}
			m.steps++
			if n.mode == greedy {
				if at == least {
					return false
				}
				_, size := utf8.DecodeLastRune(m.s[:at])
				at -= size
				continue
			}
			size := ahead(m, at)
			if size == 0 || n.max >= 0 && count >= n.max {
				return false
			}
			at += size
			count++
		}
		return false
	}
}
