package recording

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/inference/onnx"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/audiofile"
	"github.com/amtsleitung/amtsleitung/media/vad"
	"github.com/amtsleitung/amtsleitung/media/wav"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/corpus"
	"github.com/amtsleitung/amtsleitung/stt/live"
	"github.com/amtsleitung/amtsleitung/stt/wer"
	"github.com/amtsleitung/amtsleitung/stt/whisper"
)

// real are Whisper base and Silero.
func real(t *testing.T) *Transcriber {
	t.Helper()
	rt, err := onnx.Open("")
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("no ONNX runtime here")
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, rt.Close()) })
	m, err := vad.Load(rt, audiotest.Model(t, "silero_vad.onnx"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	e, err := whisper.Open(whisper.Options{Model: audiotest.Model(t, "ggml-base.bin")})
	require.NoError(t, err)
	t.Cleanup(e.Close)
	return &Transcriber{Recognizer: e, Voice: func() (live.Voice, func(), error) {
		s, err := m.Stream()
		if err != nil {
			return nil, nil, err
		}
		return s, s.Close, nil
	}}
}

// samples is a recording in memory.
type samples []int16

func (s samples) Play(ctx context.Context, to media.Sink) error {
	for i := 0; i+media.FrameSamples <= len(s); i += media.FrameSamples {
		if err := to.WriteFrame(media.Frame{PCM: s[i : i+media.FrameSamples], At: media.Duration(i)}); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// short are the clips of a language that are no longer than a command.
func short(t *testing.T, language string) []corpus.Clip {
	t.Helper()
	clips, err := corpus.Read(audiotest.Shared(t, "speech"), func(c corpus.Clip) bool {
		return c.Language == language && c.Text != "" && c.Duration < 6*time.Second
	})
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(clips), 12)
	return clips
}

func joined(clips []corpus.Clip, quiet time.Duration) (pcm samples, text string) {
	for _, c := range clips {
		pcm = append(append(pcm, c.PCM...), make([]int16, media.Samples(quiet))...)
		text += c.Text + " "
	}
	return pcm, text
}

// written is all that is heard in a recording.
func written(t *testing.T, tr *Transcriber, pcm samples, o Options) string {
	t.Helper()
	var texts []string
	_, err := tr.Transcribe(t.Context(), pcm, o, func(s Sentence) error {
		texts = append(texts, s.Text)
		return nil
	})
	require.NoError(t, err)
	return strings.Join(texts, " ")
}

// alone is what is heard of each clip by itself.
func alone(t *testing.T, tr *Transcriber, clips []corpus.Clip, translate bool) (texts []string) {
	t.Helper()
	for _, c := range clips {
		h, err := tr.Recognizer.Recognize(t.Context(), stt.Window{PCM: c.PCM, Language: c.Language, Translate: translate})
		require.NoError(t, err)
		texts = append(texts, h.Text())
	}
	return texts
}

// Many short clips in a row, with pauses and without: each is there with its
// first and its last word, as far as Whisper hears them in the clip alone.
func TestNoLineOfManyShortOnesIsLost(t *testing.T) {
	tr := real(t)
	for _, language := range []string{"de", "en"} {
		clips := short(t, language)
		single := alone(t, tr, clips, false)
		for name, quiet := range map[string]time.Duration{"joined": 0, "short pauses": 300 * time.Millisecond, "pauses": 700 * time.Millisecond} {
			t.Run(language+" "+name, func(t *testing.T) {
				pcm, text := joined(clips, quiet)
				began := time.Now()
				heard := written(t, tr, pcm, Options{Language: language})
				took, length := time.Since(began), media.Duration(len(pcm))
				k := keptOf(single, heard)
				errors, least := wer.Compare(text, heard).Rate(), wer.Compare(text, strings.Join(single, " ")).Rate()
				t.Logf("%d clips, %s: %.1f %% wrong words (the clips alone %.1f %%), in %.3f of real time; of the clips alone %d first words and %d last words",
					k.clips, length.Round(time.Second), 100*errors, 100*least, took.Seconds()/length.Seconds(), k.first, k.last)
				require.Empty(t, k.missing, heard)
				require.GreaterOrEqual(t, k.first, k.clips*4/5, heard)
				require.GreaterOrEqual(t, k.last, k.clips*4/5, heard)
				require.Less(t, errors, least+0.1, heard)
			})
		}
	}
}

// Most lines are there, whatever pauses are between them: Whisper base itself
// translates some of them alone into nothing, and some to others in a row.
func TestTranslationOfManyShortLines(t *testing.T) {
	tr := real(t)
	clips := short(t, "de")
	single := alone(t, tr, clips, true)
	for name, quiet := range map[string]time.Duration{"joined": 0, "pauses": 700 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			pcm, _ := joined(clips, quiet)
			heard := written(t, tr, pcm, Options{Language: "de", Translate: true})
			k := keptOf(single, heard)
			t.Logf("of the translations of %d clips alone %d first words and %d last words", k.clips, k.first, k.last)
			require.LessOrEqual(t, len(k.missing), 2, "%q", k.missing)
			require.Contains(t, heard, "My favorite number is 268")
			require.Contains(t, heard, "garage door")
		})
	}
}

