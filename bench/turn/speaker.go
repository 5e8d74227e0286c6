package main

import (
	"bufio"
	"context"
	_ "embed"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt/corpus"
	"github.com/amtsleitung/amtsleitung/turn"
)

//go:embed turns.tsv
var turnTexts string

// seed of everything that is drawn.
const seed = 4715

// pauseMark stands in a text where the speaker pauses.
const pauseMark = "|"

// scripted is a line of turns.tsv, or a recorded sentence.
type scripted struct {
	kind, language string
	expect         turn.Expect
	text           string
	clip           []int16 // of a recorded one
}

// spokenTurn is a turn as it arrives at our ear.
type spokenTurn struct {
	scripted
	channel channel
	pcm     []int16
	start   time.Duration // of the turn, after a second of quiet line
	end     time.Duration // true end of the last sound
	held    bool          // one of the other half, to see how halves differ
}

func expects() map[string]turn.Expect {
	m := map[string]turn.Expect{}
	for _, e := range []turn.Expect{turn.Free, turn.YesNo, turn.Digits, turn.Name, turn.Date} {
		m[e.String()] = e
	}
	return m
}

func readScript(text string) ([]scripted, error) {
	var all []scripted
	names := expects()
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		f := strings.Split(lines.Text(), "\t")
		if len(f) != 4 {
			return nil, fmt.Errorf("turns.tsv line %d has %d columns, not 4", n, len(f))
		}
		e, ok := names[f[2]]
		if !ok {
			return nil, fmt.Errorf("turns.tsv line %d: unknown expectation %q", n, f[2])
		}
		all = append(all, scripted{kind: f[0], language: f[1], expect: e, text: f[3]})
	}
	return all, lines.Err()
}

// recorded are sentences of people and better voices, whole ("read") and cut
// in two by a pause in their middle ("broken").
func recorded(shared string) ([]scripted, error) {
	n := 0
	clips, err := corpus.Read(filepath.Join(shared, "speech"), func(c corpus.Clip) bool {
		length := c.Duration.Seconds()
		if c.Text == "" || length < 1.8 || length > 7 || strings.Contains(c.File, "gcompris") || strings.Contains(c.File, "asterisk") {
			return false
		}
		n++
		return n%3 == 0
	})
	if err != nil {
		return nil, err
	}
	var all []scripted
	for i, c := range clips {
		kind := "broken"
		if i%4 == 0 {
			kind = "read"
		}
		all = append(all, scripted{kind: kind, language: c.Language, text: c.Text, clip: trim(c.PCM)})
	}
	return all, nil
}

// makeTurns speaks every turn once and sends it through every channel. With
// keep only some are made.
func makeTurns(ctx context.Context, shared string, e *engines, keep func(int, scripted) bool) ([]spokenTurn, error) {
	script, err := readScript(turnTexts)
	if err != nil {
		return nil, err
	}
	clips, err := recorded(shared)
	if err != nil {
		return nil, err
	}
	noises, err := readNoises(shared)
	if err != nil {
		return nil, err
	}
	var turns []spokenTurn
	for i, s := range append(script, clips...) {
		if keep != nil && !keep(i, s) {
			continue
		}
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		speech, err := perform(ctx, rng, e, s)
		if err != nil {
			return nil, fmt.Errorf("turn %q: %w", s.text, err)
		}
		for _, c := range channels {
			pcm, err := c.send(rng, speech, noises)
			if err != nil {
				return nil, err
			}
			turns = append(turns, spokenTurn{
				scripted: s, channel: c, pcm: pcm, held: i%2 == 1,
				start: lead, end: lead + media.Duration(len(speech)),
			})
		}
	}
	return turns, nil
}

