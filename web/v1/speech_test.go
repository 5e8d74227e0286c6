package v1

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mewkiz/flac"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/audiofile"
	"github.com/amtsleitung/amtsleitung/tts"
)

// heard decodes what was sent.
func heard(t *testing.T, data []byte) []int16 {
	t.Helper()
	f, err := audiofile.OpenBytes(data, "answer")
	require.NoError(t, err)
	defer f.Close()
	var pcm []int16
	buf := make([]int16, 4096)
	for {
		n, err := f.Read(buf)
		pcm = append(pcm, buf[:n]...)
		if errors.Is(err, io.EOF) {
			return pcm
		}
		require.NoError(t, err)
	}
}

// text is spoken by the test's talker in 60 ms a letter: 3 s.
const text = "Guten Tag, hier ist das Amt, was kann ich für Sie?"

func TestSpeechFormats(t *testing.T) {
	s := start(t, nil)
	for format, kind := range map[string]string{"wav": "audio/wav", "": "audio/wav", "flac": "audio/flac", "opus": "audio/ogg", "pcm": "audio/pcm"} {
		t.Run(format, func(t *testing.T) {
			got := s.say(t, fmt.Sprintf(`{"model":"tts-1","voice":"alloy","input":%q,"response_format":%q}`, text, format))
			require.NoError(t, got.err)
			require.Equal(t, 200, got.code, "%s", got.body)
			require.Equal(t, kind, got.head.Get("Content-Type"))
			var pcm []int16
			rate := media.SampleRate
			if format == "pcm" {
				rate = pcmRate
				pcm = make([]int16, len(got.body)/2)
				require.NoError(t, binary.Read(bytes.NewReader(got.body), binary.LittleEndian, pcm))
			} else {
				pcm = heard(t, got.body)
			}
			// The decoder here plays the last Opus packet to its end.
			require.InDelta(t, 3*rate, len(pcm), 0.02*float64(rate), "not a word is lost, nothing is added")
			steady := pcm[rate/2 : rate*3/2]
			require.Equal(t, 200.0, audiotest.Peak(steady, rate, 100, 1000))
			require.InDelta(t, 8000/math.Sqrt2, audiotest.RMS(steady), 900)
		})
	}
}

// A decoder of others reads the whole FLAC stream and its checksums.
func TestFLACIsWhole(t *testing.T) {
	s := start(t, nil)
	got := s.say(t, fmt.Sprintf(`{"input":%q,"response_format":"flac"}`, text))
	f, err := flac.New(bytes.NewReader(got.body))
	require.NoError(t, err)
	for {
		if _, err := f.ParseNext(); err != nil {
			require.ErrorIs(t, err, io.EOF)
			break
		}
	}
}

func TestSpeechAsEvents(t *testing.T) {
	s := start(t, nil)
	got := s.say(t, fmt.Sprintf(`{"input":%q,"stream_format":"sse","response_format":"wav"}`, text))
	require.Contains(t, got.head.Get("Content-Type"), "text/event-stream")
	var data []byte
	var last string
	for line := range strings.Lines(string(got.body)) {
		line, ok := strings.CutPrefix(strings.TrimSpace(line), "data: ")
		var e struct{ Type, Audio string }
		if !ok || json.Unmarshal([]byte(line), &e) != nil {
			continue
		}
		last = e.Type
		piece, err := base64.StdEncoding.DecodeString(e.Audio)
		require.NoError(t, err)
		data = append(data, piece...)
	}
	require.Equal(t, "speech.audio.done", last)
	require.InDelta(t, 3*media.SampleRate, len(heard(t, data)), 320)
}

func TestSpeedBeyondTheEngines(t *testing.T) {
	s := start(t, nil)
	for speed, seconds := range map[float64]float64{0.25: 12, 0.5: 6, 1: 3, 2: 1.5, 4: 0.75} {
		got := s.say(t, fmt.Sprintf(`{"input":%q,"speed":%v}`, text, speed))
		pcm := heard(t, got.body)
		require.InDelta(t, seconds, float64(len(pcm))/media.SampleRate, 0.05*seconds+0.03, "speed %v", speed)
		middle := pcm[len(pcm)/4 : len(pcm)*3/4]
		require.InDelta(t, 200.0, audiotest.Peak(middle, media.SampleRate, 100, 1000), 6, "the pitch stays at speed %v", speed)
	}
}

