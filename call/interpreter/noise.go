package interpreter

import (
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/call/scribe"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
)

// A voice is not always somebody who speaks: there is music, a lorry, and the
// translation itself, which comes back from a loudspeaker.
const (
	// noWords: a voice of which nothing is understood for so long is noise, and
	// nobody waits for its end.
	noWords = 4 * time.Second
	// echoSpan is how long after it was spoken a text may come back, and
	// echoShare how many of its words then still are.
	echoSpan  = 8 * time.Second
	echoShare = 0.7
	leastEcho = 3 // words
	// A voice without words that lasts from leastLost to mostLost may have had
	// some; longer ones are music.
	leastLost = time.Second
	mostLost  = 12 * time.Second
)

// wordy says whether something was understood of the voice that is heard now.
func (p *party) wordy() bool { return !p.words.IsZero() && !p.words.Before(p.since) }

// noise says whether a voice has gone on for too long without words.
func (i *Interpreter) noise(p *party) bool {
	if p.wordy() {
		return false
	}
	if known := p.since.Add(noWords); i.now().Before(known) {
		i.wakeAt(known)
		return false
	}
	return true
}

// suspects looks back at the last voice when the next one begins: if no words
// came of it, a voice alone interrupts no more.
func (p *party) suspects(now time.Time) {
	if p.awaits && now.Sub(p.until) > wordsWait {
		p.suspect, p.awaits = true, false
	}
}

// echo says whether a party's words are those that were spoken to them at the
// same time. Who repeats them afterwards wants to make sure.
func (i *Interpreter) echo(p *party, u scribe.Utterance) bool {
	words := plainWords(u.Segment.Text)
	if !p.under || len(words) < leastEcho || p.spoken == "" || u.Ended.Sub(p.spokenAt) > echoSpan {
		return false
	}
	return coverage(words, plainWords(p.spoken)) >= echoShare
}

// coverage is the share of the words that stand in a text in the same order.
func coverage(words, text []string) float64 {
	row := make([]int, len(text)+1) // longest common subsequence
	for _, w := range words {
		corner := 0
		for j, v := range text {
			was := row[j+1]
			if w == v {
				row[j+1] = corner + 1
			}
			row[j+1] = max(row[j+1], row[j])
			corner = was
		}
	}
	return float64(row[len(text)]) / float64(len(words))
}

func plainWords(text string) []string {
	words := strings.Fields(text)
	for k, w := range words {
		words[k] = plain(w)
	}
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}

// wordless is a voice of which nothing could be understood: noise, or somebody
// too faint. Who has been understood before is asked once to say it again.
func (i *Interpreter) wordless(p *party, u scribe.Utterance) {
	under, broke := p.under, p.cut != nil
	p.awaits, p.under, p.suspect, p.chunks = false, false, true, nil
	i.anew(p)
	if d := u.Segment.End - u.Segment.Start; p.talked && !under && !broke && p.poor == 0 && d >= leastLost && d <= mostLost && i.needed() {
		p.poor++
		i.problem = ProblemRepeat
		i.prompt(p, prompts.InterpretRepeat)
	}
}

// respeak begins translations anew that were broken off by what turned out to
// be no words.
func (i *Interpreter) respeak() {
	for _, p := range i.parties {
		if p.cut == nil || p.voice && !i.noise(p) {
			continue
		}
		if known := p.until.Add(wordsWait); !p.voice && i.now().Before(known) {
			i.wakeAt(known)
			continue
		}
		p.suspect = true
		i.anew(p)
	}
}

// anew puts what a party has broken off back to the front.
func (i *Interpreter) anew(p *party) {
	r := p.cut
	p.cut, p.broke = nil, false
	if r == nil || r.playing != nil {
		return
	}
	r.over, r.since = false, i.now()
	i.pending(r)
	if !slices.Contains(i.floor, r.of) {
		i.floor = slices.Insert(i.floor, 0, r.of)
	}
}
