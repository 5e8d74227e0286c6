// Package audiotest judges audio in tests: tones and recordings flow in,
// frequencies, levels, ratios and word error rates flow out.
package audiotest

import (
	"math"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// Sine makes d of a tone at 16 kHz with the given peak (0..32767).
func Sine(frequency float64, d time.Duration, peak float64) []int16 {
	return SineAt(media.SampleRate, frequency, d, peak)
}

// SineAt is Sine at another sampling rate in Hz.
func SineAt(rate int, frequency float64, d time.Duration, peak float64) []int16 {
	pcm := make([]int16, int(d.Seconds()*float64(rate)))
	for i := range pcm {
		pcm[i] = int16(peak * math.Sin(2*math.Pi*frequency*float64(i)/float64(rate)))
	}
	return pcm
}

// Frames cuts inner PCM into frames; the last one is filled with silence.
func Frames(pcm []int16) []media.Frame {
	var frames []media.Frame
	for i := 0; i < len(pcm); i += media.FrameSamples {
		f := media.Frame{PCM: make([]int16, media.FrameSamples), At: media.Duration(i)}
		copy(f.PCM, pcm[i:])
		frames = append(frames, f)
	}
	return frames
}

// Recorder is a sink that keeps a copy of everything; one goroutine at a time.
type Recorder struct {
	PCM       []int16
	Concealed int // frames
	Frames    int
}

// WriteFrame copies the frame.
func (r *Recorder) WriteFrame(f media.Frame) error {
	r.PCM = append(r.PCM, f.PCM...)
	r.Frames++
	if f.Concealed {
		r.Concealed++
	}
	return nil
}
