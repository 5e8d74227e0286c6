package call

import (
	"strings"
	"time"
	"unicode"
)

// ofDesk leads the name of a person in the bridge and in the journal.
const ofDesk = "agent:"

// colleague leads the name of one person of the desk, where a department could stand.
const colleague = "@"

// ringTime is how long a target rings unless the configuration says otherwise.
const ringTime = 25 * time.Second

// destination is whom an order names: somebody outside, or whom the desk finds.
type destination struct {
	outside bool
	target  Target
	h       Handover // for the desk
	name    string
}

// whom finds out: a person of the desk ("@NAME"), a name of the
// configuration, a number that the dial plan permits, or a department.
func (x *exchange) whom(name string) (destination, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		return destination{}, errNoTarget
	}
	if t, ok := x.target(name); ok {
		return destination{outside: true, target: t, name: t.Name}, nil
	}
	h := x.h
	h.Asked = x.bot.Now()
	h.Department = name
	if dialled(name) {
		if x.bot.Permit == nil {
			return destination{}, errNoTarget
		}
		t, err := x.bot.Permit(name)
		if err != nil {
			return destination{}, err
		}
		if t.Name == "" {
			t.Name = name
		}
		return destination{outside: true, target: t.ready(), name: t.Name}, nil
	}
	return destination{h: h, name: strings.TrimPrefix(name, colleague)}, nil
}

// target is one that the configuration has.
func (x *exchange) target(name string) (Target, bool) {
	if x.bot.Targets == nil {
		return Target{}, false
	}
	t, ok := x.bot.Targets(name)
	if ok && t.Name == "" {
		t.Name = name
	}
	return t.ready(), ok
}

// ready fills in what was left out.
func (t Target) ready() Target {
	if t.RingTime <= 0 {
		t.RingTime = ringTime
	}
	if t.Language == "" {
		t.Language = "de"
	}
	if t.Mode == "" {
		t.Mode = Bridged
	}
	return t
}

// dialled tells an address from the name of a department.
func dialled(name string) bool {
	if strings.HasPrefix(name, "sip:") || strings.HasPrefix(name, "sips:") || strings.HasPrefix(name, "tel:") {
		return true
	}
	for _, r := range name {
		if !unicode.IsDigit(r) && !strings.ContainsRune("+ -/()", r) {
			return false
		}
	}
	return true
}
