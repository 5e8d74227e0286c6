package rooms

import (
	"fmt"
	"slices"
	"time"
)

// lastWords is how long after the end words are waited for that were said
// before it, unless their inputs leave sooner.
const lastWords = 10 * time.Second

// start begins or goes on. What is asked twice (two organisers) is done once.
func (m *meeting) start() error {
	switch m.life {
	case Running:
		return nil
	case Created:
		m.began = m.now
	case Paused:
	default:
		return fmt.Errorf("%w: it is %s and cannot start", ErrState, m.life)
	}
	m.silences = toggle(m.silences, false, m.now)
	m.enter(Running)
	return nil
}

func (m *meeting) pause() error {
	switch m.life {
	case Paused:
		return nil
	case Running:
		m.silences = toggle(m.silences, true, m.now)
		m.enter(Paused)
		return nil
	}
	return fmt.Errorf("%w: it is %s and cannot pause", ErrState, m.life)
}

// stop ends it: last words are still taken, later ones are not.
func (m *meeting) stop() {
	switch m.life {
	case Created:
		m.began = m.now
	case Running, Paused:
	default:
		return
	}
	m.silences = toggle(m.silences, true, m.now)
	m.enter(Stopping)
}

func (m *meeting) enter(l Life) {
	m.life, m.changed, m.active = l, m.now, m.now
	m.tell()
}

// tell says how the meeting stands.
func (m *meeting) tell() {
	m.broadcast(KindState, m.state())
}

func (m *meeting) state() StateEvent {
	return StateEvent{Life: m.life, Title: m.o.Title, Languages: slices.Clone(m.o.Languages), Easy: m.o.Easy, Delay: m.o.Delay}
}

// tick looks at what changes with time only.
func (m *meeting) tick() {
	for _, in := range m.inputs {
		if in.missing(m.now) && m.listens() && !in.lost {
			in.lost = true
			m.quality.gaps++
			m.finish(in)
			m.tellInput(in)
		}
	}
	since := m.now.Sub(m.changed)
	switch {
	case m.life == Stopping && m.ended():
		m.settle()
	case m.life == Stopped && since >= m.o.Retain:
		m.close()
	case m.life == Stopped && since >= m.o.Linger:
		m.vanish()
	case m.now.Sub(m.active) >= m.o.Idle:
		m.stop() // forgotten by its organiser
	}
}

// ended says whether nothing more will be said.
func (m *meeting) ended() bool {
	if len(m.inputs) > 0 && m.now.Sub(m.changed) < lastWords {
		return false
	}
	for _, in := range m.inputs {
		m.finish(in)
	}
	return m.idle()
}

// settle leaves of the meeting what may be left: nothing, unless keeping was
// chosen and everybody had been told.
func (m *meeting) settle() {
	m.inputs, m.left = nil, nil
	kept := m.sentences[:0:0]
	for _, s := range m.sentences {
		if s.kept && m.ledger.keep {
			kept = append(kept, s)
			continue
		}
		m.unkept++
		delete(m.byID, s.id)
	}
	m.sentences = kept
	for _, l := range m.lanes {
		l.jobs = slices.DeleteFunc(l.jobs, func(j job) bool { return m.byID[j.sentence] == nil })
	}
	m.edits = slices.DeleteFunc(m.edits, func(e Edit) bool { _, _, err := m.cue(e.Cue); return err != nil })
	m.enter(Stopped)
}

// vanish forgets what viewers could still fetch; a meeting of which nothing is
// kept is over.
func (m *meeting) vanish() {
	m.hub.Clear()
	if !m.ledger.keep {
		m.close()
	}
}

// close leaves nothing.
func (m *meeting) close() {
	if m.life == Closed {
		return
	}
	m.hub.Clear()
	m.enter(Closed)
	m.hub.Close()
	m.sentences, m.byID, m.edits, m.inputs, m.left, m.notice = nil, map[string]*sentence{}, nil, nil, nil, nil
	m.ledger, m.quality = ledger{}, quality{}
	m.o.Glossary, m.o.Speakers, m.o.Title = nil, nil, ""
	for _, l := range m.lanes {
		l.queue, l.jobs = nil, nil
	}
}

// reckon finds out whether what is said from now on may be kept.
func (m *meeting) reckon() {
	switch keeps := m.ledger.keeps(m.inputs); {
	case !keeps:
		m.told = time.Time{}
	case m.told.IsZero():
		m.told = m.now
	}
}
