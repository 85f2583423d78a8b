package testkit

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// spare keeps the disk from lying about the files of a directory: their content is
// whatever somebody outside makes of it.
func (s *Sim) spare(directory string) { s.spared = append(s.spared, directory) }

func (s *Sim) spares(name string) bool {
	name = strings.Trim(path.Clean("/"+name), "/")
	return slices.ContainsFunc(s.spared, func(directory string) bool {
		return strings.HasPrefix(name, strings.Trim(path.Clean("/"+directory), "/")+"/")
	})
}

// damageFound is how a recovery is counted that has noticed a lie of the disk.
const damageFound = "the damage of a file is found"

// lossFound is how a recovery is counted that has noticed what a topic has removed.
const lossFound = "the loss of records is found"

// losing is a part that may have lost what the program needs.
type losing interface {
	// noticed says whether the error of a process tells what was lost, and if so, brings
	// it back.
	noticed(err error) bool
}

func (m *machine) noticed(err error) bool {
	for _, p := range m.parts {
		if l, ok := p.(losing); ok && l.noticed(err) {
			return true
		}
	}
	return false
}

// restore does what an operator does whose program says that a file is damaged: it
// restores the files. A failure that names none of them is no help.
func (m *machine) restore(st *state, err error) *violation {
	damaged := st.disk.Damaged()
	if !slices.ContainsFunc(damaged, func(name string) bool { return strings.Contains(err.Error(), name) }) {
		return &violation{"corruption", fmt.Sprintf("process %d failed, and what it says names none of the damaged files %s: %v", st.starts, strings.Join(damaged, ", "), err)}
	}
	m.note("%v DAMAGE FOUND %v", m.now(), err)
	m.branch(damageFound)
	st.disk.Heal()
	st.hit = m.now()
	return nil
}
