package interpreter

import (
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/call/scribe"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/translate"
)

// utterance is something that was said, on its way to the others.
type utterance struct {
	scribe.Utterance
	from   string // the language it was said in
	began  time.Time
	first  bool    // it broke a translation off: it goes before what waits
	silent bool    // to be read only
	told   bool    // the speaker knows that it failed
	spoken bool    // somebody has heard a translation to its end
	part   *chunks // of what it is a piece; nil: it is whole

	renditions []*rendition
}

// rendition is an utterance in one language.
type rendition struct {
	of        *utterance
	text      journal.Translation
	listeners []string // instead of all who speak the language; nil is all
	replay    bool     // the listener speaks the language it was said in
	ready     bool
	since     time.Time // it is ready
	over      bool
	playing   *playing
}

func (u *utterance) speaker() string { return u.Segment.Leg }

func (u *utterance) over() bool {
	return !slices.ContainsFunc(u.renditions, func(r *rendition) bool { return !r.over })
}

func (u *utterance) active() bool {
	return slices.ContainsFunc(u.renditions, func(r *rendition) bool { return r.playing != nil })
}

// heard decides what becomes of what somebody has said.
func (i *Interpreter) heard(u scribe.Utterance) {
	p := i.party(u.Segment.Leg)
	if p == nil || u.Segment.Text == "" {
		return
	}
	if i.echo(p, u) {
		p.suspect, p.awaits, p.under, p.chunks = true, false, false, nil
		i.anew(p)
		return
	}
	i.shared.remember(u)
	chunks := p.chunks
	out := &utterance{
		Utterance: u, from: i.tongue(p, u), first: p.broke,
		began: u.Ended.Add(u.Segment.Start - u.Segment.End), silent: p.under && i.backchannel(u),
	}
	p.awaits, p.under, p.broke, p.chunks = false, false, false, nil
	p.words, p.suspect, p.talked = i.now(), false, true
	if out.silent {
		i.anew(p)
	}
	p.cut = nil
	i.address(out, p)
	switch {
	case len(out.renditions) == 0:
	case chunks.begun():
		i.flush(p, chunks, out)
	case i.poorly(p, out):
	default:
		i.enqueue(out)
		i.render(out)
	}
}

// hearing takes words that somebody is still saying, or that had to be given up.
func (i *Interpreter) hearing(u scribe.Utterance) {
	p := i.party(u.Segment.Leg)
	switch {
	case p == nil:
	case u.Segment.Final && u.Segment.Text == "":
		i.wordless(p, u)
	case u.Segment.Final: // nobody knows what was said
		i.heard(u)
	case i.echo(p, u):
	default:
		p.words = i.now()
		if i.options.Mode == Simultaneous {
			i.chunk(p, u)
		}
	}
}

// address makes a rendition for each language of the others. Who speaks the
// language it was said in, though the speaker's is another one, has heard it
// only quietly: they hear it again as it was.
func (i *Interpreter) address(u *utterance, speaker *party) {
	for _, q := range i.parties {
		to := transcript.Primary(q.Language)
		if q == speaker || to == "" || u.from == "" {
			continue
		}
		if to == u.from {
			if differ(speaker.Language, q.Language) && u.PCM != nil {
				u.renditions = append(u.renditions, &rendition{
					of: u, listeners: []string{q.Name}, replay: true, ready: true, since: i.now(),
					text: journal.Translation{Language: to},
				})
			}
			continue
		}
		if !slices.ContainsFunc(u.renditions, func(r *rendition) bool { return r.text.Language == to }) {
			u.renditions = append(u.renditions, &rendition{of: u, text: journal.Translation{Language: to}})
		}
	}
}

// poorly says whether an utterance was heard too badly to be translated. The
// speaker is asked to say it again, but not twice in a row: then what can be
// understood is translated, and marked by its confidence.
func (i *Interpreter) poorly(p *party, u *utterance) bool {
	how := judge(u.Segment, i.options.Confidence)
	if how == wellHeard {
		p.poor = 0
		return false
	}
	p.poor++
	asks := p.poor%2 == 1
	if !asks && how == doubtful {
		return false
	}
	for _, r := range u.renditions {
		i.conclude(r, journal.TranslationRepeat)
	}
	i.problem = ProblemRepeat
	if asks {
		i.prompt(p, prompts.InterpretRepeat)
	}
	return true
}

// backchannel says whether somebody only shows that they listen.
func (i *Interpreter) backchannel(u scribe.Utterance) bool {
	b := i.options.Backchannels
	return b != nil && b.Is(u.Segment.Language, u.Segment.Text, true)
}

// tongue is the language something was said in. Two clear utterances in
// another language than the party's change it.
func (i *Interpreter) tongue(p *party, u scribe.Utterance) string {
	own, heard := transcript.Primary(p.Language), transcript.Primary(u.Segment.Language)
	switch {
	case heard == "" || heard == own:
		p.strange = ""
		return own
	case !certain(u.Segment, i.options.Confidence):
		return heard
	case own == "" || p.strange == heard:
		i.speaks(p, heard)
		i.changed()
	default:
		p.strange = heard
	}
	return heard
}

// note writes how a rendition stands into the journal.
func (i *Interpreter) note(r *rendition) {
	switch s := r.of.Segment; {
	case r.replay:
	case r.of.part != nil:
		i.noteSum(r.of.part, r.of.part.sum(r.text.Language, r.of))
	default:
		i.options.Journal.Translated(i.options.Call, s.Leg, s.ID, r.text)
	}
}

// pending says that a rendition is still to be spoken.
func (i *Interpreter) pending(r *rendition) {
	r.text.State = journal.TranslationPending
	i.note(r)
}

// take takes a translation over.
func (r *rendition) take(t translate.Translation) {
	r.text.Text, r.text.Engine = t.Text, t.Engine
	for _, d := range t.Doubts {
		r.text.Doubts = append(r.text.Doubts, d.Value)
	}
}

func (i *Interpreter) conclude(r *rendition, state string) {
	r.over, r.text.State = true, state
	i.note(r)
}

// leaveUnspoken is what remains of an utterance when interpretation ends.
func (i *Interpreter) leaveUnspoken(u *utterance) {
	for _, r := range u.renditions {
		switch {
		case r.over:
		case r.ready && r.playing == nil:
			i.conclude(r, journal.TranslationShown)
		default:
			i.conclude(r, journal.TranslationInterrupted)
		}
	}
}
