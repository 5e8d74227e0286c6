package rooms

import (
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/subtitles"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// mostBack is how many sentences a rewrite may be late.
const mostBack = 50

// rewrite puts other words in the place of some of a finished sentence. What
// anybody has read, or an editor has changed, stays as it is.
func (m *meeting) rewrite(in *input, c Rewrite) {
	offset := in.zero.Sub(m.began)
	old, now := cleanWords(c.Old, offset), cleanWords(c.New, offset)
	if len(old) == 0 || len(now) == 0 {
		return
	}
	for i := len(m.sentences) - 1; i >= max(0, len(m.sentences)-mostBack); i-- {
		s := m.sentences[i]
		if s.input != in.id || !s.closed || s.edited {
			continue
		}
		if at := find(s.words, old); at >= 0 {
			m.rewriteSentence(s, at, len(old), now)
			return
		}
	}
}

func (m *meeting) rewriteSentence(s *sentence, at, n int, now []transcript.Word) {
	cue, first, ok := s.cueOf(at)
	if !ok || m.read(s, cue) {
		return
	}
	words := slices.Concat(s.words[:at], now, s.words[at+n:])
	segmenter := m.o.Segmenter(s.language)
	cues := segmenter.Add(words[first:], true)
	cues = append(cues, segmenter.Flush()...)
	if len(cues) == 0 {
		return
	}
	s.version++
	s.words = words
	s.recut(cue, cues)
	for _, l := range m.lanes {
		if l.direct(s) {
			l.requeue(s, cue)
		}
	}
	m.event(KindReplace, s.input, s.line(s.source), Staff)
	for _, l := range m.lanes {
		switch {
		case l.direct(s):
		case l.kind == easy:
			m.draft(l, s)
		default:
			m.ask(l, s, true)
		}
	}
}

// find is where a row of words stands in another; -1: nowhere.
func find(words, row []transcript.Word) int {
	same := func(a, b transcript.Word) bool { return a.Text == b.Text && a.Start == b.Start }
	for i := 0; i+len(row) <= len(words); i++ {
		if slices.EqualFunc(words[i:i+len(row)], row, same) {
			return i
		}
	}
	return -1
}

// cueOf is the cue a word stands in, and the first word of that cue. It is not
// ok where cues are not made of whole words.
func (s *sentence) cueOf(word int) (cue, first int, ok bool) {
	for i, c := range s.source {
		next := s.ends(first, c.Text)
		if next == first {
			return 0, 0, false
		}
		if word < next {
			return i, first, true
		}
		first = next
	}
	return 0, 0, false
}

// ends is behind the words that make up a text, from one of them on; they are
// none where it is not made of whole words.
func (s *sentence) ends(from int, text string) int {
	for next := from + 1; next <= len(s.words); next++ {
		if said := subtitles.Join(s.words[from:next], s.language); len(said) >= len(text) {
			if said == text {
				return next
			}
			break
		}
	}
	return from
}

// read says whether anybody may have read a sentence from a cue on.
func (m *meeting) read(s *sentence, cue int) bool {
	return slices.ContainsFunc(m.lanes, func(l *lane) bool {
		r := s.tracks[l.name]
		return r != nil && (r.shown || r.direct > cue)
	})
}

// recut puts other cues in the place of those from one on, in their time.
func (s *sentence) recut(from int, cues []subtitles.Cue) {
	end := s.source[len(s.source)-1].End
	low := time.Duration(0)
	if from > 0 {
		low = s.source[from-1].End
	}
	s.source = slices.Clone(s.source[:from])
	for _, c := range cues {
		c.Start = min(max(c.Start, low), end)
		c.End = min(max(c.End, c.Start), end)
		low = c.End
		s.source = append(s.source, s.cue(c, len(s.source)+1, s.language))
	}
}

// requeue lets the cues of a sentence wait where the old ones did.
func (l *lane) requeue(s *sentence, from int) {
	var out []item
	var last item
	at, next := -1, from // behind the last of them in out; the next new one
	for _, it := range l.queue {
		if it.s != s || it.cue < from {
			out = append(out, it)
			continue
		}
		if last = it; next < len(s.source) {
			it.cue = next
			out = append(out, it)
			next++
			at = len(out)
		}
	}
	for ; at >= 0 && next < len(s.source); next++ {
		last.cue = next
		out = slices.Insert(out, at, last)
		at++
	}
	l.queue = out
}
