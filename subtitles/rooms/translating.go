package rooms

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/subtitles"
)

// patience is how many times the limit of one translation a sentence waits for
// its turn before the original is shown.
const patience = 3

// prefixStep is how many new words a translation in fast mode is worth.
const prefixStep = 3

// job is a text for one lane's translator.
type job struct {
	lane                 *lane
	sentence, from, text string
	version              int
	prefix               bool // of an open sentence, for fast mode
}

// result is what came of it.
type result struct {
	job
	out string
	err error
}

// translate queues a finished sentence for a language.
func (m *meeting) translate(l *lane, s *sentence) {
	due := l.due(m.now.Add(m.o.Delay))
	l.queue = append(l.queue, item{s: s, cue: -1, due: due, deadline: due.Add(patience * m.o.Timeout)})
	m.ask(l, s, false)
}

// ask has a sentence translated; corrections go first. Where too many wait the
// oldest stays as it was said.
func (m *meeting) ask(l *lane, s *sentence, first bool) {
	r := s.rendition(l.name)
	text := s.text()
	switch {
	case text == "":
		r.cues, r.version, r.ready = nil, s.version, true
		if r.shown {
			m.publishRendition(KindReplace, l, s)
		}
		return
	case l.work == nil:
		l.untranslated(s)
		if r.shown {
			m.publishRendition(KindReplace, l, s)
		}
		return
	}
	r.ready = r.shown // what is shown stays until the new one is there
	j := job{lane: l, sentence: s.id, from: s.language, text: text, version: s.version}
	l.dropPrefixes()
	for len(l.jobs) >= m.o.Queue {
		oldest := l.jobs[0]
		l.jobs = l.jobs[1:]
		m.failed(l, oldest, errBusy)
	}
	if first {
		l.jobs = append([]job{j}, l.jobs...)
	} else {
		l.jobs = append(l.jobs, j)
	}
	l.dispatch()
}

var errBusy = errors.New("too many sentences wait for this language")

// dispatch gives the translator its next text when it has none.
func (l *lane) dispatch() {
	if l.busy || len(l.jobs) == 0 {
		return
	}
	l.busy = true
	l.work <- l.jobs[0] // has room for one, and is empty while busy is false
	l.jobs = l.jobs[1:]
}

func (l *lane) dropPrefixes() {
	kept := l.jobs[:0]
	for _, j := range l.jobs {
		if !j.prefix {
			kept = append(kept, j)
		}
	}
	l.jobs = kept
}

// translated takes a result.
func (m *meeting) translated(res result) {
	l := res.lane
	if !slices.Contains(m.lanes, l) {
		return // the language was taken away
	}
	l.busy = false
	defer l.dispatch()
	s := m.byID[res.sentence]
	if s == nil || res.version != s.version {
		return // gone, or corrected since
	}
	switch {
	case res.prefix:
		m.prefix(l, s, res)
	case l.kind == easy:
		m.drafted(l, s, res)
	case res.err != nil || strings.TrimSpace(res.out) == "":
		m.failed(l, res.job, res.err)
	default:
		l.failures = 0
		m.ready(l, s, s.cut(res.out, l.name, m.o.Segmenter(l.name)), false)
	}
}

// failed leaves a sentence as it was said.
func (m *meeting) failed(l *lane, j job, err error) {
	if l.failures++; l.failures == 1 { // until one succeeds; a language without a model would fill the log
		m.o.Log.Warn("subtitles: not translated", "room", m.code, "language", l.name, "from", j.from, "err", err)
	}
	s := m.byID[j.sentence]
	switch {
	case s == nil || j.version != s.version:
	case s.rendition(l.name).given(s.version): // a late error of what was given up already
	case l.kind == easy:
		m.drafted(l, s, result{job: j, err: err})
	default:
		m.ready(l, s, s.source, true)
	}
}

// ready keeps a translation; one that was corrected after it was shown is
// shown anew.
func (m *meeting) ready(l *lane, s *sentence, cues []Cue, untranslated bool) {
	r := s.rendition(l.name)
	r.cues, r.version, r.ready, r.untranslated = append([]Cue(nil), cues...), s.version, true, untranslated
	if r.shown {
		m.publishRendition(KindReplace, l, s)
	}
}

// given says whether viewers have the original of a version already.
func (r *rendition) given(version int) bool { return r.shown && r.untranslated && r.version == version }

// untranslated gives up: the original is ready to be shown.
func (l *lane) untranslated(s *sentence) {
	r := s.rendition(l.name)
	r.cues, r.version, r.ready, r.untranslated = append([]Cue(nil), s.source...), s.version, true, true
}

// fast shows what is not settled yet.
func (m *meeting) fast(in *input, tail string) {
	in.loose = ""
	if !m.o.Fast || m.o.Delay > 0 {
		return
	}
	tail = clean(tail, mostTail)
	s := in.open
	if s == nil {
		in.tail = ""
		return
	}
	settled := subtitles.Join(s.words, s.language)
	shown := strings.TrimSpace(settled + " " + tail)
	m.quality.rewritten(in.tail, shown)
	in.tail = shown
	in.loose = tail
	m.event(KindTail, s.input, s.unsettled(tail), m.direct(s, true)...)
	for _, l := range m.lanes {
		m.askPrefix(l, s, settled)
	}
}

// askPrefix has an open sentence translated so far, where nobody else waits.
func (m *meeting) askPrefix(l *lane, s *sentence, settled string) {
	if l.kind != translated || l.direct(s) || l.work == nil || l.busy || len(l.queue) > 0 || len(l.jobs) > 0 {
		return
	}
	r := s.rendition(l.name)
	if len(s.words) < r.asked+prefixStep {
		return
	}
	r.asked = len(s.words)
	l.jobs = append(l.jobs, job{lane: l, sentence: s.id, from: s.language, text: settled, version: s.version, prefix: true})
	l.dispatch()
}

// prefix shows what two translations in a row begin with, and only more than
// before.
func (m *meeting) prefix(l *lane, s *sentence, res result) {
	if res.err != nil || s.closed || len(l.queue) > 0 || m.o.Delay > 0 {
		return
	}
	r := s.rendition(l.name)
	text := strings.Fields(clean(res.out, mostTail))
	before, shown := strings.Fields(r.candidate), strings.Fields(r.prefix)
	r.candidate = strings.Join(text, " ")
	n := commonWords(before, text)
	if n <= len(shown) || commonWords(shown, text) < len(shown) {
		return
	}
	r.prefix = strings.Join(text[:n], " ")
	m.event(KindPrefix, s.input, Words{Sentence: s.id, Input: s.input, Speaker: s.speaker, Language: l.name, Text: r.prefix}, l.name)
}

// engine is what a lane's translator calls.
type engine func(ctx context.Context, text, from, to string) (string, error)

// call runs an engine within a time, and outlives its panic.
func (e engine) call(ctx context.Context, j job, limit time.Duration) (res result) {
	res.job = j
	defer func() {
		if p := recover(); p != nil {
			res.err = fmt.Errorf("translator of %s: panic of type %T", j.lane.name, p) // its value may quote what was said
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	res.out, res.err = e(ctx, j.text, j.from, j.lane.name)
	if res.err == nil && ctx.Err() != nil {
		res.err = ctx.Err()
	}
	return res
}
