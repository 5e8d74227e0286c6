package rooms

import (
	"fmt"
	"slices"
	"time"
)

// mostLeft bounds the inputs that left and may still be refused.
const mostLeft = 500

// attach adds an input whose stream begins now.
func (m *meeting) attach(src Source) (string, error) {
	if m.life == Stopping || m.life == Stopped || m.life == Closed {
		return "", fmt.Errorf("%w: it is %s and takes no inputs", ErrState, m.life)
	}
	if len(m.inputs) >= m.o.Inputs {
		return "", fmt.Errorf("%w: it has %d inputs already", ErrState, len(m.inputs))
	}
	m.made++
	m.active = m.now
	src.Name, src.Speaker = named(src.Name), named(src.Speaker)
	if src.Name == "" {
		src.Name = fmt.Sprintf("%d", m.made)
	}
	if src.Speaker == "" && src.Kind == Telephone {
		src.Speaker = src.Name
	}
	in := &input{id: fmt.Sprintf("i%d", m.made), source: src, zero: m.now, lastHeard: m.now, closed: src.Closed}
	in.source.Closed = false // from now on it is muted, or not
	in.refused = m.refuser(src)
	in.mute(in.refused || in.closed, m.now)
	m.inputs = append(m.inputs, in)
	m.knowSpeaker(src.Speaker)
	m.tellInput(in)
	return in.id, nil
}

// detach ends an input: what it said last is shown.
func (m *meeting) detach(id string) error {
	in, err := m.input(id)
	if err != nil {
		return err
	}
	m.finish(in)
	m.inputs = slices.DeleteFunc(m.inputs, func(i *input) bool { return i == in })
	if m.left = append(m.left, in); len(m.left) > mostLeft {
		m.left = slices.Delete(m.left, 0, 1)
	}
	gone := in.view(m.now)
	gone.Gone = true
	m.event(KindInput, "", gone, Staff)
	return nil
}

func (m *meeting) report(id string, r Report) error {
	in, err := m.input(id)
	if err != nil {
		return err
	}
	before := in.warnings(m.now)
	m.quality.heard += in.report(r, m.now)
	if !slices.Equal(before, in.warnings(m.now)) {
		m.tellInput(in)
	}
	return nil
}

func (m *meeting) mute(id string, on bool) error {
	in, err := m.input(id)
	if err != nil {
		return err
	}
	if in.refused {
		if !on {
			return ErrRefused
		}
		in.closed = true
	}
	in.mute(on, m.now)
	m.tellInput(in)
	return nil
}

// tellInput is for the organisers.
func (m *meeting) tellInput(in *input) { m.event(KindInput, "", in.view(m.now), Staff) }

// announce tells everybody something; keeps says that the text says that the
// meeting is kept.
func (m *meeting) announce(text string, keeps bool) error {
	if text = clean(text, longestNote); text == "" {
		return fmt.Errorf("%w: the announcement has no text", ErrState)
	}
	m.ledger.announce(m.now, text, keeps, m.inputs)
	m.notice = &Notice{Text: text, Keeps: keeps}
	m.broadcast(KindNotice, m.notice)
	return nil
}

// tellSpeaker notes that the last announcement reached who speaks there.
func (m *meeting) tellSpeaker(id string) error {
	in, err := m.input(id)
	if err != nil {
		return err
	}
	switch {
	case in.refused:
		return ErrRefused
	case !m.ledger.announced:
		return ErrUnannounced
	}
	if !in.told {
		in.told = true
		m.ledger.add(Entry{At: m.now, Act: Told, Who: in.who(), Input: in.id, Keeps: m.ledger.says})
		m.tellInput(in)
	}
	return nil
}

// tellSpeakerOf notes it for an announcement that is still the last.
func (m *meeting) tellSpeakerOf(id, text string) error {
	if _, err := m.input(id); err != nil || m.notice == nil || m.notice.Text != clean(text, longestNote) {
		return err
	}
	return m.tellSpeaker(id)
}

// refuse mutes an input and takes back all that came from it; it may have left
// already.
func (m *meeting) refuse(id string) error {
	in, err := m.anyInput(id)
	if err != nil {
		return err
	}
	if in.refused {
		return nil
	}
	in.refused, in.closed, in.open, in.segmenter, in.tail, in.loose = true, in.muted, nil, nil, "", ""
	in.mute(true, m.now)
	m.ledger.add(Entry{At: m.now, Act: Refused, Who: in.who(), Input: in.id})
	m.retract(id)
	m.tellInput(in)
	return nil
}

// anyInput finds those that left, too.
func (m *meeting) anyInput(id string) (*input, error) {
	if i := slices.IndexFunc(m.left, func(in *input) bool { return in.id == id }); i >= 0 {
		return m.left[i], nil
	}
	return m.input(id)
}

// refuser says whether a speaker said no, perhaps on an input that broke off.
func (m *meeting) refuser(src Source) bool {
	no := func(in *input) bool { return in.refused && in.by(src) }
	return slices.ContainsFunc(m.inputs, no) || slices.ContainsFunc(m.left, no)
}

// agree takes a refusal back: from now on, not for what was said before. Who
// was muted besides stays so.
func (m *meeting) agree(id string) error {
	in, err := m.input(id)
	if err != nil {
		return err
	}
	if !in.refused {
		return nil
	}
	in.refused, in.told = false, m.ledger.announced
	in.mute(in.closed, m.now)
	for _, before := range m.left {
		before.refused = before.refused && !before.by(in.source)
	}
	m.ledger.add(Entry{At: m.now, Act: Agreed, Who: in.who(), Input: in.id, Keeps: m.ledger.says})
	m.tellInput(in)
	return nil
}

// retract takes what came from an input out of everything: what is kept, what
// waits, what is replayed, and what viewers have on their screens.
func (m *meeting) retract(input string) {
	ids := []string{}
	m.sentences = slices.DeleteFunc(m.sentences, func(s *sentence) bool {
		if s.input != input {
			return false
		}
		ids = append(ids, s.id)
		delete(m.byID, s.id)
		return true
	})
	m.edits = slices.DeleteFunc(m.edits, func(e Edit) bool { return e.input == input })
	for _, l := range m.lanes {
		l.queue = slices.DeleteFunc(l.queue, func(it item) bool { return it.s.input == input })
		l.jobs = slices.DeleteFunc(l.jobs, func(j job) bool { return slices.Contains(ids, j.sentence) })
	}
	m.hub.Forget(func(key string) bool { return key == input })
	m.broadcast(KindRetract, Retracted{Input: input})
}

// setDelay changes how long editors have. What waits keeps its time.
func (m *meeting) setDelay(d time.Duration) {
	m.o.Delay = min(max(0, d), mostDelay)
	m.tell()
}
