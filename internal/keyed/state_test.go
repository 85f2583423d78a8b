package keyed

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// entry is a key and its value, and whether it is there, as changes list it.
type entry struct {
	group   int
	key     int
	value   int
	deleted bool
}

func entries(s *State[int, int]) []entry {
	var all []entry
	for group := range Groups {
		for key, value := range s.Group(group) {
			all = append(all, entry{group: group, key: key, value: *value})
		}
	}
	return all
}

func changes(s *State[int, int]) []entry {
	var all []entry
	for change := range s.Changes() {
		e := entry{group: change.Group, key: change.Key, deleted: change.Value == nil}
		if !e.deleted {
			e.value = *change.Value
		}
		all = append(all, e)
	}
	return all
}

// stateTest drives a State beside three others: a Go map; a State that gets the
// changes of each committed batch, as recovery replays them; and from time to time
// one that is filled anew from all groups, as from snapshots, and takes the place of
// the second.
type stateTest struct {
	state    *State[int, int]
	model    map[int]int
	before   map[int]int // the model when the batch began; nil if none is open
	replayed *State[int, int]
}

func (s *stateTest) touch(key, add int) (isNew bool) {
	value, isNew := s.state.Touch(key)
	*value += add
	return isNew
}

func (s *stateTest) begin() {
	s.state.Begin()
	s.before = maps.Clone(s.model)
}

func (s *stateTest) commit() {
	for _, change := range changes(s.state) {
		if change.deleted {
			s.replayed.Delete(change.key)
			continue
		}
		value, _ := s.replayed.Touch(change.key)
		*value = change.value
	}
	s.state.Commit()
	s.before = nil
}

func (s *stateTest) rollback() {
	s.state.Rollback()
	s.model, s.before = s.before, nil
}

func (s *stateTest) snapshot() {
	fresh := NewState[int, int]()
	for group := range Groups {
		for key, value := range s.state.Group(group) {
			restored, _ := fresh.Touch(key)
			*restored = *value
		}
	}
	s.replayed = fresh
}

func TestStateIsAMapWithUndo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := stateTest{state: NewState[int, int](), model: map[int]int{}, replayed: NewState[int, int]()}
		keys := rapid.IntRange(0, rapid.SampledFrom([]int{10, 20_000}).Draw(t, "keys"))
		t.Repeat(map[string]func(*rapid.T){
			"touch": func(t *rapid.T) {
				if s.before == nil {
					t.Skip("no batch")
				}
				key := keys.Draw(t, "key")
				_, known := s.model[key]
				if isNew := s.touch(key, 1); isNew == known {
					t.Fatalf("Touch(%d) is new: %v", key, isNew)
				}
				s.model[key]++
			},
			"touch all": func(t *rapid.T) {
				if s.before == nil {
					t.Skip("no batch")
				}
				batch := rapid.SliceOfN(keys, 0, 200).Draw(t, "keys")
				hashes, slots := make([]uint64, len(batch)), make([]uint32, len(batch))
				s.state.Hashes(batch, hashes)
				s.state.TouchAll(batch, hashes, slots)
				for i, slot := range slots {
					*s.state.At(slot) += 10
					s.model[batch[i]] += 10
				}
			},
			"delete": func(t *rapid.T) {
				if s.before == nil {
					t.Skip("no batch")
				}
				key := keys.Draw(t, "key")
				_, known := s.model[key]
				if was := s.state.Delete(key); was != known {
					t.Fatalf("Delete(%d) = %v, want %v", key, was, known)
				}
				delete(s.model, key)
			},
			"delete most": func(t *rapid.T) {
				if s.before == nil {
					t.Skip("no batch")
				}
				for _, key := range slices.Sorted(maps.Keys(s.model)) {
					if key%4 != 0 {
						s.state.Delete(key)
						delete(s.model, key)
					}
				}
			},
			"batch": func(t *rapid.T) {
				switch {
				case s.before == nil:
					s.begin()
				case rapid.Bool().Draw(t, "commit"):
					s.commit()
				default:
					s.rollback()
				}
			},
			"snapshot": func(*rapid.T) {
				if s.before == nil {
					s.snapshot()
				}
			},
			"": s.check,
		})
	})
}

func (s *stateTest) check(t *rapid.T) {
	if s.state.Len() != len(s.model) {
		t.Fatalf("Len() = %d, want %d", s.state.Len(), len(s.model))
	}
	all := entries(s.state)
	if len(all) != len(s.model) {
		t.Fatalf("there are %d keys, want %d", len(all), len(s.model))
	}
	for _, e := range all {
		if want, ok := s.model[e.key]; !ok || want != e.value || Group(s.state.table.Hash(e.key)) != e.group {
			t.Fatalf("%+v, want the value %d", e, want)
		}
		if value, ok := s.state.Get(e.key); !ok || *value != e.value {
			t.Fatalf("Get(%d) is another value than %d", e.key, e.value)
		}
	}
	if s.before == nil {
		if replayed := entries(s.replayed); !slices.Equal(replayed, all) {
			t.Fatalf("replayed changes give\n%v, want\n%v", replayed, all)
		}
		return
	}
	changed := map[int]bool{}
	for _, e := range changes(s.state) {
		value, known := s.model[e.key]
		if changed[e.key] || known == e.deleted || value != e.value {
			t.Fatalf("change %+v; the value is %d, %v", e, value, known)
		}
		changed[e.key] = true
	}
	for key, value := range s.model {
		if was, known := s.before[key]; (!known || was != value) && !changed[key] {
			t.Fatalf("key %d has changed and is not listed", key)
		}
	}
	for key := range s.before {
		if _, known := s.model[key]; !known && !changed[key] {
			t.Fatalf("key %d was deleted and is not listed", key)
		}
	}
}

// Keys that come and go for ever do not pile up.
func TestStateForgetsDeletedKeys(t *testing.T) {
	s := NewState[int, [4]int]()
	for key := range 100_000 {
		s.Begin()
		s.Touch(key)
		s.Delete(key - 10)
		s.Commit()
	}
	if s.Len() != 10 {
		t.Errorf("Len() = %d, want 10", s.Len())
	}
	if end := s.table.End(); end > 3*compactMin {
		t.Errorf("10 keys take %d slots", end)
	}
}

// The counter of batches goes round after 2³² of them.
func TestBatchCounterGoesRound(t *testing.T) {
	s := NewState[string, int]()
	s.Begin()
	s.Touch("a")
	s.Commit()
	s.batch = 1<<32 - 1
	s.Begin()
	if value, _ := s.Touch("a"); *value != 0 {
		t.Errorf("value is %d", *value)
	} else {
		*value = 7
	}
	s.Rollback()
	if value, ok := s.Get("a"); !ok || *value != 0 {
		t.Error("the first batch after the counter went round was not undone")
	}
}

func TestBeginTwicePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a batch began within a batch")
		}
	}()
	s := NewState[int, int]()
	s.Begin()
	s.Begin()
}
