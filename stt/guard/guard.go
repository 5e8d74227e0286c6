// Package guard keeps invented text away from callers: audio and hypotheses
// flow in, and what nobody said comes out rejected, with the reason. Whisper
// writes text for silence, music and noise; the reasons here are the
// measurable signs of that.
package guard

import (
	"math"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
)

// Reasons for Hypothesis.Rejected.
const (
	TooShort   = "too-short"
	Silence    = "silence"
	NoSpeech   = "no-speech"
	Unsure     = "log-probability"
	Repetition = "repetition"
	TooFast    = "too-fast"
	Phantom    = "phantom"
)

// Options are the limits; the zero value takes the defaults, measured over
// speech, noise, music and tones.
type Options struct {
	MinAudio time.Duration // default 150 ms: no German or English word is shorter
	MinLevel float64       // dBFS of the loudest 20 ms; default -60
	// MinLogProbability is the mean per token below which a text is noise;
	// default -1.4. Clear speech has -0.1 to -0.5, single misheard names -1.3.
	MinLogProbability float64
	// DoubtfulNoSpeech is the no-speech probability from which the model must
	// be surer of its text, the more so the higher it is: by default from 0.3
	// on above that probability minus 1.3.
	DoubtfulNoSpeech, DoubtfulOffset float64
	// PoliteNoSpeech is the no-speech probability above which "Ja." or "Danke."
	// alone is taken for invented; default 0.25.
	PoliteNoSpeech float64
	// MaxLettersPerSecond is faster than anybody speaks; default 40.
	MaxLettersPerSecond float64
}

// Guard judges audio before recognition and text behind it. It is immutable.
type Guard struct {
	limits   Options
	phantoms phantoms
}

// New makes a guard with the built-in list of phantom phrases.
func New(o Options) *Guard {
	setDefault(&o.MinAudio, 150*time.Millisecond)
	setDefault(&o.MinLevel, -60)
	setDefault(&o.MinLogProbability, -1.4)
	setDefault(&o.DoubtfulNoSpeech, 0.3)
	setDefault(&o.DoubtfulOffset, -1.3)
	setDefault(&o.PoliteNoSpeech, 0.25)
	setDefault(&o.MaxLettersPerSecond, 40)
	return &Guard{limits: o, phantoms: loadPhantoms()}
}

func setDefault[T comparable](value *T, fallback T) {
	var zero T
	if *value == zero {
		*value = fallback
	}
}

// Audio says why a window is not worth recognising, or "".
func (g *Guard) Audio(pcm []int16) string {
	if media.Duration(len(pcm)) < g.limits.MinAudio {
		return TooShort
	}
	if loudest(pcm) < g.limits.MinLevel {
		return Silence
	}
	return ""
}

// loudest is the level of the loudest 20 ms in dB below full scale.
func loudest(pcm []int16) float64 {
	most := 0.0
	for i := 0; i < len(pcm); i += media.FrameSamples {
		frame := pcm[i:min(i+media.FrameSamples, len(pcm))]
		sum := 0.0
		for _, s := range frame {
			sum += float64(s) * float64(s)
		}
		most = max(most, sum/float64(len(frame)))
	}
	return 10 * math.Log10(most/(32768*32768))
}

// Check returns h without what nobody said; d is how much audio was heard.
func (g *Guard) Check(h stt.Hypothesis, d time.Duration) stt.Hypothesis {
	if h.Rejected != "" || len(h.Segments) == 0 {
		return h
	}
	h = g.phantoms.strip(h, g.limits.PoliteNoSpeech)
	if h.Rejected == "" {
		h = undouble(h, d)
		h.Rejected = g.reason(h, d)
	}
	if h.Rejected != "" {
		h.Segments = nil
	}
	return h
}

func (g *Guard) reason(h stt.Hypothesis, d time.Duration) string {
	text := h.Text()
	switch {
	case repeats(text):
		return Repetition
	case float64(len([]rune(text))) > g.limits.MaxLettersPerSecond*d.Seconds()+8:
		return TooFast
	case h.NoSpeech > g.limits.DoubtfulNoSpeech && h.LogProbability < h.NoSpeech+g.limits.DoubtfulOffset:
		return NoSpeech
	case h.LogProbability < g.limits.MinLogProbability:
		return Unsure
	}
	return ""
}
