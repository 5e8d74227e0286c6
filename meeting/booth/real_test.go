package booth

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/inference/onnx"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/resample"
	"github.com/amtsleitung/amtsleitung/media/vad"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/corpus"
	"github.com/amtsleitung/amtsleitung/stt/live"
	"github.com/amtsleitung/amtsleitung/stt/wer"
	"github.com/amtsleitung/amtsleitung/stt/whisper"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/tts"
	"github.com/amtsleitung/amtsleitung/tts/pico"
)

// real are Whisper base, Silero and Pico.
func real(t *testing.T) (Options, *whisper.Engine) {
	t.Helper()
	rt, err := onnx.Open("")
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("no ONNX runtime here")
	}
	require.NoError(t, err)
	t.Cleanup(func() { _ = rt.Close() })
	m, err := vad.Load(rt, audiotest.Model(t, "silero_vad.onnx"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = m.Close() })
	e, err := whisper.Open(whisper.Options{Model: audiotest.Model(t, "ggml-base.bin"), Scheduler: inference.NewScheduler(inference.Options{})})
	require.NoError(t, err)
	t.Cleanup(e.Close)
	voice := func() (live.Voice, func(), error) {
		s, err := m.Stream()
		if err != nil {
			return nil, nil, err
		}
		return s, s.Close, nil
	}
	return Options{Live: live.Options{Recognizer: e, Voice: voice}, Languages: []string{"de", "en"}, Speak: picoVoice(t)}, e
}

// sentences of the test data with a quiet second behind each.
func sentences(t *testing.T) (pcm []int16, text string) {
	for _, name := range []string{"de/picovoice-cheetah-test_de.flac", "de/thorsten-tts-05-hifigan.flac"} {
		list, err := corpus.Read(audiotest.Shared(t, "speech"), func(c corpus.Clip) bool { return c.File == name })
		require.NoError(t, err)
		require.Len(t, list, 1)
		pcm = append(append(pcm, list[0].PCM...), make([]int16, media.SampleRate)...)
		text += list[0].Text + " "
	}
	return pcm, text
}

func telephony(t *testing.T, pcm []int16) []byte {
	down, err := resample.New(media.SampleRate, 8000, resample.Phone)
	require.NoError(t, err)
	defer down.Close()
	narrow := down.Append(nil, pcm)
	b := bytes.NewBuffer(header(media.Duration(len(narrow))))
	require.NoError(t, binary.Write(b, binary.LittleEndian, narrow))
	out := b.Bytes()
	binary.LittleEndian.PutUint32(out[24:], 8000)
	binary.LittleEndian.PutUint32(out[28:], 16000)
	return out
}

// A microphone and a recording of a telephone speak one after the other, at the
// pace of time; one listener hears an English voice say so.
func TestRealSpeechInAMeeting(t *testing.T) {
	o, engine := real(t)
	pcm, words := sentences(t)
	ro := rooms.Options{Languages: []string{"de", "en"}, Translate: func(_ context.Context, _, _, _ string) (string, error) {
		return "This is the English translation.", nil
	}}
	hold(t, ro, o, func(h *hall) {
		require.NoError(t, h.room.Start(h.ctx))
		var rec audiotest.Recorder
		ctx, cancel := context.WithCancel(h.ctx)
		listened := make(chan error, 1)
		go func() { listened <- h.Listen(ctx, "en", &rec) }()
		mic, err := h.Open(h.ctx, Source{Source: rooms.Source{Name: "Saal", Kind: rooms.Microphone, Speaker: "Saal"}})
		require.NoError(t, err)
		p := player{input: mic, next: time.Now(), timer: time.NewTimer(0)}
		for _, f := range audiotest.Frames(pcm) {
			require.NoError(t, p.wait(h.ctx))
			require.NoError(t, mic.WriteFrame(f))
		}
		require.NoError(t, h.Play(h.ctx, recording(t, bytes.NewReader(telephony(t, pcm))), fromFile, nil))
		require.NoError(t, h.Settle(h.ctx))
		s, err := h.room.Snapshot(h.ctx, rooms.Original, 100)
		require.NoError(t, err)
		said := map[string]string{}
		for _, l := range s.Lines {
			said[l.Speaker] += rooms.Text(l.Cues) + " "
			require.Equal(t, "de", l.Cues[0].Language)
		}
		for _, who := range []string{"Saal", "Mitschnitt"} {
			n := wer.Compare(words, said[who])
			t.Logf("%s: %.0f %% of %d words wrong: %s", who, 100*n.Rate(), n.Words, said[who])
			require.Less(t, n.Rate(), 0.25)
		}
		st, err := h.room.Status(h.ctx)
		require.NoError(t, err)
		t.Logf("lag %v and %v, real-time factor %.2f", st.Quality.LagP50, st.Quality.LagP95, st.Quality.RealTime)
		cancel()
		require.NoError(t, <-listened)
		requireEnglish(t, engine, voicedPart(rec.PCM))
	})
}

// voicedPart is three seconds from the first sound on.
func voicedPart(pcm []int16) []int16 {
	for i, v := range pcm {
		if v > 500 || v < -500 {
			return pcm[max(0, i-1600):min(len(pcm), i+3*media.SampleRate)]
		}
	}
	return nil
}

func requireEnglish(t *testing.T, e *whisper.Engine, pcm []int16) {
	h, err := e.Recognize(t.Context(), stt.Window{PCM: pcm, Language: "en"})
	require.NoError(t, err)
	require.Contains(t, strings.ToLower(h.Text()), "english translation")
}

func picoVoice(t *testing.T) Speak {
	p, err := pico.Open(pico.Options{Dir: audiotest.Model(t, "pico")})
	require.NoError(t, err)
	t.Cleanup(p.Close)
	s := tts.NewSpeaker(p, tts.SpeakerOptions{})
	return func(ctx context.Context, text, language string, rate float64, to media.Sink) error {
		_, err := s.Speak(ctx, text, language, rate, to)
		return err
	}
}
