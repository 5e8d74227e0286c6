package main

import (
	"context"
	_ "embed"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt/corpus"
)

//go:embed interruptions.tsv
var interruptionTexts string

// scene is what happens on the line while the bot speaks.
type scene struct {
	what, name, language string
	wanted               bool    // the caller wants to speak: the bot shall stop
	known                bool    // the caller has spoken before: the level is known
	sound                []int16 // at its level; empty: nothing but the echo
	echo                 float64 // gain of the bot's own voice, 0: none
	delay                time.Duration
}

// Times of a scene.
const (
	greetFrom = 500 * time.Millisecond // the caller's first turn, where there is one
	botFrom   = 6 * time.Second
	soundFrom = botFrom + 3*time.Second
	afterward = 9 * time.Second // watched after the sound
)

// Levels below the caller's speech.
const (
	minus10dB = 0.316
	minus15dB = 0.178
	minus20dB = 0.1
)

// makeScenes makes the whole corpus of interruptions and of sounds that are none.
func makeScenes(ctx context.Context, shared string, e *engines) ([]scene, error) {
	scenes, err := spokenScenes(ctx, e)
	if err != nil {
		return nil, err
	}
	for _, more := range []func(string) ([]scene, error){clipScenes, soundScenes} {
		some, err := more(shared)
		if err != nil {
			return nil, err
		}
		scenes = append(scenes, some...)
	}
	scenes = append(scenes, noiseScenes()...)
	return append(scenes, echoScenes()...), nil
}

// spokenScenes are the words of interruptions.tsv.
func spokenScenes(ctx context.Context, e *engines) ([]scene, error) {
	var all []scene
	for n, line := range strings.Split(strings.TrimSpace(interruptionTexts), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 3 {
			return nil, fmt.Errorf("interruptions.tsv line %d has %d columns, not 3", n+1, len(f))
		}
		pcm, err := e.say(ctx, f[2], f[1], 1)
		if err != nil {
			return nil, fmt.Errorf("say %q: %w", f[2], err)
		}
		all = append(all, scene{
			what: f[0], name: f[2], language: f[1], wanted: f[0] == "interruption",
			known: n%2 == 0, sound: level(pcm[onset(pcm):], 1),
		})
	}
	return all, nil
}

// level brings a sound to a gain relative to the caller's speech.
func level(pcm []int16, gain float64) []int16 {
	return scale(pcm, gain*speechLevel/activeLevel(pcm))
}

// clipScenes are recorded sentences: at the caller's level they interrupt,
// 15 dB below it they are other people.
func clipScenes(shared string) ([]scene, error) {
	n := 0
	clips, err := corpus.Read(filepath.Join(shared, "speech"), func(c corpus.Clip) bool {
		if c.Text == "" || c.Duration < 1500*time.Millisecond || c.Duration > 6*time.Second || strings.Contains(c.File, "gcompris") {
			return false
		}
		n++
		return n%3 == 1
	})
	if err != nil {
		return nil, err
	}
	var all []scene
	for i, c := range clips {
		s := scene{what: "interruption, recorded", name: c.File, language: c.Language, wanted: true, known: i%2 == 0, sound: level(c.PCM[onset(c.PCM):], 1)}
		if i%3 == 2 {
			s.what, s.wanted, s.sound = "other people, -15 dB", false, level(c.PCM[onset(c.PCM):], minus15dB)
		}
		all = append(all, s)
	}
	return all, nil
}

// soundScenes are the recorded sounds that are no speech.
func soundScenes(shared string) ([]scene, error) {
	clips, err := corpus.Read(filepath.Join(shared, "sounds"), func(c corpus.Clip) bool {
		return filepath.Dir(c.File) != "room"
	})
	if err != nil {
		return nil, err
	}
	var all []scene
	for i, c := range clips {
		gain := 1.0
		if kind := filepath.Dir(c.File); kind == "music" || kind == "noise" {
			gain = minus10dB
		}
		pcm := c.PCM[:min(len(c.PCM), 10*media.SampleRate)]
		all = append(all, scene{what: filepath.Dir(c.File), name: c.File, language: "de", known: i%2 == 0, sound: level(pcm, gain)})
	}
	return all, nil
}

// noiseScenes are made: coughs, doors, and nothing at all.
func noiseScenes() []scene {
	rng := rand.New(rand.NewPCG(seed, 9))
	var all []scene
	for i := range 12 {
		all = append(all,
			scene{what: "cough", name: fmt.Sprint(i), language: "de", known: i%2 == 0, sound: cough(rng)},
			scene{what: "door", name: fmt.Sprint(i), language: "de", known: i%2 == 0, sound: door(rng)})
	}
	return append(all, scene{what: "silence", language: "de", known: true}, scene{what: "silence", language: "de"})
}

// cough is one to three bursts of shaped noise with a voiced tail; the test data hold no real one.
func cough(rng *rand.Rand) []int16 {
	var all []int16
	for range 1 + rng.IntN(3) {
		pcm := make([]int16, media.Samples(time.Duration(150+rng.IntN(200))*time.Millisecond))
		pitch, low := 90+80*rng.Float64(), 0.0
		for i := range pcm {
			low += (rng.NormFloat64() - low) * 0.35
			t := float64(i) / media.SampleRate
			hum := math.Max(0, math.Sin(2*math.Pi*pitch*t)) * min(1, t/0.08)
			envelope := min(1, t/0.01) * math.Exp(-5*float64(i)/float64(len(pcm)))
			pcm[i] = int16(9000 * envelope * (low + 0.3*hum))
		}
		all = append(all, pcm...)
		all = append(all, make([]int16, media.Samples(time.Duration(80+rng.IntN(150))*time.Millisecond))...)
	}
	return all
}

// door is a latch and a thump that rings in the room.
func door(rng *rand.Rand) []int16 {
	pcm := make([]int16, media.Samples(700*time.Millisecond))
	pitch := 60 + 60*rng.Float64()
	thump := media.Samples(120 * time.Millisecond)
	low := 0.0
	for i := range pcm {
		low += (rng.NormFloat64() - low) * 0.2
		t := float64(i) / media.SampleRate
		v := 8000 * rng.NormFloat64() * 0.3 * math.Exp(-t*200)
		if i >= thump {
			u := t - 0.12
			v += 14000*math.Exp(-u*18)*math.Sin(2*math.Pi*pitch*u) + 9000*low*math.Exp(-u*14)
		}
		pcm[i] = int16(max(-32000, min(32000, v)))
	}
	return pcm
}

// echoScenes are lines on which the bot hears itself.
func echoScenes() []scene {
	var all []scene
	for i, delay := range []int{80, 120, 160, 200, 250} {
		for _, known := range []bool{true, false} {
			d := time.Duration(delay) * time.Millisecond
			all = append(all,
				scene{what: "echo -10 dB", name: fmt.Sprint(i), language: "de", known: known, echo: minus10dB, delay: d},
				scene{what: "echo -20 dB", name: fmt.Sprint(i), language: "de", known: known, echo: minus20dB, delay: d})
		}
	}
	return all
}
