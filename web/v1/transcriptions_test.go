package v1

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/stt"
)

const hear = "/v1/audio/transcriptions"

func TestFormats(t *testing.T) {
	s := start(t, nil)
	file := spokenFile(t, 2)
	got := s.upload(t, hear, "a.wav", file, "model", "whisper-1")
	require.Equal(t, 200, got.code, "%s", got.body)
	require.JSONEq(t, `{"text":"Guten Tag. Wo ist das Amt?","usage":{"type":"duration","seconds":6}}`, string(got.body))
	require.Regexp(t, `^req_\w+$`, got.head.Get("X-Request-Id"))

	s.hearer.windows = nil
	got = s.upload(t, hear, "a.wav", file, "model", "whisper-1", "response_format", "text")
	require.Equal(t, "Guten Tag. Wo ist das Amt?\n", string(got.body))
	require.Contains(t, got.head.Get("Content-Type"), "text/plain")

	s.hearer.windows = nil
	got = s.upload(t, hear, "a.wav", file, "response_format", "srt")
	require.Regexp(t, `^1\n00:00:00,[12]\d\d --> 00:00:0[01],\d{3}\nGuten Tag\.\n\n2\n00:00:0[23],`, string(got.body))

	s.hearer.windows = nil
	got = s.upload(t, hear, "a.wav", file, "response_format", "vtt")
	require.True(t, strings.HasPrefix(string(got.body), "WEBVTT\n"))
	require.Contains(t, string(got.body), "Wo ist das Amt?")
}

// A sentence is as many cues as people need to read it.
func TestCuesArePossibleToRead(t *testing.T) {
	s := start(t, nil)
	sentence := "Der Haupt- und Finanzausschuss hat in seiner Sitzung am Dienstag beschlossen, dass die Gebühren für Bewohnerparkausweise im kommenden Jahr nicht steigen."
	long := hypothesis(sentence)
	for i := range long.Segments[0].Words {
		w := &long.Segments[0].Words[i]
		w.Start, w.End = 4*w.Start, 4*w.End
	}
	long.Segments[0].End = 9 * time.Second
	s.hearer.answer = func(context.Context, int) (stt.Hypothesis, error) { return long, nil }
	file := recorded(t, 1, 9*time.Second)
	for path, label := range map[string]string{hear: "Maschinell erstellt", "/v1/audio/translations": "Machine-made"} {
		for _, format := range []string{"srt", "vtt"} {
			got := s.upload(t, path, "a.wav", file, "response_format", format)
			require.Equal(t, 200, got.code, "%s", got.body)
			var said []string
			for _, cue := range strings.Split(strings.TrimSpace(string(got.body)), "\n\n") {
				_, text, found := strings.Cut(cue, " --> ")
				if !found || strings.Contains(text, label) {
					continue // the head of WebVTT, and what a machine wrote
				}
				lines := strings.Split(text, "\n")[1:]
				require.LessOrEqual(t, len(lines), 2, cue)
				for _, l := range lines {
					require.LessOrEqual(t, len([]rune(l)), 37, cue)
				}
				said = append(said, lines...)
			}
			require.Equal(t, sentence, strings.Join(said, " "), "nothing is lost")
			require.Greater(t, len(said), 4)
			require.Contains(t, string(got.body), label, "in the language of the text")
		}
	}
}

func TestVerbose(t *testing.T) {
	s := start(t, nil)
	file := spokenFile(t, 2)
	var v verbose
	got := s.upload(t, hear, "a.wav", file, "response_format", "verbose_json", "timestamp_granularities[]", "word", "timestamp_granularities[]", "segment", "temperature", "0.2")
	require.NoError(t, json.Unmarshal(got.body, &v), "%s", got.body)
	require.Equal(t, "german", v.Language)
	require.Equal(t, "transcribe", v.Task)
	require.InDelta(t, 6.0, v.Duration, 0.01)
	require.Len(t, v.Segments, 2)
	require.InDelta(t, 3.0, v.Segments[1].Start, 0.5)
	require.InDelta(t, -0.2, v.Segments[1].LogProbability, 0.001)
	require.Len(t, v.Words, 6)
	require.Equal(t, "Amt", v.Words[5].Word)
	require.Greater(t, v.Words[5].Start, 2.5)

	got = s.upload(t, hear, "a.wav", file, "response_format", "verbose_json")
	require.NotContains(t, string(got.body), `"words"`)
}

func TestWhatTheRecogniserIsTold(t *testing.T) {
	s := start(t, nil)
	require.Equal(t, 200, s.upload(t, hear, "a.wav", spokenFile(t, 1), "language", "de-DE", "prompt", "Bürgeramt\x00\nMusterstadt").code)
	require.Equal(t, 200, s.upload(t, "/v1/audio/translations", "a.wav", spokenFile(t, 1), "response_format", "verbose_json").code)
	w := s.hearer.seen()
	require.Equal(t, "de", w[0].Language)
	require.Equal(t, "Bürgeramt Musterstadt", w[0].Prompt)
	require.Equal(t, inference.Offline, w[0].Priority)
	require.False(t, w[0].Translate)
	require.True(t, w[1].Translate)
	require.Contains(t, w[1].Languages, "tr", "any language")
}

