// Package espeak speaks more than a hundred languages with espeak-ng and tells
// Piper how words sound: a sentence flows in, 20 ms frames or phonemes flow out.
package espeak

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/resample"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/tts"
)

// Name of the engine in routes and lexicons.
const Name = "espeak"

const (
	wordsPerMinute = 155  // of a calm voice on the telephone; espeak-ng's own 175 is hasty
	gain           = -1.0 // dB to the common speech level, from the level test
	longestPiece   = 600  // bytes spoken at a time, so that other calls get their turn
)

// Options of a Synthesizer; the zero value uses the system's data folder.
type Options struct {
	Data string // folder that holds espeak-ng-data
}

// Synthesizer is the one espeak-ng of the process, safe for concurrent use:
// calls take turns for the 10-30 ms that a sentence takes.
type Synthesizer struct {
	engine    *engine
	languages []string
	voices    map[string]string // tag in lower case to espeak-ng's own
}

// Open starts espeak-ng; a second one in the same process is ErrOpen.
func Open(o Options) (*Synthesizer, error) {
	e, err := openEngine(o.Data)
	if err != nil {
		return nil, err
	}
	s := &Synthesizer{engine: e, voices: map[string]string{}}
	for _, tag := range e.languages() {
		s.voices[strings.ToLower(tag)] = tag
		primary := transcript.Primary(tag)
		if !slices.Contains(s.languages, primary) {
			s.languages = append(s.languages, primary)
		}
	}
	if len(s.voices) == 0 {
		s.Close()
		return nil, errors.New("espeak-ng has no voices; install the package espeak-ng-data")
	}
	for tag, voice := range aliases() {
		if v := s.voices[voice]; v != "" && s.voices[tag] == "" {
			s.voices[tag] = v
			s.languages = append(s.languages, tag)
		}
	}
	slices.Sort(s.languages)
	return s, nil
}

// aliases are tags that espeak-ng knows under another name.
func aliases() map[string]string {
	return map[string]string{
		"zh": "cmn", "no": "nb", "en": "en-gb", "fr": "fr-fr", "pt": "pt-br", "he": "he", "tl": "id", "ckb": "ku", "kmr": "ku", "prs": "fa", "sr-latn": "sr",
	}
}

// Close lets another Synthesizer be opened; the library itself stays loaded.
func (s *Synthesizer) Close() { s.engine.close() }

// Name implements tts.Synthesizer.
func (s *Synthesizer) Name() string { return "espeak-ng" }

// Languages implements tts.Synthesizer.
func (s *Synthesizer) Languages() []string { return slices.Clone(s.languages) }

// Speak implements tts.Synthesizer. The audio of a sentence is computed whole
// (it takes a hundredth of its length) so that a slow sink keeps nobody waiting.
func (s *Synthesizer) Speak(ctx context.Context, u tts.Utterance, to media.Sink) error {
	voice, err := s.pick(u.Language, u.Voice)
	if err != nil {
		return err
	}
	text := u.Render(Name, plain, func(ph string) string { return " [[" + ph + "]] " })
	if strings.TrimSpace(text) == "" {
		return ctx.Err()
	}
	convert, err := resample.New(s.engine.rate, media.SampleRate, resample.Phone)
	if err != nil {
		return err
	}
	defer convert.Close()
	f := tts.NewFramer(to, gain)
	for piece := range pieces(text) {
		pcm, err := s.engine.say(ctx, voice, piece, words(u.Rate), len(u.Phonemes) > 0)
		if err != nil {
			return err
		}
		if err := f.Write(ctx, convert.Append(nil, pcm)); err != nil {
			return err
		}
	}
	tail := make([]int16, convert.Delay()*s.engine.rate/media.SampleRate+1)
	if err := f.Write(ctx, convert.Append(nil, tail)); err != nil {
		return err
	}
	return f.Close(ctx)
}

func words(rate float64) int {
	if rate == 0 {
		rate = 1
	}
	return int(math.Round(wordsPerMinute * min(max(rate, 0.52), 2.5)))
}

// pick finds the voice of a tag: "pt-BR", else "pt".
func (s *Synthesizer) pick(language, voice string) (string, error) {
	tag := strings.ToLower(voice)
	if tag == "" {
		tag = strings.TrimSuffix(strings.ToLower(language), "-leicht")
	}
	primary := transcript.Primary(tag)
	for _, t := range []string{tag, primary} {
		if v := s.voices[t]; v != "" {
			return v, nil
		}
	}
	return "", fmt.Errorf("espeak-ng, language %q: %w", tag, tts.ErrLanguage)
}
