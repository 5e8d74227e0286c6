package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/wav"
	"github.com/amtsleitung/amtsleitung/stt/corpus"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// Many short commands in a row, with pauses and without: none may be lost.
func TestTranscribeLosesNoLineOfManyShortOnes(t *testing.T) {
	audiotest.Model(t, "ggml-base.bin")
	clips, err := corpus.Read(audiotest.Shared(t, "speech"), func(c corpus.Clip) bool {
		return c.Language == "de" && c.Text != "" && c.Duration.Seconds() < 6
	})
	require.NoError(t, err)
	for name, pause := range map[string]int{"pauses": 7 * media.SampleRate / 10, "joined": 0} {
		t.Run(name, func(t *testing.T) {
			var pcm []int16
			for _, c := range clips {
				pcm = append(append(pcm, c.PCM...), make([]int16, pause)...)
			}
			file := filepath.Join(t.TempDir(), "commands.wav")
			w, err := wav.Create(file, media.SampleRate)
			require.NoError(t, err)
			require.NoError(t, w.Write(pcm))
			require.NoError(t, w.Close())
			out, _, err := execute(t, "", "transcribe", "--lang", "de", file)
			require.NoError(t, err)
			lost := missing(clips, strings.Fields(out))
			require.LessOrEqual(t, len(lost), len(clips)/12, "%q are not in %s", lost, out)
		})
	}
}

// What is heard of a recording that breaks off is written down before that is said.
func TestWhatWasHeardOfABrokenFileIsWritten(t *testing.T) {
	audiotest.Model(t, "ggml-base.bin")
	root := audiotest.Shared(t, "speech")
	whole, err := os.ReadFile(filepath.Join(root, "en", "asterisk-queue-periodic-announce.flac"))
	require.NoError(t, err)
	broken := filepath.Join(t.TempDir(), "broken.flac")
	require.NoError(t, os.WriteFile(broken, whole[:len(whole)*3/4], 0o600))
	for _, command := range []string{"transcribe", "subtitle"} {
		out, _, err := execute(t, "", command, "--lang", "en", broken)
		require.ErrorContains(t, err, "it ends too early", command)
		require.ErrorContains(t, err, "broken.flac")
		require.Contains(t, out, "representative", command)
	}
}

// stopping stops a command that tells that it is so far.
type stopping struct {
	at   string
	stop context.CancelFunc
}

func (s stopping) Write(p []byte) (int, error) {
	if _, told, ok := strings.Cut(string(p), ".wav: "); ok && told >= s.at {
		s.stop()
	}
	return len(p), nil
}

// Who stops it in the middle keeps what was heard.
func TestWhatWasHeardBeforeItWasStoppedIsWritten(t *testing.T) {
	audiotest.Model(t, "ggml-base.bin")
	clips, err := corpus.Read(audiotest.Shared(t, "speech"), func(c corpus.Clip) bool { return c.Language == "en" || c.Language == "fr" })
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "long.wav")
	w, err := wav.Create(file, media.SampleRate)
	require.NoError(t, err)
	for _, c := range clips {
		require.NoError(t, w.Write(append(c.PCM, make([]int16, media.SampleRate)...)))
	}
	require.NoError(t, w.Close())
	ctx, stop := context.WithCancel(t.Context())
	cmd := newRoot()
	var out bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetErr(stopping{"0:01:00", stop})
	cmd.SetArgs([]string{"transcribe", "--progress", "--lang", "en", file})
	err = cmd.ExecuteContext(ctx)
	require.ErrorContains(t, err, "stopped before the end; what was said until ")
	require.NotErrorIs(t, err, context.Canceled)
	require.NotEmpty(t, out.String())
}

// One file that cannot be read keeps no other from being written.
func TestTranscribeGoesOnBehindAFileItCannotRead(t *testing.T) {
	audiotest.Model(t, "ggml-base.bin")
	clip := audiotest.Shared(t, "speech/en/asterisk-queue-periodic-announce.flac")
	text := filepath.Join(t.TempDir(), "text.wav")
	require.NoError(t, os.WriteFile(text, []byte("Bekanntmachung"), 0o600))
	sound, err := os.ReadFile(clip)
	require.NoError(t, err)
	out, code, err := execute(t, string(sound), "transcribe", "--lang", "en", "--json", "none.wav", text, "-")
	require.ErrorContains(t, err, "none.wav")
	require.ErrorContains(t, err, "text.wav")
	require.Equal(t, 1, code)
	require.Contains(t, out, "representative")
}

func TestTranscribeMakesOneDocumentForEachFile(t *testing.T) {
	for _, format := range []string{"vtt", "srt", "ttml", "docx"} {
		_, code, err := execute(t, "", "transcribe", "--format", format, "a.wav", "b.wav")
		require.ErrorContains(t, err, format+" is one document for each file")
		require.Equal(t, 2, code)
	}
}

// Times are whole milliseconds.
func TestTimesOfATranscript(t *testing.T) {
	b, err := json.Marshal(jsonTranscript("a.wav", []transcript.Segment{{Start: 25952 * time.Millisecond, End: 33333333 * time.Microsecond}}))
	require.NoError(t, err)
	require.Contains(t, string(b), `"start":25.952,"end":33.333,`)
}

// missing are the clips whose words are not in the text, in their order: a
// clip is there when some stretch of its length has some of it: short commands are not heard
// without errors.
func missing(clips []corpus.Clip, words []string) (lost []string) {
	from := 0
	for _, c := range clips {
		n, found := len(strings.Fields(c.Text)), -1
		for i := from; i+1 <= len(words) && i < from+n+30 && found < 0; i++ {
			if stretch := words[i:min(i+n, len(words))]; audiotest.WER(c.Text, strings.Join(stretch, " ")) <= 0.7 {
				found = i
			}
		}
		if found < 0 {
			lost = append(lost, c.Text)
			continue
		}
		from = found + 1
	}
	return lost
}

func TestProgressIsOneLine(t *testing.T) {
	var b bytes.Buffer
	p := progress{out: &b, file: "/tmp/rede.wav", whole: func() time.Duration { return 2 * time.Hour }}
	require.NoError(t, p.read(3600e9))
	require.NoError(t, p.read(3601e9))
	p.end()
	require.Equal(t, "\rrede.wav: 1:00:00 of 2:00:00, 50 %\rrede.wav: 1:00:01 of 2:00:00, 50 %\n", b.String())
	require.False(t, isTerminal(&b))
}
