// Package marks says when each word of a spoken text sounds: the audio of a
// synthesiser and the text it has read flow in, times of the words as they are
// written flow out. Engines give none through the contract of tts, so they are
// estimated: long words last longer, and pauses in the audio stand where the
// text has them.
package marks

import (
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// Mark is one written word with its place in the text and in the audio.
type Mark struct {
	At, Length int // bytes of the text
	Start, End time.Duration
}

// Estimate gives the times of all words of a text that is wholly in pcm, in
// order. Marks never overlap and stay inside the audio. The language decides
// how numbers and abbreviations are read out.
func Estimate(pcm []int16, text, language string) []Mark {
	words := split(text)
	if len(words) == 0 {
		return nil
	}
	weigh(words, text, language)
	sound := listen(pcm, min(maxPauses, maxWeighed/len(words)))
	marks := make([]Mark, 0, len(words))
	for _, s := range fit(words, sound) {
		marks = s.share(marks, words)
	}
	return marks
}

// stretch is speech without a pause that the text knows of.
type stretch struct {
	first, last int     // words [first, last)
	start, end  float64 // seconds
}

// share gives each word of a stretch its part by weight.
func (s stretch) share(marks []Mark, words []word) []Mark {
	var whole float64
	for _, w := range words[s.first:s.last] {
		whole += w.weight
	}
	at := s.start
	for _, w := range words[s.first:s.last] {
		next := at + (s.end-s.start)*w.weight/whole
		marks = append(marks, Mark{At: w.at, Length: w.length, Start: seconds(at), End: seconds(next)})
		at = next
	}
	return marks
}

func seconds(s float64) time.Duration {
	return time.Duration(s * float64(time.Second)).Round(time.Millisecond)
}

// sound is what is heard: how long all is, where speech begins and ends, and
// the pauses in it, in seconds.
type sound struct {
	start, end float64
	pauses     []pause
}

type pause struct{ start, end float64 }

func (p pause) length() float64 { return p.end - p.start }

// Bounds of what counts as a pause.
const (
	step       = media.SampleRate / 100 // samples: 10 ms
	quiet      = 0.035                  // of the loudest step's level
	shortPause = 0.04                   // seconds; less is the closure of a plosive
	maxPauses  = 60                     // the longest count,
	maxWeighed = 6000                   // fewer in a long text: pauses times words
)
