package values

import (
	"slices"
	"strconv"
	"strings"
)

// part of a pattern of a time.
type part struct {
	any      [][]string // ways of writing it, each in tokens
	hour     bool       // {h}
	ordinal  bool       // {o}
	minutes  bool       // {m}
	exact    bool       // {mm}: only as minutes are said after an hour
	round    bool       // {mw}: only the minutes that are said without that word
	end      bool       // {end}: nothing is counted by the number before
	optional bool
	lead     bool // introduces the time and is no part of it
}

type pattern struct {
	parts    []part
	fixed    int // minutes to be added
	minutes  int // what {m} counts: 1 or -1
	absolute bool
}

func parsePattern(tag string, fields []string) pattern {
	p := pattern{minutes: 1, absolute: !slices.ContainsFunc(fields, func(f string) bool { return f == "{h}" || f == "{o}" })}
	if at := slices.Index(fields, "="); at >= 0 {
		for _, f := range fields[at+1:] {
			p.add(f)
		}
		fields = fields[:at]
	}
	for _, f := range fields {
		p.parts = append(p.parts, parsePart(tag, f))
	}
	return p
}

// add reads "30", "-15", "m", "-m", "-30+m".
func (p *pattern) add(f string) {
	rest, counted := strings.CutSuffix(f, "m")
	if counted {
		p.minutes = 1
		if strings.HasSuffix(rest, "-") {
			p.minutes = -1
		}
		rest = strings.TrimRight(rest, "+-")
	}
	if n, err := strconv.Atoi(rest); err == nil {
		p.fixed = n
	}
}

func parsePart(tag, f string) part {
	var p part
	f, p.optional = strings.CutSuffix(f, "?")
	f, p.lead = strings.CutPrefix(f, "<")
	switch f {
	case "{h}":
		p.hour = true
	case "{o}":
		p.hour, p.ordinal = true, true
	case "{m}":
		p.minutes = true
	case "{mw}":
		p.minutes, p.round = true, true
	case "{end}":
		p.end = true
	case "{mm}":
		p.minutes, p.exact = true, true
	default:
		for _, w := range strings.Split(f, "|") {
			var list []string
			for _, t := range tokens(strings.ReplaceAll(w, "_", " "), tag) {
				list = append(list, t.folded)
			}
			p.any = append(p.any, list)
		}
	}
	return p
}

// bare patterns have no word of their own.
func (p pattern) bare() bool {
	return !slices.ContainsFunc(p.parts, func(q part) bool { return q.any != nil })
}
