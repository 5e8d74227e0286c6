package tts

import (
	"context"
	"math"

	"github.com/amtsleitung/amtsleitung/media"
)

// Lengths of the framer, in samples of the inner format.
const (
	block     = media.SampleRate / 200    // 5 ms: the unit of the silence decision
	leadKeep  = 6 * block                 // 30 ms kept before the first sound, so that no soft consonant is cut
	trailKeep = 8 * block                 // 40 ms kept after the last one
	fade      = block                     // 5 ms ramps, so that no cut clicks
	heldMax   = 3 * media.SampleRate / 2  // a pause inside a sentence is never longer than 1.5 s
	silence   = 32768 * 0.0032            // RMS of about -50 dBFS, 30 dB below speech
	faint     = 4 * silence               // about -38 dBFS
	faintRun  = 4                         // 20 ms of faint sound are speech
	knee      = 0.7 * math.MaxInt16       // the limiter bends above -3 dBFS
	headroom  = 0.98*math.MaxInt16 - knee // and never passes this
	frameLen  = media.FrameSamples        // 20 ms
)

// Framer takes an engine's raw samples (16 kHz mono) in pieces of any length
// and writes 20 ms frames: silence at both ends trimmed, level adjusted by a
// fixed gain, peaks bent softly instead of clipped. It belongs to one
// goroutine and one utterance.
type Framer struct {
	to   media.Sink
	gain float64

	part    []int16 // an incomplete block of input
	held    []int16 // silence that is written only if sound follows
	speech  bool    // sound has begun
	frame   []int16 // the frame being filled
	written int     // samples in complete frames
	fresh   int     // samples of the fade-in still to do
	run     int     // blocks of sound without silence, at most faintRun counts
}

// NewFramer writes to a sink; gainDB is the voice's distance from the common
// speech level (about -20 dBFS while somebody speaks).
func NewFramer(to media.Sink, gainDB float64) *Framer {
	return &Framer{
		to: to, gain: math.Pow(10, gainDB/20), fresh: fade,
		part: make([]int16, 0, block), held: make([]int16, 0, heldMax), frame: make([]int16, 0, frameLen),
	}
}

// Write takes more samples. It returns ctx.Err() within one frame of a cancel.
func (f *Framer) Write(ctx context.Context, pcm []int16) error {
	for len(pcm) > 0 {
		n := min(block-len(f.part), len(pcm))
		f.part = append(f.part, pcm[:n]...)
		pcm = pcm[n:]
		if len(f.part) < block {
			return nil
		}
		err := f.take(ctx, f.part)
		f.part = f.part[:0]
		if err != nil {
			return err
		}
	}
	return nil
}

// Close writes what is left, padded with silence to a whole frame.
func (f *Framer) Close(ctx context.Context) error {
	if len(f.part) > 0 {
		if err := f.take(ctx, f.part); err != nil {
			return err
		}
		f.part = f.part[:0]
	}
	if !f.speech {
		return ctx.Err()
	}
	tail := f.held[:min(len(f.held), trailKeep)]
	fadeOut(tail)
	if err := f.emit(ctx, tail); err != nil {
		return err
	}
	f.held = f.held[:0]
	if len(f.frame) == 0 {
		return ctx.Err()
	}
	clear(f.frame[len(f.frame):frameLen])
	f.frame = f.frame[:frameLen]
	return f.flush(ctx)
}

// Samples is how much has been written in whole frames.
func (f *Framer) Samples() int { return f.written }

func (f *Framer) take(ctx context.Context, b []int16) error {
	if !f.sounds(rms(b) * f.gain) {
		f.hold(b)
		return nil
	}
	f.speech = true
	if err := f.emit(ctx, f.held); err != nil {
		return err
	}
	f.held = f.held[:0]
	return f.emit(ctx, b)
}

// sounds says whether a block of this level is speech. A faint one is if it
// follows speech without a gap, or others of its kind: voices end with a breath.
func (f *Framer) sounds(level float64) bool {
	switch {
	case level < silence:
		f.run = 0
	case level < faint:
		f.run++
	default:
		f.run = faintRun
	}
	return f.run >= faintRun
}

// hold keeps silence back: before the first sound only the last bit of it.
func (f *Framer) hold(b []int16) {
	if !f.speech && len(f.held)+len(b) > leadKeep {
		n := copy(f.held, f.held[min(len(f.held), len(f.held)+len(b)-leadKeep):])
		f.held = f.held[:n]
	}
	if len(f.held)+len(b) <= heldMax {
		f.held = append(f.held, b...)
	}
}

func (f *Framer) emit(ctx context.Context, pcm []int16) error {
	for _, s := range pcm {
		v := float64(s) * f.gain
		if f.fresh > 0 {
			v *= 1 - float64(f.fresh)/fade
			f.fresh--
		}
		f.frame = append(f.frame, limit(v))
		if len(f.frame) == frameLen {
			if err := f.flush(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *Framer) flush(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := f.to.WriteFrame(media.Frame{PCM: f.frame, At: media.Duration(f.written)})
	f.frame = f.frame[:0]
	f.written += frameLen
	return err
}

// limit bends what is above the knee so that it never clips.
func limit(v float64) int16 {
	a := math.Abs(v)
	if a <= knee {
		return int16(math.Round(v))
	}
	a = knee + headroom*math.Tanh((a-knee)/headroom)
	return int16(math.Copysign(a, v))
}

func fadeOut(pcm []int16) {
	n := min(fade, len(pcm))
	for i := range n {
		at := len(pcm) - 1 - i
		pcm[at] = int16(int(pcm[at]) * i / n)
	}
}

func rms(pcm []int16) float64 {
	var sum float64
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(len(pcm)))
}
