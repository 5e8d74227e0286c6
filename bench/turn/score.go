package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/turn"
)

// score of one rule over many turns.
type score struct {
	pauses, cut     int             // within turns
	turns, cutTurns int             // turns, and those cut off at least once
	dead            []time.Duration // true end of the turn until the decision
}

func (r rule) score(turns []heardTurn, scale float64) score {
	var s score
	for _, t := range turns {
		s.turns++
		cut := false
		for i, p := range t.pauses {
			limit := r.silence(t, t.pauses[:i], p, scale)
			if p.length == 0 {
				if i == len(t.pauses)-1 {
					s.dead = append(s.dead, p.at+limit-t.end)
				}
				continue
			}
			s.pauses++
			if limit < p.length {
				s.cut++
				cut = true
			}
		}
		if cut {
			s.cutTurns++
		}
	}
	slices.Sort(s.dead)
	return s
}

func (s score) cutOff() float64 { return percent(s.cut, s.pauses) }

func (s score) at(share float64) int64 {
	if len(s.dead) == 0 {
		return 0
	}
	return s.dead[int(float64(len(s.dead)-1)*share)].Milliseconds()
}

func percent(n, of int) float64 { return 100 * float64(n) / float64(max(1, of)) }

// tuned finds the scale, from impatient to patient, at which good holds first.
func (r rule) tuned(turns []heardTurn, good func(score) bool) (score, bool) {
	low, high := 0.2, 8.0
	if !good(r.score(turns, high)) {
		return score{}, false
	}
	for range 24 {
		if mid := math.Sqrt(low * high); good(r.score(turns, mid)) {
			high = mid
		} else {
			low = mid
		}
	}
	return r.score(turns, high), true
}

func rules(words *turn.OpenEnds) []rule {
	return []rule{
		plain("silence 500 ms", 500*time.Millisecond),
		plain("silence 700 ms", 700*time.Millisecond),
		plain("silence 1000 ms", time.Second),
		smartAlone(),
		ours("ours, no hint", false, words),
		ours("ours, slot hint", true, words),
	}
}

// printTurns writes the table of docs/turns.md.
func printTurns(w io.Writer, turns []heardTurn, words *turn.OpenEnds, kinds bool) error {
	fmt.Fprintf(w, "Turns: %d, each clean, by telephone and by noisy telephone (15 dB). Cut off: share of the pauses within turns that\nwould end the turn. Dead air: true end until the decision. \"at 300\", \"at 600\": the rule made more or less patient until\nthat is the median dead air. \"dead air at 5 %%\": patient enough for 5 %% cut-offs.\n\n", len(turns)/len(channels))
	fmt.Fprintf(w, "| rule | cut off | turns cut | dead air p50 | p95 | cut off at 300 | at 600 | dead air at 5 %%: p50 | p95 |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range rules(words) {
		s := r.score(turns, 1)
		fmt.Fprintf(w, "| %s | %.1f %% | %.1f %% | %d ms | %d ms | %s | %s | %s |\n", r.name, s.cutOff(), percent(s.cutTurns, s.turns), s.at(0.5), s.at(0.95),
			r.cutAtMedian(turns, 300), r.cutAtMedian(turns, 600), r.deadAtFive(turns))
	}
	if !kinds {
		return nil
	}
	fmt.Fprintf(w, "\n| kind, channel | pauses | 700 ms cut | dead p50 / p95 | ours no hint cut | dead p50 / p95 | ours with hint cut | dead p50 / p95 |\n|---|---|---|---|---|---|---|---|\n")
	all := rules(words)
	row := func(name string, keep func(heardTurn) bool) {
		var some []heardTurn
		for _, t := range turns {
			if keep(t) {
				some = append(some, t)
			}
		}
		fmt.Fprintf(w, "| %s | %d |", name, all[0].score(some, 1).pauses)
		for _, r := range []rule{all[1], all[4], all[5]} {
			s := r.score(some, 1)
			fmt.Fprintf(w, " %.0f %% | %d / %d |", s.cutOff(), s.at(0.5), s.at(0.95))
		}
		fmt.Fprintln(w)
	}
	for _, k := range kindsOf(turns) {
		row(k, func(t heardTurn) bool { return t.kind == k })
	}
	for _, c := range channels {
		row(c.name, func(t heardTurn) bool { return t.channel == c })
	}
	row("every other text", func(t heardTurn) bool { return !t.held })
	row("the others", func(t heardTurn) bool { return t.held })
	return nil
}

func kindsOf(turns []heardTurn) []string {
	var kinds []string
	for _, t := range turns {
		if !slices.Contains(kinds, t.kind) {
			kinds = append(kinds, t.kind)
		}
	}
	return kinds
}

// cutAtMedian is the share of cut-offs at a median dead air in ms.
func (r rule) cutAtMedian(turns []heardTurn, ms int64) string {
	s, ok := r.tuned(turns, func(s score) bool { return s.at(0.5) >= ms })
	if !ok {
		return "never"
	}
	if s.at(0.5) > ms+50 {
		return fmt.Sprintf("%.1f %% (%d ms)", s.cutOff(), s.at(0.5))
	}
	return fmt.Sprintf("%.1f %%", s.cutOff())
}

func (r rule) deadAtFive(turns []heardTurn) string {
	s, ok := r.tuned(turns, func(s score) bool { return s.cutOff() <= 5 })
	if !ok {
		return fmt.Sprintf("never (%.1f %%) | - ", r.score(turns, 8).cutOff())
	}
	return fmt.Sprintf("%d ms | %d ms", s.at(0.5), s.at(0.95))
}