func TestStreamOfText(t *testing.T) {
	next := make(chan struct{})
	s := start(t, nil)
	s.hearer.answer = func(ctx context.Context, n int) (stt.Hypothesis, error) {
		select {
		case <-next:
		case <-ctx.Done():
		}
		return hypothesis(fmt.Sprintf("Satz %d.", n)), ctx.Err()
	}
	r := s.form(t.Context(), t, hear, "a.wav", spokenFile(t, 3), "stream", "true")
	r.Header.Set("Authorization", "Bearer "+secret)
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Contains(t, resp.Header.Get("Content-Type"), "text/event-stream")
	lines := bufio.NewScanner(resp.Body)
	line := func() string {
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), "data: ") {
				return lines.Text()
			}
		}
		return ""
	}
	for i, want := range []string{"Satz 1.", " Satz 2.", " Satz 3."} {
		next <- struct{}{}
		require.JSONEq(t, fmt.Sprintf(`{"type":"transcript.text.delta","delta":%q}`, want), strings.TrimPrefix(line(), "data: "), "%d comes before the next is heard", i)
	}
	require.JSONEq(t, `{"type":"transcript.text.done","text":"Satz 1. Satz 2. Satz 3.","usage":{"type":"duration","seconds":9}}`, strings.TrimPrefix(line(), "data: "))
	require.Equal(t, "data: [DONE]", line())
}

func TestStreamThatFails(t *testing.T) {
	s := start(t, nil)
	s.hearer.answer = func(_ context.Context, n int) (stt.Hypothesis, error) {
		if n >= 2 { // again and again
			return stt.Hypothesis{}, errors.New("secret details")
		}
		return hypothesis("Eins."), nil
	}
	got := s.upload(t, hear, "a.wav", spokenFile(t, 3), "stream", "true")
	require.NoError(t, got.err)
	require.Contains(t, string(got.body), `"delta":"Eins."`)
	require.Contains(t, string(got.body), `data: {"error":{"message":`)
	require.NotContains(t, string(got.body), "secret")
	require.NotContains(t, string(got.body), "[DONE]")
}

func TestEnginesErrors(t *testing.T) {
	s := start(t, nil)
	for _, tc := range []struct {
		err  error
		code int
		name string
		wait string
	}{
		{stt.ErrUnavailable, 503, "overloaded", "5"},
		{errors.New("secret"), 500, "internal_error", ""},
	} {
		s.hearer.answer = func(context.Context, int) (stt.Hypothesis, error) { return stt.Hypothesis{}, tc.err }
		got := s.upload(t, hear, "a.wav", spokenFile(t, 1))
		require.Equal(t, tc.code, got.code)
		require.Equal(t, tc.name, *got.problem(t).Code)
		require.Equal(t, tc.wait, got.head.Get("Retry-After"))
		require.NotContains(t, string(got.body), "secret")
	}
	s.hearer.answer = func(context.Context, int) (stt.Hypothesis, error) { panic("engine") }
	require.Equal(t, 500, s.upload(t, hear, "a.wav", spokenFile(t, 1)).code)
	s.hearer.answer = nil
	for range 12 { // a place of a panic is free again
		require.Equal(t, 200, s.upload(t, hear, "a.wav", spokenFile(t, 1)).code)
	}
}

