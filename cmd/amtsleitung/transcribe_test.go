package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/wav"
	"github.com/amtsleitung/amtsleitung/stt/corpus"
)

// Many short commands in a row, as people dictate them: none may be lost.
func TestTranscribeLosesNoLineOfManyShortOnes(t *testing.T) {
	audiotest.Model(t, "ggml-base.bin")
	clips, err := corpus.Read(audiotest.Shared(t, "speech"), func(c corpus.Clip) bool {
		return c.Language == "de" && c.Text != "" && c.Duration.Seconds() < 6
	})
	require.NoError(t, err)
	var pcm []int16
	for _, c := range clips {
		pcm = append(append(pcm, c.PCM...), make([]int16, media.SampleRate*7/10)...)
	}
	file := filepath.Join(t.TempDir(), "commands.wav")
	w, err := wav.Create(file, media.SampleRate)
	require.NoError(t, err)
	require.NoError(t, w.Write(pcm))
	require.NoError(t, w.Close())
	out, _, err := execute(t, "", "transcribe", "--lang", "de", "--progress", file)
	require.NoError(t, err)
	lost, from := 0, 0
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for _, c := range clips {
		best, at := 1.0, from
		for i := from; i < min(from+4, len(lines)) && best > 0.5; i++ { // the same sentence may come again
			if e := audiotest.WER(c.Text, lines[i]); e < best {
				best, at = e, i+1
			}
		}
		if best > 0.75 {
			lost++
			t.Logf("%s: %q is not in %q", c.File, c.Text, lines[from:min(from+4, len(lines))])
		}
		from = at
	}
	require.LessOrEqual(t, lost, len(clips)/15)
	require.GreaterOrEqual(t, len(lines), len(clips)-1)
}

func TestProgressIsOneLine(t *testing.T) {
	var b bytes.Buffer
	p := progress{out: &b, file: "/tmp/rede.wav", whole: 2 * 3600e9}
	require.NoError(t, p.frame(t.Context(), media.Frame{At: 3600e9, PCM: make([]int16, media.FrameSamples)}))
	require.NoError(t, p.frame(t.Context(), media.Frame{At: 3601e9, PCM: make([]int16, media.FrameSamples)}))
	p.end()
	require.Equal(t, "\rrede.wav: 1:00:00 of 2:00:00, 50 %\rrede.wav: 1:00:01 of 2:00:00, 50 %\n", b.String())
	require.False(t, isTerminal(&b))
}
