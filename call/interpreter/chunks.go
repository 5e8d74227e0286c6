package interpreter

import (
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/call/scribe"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/translate"
)

// chunks are the pieces of one line that are spoken while it is being said.
// Each is an utterance of its own on the floor; in the journal they are one.
type chunks struct {
	id     int // of the segment
	prefix prefix
	sums   []*sum
	told   bool // the speaker knows that a piece failed
	final  bool // nothing follows
}

// sum is what a line has become in one language.
type sum struct {
	line   *utterance
	text   journal.Translation
	pieces []*rendition
	whole  bool // text is that of the whole line
}

// chunk speaks what is settled of the words that somebody is saying.
func (i *Interpreter) chunk(p *party, u scribe.Utterance) {
	from := transcript.Primary(u.Segment.Language)
	if from == "" || from != transcript.Primary(p.Language) || p.under || judge(u.Segment, i.options.Confidence) != wellHeard {
		return // whoever waits for the whole sentence knows more
	}
	if p.chunks == nil || p.chunks.id != u.Segment.ID {
		p.chunks = &chunks{id: u.Segment.ID}
	}
	if !i.inPieces(p) {
		return
	}
	for _, text := range p.chunks.prefix.hear(from, strings.Fields(u.Segment.Text)) {
		i.piece(p, p.chunks, u, text)
	}
}

// inPieces says whether text alone can be translated into all languages that
// are needed.
func (i *Interpreter) inPieces(p *party) bool {
	for _, q := range i.parties {
		if differ(p.Language, q.Language) && (!i.options.Renderer.Renders(transcript.Primary(p.Language), transcript.Primary(q.Language), false) || i.broken(p, q)) {
			return false
		}
	}
	return true
}

// piece is translated and spoken by itself.
func (i *Interpreter) piece(p *party, c *chunks, line scribe.Utterance, text string) {
	u := line
	u.Segment.Text, u.PCM = text, nil
	if !u.Segment.Final {
		u.Ended = i.now()
	}
	out := &utterance{Utterance: u, from: transcript.Primary(p.Language), began: i.now(), part: c}
	i.address(out, p)
	if len(out.renditions) == 0 {
		return
	}
	for _, r := range out.renditions {
		s := c.sum(r.text.Language, out)
		s.pieces = append(s.pieces, r)
	}
	i.enqueue(out)
	i.render(out)
}

func (c *chunks) begun() bool { return c != nil && len(c.sums) > 0 }

func (c *chunks) sum(language string, line *utterance) *sum {
	for _, s := range c.sums {
		if s.text.Language == language {
			return s
		}
	}
	s := &sum{line: line, text: journal.Translation{Language: language}}
	c.sums = append(c.sums, s)
	return s
}

// later says that a rendition is a piece, and not the first of its line.
func (r *rendition) later() bool {
	c := r.of.part
	return c != nil && c.sum(r.text.Language, r.of).pieces[0] != r
}

// flush speaks what the final words have beyond what was spoken, and writes
// the translation of the whole: whatever was spoken, the text is right.
func (i *Interpreter) flush(p *party, c *chunks, u *utterance) {
	c.final = true
	if rest := c.prefix.rest(strings.Fields(u.Segment.Text)); plain(rest) != "" {
		i.piece(p, c, u.Utterance, rest)
	}
	for _, r := range u.renditions {
		if r.replay {
			continue
		}
		s := c.sum(r.text.Language, u)
		i.noteSum(c, s)
		i.translate(r, u.Segment.Text, func(t translate.Translation, err error) {
			if err == nil {
				r.take(t)
				i.confirm(p, r)
				r.text.Delay = s.text.Delay
				s.text, s.whole = r.text, true
			}
			i.noteSum(c, s)
		})
	}
	if i.behind(u.speaker()) == 0 {
		i.endTone(p)
	}
}

// noteSum writes how the pieces of a line stand.
func (i *Interpreter) noteSum(c *chunks, s *sum) {
	var texts []string
	for _, r := range s.pieces {
		if r.text.Text != "" {
			texts = append(texts, r.text.Text)
		}
		if r.text.Engine != "" && s.text.Engine == "" {
			s.text.Engine = r.text.Engine
		}
		if r.of.Segment.Final { // what came before was early
			s.text.Delay = r.text.Delay
		}
	}
	if !s.whole {
		s.text.Text = strings.Join(texts, " ")
	}
	s.text.State = stateOf(s.pieces, c.final)
	seg := s.line.Segment
	i.options.Journal.Translated(i.options.Call, seg.Leg, seg.ID, s.text)
}

// stateOf pieces together; while more may follow they are under way.
func stateOf(pieces []*rendition, final bool) string {
	is := func(state string) bool {
		return slices.ContainsFunc(pieces, func(r *rendition) bool { return r.text.State == state })
	}
	open := slices.ContainsFunc(pieces, func(r *rendition) bool { return !r.over })
	switch {
	case is(journal.TranslationSpeaking):
		return journal.TranslationSpeaking
	case open || !final:
		return journal.TranslationPending
	}
	for _, state := range []string{journal.TranslationInterrupted, journal.TranslationFailed, journal.TranslationShown} {
		if is(state) {
			return state
		}
	}
	return journal.TranslationSpoken
}

// mend takes the full stop away that an engine sets behind a piece: the voice
// would sink as if all had been said.
func mend(language, piece, text string) string {
	words := strings.Fields(piece)
	if len(words) > 0 && !endsSentence(language, words[len(words)-1]) && strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "..") {
		return strings.TrimSuffix(text, ".") + ","
	}
	return text
}
