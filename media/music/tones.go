package music

import (
	"math"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// soft is the peak of tones: about -20 dBFS.
const soft = 3300

// edge is how long a tone takes to begin and to end, so that it does not click.
const edge = media.SampleRate * 8 / 1000

// Tone is a sine, or silence where the frequency is 0.
type Tone struct {
	Hz   float64
	Time time.Duration
}

// Ringing is what callers in Germany hear while a telephone rings: 425 Hz,
// 1 s on, 4 s off (ITU-T E.180 supplement 2). It never ends.
func Ringing() media.Source {
	return &repeat{pcm: tones(Tone{425, time.Second}, Tone{0, 4 * time.Second})}
}

// Accept says yes: two short tones upwards.
func Accept() media.Source {
	return Tones(Tone{587.33, 110 * time.Millisecond}, Tone{0, 30 * time.Millisecond}, Tone{880, 160 * time.Millisecond})
}

// Beep asks for attention, e.g. before a briefing or when a supervisor listens.
func Beep() media.Source { return Tones(Tone{660, 180 * time.Millisecond}) }

// Tones plays some tones and ends.
func Tones(list ...Tone) media.Source { return &once{pcm: tones(list...)} }

func tones(list ...Tone) []int16 {
	var pcm []int16
	for _, t := range list {
		pcm = append(pcm, tone(t)...)
	}
	return pcm
}

func tone(t Tone) []int16 {
	pcm := make([]int16, media.Samples(t.Time))
	if t.Hz == 0 {
		return pcm
	}
	for i := range pcm {
		a := min(1, float64(i)/edge, float64(len(pcm)-1-i)/edge)
		a = (1 - math.Cos(math.Pi*a)) / 2
		pcm[i] = int16(soft * a * math.Sin(2*math.Pi*t.Hz*float64(i)/media.SampleRate))
	}
	return pcm
}