// perform speaks a turn with its pauses, from the first sound to the last.
func perform(ctx context.Context, rng *rand.Rand, e *engines, s scripted) ([]int16, error) {
	switch {
	case s.kind == "broken":
		return pauseAt(rng, s.clip, [][2]int{quietest(s.clip)}, s.kind), nil
	case s.clip != nil:
		return s.clip, nil
	}
	rate := 0.85 + 0.25*rng.Float64()
	pauses := strings.Count(s.text, pauseMark)
	pcm, err := e.say(ctx, strings.ReplaceAll(s.text, pauseMark, ","), s.language, rate)
	if err != nil {
		return nil, err
	}
	pcm = trim(pcm)
	gaps := silentRuns(pcm)
	if len(gaps) >= pauses {
		return pauseAt(rng, pcm, longest(gaps, pauses), s.kind), nil
	}
	return piecewise(ctx, rng, e, s, rate)
}

// piecewise speaks the parts of a turn one by one, where the voice makes no
// pause of its own.
func piecewise(ctx context.Context, rng *rand.Rand, e *engines, s scripted, rate float64) ([]int16, error) {
	var all []int16
	for i, part := range strings.Split(s.text, pauseMark) {
		pcm, err := e.say(ctx, part, s.language, rate)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			all = append(all, make([]int16, media.Samples(drawPause(rng, s.kind)))...)
		}
		all = append(all, trim(pcm)...)
	}
	return all, nil
}

// drawPause is a pause of 400 to 1,200 ms, each doubling as likely as the
// next; who spells pauses 250 to 800 ms.
func drawPause(rng *rand.Rand, kind string) time.Duration {
	low, high := 400.0, 1200.0
	if kind == "spelling" {
		low, high = 250, 800
	}
	return time.Duration(low*math.Pow(high/low, rng.Float64())) * time.Millisecond
}

// pauseAt puts pauses in place of the given quiet stretches.
func pauseAt(rng *rand.Rand, pcm []int16, gaps [][2]int, kind string) []int16 {
	var all []int16
	from := 0
	for _, g := range gaps {
		all = append(all, pcm[from:g[0]]...)
		all = append(all, make([]int16, media.Samples(drawPause(rng, kind)))...)
		from = g[1]
	}
	return append(all, pcm[from:]...)
}

// quiet is the level below which a synthetic voice says nothing: -54 dBFS.
const quiet = 65

// silentRuns are the stretches of 50 ms and more without sound.
func silentRuns(pcm []int16) [][2]int {
	const step = media.SampleRate / 100
	var runs [][2]int
	from := -1
	for i := 0; i+step <= len(pcm); i += step {
		if rms(pcm[i:i+step]) < quiet {
			if from < 0 {
				from = i
			}
			continue
		}
		if from > 0 && i-from >= 5*step {
			runs = append(runs, [2]int{from, i})
		}
		from = -1
	}
	return runs
}

// longest takes the n longest stretches, in the order of time.
func longest(runs [][2]int, n int) [][2]int {
	runs = slices.Clone(runs)
	slices.SortStableFunc(runs, func(a, b [2]int) int { return (b[1] - b[0]) - (a[1] - a[0]) })
	runs = runs[:n]
	slices.SortFunc(runs, func(a, b [2]int) int { return a[0] - b[0] })
	return runs
}

// quietest is the place of a recorded sentence where a pause hurts least.
func quietest(pcm []int16) [2]int {
	best, at := math.Inf(1), 0
	for i := len(pcm) * 35 / 100; i < len(pcm)*65/100; i += 160 {
		if v := rms(pcm[i : i+640]); v < best {
			best, at = v, i+320
		}
	}
	return [2]int{at, at}
}

// trim cuts the quiet before the first and after the last sound within 30 dB of the loudest.
func trim(pcm []int16) []int16 {
	const step = media.SampleRate / 100
	loudest := 0.0
	for i := 0; i+step <= len(pcm); i += step {
		loudest = max(loudest, rms(pcm[i:i+step]))
	}
	from, to := len(pcm), 0
	for i := 0; i+step <= len(pcm); i += step {
		if rms(pcm[i:i+step]) > loudest/32 {
			from, to = min(from, i), i+step
		}
	}
	return pcm[min(from, to):to]
}

func rms(pcm []int16) float64 {
	var sum float64
	for _, v := range pcm {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum / float64(max(1, len(pcm))))
}