func TestAPromptSpells(t *testing.T) {
	tr := real(t)
	clips, err := corpus.Read(audiotest.Shared(t, "speech"), func(c corpus.Clip) bool { return strings.Contains(c.File, "EcoBee") })
	require.NoError(t, err)
	require.NotContains(t, written(t, tr, clips[0].PCM, Options{Language: "en"}), "EcoBee")
	require.Contains(t, written(t, tr, clips[0].PCM, Options{Language: "en", Prompt: "Thermostat EcoBee"}), "EcoBee")
}

func TestTheLanguageIsDetected(t *testing.T) {
	tr := real(t)
	for _, language := range []string{"de", "en"} {
		pcm, text := joined(short(t, language), 700*time.Millisecond)
		require.Less(t, wer.Compare(text, written(t, tr, pcm, Options{})).Rate(), 0.35, language)
	}
}

func TestFaintNoiseBetweenSentences(t *testing.T) {
	tr := real(t)
	clips := short(t, "en")[1:3]
	noise := make([]int16, 5*60*media.SampleRate)
	d := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = int16(d.NormFloat64() * 20)
	}
	gap := samples(slices.Concat(clips[0].PCM, noise, clips[1].PCM))
	var starts []time.Duration
	_, err := tr.Transcribe(t.Context(), gap, Options{Language: "en"}, func(s Sentence) error {
		starts = append(starts, s.Start)
		return nil
	})
	require.NoError(t, err)
	require.Len(t, starts, 2, "nobody has spoken in the noise")
	require.InDelta(t, 5*time.Minute+clips[0].Duration, starts[1], float64(time.Second))
}

// What can be read of a damaged file is told before the error.
func TestDamagedAndEmptyFiles(t *testing.T) {
	tr := real(t)
	pcm, _ := joined(short(t, "en")[:6], time.Second)
	path := filepath.Join(t.TempDir(), "a.wav")
	w, err := wav.Create(path, media.SampleRate)
	require.NoError(t, err)
	require.NoError(t, w.Write(pcm))
	require.NoError(t, w.Close())
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	flac, err := os.ReadFile(audiotest.Shared(t, "speech/en/osr-us-000-0034-8k.flac"))
	require.NoError(t, err)
	for name, tc := range map[string]struct {
		data   []byte
		broken bool
		told   bool
	}{
		"whole":    {whole, false, true},
		"cut FLAC": {flac[:2*len(flac)/3], true, true},
		"empty":    {whole[:44], true, false},
	} {
		t.Run(name, func(t *testing.T) {
			told := 0
			in, err := audiofile.OpenBytes(tc.data, name)
			if err == nil {
				_, err = tr.Transcribe(t.Context(), in, Options{Language: "en"}, func(Sentence) error { told++; return nil })
				require.NoError(t, in.Close())
			}
			require.Equal(t, tc.broken, err != nil, "%v", err)
			require.Equal(t, tc.told, told > 0)
		})
	}
}

// Who goes away while a window is recognised does not wait for its end.
func TestCancelInTheMiddle(t *testing.T) {
	tr := real(t)
	pcm, _ := joined(short(t, "de"), 0)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	told := 0
	_, err := tr.Transcribe(ctx, pcm, Options{}, func(Sentence) error { told++; cancel(); return nil })
	require.ErrorIs(t, err, context.Canceled)
	require.Less(t, told, 12)
}
