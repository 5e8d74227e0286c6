package slot

import (
	"fmt"
	"strconv"
)

// part is what was said about the half of the day.
type part int

const (
	anyPart part = iota
	morning
	evening
)

// clock reads "14 Uhr 30", "halb drei", "viertel nach zwei", "2 p.m.".
func (h *hearing) clock(asked bool) Value {
	for i := range h.toks {
		if n, ok := h.l.whole[h.word(i)]; ok {
			return Value{Text: clockText(n, 0), Confidence: 0.8, from: i, to: i + 1}
		}
		if v := h.fraction(i); v.Found() {
			return v
		}
		if v := h.hours(i, asked); v.Found() {
			return v
		}
	}
	return Value{}
}

// fraction reads times that go before or past an hour.
func (h *hearing) fraction(i int) Value {
	w := h.word(i)
	minutes, at := 0, i+1
	switch {
	case h.l.half[w]:
		if h.l.halfBefore {
			minutes = -30
		} else {
			minutes = 30
		}
	case h.l.three[w]:
		minutes = -15
	case h.l.quarter[w]:
		minutes = 15
	default:
		n, used := h.number(i)
		if used == 0 || n < 1 || n > 30 {
			return Value{}
		}
		at = i + used
		if h.l.minutes[h.word(at)] {
			at++
		}
		if minutes = n; !h.l.past[h.word(at)] && !h.l.to[h.word(at)] {
			return Value{}
		}
	}
	switch {
	case h.l.to[h.word(at)]:
		minutes, at = -abs(minutes), at+1
	case h.l.past[h.word(at)]:
		minutes, at = abs(minutes), at+1
	case h.l.quarter[w]:
		if !h.l.halfBefore {
			return Value{} // "quarter three" is none
		}
		minutes = -45 // "viertel drei" is 2:15
	}
	if (h.l.half[w] || h.l.quarter[w]) && h.l.halfBefore && h.l.half[h.word(at)] {
		return Value{}
	}
	hour, used := h.number(at)
	if used == 0 || hour > 24 || h.toks[at].mark {
		return Value{}
	}
	end := at + used
	if h.l.hour[h.word(end)] {
		end++
	}
	total := hour*60 + minutes
	return h.oclock((total+24*60)/60%24, (total+24*60)%60, i, end, false)
}

// hours reads "14:30", "14 Uhr 30", "um acht", "8 a.m.".
func (h *hearing) hours(i int, asked bool) Value {
	hour, used := h.number(i)
	if used == 0 || hour > 24 || i > 0 && h.l.house[h.word(i-1)] {
		return Value{}
	}
	at, minute, named := i+used, 0, h.l.lead[h.word(i-1)]
	switch {
	case at+1 < len(h.toks) && (h.toks[at].is(":") || h.toks[at].is(".")) && h.toks[at].glued && len(h.toks[at+1].raw) == 2 && h.toks[at+1].digits():
		minute, _ = strconv.Atoi(h.toks[at+1].raw)
		named, at = h.toks[at].is(":") || named || asked, at+2
		if h.l.hour[h.word(at)] {
			named, at = true, at+1
		}
	case h.l.hour[h.word(at)]:
		named, at = true, at+1
		if m, more := h.number(at); more > 0 && m < 60 {
			minute, at = m, at+more
		}
	case asked || named:
		if m, more := h.number(at); more > 0 && m >= 10 && m < 60 && at < len(h.toks) && !h.toks[at].mark {
			minute, at = m, at+more
		}
	}
	if !named && h.partAt(i, at) == anyPart && !asked || minute > 59 || hour == 24 && minute > 0 {
		return Value{}
	}
	return h.oclock(hour%24, minute, i, at, hour > 12 || hour == 0 || minute > 0 && len(h.word(i)) == 2 && h.toks[i].digits())
}

// partAt is the half of the day named beside the tokens.
func (h *hearing) partAt(from, to int) part {
	for i := max(0, from-3); i < min(len(h.toks), to+5); i++ {
		w := h.word(i)
		if (w == "a" || w == "p") && i+2 < len(h.toks) && h.toks[i+1].mark && h.word(i+2) == "m" {
			w += "m"
		}
		switch {
		case h.l.morning[w]:
			return morning
		case h.l.evening[w]:
			return evening
		}
	}
	return anyPart
}

// oclock settles which half of the day is meant: offices are open by day, so
// that "drei" is 15:00, with a doubt.
func (h *hearing) oclock(hour, minute, from, to int, exact bool) Value {
	v := Value{Confidence: 0.9, from: from, to: to}
	switch p := h.partAt(from, to); {
	case p == evening && hour < 12:
		hour += 12
	case p == morning && hour == 12:
		hour = 0
	case p == anyPart && !exact && hour >= 1 && hour < 7:
		hour += 12
		v.Confidence, v.Doubt = 0.7, Unsure
	}
	v.Text = clockText(hour, minute)
	return v
}

func clockText(hour, minute int) string { return fmt.Sprintf("%02d:%02d", hour, minute) }
