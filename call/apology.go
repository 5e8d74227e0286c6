package call

import (
	"context"
	"math"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
)

// Times of an apology.
const (
	apologyTime = 12 * time.Second // in all
	voiceTime   = 6 * time.Second  // for a voice that may be what is broken
)

// apologise is the last thing a caller hears when something of ours broke. It
// uses nothing of the broken call but the leg: what was recorded, else a
// voice, and with neither the tone that says that it is no fault of theirs.
func (b *Bot) apologise(ctx context.Context, l leg.Leg, language string) {
	ctx, cancel := context.WithTimeout(ctx, apologyTime)
	defer cancel()
	if _, ok := b.Apology[language]; !ok {
		language = b.Languages[0]
	}
	l.Playout().Flush()
	err := b.guard("apology", func() error { return b.sorry(ctx, l.Playout(), language) })
	if err != nil && ctx.Err() == nil {
		b.Log.Warn("apology was not spoken", "err", err)
		err = play(specialTone(), l.Playout())
	}
	if err == nil {
		err = l.Playout().Drain(ctx)
	}
	if err != nil {
		b.Log.Warn("apology was not heard", "err", err)
	}
}

func (b *Bot) sorry(ctx context.Context, to media.Sink, language string) error {
	if pcm := b.Recorded[language]; len(pcm) > 0 {
		return play(pcm, to)
	}
	ctx, cancel := context.WithTimeout(ctx, voiceTime)
	defer cancel()
	return b.Voice.Say(ctx, b.Apology[language], language, 1, to)
}

// play writes samples in frames.
func play(pcm []int16, to media.Sink) error {
	for at := 0; at < len(pcm); at += media.FrameSamples {
		if err := to.WriteFrame(media.Frame{PCM: pcm[at:min(at+media.FrameSamples, len(pcm))]}); err != nil {
			return err
		}
	}
	return nil
}

// specialTone is the special information tone of ITU-T E.180 section 8: 950,
// 1400 and 1800 Hz of 330 ms each, twice with a second of silence.
func specialTone() []int16 {
	const (
		part   = media.SampleRate * 330 / 1000
		volume = 4000 // -18 dBFS
	)
	var once []int16
	for _, hertz := range []float64{950, 1400, 1800} {
		for i := range part {
			once = append(once, int16(volume*math.Sin(2*math.Pi*hertz*float64(i)/media.SampleRate)))
		}
	}
	out := append(once, make([]int16, media.SampleRate)...)
	return append(out, once...)
}