// The first sound is on its way while the rest is not spoken yet.
func TestSpeechIsStreamed(t *testing.T) {
	s := start(t, nil)
	more := make(chan struct{})
	s.talker.after = func(frame int) error {
		if frame == 10 {
			<-more
		}
		return nil
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/v1/audio/speech", strings.NewReader(fmt.Sprintf(`{"input":%q}`, text)))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+secret)
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	first := make([]byte, 500)
	_, err = io.ReadFull(resp.Body, first)
	require.NoError(t, err)
	close(more)
	rest, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.InDelta(t, 3*media.SampleRate, len(heard(t, append(first, rest...))), 320)
}

func TestLanguages(t *testing.T) {
	s := start(t, func(o *Options) {
		o.Language = func(text string) string {
			if strings.Contains(text, "where") {
				return "en"
			}
			return ""
		}
	})
	for body, want := range map[string]string{
		`{"input":"Guten Tag"}`:                                 "de Guten Tag",
		`{"input":"where is it"}`:                               "en where is it",
		`{"input":"Где это?"}`:                                  "ru Где это?",
		`{"input":"Де це знаходиться, її їжа?"}`:                "uk Де це знаходиться, її їжа?",
		`{"input":"أين المكتب"}`:                                "ar أين المكتب",
		`{"input":"Olá","language":"pt-BR"}`:                    "pt-BR Olá",
		`{"input":"Guten Tag","language":"de-leicht"}`:          "de-leicht Guten Tag",
		`{"input":"eins\u0000\u0007  zwei\n\n\tdrei\u202e"}`:    "de eins zwei\ndrei",
		`{"input":"Guten Tag","voice":{"id":"pico"}}`:           "de Guten Tag",
		`{"input":"Guten Tag","voice":"Pico","instructions":1}`: "de Guten Tag",
	} {
		got := s.say(t, body)
		require.Equal(t, 200, got.code, "%s: %s", body, got.body)
		require.Equal(t, want, s.talker.said[len(s.talker.said)-1])
	}
}

func TestBadSpeech(t *testing.T) {
	s := start(t, nil)
	for name, tc := range map[string]struct {
		body  string
		code  int
		param string
		want  string
	}{
		"no JSON":      {`{`, 400, "", "JSON"},
		"no input":     {`{"model":"tts-1"}`, 400, "input", "missing"},
		"empty":        {`{"input":" \n\u0000… "}`, 400, "input", "nothing to speak"},
		"too long":     {fmt.Sprintf(`{"input":%q}`, strings.Repeat("a", 5000)), 400, "input", "4096"},
		"100,000":      {fmt.Sprintf(`{"input":%q}`, strings.Repeat("a", 100_000)), 400, "input", "4096"},
		"2 MB":         {fmt.Sprintf(`{"input":%q}`, strings.Repeat("a", 2_000_000)), 400, "input", "4096"},
		"mp3":          {`{"input":"Tag","response_format":"mp3"}`, 400, "response_format", "wav, pcm, flac, opus"},
		"fast":         {`{"input":"Tag","speed":5}`, 400, "speed", "0.25"},
		"slow":         {`{"input":"Tag","speed":0}`, 400, "speed", "0.25"},
		"voice":        {`{"input":"Tag","voice":"heino"}`, 400, "voice", "pico"},
		"model":        {`{"input":"Tag","model":"whisper-1"}`, 404, "model", "tts-1"},
		"stream":       {`{"input":"Tag","stream_format":"x"}`, 400, "stream_format", "sse"},
		"language":     {`{"input":"Tag","language":"../de"}`, 400, "language", "code"},
		"other type":   {`{"input":7}`, 400, "input", "JSON field \"input\" is wrong: a text must stand here, not a number"},
		"other voice":  {`{"input":"Tag","voice":7}`, 400, "voice", "a text must stand here"},
		"other speed":  {`{"input":"Tag","speed":"fast"}`, 400, "speed", "a number must stand here, not a text"},
		"no body":      {``, 400, "", "it is empty"},
		"two bodies":   {`{"input":"Tag"}{}`, 400, "", "ends at byte 15"},
		"deep nesting": {strings.Repeat("[", 20000), 400, "", "JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			got := s.say(t, tc.body)
			require.Equal(t, tc.code, got.code, "%s", got.body)
			p := got.problem(t)
			require.Contains(t, p.Message, tc.want)
			if tc.param != "" {
				require.Equal(t, tc.param, *p.Param)
			}
		})
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/v1/audio/speech", strings.NewReader("input=Tag"))
	require.NoError(t, err)
	require.Equal(t, 415, s.do(t, r).code)
}

func TestVoicesErrors(t *testing.T) {
	s := start(t, nil)
	s.talker.fail = tts.ErrLanguage
	got := s.say(t, `{"input":"Tag","language":"xx"}`)
	require.Equal(t, 400, got.code)
	require.Equal(t, "language", *got.problem(t).Param)

	s.talker.fail = errors.New("secret")
	got = s.say(t, `{"input":"Tag"}`)
	require.Equal(t, 500, got.code)
	require.NotContains(t, string(got.body), "secret")

	s.talker.fail = nil
	s.talker.after = func(frame int) error {
		if frame == 60 {
			panic("engine")
		}
		return nil
	}
	got = s.say(t, fmt.Sprintf(`{"input":%q}`, text))
	require.Equal(t, 200, got.code)
	require.Error(t, got.err, "half an answer must not look whole")
	got = s.say(t, fmt.Sprintf(`{"input":%q,"stream_format":"sse"}`, text))
	require.NoError(t, got.err)
	require.Contains(t, string(got.body), `data: {"error":{`)
}

// Whoever hears no more stops the voice, and gives its place to the next.
func TestListenerGoesAway(t *testing.T) {
	s := start(t, func(o *Options) { o.Speaking = 1 })
	long := strings.Repeat("a", 4000)
	for range 3 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/v1/audio/speech", strings.NewReader(fmt.Sprintf(`{"input":%q}`, long)))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+secret)
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		_, err = io.ReadFull(resp.Body, make([]byte, 1000))
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
	}
	require.Eventually(t, func() bool { return len(s.api.speaking) == 0 }, 10*time.Second, 10*time.Millisecond)
	require.Equal(t, 200, s.say(t, `{"input":"Tag"}`).code)
}
