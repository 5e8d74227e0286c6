package slot

import (
	"strconv"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/numbers"
)

// Keyed says how a value is entered by keys: how many at most, 0 for none.
// Fewer are closed with the hash.
func (s Spec) Keyed() int {
	switch s.Kind {
	case Phone:
		return numbers.MaxDigits
	case HouseNumber, Date, Time:
		return 4
	case Count:
		return 2
	case Choice, YesNo:
		return 1
	}
	return 0
}

// Keys reads what was entered: a date as day and month, a time as hour and
// minute, the number of an option, 1 and 2 for yes and no.
func (r *Reader) Keys(s Spec, keys string, in Setting) Value {
	v := Value{Kind: s.Kind, Text: keys, Confidence: 1}
	n, err := strconv.Atoi(keys)
	if err != nil && s.Kind != Phone || keys == "" {
		return Value{Kind: s.Kind}
	}
	switch s.Kind {
	case Phone:
		switch count := numbers.Count(keys); {
		case count > numbers.MaxDigits:
			v.Doubt = Impossible
		case count < numbers.MinDigits:
			v.Doubt = Incomplete
		default:
			v.Doubt = Unsure // read back like one that was spoken
		}
	case HouseNumber:
		if v.Text = strconv.Itoa(n); n == 0 {
			v.Doubt = Impossible
		}
	case Date:
		return r.keyedDate(s, keys, in)
	case Time:
		hour, minute := n/100, n%100
		if len(keys) <= 2 {
			hour, minute = n, 0
		}
		if v.Text = clockText(hour, minute); hour > 23 || minute > 59 {
			v.Doubt = Impossible
		}
	case Choice:
		if n < 1 || n > len(s.Choices) {
			return Value{Kind: s.Kind}
		}
		v.Text = s.Choices[n-1].ID
	case YesNo:
		switch n {
		case 1:
			v.Text = "yes"
		case 2:
			v.Text = "no"
		default:
			return Value{Kind: s.Kind}
		}
	case Count:
		v = s.counted(v, n)
		v.Text = strconv.Itoa(n)
		if n == 0 {
			v.Doubt = Impossible
		}
	default:
		return Value{Kind: s.Kind}
	}
	return v
}

func (r *Reader) keyedDate(s Spec, keys string, in Setting) Value {
	h := r.hear("", in)
	today := midnight(in.Now)
	d := day{}
	switch len(keys) {
	case 1, 2:
		n, _ := strconv.Atoi(keys)
		first, _ := s.bounds(today)
		for k := 0; k < 3; k++ {
			at := time.Date(first.Year(), first.Month()+time.Month(k), n, 0, 0, 0, 0, today.Location())
			if at.Day() == n && !at.Before(first) {
				d = day{at: at}
				break
			}
		}
	case 3, 4:
		n, _ := strconv.Atoi(keys)
		if dd, mm := n/100, n%100; dd >= 1 && dd <= 31 && mm >= 1 && mm <= 12 {
			d = h.make(today, dd, mm, 0, 0)
		}
	}
	v := h.dated(s, today, d)
	v.Kind, v.Confidence = Date, 1
	return v
}
