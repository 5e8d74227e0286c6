package interpreter

import (
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/journal"
)

// polite is how long a translation waits for somebody who speaks on and on.
const polite = 8 * time.Second

// enqueue gives an utterance its place: what broke in goes first, else who
// began first.
func (i *Interpreter) enqueue(u *utterance) {
	at := slices.IndexFunc(i.floor, func(v *utterance) bool {
		return !v.active() && (u.first && !v.first || !v.first && v.began.After(u.began))
	})
	if at < 0 {
		at = len(i.floor)
	}
	if p := i.party(u.speaker()); p != nil && u.part == nil && i.behind(u.speaker()) >= mostBehind {
		i.overlaps(p)
	}
	i.floor = slices.Insert(i.floor, at, u)
}

// mostBehind is how many utterances of a speaker may wait.
const mostBehind = 2

func (i *Interpreter) behind(speaker string) int {
	n := 0
	for _, u := range i.floor {
		if u.speaker() == speaker && !u.over() {
			n++
		}
	}
	return n
}

// speak begins whatever can be spoken now: to nobody two things at once, and
// nothing by or to somebody who does not know yet that a machine interprets. In
// consecutive mode one utterance is spoken at a time, to all at once.
func (i *Interpreter) speak() {
	i.clear()
	for _, m := range i.mouths {
		i.nextPrompt(m)
	}
	taken := map[string]bool{} // languages in which something earlier waits
	inTurn := i.options.Mode != Simultaneous
	if now := slices.IndexFunc(i.floor, (*utterance).active); inTurn && now >= 0 {
		i.speakUtterance(i.floor[now], taken)
		return
	}
	for _, u := range i.floor {
		if waits := i.speakUtterance(u, taken); inTurn && (waits || u.active()) {
			return
		}
	}
}

// speakUtterance begins the renditions that can be heard now, and says whether
// others shall wait for the rest. Nobody waits for a listener who speaks.
func (i *Interpreter) speakUtterance(u *utterance, taken map[string]bool) (waits bool) {
	for _, r := range u.renditions {
		language := r.text.Language
		if r.over || r.playing != nil {
			taken[language] = taken[language] || !r.over
			continue
		}
		listeners := i.listeners(r)
		m := i.mouth(language)
		switch {
		case !r.ready, i.uninformed(u.speaker()):
			waits = true
		case len(listeners) == 0:
			i.conclude(r, journal.TranslationShown)
			continue
		case taken[language] || m.busy():
			waits = true
		default:
			if quiet, forced := i.polite(listeners, r.since); quiet || forced {
				i.play(m, i.itemOf(r, listeners), forced)
			}
		}
		taken[language] = true
	}
	return waits
}

// polite says whether nobody of the listeners speaks, or it has waited for too long.
func (i *Interpreter) polite(names []string, since time.Time) (quiet, forced bool) {
	quiet = true
	for _, name := range names {
		quiet = i.quiet(name) && quiet
	}
	if quiet {
		return true, false
	}
	if limit := since.Add(polite); i.now().Before(limit) {
		i.wakeAt(limit)
		return false, false
	}
	return false, true
}

// clear takes utterances away that are over, and tells their speakers.
func (i *Interpreter) clear() {
	var over []*utterance
	i.floor = slices.DeleteFunc(i.floor, func(u *utterance) bool {
		if u.over() {
			over = append(over, u)
		}
		return u.over()
	})
	for _, u := range over {
		i.finish(u)
	}
}

// finish lets the speaker know that the others have heard it all, unless more
// is being said.
func (i *Interpreter) finish(u *utterance) {
	name := u.speaker()
	if p := i.party(name); p != nil && u.spoken && i.behind(name) == 0 && i.quiet(name) {
		i.endTone(p)
	}
}

// desert ends what nobody hears any more.
func (i *Interpreter) desert(name string) {
	for _, m := range i.mouths {
		m.prompts = slices.DeleteFunc(m.prompts, func(it *item) bool { return slices.Equal(it.to, []string{name}) })
		if pl := m.playing; pl != nil {
			pl.to = slices.DeleteFunc(pl.to, func(n string) bool { return n == name })
			if len(pl.to) == 0 {
				pl.hush()
			}
		}
	}
}
