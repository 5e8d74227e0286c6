package dialog

import (
	"maps"
	"slices"

	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
)

// sheet is a form as far as it is filled. It is never changed: states that
// were left can be gone back to.
type sheet struct {
	form    *form.Form
	values  map[string]slot.Value
	heard   map[string]slot.Value // given unasked, to be confirmed when their turn comes
	skipped map[string]bool
	order   []string // as the values were filled
	summed  bool     // the summary was read
}

func (s sheet) with(name string, v slot.Value) sheet {
	s.values, s.heard, s.skipped = maps.Clone(s.values), maps.Clone(s.heard), maps.Clone(s.skipped)
	if s.values == nil {
		s.values = map[string]slot.Value{}
	}
	s.values[name] = v
	delete(s.heard, name)
	delete(s.skipped, name)
	s.order = append(slices.DeleteFunc(slices.Clone(s.order), func(o string) bool { return o == name }), name)
	return s
}

func (s sheet) without(name string) sheet {
	s.values, s.heard = maps.Clone(s.values), maps.Clone(s.heard)
	delete(s.values, name)
	delete(s.heard, name)
	s.order = slices.DeleteFunc(slices.Clone(s.order), func(o string) bool { return o == name })
	return s
}

func (s sheet) skip(name string) sheet {
	s = s.without(name)
	s.skipped = maps.Clone(s.skipped)
	if s.skipped == nil {
		s.skipped = map[string]bool{}
	}
	s.skipped[name] = true
	return s
}

func (s sheet) noticed(name string, v slot.Value) sheet {
	s.heard = maps.Clone(s.heard)
	if s.heard == nil {
		s.heard = map[string]slot.Value{}
	}
	s.heard[name] = v
	return s
}

// missing is the first slot that is still to be asked.
func (s sheet) missing() (*form.Slot, bool) {
	for i := range s.form.Slots {
		f := &s.form.Slots[i]
		if _, ok := s.values[f.Name]; !ok && !s.skipped[f.Name] && s.applies(f) {
			return f, true
		}
	}
	return nil, false
}

// applies says whether the slot's condition holds.
func (s sheet) applies(f *form.Slot) bool {
	return f.When == nil || slices.Contains(f.When.In, s.values[f.When.Slot].Text)
}

// confirmed kinds are always read back for a yes or no.
func confirmed(k slot.Kind) bool {
	return k == slot.Phone || k == slot.Email || k == slot.Plate || k == slot.Name
}

// private values are not repeated but to have them confirmed.
func private(k slot.Kind) bool { return confirmed(k) || k == slot.Text }
