package rooms

import (
	"fmt"
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/subtitles"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// Cue is one subtitle as viewers get it. Times are since the meeting began.
type Cue struct {
	subtitles.Cue
	Revision int `json:"revision"` // grows with each change
}

// Line is what happened to one sentence on one track: kind "cue" adds cues to
// it, kind "replace" puts these in the place of all it had.
type Line struct {
	Sentence string `json:"sentence"`
	Input    string `json:"input"`
	Speaker  string `json:"speaker,omitempty"`
	Cues     []Cue  `json:"cues"`
	// Source is the whole sentence as it was said, on tracks that translate.
	Source         string `json:"source,omitempty"`
	SourceLanguage string `json:"source_language,omitempty"`
	Untranslated   bool   `json:"untranslated,omitempty"` // the original, because translation failed
	// Due is when viewers get what is pending; see Status.Now.
	Due time.Time `json:"due,omitzero"`
}

// sentence is what one speaker said up to an end, and its tracks.
type sentence struct {
	id, input, speaker, language string
	words                        []transcript.Word // while it is open, or nobody has read its end
	source                       []Cue
	version                      int // grows with each change of its text
	closed                       bool
	edited                       bool           // by a person
	heard                        map[string]Cue // what the edited ones were before, by ID
	kept                         bool           // everybody had been told when it was said
	start, end                   time.Duration
	tracks                       map[string]*rendition
}

// rendition is a sentence in another language.
type rendition struct {
	cues         []Cue
	version      int // of the sentence it was made from
	ready        bool
	shown        bool
	direct       int // cues shown as they were said
	untranslated bool
	draft        string // easy language before its release
	failed       bool   // no draft came of it
	candidate    string // fast mode: the last translation of the open sentence
	asked        int    // fast mode: words of the last translation asked for
	prefix       string // fast mode: what is shown of it
}

// text is the sentence as its cues have it, corrections included.
func (s *sentence) text() string {
	return Text(s.source)
}

// Text is cues as one text.
func Text(cues []Cue) string {
	text := ""
	for _, c := range cues {
		if text != "" && c.Text != "" {
			text += c.Lead()
		}
		text += c.Text
	}
	return text
}

// add takes cues of the segmenter.
func (s *sentence) add(cues []subtitles.Cue) {
	for _, c := range cues {
		s.source = append(s.source, s.cue(c, len(s.source)+1, s.language))
		s.end = max(s.end, c.End)
	}
}

// cue is one of the sentence: with an id of its own, by its speaker.
func (s *sentence) cue(c subtitles.Cue, n int, language string) Cue {
	c.ID, c.Speaker, c.Language, c.Machine = fmt.Sprintf("%s.%d", s.id, n), s.speaker, language, true
	c.Text, c.End = clean(c.Text, longestText), max(c.Start, c.End)
	return Cue{Cue: c, Revision: s.version}
}

// settled are words that were just added to the sentence.
func (s *sentence) settled(words []transcript.Word) Words {
	return Words{
		Sentence: s.id, Input: s.input, Speaker: s.speaker, Language: s.language, Text: subtitles.Join(words, s.language),
		Glued: len(s.words) > len(words) && !subtitles.Spaced(words[0], s.language),
	}
}

// unsettled is what may still change behind the sentence's words.
func (s *sentence) unsettled(tail string) Words {
	return Words{Sentence: s.id, Input: s.input, Speaker: s.speaker, Language: s.language, Text: tail, Glued: subtitles.Unspaced(s.language)}
}

// rendition of a language; it is made when it is asked for.
func (s *sentence) rendition(language string) *rendition {
	if s.tracks == nil {
		s.tracks = map[string]*rendition{}
	}
	r := s.tracks[language]
	if r == nil {
		r = &rendition{}
		s.tracks[language] = r
	}
	return r
}

// corrected says whether a person's words stand in the sentence.
func (s *sentence) corrected() bool {
	return slices.ContainsFunc(s.source, func(c Cue) bool { return c.Corrected })
}

// put gives a cue an editor's text. Who takes a correction back leaves the
// machine's words, and its doubts; back says that.
func (s *sentence) put(cue *Cue, text string) (back bool) {
	if s.heard == nil {
		s.heard = map[string]Cue{}
	}
	was, before := s.heard[cue.ID]
	if !before {
		was = *cue
		s.heard[cue.ID] = was
	}
	s.edited = true
	s.version++
	cue.Revision++
	cue.Text, cue.Corrected, cue.Confidence = text, true, 1
	if text == was.Text {
		cue.Corrected, cue.Confidence = was.Corrected, was.Confidence
	}
	return text == was.Text
}

// cut breaks a text of the sentence's length into cues of another language.
func (s *sentence) cut(text, language string, segmenter Segmenter) []Cue {
	text = clean(text, 4*longestText)
	if text == "" {
		return nil
	}
	cues := segmenter.Add(subtitles.Spread(text, s.start, s.end, language, 1), true)
	cues = append(cues, segmenter.Flush()...)
	out := make([]Cue, 0, len(cues))
	for i, c := range cues {
		cue := s.cue(c, i+1, language)
		cue.Corrected, cue.Confidence = s.corrected(), 0
		out = append(out, cue)
	}
	return out
}

// written are cues that are not empty: an editor may take one away.
func written(cues []Cue) []Cue {
	out := make([]Cue, 0, len(cues))
	for _, c := range cues {
		if c.Text != "" {
			out = append(out, c)
		}
	}
	return out
}
