package recording

import (
	"context"

	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/live"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// Sentence is one that was heard, or what was said between two pauses where
// the recogniser wrote no end of a sentence. Times are since the start of the
// recording; Confidence is the mean of its words.
type Sentence struct {
	transcript.Segment
	// Of the window that it was heard in.
	LogProbability float64 // mean per token
	NoSpeech       float64 // probability that nobody spoke
}

// writer makes sentences of what a stream settles, in the stream's goroutine.
type writer struct {
	witness witness
	emit    func(Sentence) error
	stop    context.CancelFunc
	words   []live.Word // since the last sentence
	failed  error       // of emit
}

func (w *writer) update(u live.Update) {
	w.words = append(w.words, u.Committed...)
	if !u.Sentence || len(w.words) == 0 || w.failed != nil {
		return
	}
	s := Sentence{LogProbability: w.witness.last.LogProbability, NoSpeech: w.witness.last.NoSpeech, Segment: transcript.Segment{
		Language: u.Language, Text: live.Text(w.words), Final: true, Words: w.words,
		Start: w.words[0].Start, End: w.words[len(w.words)-1].End,
	}}
	for _, word := range w.words {
		s.Confidence += word.Probability / float64(len(w.words))
	}
	w.words = nil
	if w.failed = w.emit(s); w.failed != nil {
		w.stop()
	}
}

// witness remembers what the recogniser said of the last window. A stream has
// one window heard at a time and tells its words before it asks for the next:
// they never meet.
type witness struct {
	stt.Recognizer
	last stt.Hypothesis
}

// Recognize implements stt.Recognizer.
func (w *witness) Recognize(ctx context.Context, window stt.Window) (stt.Hypothesis, error) {
	h, err := w.Recognizer.Recognize(ctx, window)
	if err == nil {
		w.last = h
	}
	return h, err
}
