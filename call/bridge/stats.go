package bridge

import "time"

// Stats are the counters of a bridge.
type Stats struct {
	Ticks uint64
	Late  time.Duration // mean lateness of a tick
	Worst time.Duration
	Party map[string]PartyStats
}

// PartyStats are the counters of one party who is in the bridge.
type PartyStats struct {
	EarStats
	Skipped uint64 // frames not written, because its playout held too much
}

// Stats may be called at any time.
func (b *Bridge) Stats() Stats {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := Stats{Ticks: b.stats.ticks, Worst: b.stats.worst, Party: map[string]PartyStats{}}
	if s.Ticks > 0 {
		s.Late = b.stats.total / time.Duration(s.Ticks)
	}
	for _, p := range b.parties {
		s.Party[p.Name] = PartyStats{EarStats: p.ear.stats(), Skipped: p.skipped.Load()}
	}
	return s
}

// pace counts how late the ticks are.
type pace struct {
	ticks        uint64
	total, worst time.Duration
}

func (p *pace) add(late time.Duration) {
	late = max(0, late)
	p.ticks++
	p.total += late
	p.worst = max(p.worst, late)
}
