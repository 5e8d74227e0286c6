package main

import (
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T) *engines {
	t.Helper()
	if testing.Short() {
		t.Skip("takes half a minute of models")
	}
	models := filepath.Dir(audiotest.Model(t, "smart-turn-v3.2-cpu.onnx"))
	audiotest.Model(t, "ggml-base.bin")
	audiotest.Model(t, "pico")
	e, err := openEngines(models)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.close()) })
	return e
}

// TestFewAreCutOff is a seventh of the corpus; docs/turns.md has the whole.
func TestFewAreCutOff(t *testing.T) {
	shared := filepath.Dir(audiotest.Shared(t, "speech"))
	e := open(t)
	turns, err := makeTurns(t.Context(), shared, e, func(i int, _ scripted) bool { return i%7 == 3 })
	require.NoError(t, err)
	heard, err := e.hearAll(t.Context(), turns)
	require.NoError(t, err)
	silence := plain("silence 700 ms", 700*time.Millisecond).score(heard, 1)
	hinted := ours("ours, slot hint", true, e.openEnds).score(heard, 1)
	unhinted := ours("ours, no hint", false, e.openEnds).score(heard, 1)
	t.Logf("%d pauses in %d turns: silence cuts %d, ours %d, with the hint %d", silence.pauses, len(turns), silence.cut, unhinted.cut, hinted.cut)
	require.Greater(t, silence.pauses, 40)
	require.LessOrEqual(t, 2*unhinted.cut, silence.cut)
	require.LessOrEqual(t, 2*hinted.cut, silence.cut)
	require.LessOrEqual(t, hinted.at(0.5), silence.at(0.5), "fewer cut off, and no more dead air")
	for _, k := range []string{"number", "spelling", "searching"} {
		var some []heardTurn
		for _, h := range heard {
			if h.kind == k {
				some = append(some, h)
			}
		}
		require.NotEmpty(t, some)
		require.LessOrEqual(t, ours("", true, e.openEnds).score(some, 1).cut, 1, "%s: nobody is cut off while dictating", k)
	}
}

func TestNobodyIsSilentForEver(t *testing.T) {
	shared := filepath.Dir(audiotest.Shared(t, "sounds"))
	e := open(t)
	all, err := makeScenes(t.Context(), shared, e)
	require.NoError(t, err)
	var scenes []scene
	of := map[string]int{}
	for _, s := range all {
		if of[s.what]++; of[s.what]%3 == 1 || s.echo > 0 {
			scenes = append(scenes, s)
		}
	}
	outcomes, err := e.actAll(t.Context(), scenes)
	require.NoError(t, err)
	missed, stopped := 0, 0
	for _, o := range outcomes {
		require.False(t, o.silentForEver(), "%s %q", o.what, o.name)
		switch o.what {
		case "dtmf", "music", "noise", "tones", "cough", "door", "silence", "echo -10 dB", "echo -20 dB":
			require.False(t, o.stopped, "%s %q stopped the bot", o.what, o.name)
			require.LessOrEqual(t, o.pauses, 3, "%s %q: the bot stutters", o.what, o.name)
		case "interruption, recorded":
			require.True(t, o.stopped, o.name)
		case "interruption":
			if !o.stopped {
				missed++
			}
		default:
			if o.stopped {
				stopped++
			}
		}
		if o.pauses > 0 && !o.stopped {
			require.LessOrEqual(t, o.resumed, 1500*time.Millisecond, "%s %q", o.what, o.name)
		}
	}
	require.LessOrEqual(t, missed, 3)
	require.LessOrEqual(t, stopped, 3, "backchannels that were misheard, bystanders before the caller has spoken")
}

func TestScriptIsSound(t *testing.T) {
	script, err := readScript(turnTexts)
	require.NoError(t, err)
	require.Greater(t, len(script), 80)
	_, err = readScript("number\tde\tnonsense\teins\n")
	require.ErrorContains(t, err, "nonsense")
	_, err = readScript("number\n")
	require.ErrorContains(t, err, "line 1")
}

func TestPausesArePut(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	pcm := append(audiotest.Sine(300, time.Second, 8000), make([]int16, 1600)...)
	pcm = append(pcm, audiotest.Sine(300, time.Second, 8000)...)
	runs := silentRuns(pcm)
	require.Len(t, runs, 1)
	got := media.Duration(len(pauseAt(rng, pcm, runs, "number")))
	require.GreaterOrEqual(t, got, 2400*time.Millisecond)
	require.LessOrEqual(t, got, 3200*time.Millisecond)
	require.InDelta(t, 0, onset(audiotest.Sine(300, time.Second, 8000)), 1)
}

func TestDumpIsReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pauses.csv")
	turns := []heardTurn{{
		spokenTurn: spokenTurn{scripted: scripted{kind: "short", language: "de", text: "Ja, \"bitte\"."}, channel: channels[1], end: time.Second, held: true},
		pauses:     []pause{{at: 1100 * time.Millisecond, speech: 400 * time.Millisecond, voice: 0.25, text: "Ja"}},
	}}
	require.NoError(t, dump(path, turns))
	got, err := load(path)
	require.NoError(t, err)
	require.Equal(t, turns, got)
}
