package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
)

func TestSubtitleSaysWhatIsWrong(t *testing.T) {
	for name, tc := range map[string]struct {
		args []string
		code int
		want string
	}{
		"no file":      {[]string{"subtitle"}, 2, "subtitle"},
		"missing file": {[]string{"subtitle", filepath.Join(t.TempDir(), "none.wav")}, 1, "none.wav"},
		"no audio":     {[]string{"subtitle", "-"}, 1, "standard input"},
	} {
		t.Run(name, func(t *testing.T) {
			_, code, err := execute(t, "nothing that is audio", tc.args...)
			require.ErrorContains(t, err, tc.want)
			require.Equal(t, tc.code, code)
			require.NotContains(t, strings.TrimSpace(err.Error()), "\n")
		})
	}
}

func TestSubtitleSaysHowFarItIs(t *testing.T) {
	var b bytes.Buffer
	s := subtitler{progress: progress{out: &b, file: "/tmp/rede.m4a", whole: func() time.Duration { return 10 * time.Second }}}
	require.NoError(t, s.pace(t.Context(), media.Frame{At: 5*time.Second - media.FrameDuration}))
	s.progress.end()
	require.Equal(t, "\rrede.m4a: 0:00:05 of 0:00:10, 50 %\rrede.m4a: 0:00:05 of 0:00:10, 50 %\n", b.String())
}

func TestSubtitleOfSpeech(t *testing.T) {
	audiotest.Model(t, "ggml-base.bin")
	file := audiotest.Shared(t, "speech/de/thorsten-gt-01.flac")
	_, code, err := execute(t, "", "subtitle", "--lang", "xx", file)
	require.ErrorContains(t, err, "xx")
	require.Equal(t, 2, code)

	whole, _, err := execute(t, "", "transcribe", "--lang", "de", file)
	require.NoError(t, err)
	for _, args := range [][]string{{"--lang", "de"}, {"--lang", "de", "--realtime"}} {
		out, _, err := execute(t, "", append(append([]string{"subtitle"}, args...), file)...)
		require.NoError(t, err)
		var text, cues []string
		at := 0.0
		for _, l := range strings.Split(strings.TrimSpace(out), "\n") {
			var line subtitleLine
			require.NoError(t, json.Unmarshal([]byte(l), &line), l)
			require.GreaterOrEqual(t, line.Wall, at)
			require.Equal(t, "de", line.Language)
			at = line.Wall
			if line.Committed != "" {
				text = append(text, line.Committed)
			}
			if line.Cue != nil {
				cues = append(cues, line.Cue.Text)
			}
		}
		require.Equal(t, strings.Join(text, " "), strings.Join(cues, " "), "all words are in cues, in their order")
		require.Less(t, audiotest.WER(whole, strings.Join(text, " ")), 0.35)
	}
}
