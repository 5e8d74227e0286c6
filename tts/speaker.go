package tts

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/tts/speakable"
)

// SpeakerOptions of a Speaker; the zero value works.
type SpeakerOptions struct {
	Lexicon *Lexicon
	Pause   time.Duration // silence between sentences; default 240 ms, below 0 none
	Voice   string        // "" picks the default of the language
}

// Spoken is one sentence (or the part of a long one) with its place in the
// audio that Speak wrote.
type Spoken struct {
	Text  string // as written, cleaned of markup
	Start time.Duration
	End   time.Duration // of what was written; Start plus Length if nothing broke in
	// Length is how long the whole sentence would have been.
	Length time.Duration
}

// Speaker speaks whole answers: the next sentence is synthesised while the
// sink plays this one. It is safe for concurrent use, one Speak per leg.
type Speaker struct {
	synthesizer Synthesizer
	options     SpeakerOptions
}

// NewSpeaker makes a speaker; it starts nothing.
func NewSpeaker(s Synthesizer, o SpeakerOptions) *Speaker {
	if o.Pause == 0 {
		o.Pause = 240 * time.Millisecond
	}
	return &Speaker{synthesizer: s, options: o}
}

// Speak writes the answer to the sink, which may block (playout). rate 0 means
// 1. It returns what was written, also with an error; ctx cancel is barge-in:
// the sink holds at most its own buffer more than was heard, see Heard.
func (s *Speaker) Speak(ctx context.Context, text, language string, rate float64, to media.Sink) ([]Spoken, error) {
	if rate == 0 {
		rate = 1
	}
	ctx, stop := context.WithCancel(ctx)
	clips := make(chan *clip, 1) // one sentence ahead
	var produced error
	var producer sync.WaitGroup
	producer.Go(func() {
		defer close(clips)
		produced = s.produce(ctx, text, language, rate, clips)
	})
	p := player{to: to, pause: s.options.Pause, rate: rate}
	err := p.play(ctx, clips)
	stop()
	producer.Wait()
	if err == nil && produced != nil && !errors.Is(produced, context.Canceled) {
		err = produced
	}
	return p.spoken, err
}

// produce synthesises sentence by sentence; the channel's room is the lead.
func (s *Speaker) produce(ctx context.Context, text, language string, rate float64, clips chan<- *clip) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("preparing speech panicked: %v", r)
		}
	}()
	for sentence := range speakable.Sentences(text, language) {
		u := s.utterance(sentence, language, rate)
		if u.Text == "" {
			continue
		}
		c := newClip(sentence)
		select {
		case clips <- c:
		case <-ctx.Done():
			return ctx.Err()
		}
		c.finish(s.synthesize(ctx, u, c))
	}
	return nil
}

func (s *Speaker) utterance(sentence, language string, rate float64) Utterance {
	text, phonemes := s.options.Lexicon.Apply(sentence, language)
	return Utterance{
		Text: speakable.Text(text, language), Language: language,
		Voice: s.options.Voice, Rate: rate, Phonemes: phonemes,
	}
}

// synthesize keeps a panic of an engine inside this utterance.
func (s *Speaker) synthesize(ctx context.Context, u Utterance, to media.Sink) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("speech engine %s panicked: %v", s.synthesizer.Name(), r)
		}
	}()
	return s.synthesizer.Speak(ctx, u, to)
}

// player writes clips to the sink in the caller's goroutine.
type player struct {
	to     media.Sink
	pause  time.Duration
	rate   float64
	at     time.Duration
	spoken []Spoken
	quiet  [media.FrameSamples]int16
}

func (p *player) play(ctx context.Context, clips <-chan *clip) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case c, ok := <-clips:
			if !ok {
				return ctx.Err()
			}
			if err := p.clip(ctx, c); err != nil {
				return err
			}
		}
	}
}

func (p *player) clip(ctx context.Context, c *clip) error {
	pcm, err := c.frame(ctx, 0)
	if err != nil || pcm == nil {
		return err
	}
	if err := p.rest(ctx); err != nil {
		return err
	}
	start, from := p.at, 0
	for err == nil && pcm != nil {
		if err = p.write(ctx, pcm); err != nil {
			break
		}
		from += media.FrameSamples
		pcm, err = c.frame(ctx, from)
	}
	if p.at > start {
		p.spoken = append(p.spoken, Spoken{Text: c.text, Start: start, End: p.at, Length: max(c.length(p.rate), p.at-start)})
	}
	return err
}

// rest is the pause before every sentence but the first.
func (p *player) rest(ctx context.Context) error {
	if len(p.spoken) == 0 {
		return nil
	}
	for range p.pause / media.FrameDuration {
		if err := p.write(ctx, p.quiet[:]); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) write(ctx context.Context, pcm []int16) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := p.to.WriteFrame(media.Frame{PCM: pcm, At: p.at}); err != nil {
		return err
	}
	p.at += media.FrameDuration
	return nil
}