func TestBadUploads(t *testing.T) {
	s := start(t, func(o *Options) { o.MaxAudio = 20 * time.Second })
	t.Setenv("PATH", t.TempDir()) // without ffmpeg
	good := spokenFile(t, 1)
	silence := spokenFile(t, 1)
	clear(silence[44:])
	for name, tc := range map[string]struct {
		file  string
		data  []byte
		pairs []string
		code  int
		param string
		want  string
	}{
		"no file":        {"", nil, []string{"model", "whisper-1"}, 400, "file", "missing"},
		"empty file":     {"a.wav", nil, nil, 400, "file", "empty"},
		"damaged":        {"a.wav", []byte("RIFF\x00\x00\x00\x00WAVEfmt "), nil, 400, "file", "WAV"},
		"cut FLAC":       {"a.flac", []byte("fLaC\x00\x00\x00\x22"), nil, 400, "file", "FLAC"},
		"text":           {"a.txt", []byte("Sehr geehrte Damen und Herren"), nil, 400, "file", "Send one of these"},
		"video":          {"a.mp4", []byte("\x00\x00\x00\x20ftypisom\x00\x00\x02\x00"), nil, 400, "file", "ffmpeg"},
		"path":           {"../../etc/passwd", []byte("RIFF...."), nil, 400, "file", "passwd"},
		"strange name":   {"a\u202e<b>.wav", []byte("RIFF...."), nil, 400, "file", "a<b>.wav"},
		"too long":       {"a.wav", spokenFile(t, 7), nil, 400, "file", "longer than 20s"},
		"format":         {"a.wav", good, []string{"response_format", "diarized_json"}, 400, "response_format", "verbose_json"},
		"language":       {"a.wav", good, []string{"language", "klingon"}, 400, "language", "ISO 639-1"},
		"model":          {"a.wav", good, []string{"model", "gpt-9"}, 404, "model", "whisper-1"},
		"temperature":    {"a.wav", good, []string{"temperature", "NaN"}, 400, "temperature", "between"},
		"granularity":    {"a.wav", good, []string{"timestamp_granularities[]", "letter"}, 400, "timestamp_granularities", "word, segment"},
		"stream":         {"a.wav", good, []string{"stream", "maybe"}, 400, "stream", "true or false"},
		"prompt":         {"a.wav", good, []string{"prompt", strings.Repeat("x", 3000)}, 400, "prompt", "2000"},
		"field too long": {"a.wav", good, []string{"prompt", strings.Repeat("x", 70000)}, 400, "", "65536"},
	} {
		t.Run(name, func(t *testing.T) {
			got := s.upload(t, hear, tc.file, tc.data, tc.pairs...)
			require.Equal(t, tc.code, got.code, "%s", got.body)
			p := got.problem(t)
			require.Contains(t, p.Message, tc.want)
			if tc.param == "" {
				require.Nil(t, p.Param)
			} else {
				require.Equal(t, tc.param, *p.Param)
			}
			require.NotContains(t, p.Message, "..")
		})
	}
	got := s.upload(t, hear, "still.wav", silence)
	require.Equal(t, 200, got.code, "silence is no error: %s", got.body)
	require.Contains(t, string(got.body), `"text":""`)
}

func TestWhatFFmpegSays(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	s := start(t, nil)
	for said, want := range map[string]string{
		"[out#0/s16le @ 0x55cc19adf500] Output file does not contain any stream": "The file has no sound",
		"[mov @ 0x55cc19adf500] moov atom not found":                             "ffmpeg cannot read it: moov atom not found",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "ffmpeg"), []byte("#!/bin/sh\necho '"+said+"' >&2\nexit 1\n"), 0o700))
		got := s.upload(t, hear, "a.mp4", []byte("\x00\x00\x00\x20ftypisom\x00\x00\x02\x00"))
		require.Equal(t, 400, got.code)
		require.Contains(t, got.problem(t).Message, want)
		require.NotContains(t, string(got.body), "0x55")
	}
}

func TestOtherBodies(t *testing.T) {
	s := start(t, nil)
	for kind, body := range map[string]string{
		"application/json":                 `{"file":"a.wav"}`,
		"multipart/form-data":              "x",
		"audio/wav":                        "RIFF",
		"multipart/form-data; boundary=xx": "no boundary at all",
		"":                                 "x",
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+hear, strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("Content-Type", kind)
		got := s.do(t, r)
		require.Contains(t, []int{400, 415}, got.code, kind)
		got.problem(t)
	}
}

// A client that goes away stops the work.
func TestClientGoesAway(t *testing.T) {
	for _, stream := range []string{"false", "true"} {
		t.Run("stream "+stream, func(t *testing.T) {
			s := start(t, nil)
			begun, ended := make(chan struct{}), make(chan error, 1)
			s.hearer.answer = func(ctx context.Context, _ int) (stt.Hypothesis, error) {
				close(begun)
				<-ctx.Done()
				ended <- context.Cause(ctx)
				return stt.Hypothesis{}, ctx.Err()
			}
			ctx, cancel := context.WithCancel(t.Context())
			r := s.form(ctx, t, hear, "a.wav", spokenFile(t, 2), "stream", stream)
			r.Header.Set("Authorization", "Bearer "+secret)
			asked := make(chan error, 1)
			go func() {
				resp, err := http.DefaultClient.Do(r)
				if err == nil {
					_, err = io.ReadAll(resp.Body)
					resp.Body.Close()
				}
				asked <- err
			}()
			<-begun
			cancel()
			require.ErrorIs(t, <-ended, errGone)
			require.Error(t, <-asked)
		})
	}
}

func TestStopOfTheService(t *testing.T) {
	s := start(t, nil)
	s.hearer.answer = func(ctx context.Context, _ int) (stt.Hypothesis, error) {
		close(s.stopping)
		<-ctx.Done()
		return stt.Hypothesis{}, ctx.Err()
	}
	got := s.upload(t, hear, "a.wav", spokenFile(t, 1))
	require.Equal(t, 503, got.code)
	require.Contains(t, got.problem(t).Message, "restarted")
}
