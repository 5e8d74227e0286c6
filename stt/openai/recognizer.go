// Package openai recognises speech on any server that speaks OpenAI's
// /v1/audio/transcriptions: windows of PCM flow out as WAV, and hypotheses
// flow back. It is the exchangeable engine for houses with a server of their own.
package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/guard"
)

// Options of a Recognizer. URL is needed; everything else has a default.
type Options struct {
	// URL is the server with or without the /v1, e.g. http://asr.musterstadt.example:8000/v1.
	URL string
	// Model is the server's name for it; default "whisper-1".
	Model string
	// Key is sent as bearer token when set.
	Key string
	// Timeout bounds one window; default 10 s.
	Timeout time.Duration
	// Guard rejects invented text; default guard.New(guard.Options{}).
	Guard *guard.Guard
	// Client is for proxies and own certificates; default a plain one.
	Client *http.Client
}

// A server that sends more than this as an answer is not a recogniser.
const maxAnswer = 4 << 20

// Recognizer is a stt.Recognizer on another machine.
type Recognizer struct {
	options Options
	base    string
}

var _ stt.Recognizer = (*Recognizer)(nil)

// New checks the options; it does not call the server.
func New(o Options) (*Recognizer, error) {
	u, err := url.Parse(o.URL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, fmt.Errorf("speech server %q is no http or https address", o.URL)
	}
	if o.Model == "" {
		o.Model = "whisper-1"
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Guard == nil {
		o.Guard = guard.New(guard.Options{})
	}
	if o.Client == nil {
		o.Client = &http.Client{}
	}
	base := strings.TrimSuffix(strings.TrimSuffix(o.URL, "/"), "/v1")
	return &Recognizer{options: o, base: base}, nil
}

// Name is the server's model and host.
func (r *Recognizer) Name() string {
	return "openai " + r.options.Model + " at " + strings.TrimPrefix(strings.TrimPrefix(r.base, "https://"), "http://")
}

// Close lets go of idle connections.
func (r *Recognizer) Close() { r.options.Client.CloseIdleConnections() }

// Recognize sends one window. Every failure of the server is stt.ErrUnavailable.
func (r *Recognizer) Recognize(ctx context.Context, w stt.Window) (stt.Hypothesis, error) {
	if reason := r.options.Guard.Audio(w.PCM); reason != "" {
		return stt.Hypothesis{Language: w.Language, NoSpeech: 1, Rejected: reason}, nil
	}
	start := time.Now()
	limited, cancel := context.WithTimeout(ctx, r.options.Timeout)
	defer cancel()
	a, err := r.ask(limited, w)
	if err == nil && r.foreign(a, w) {
		// The protocol cannot restrict detection, so the first candidate is forced.
		w.Language = w.Languages[0]
		a, err = r.ask(limited, w)
	}
	if ctx.Err() != nil {
		return stt.Hypothesis{}, ctx.Err()
	}
	if err != nil {
		return stt.Hypothesis{}, fmt.Errorf("%w: %s: %w", stt.ErrUnavailable, r.Name(), err)
	}
	h := a.hypothesis(w)
	h.Took = time.Since(start)
	return r.options.Guard.Check(h, media.Duration(len(w.PCM))), nil
}

func (r *Recognizer) ask(ctx context.Context, w stt.Window) (answer, error) {
	body, contentType, err := r.form(w)
	if err != nil {
		return answer{}, err
	}
	path := "/v1/audio/transcriptions"
	if w.Translate {
		path = "/v1/audio/translations"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.base+path, body)
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", contentType)
	if r.options.Key != "" {
		request.Header.Set("Authorization", "Bearer "+r.options.Key)
	}
	response, err := r.options.Client.Do(request)
	if err != nil {
		return answer{}, err
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return answer{}, err
	}
	return parseAnswer(response.StatusCode, data)
}

// foreign says that the server detected a language outside the candidates.
func (r *Recognizer) foreign(a answer, w stt.Window) bool {
	return w.Language == "" && !w.Translate && len(w.Languages) > 0 && a.Language != "" &&
		!slices.Contains(w.Languages, languageCode(a.Language))
}

// form is the multipart body; fields come before the file, as servers that stream like it.
func (r *Recognizer) form(w stt.Window) (io.Reader, string, error) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	fields := [][2]string{{"model", r.options.Model}, {"response_format", "verbose_json"}, {"temperature", "0"}}
	if w.Language != "" && !w.Translate {
		fields = append(fields, [2]string{"language", w.Language})
	}
	if w.Prompt != "" {
		fields = append(fields, [2]string{"prompt", w.Prompt})
	}
	if w.Words {
		fields = append(fields, [2]string{"timestamp_granularities[]", "segment"}, [2]string{"timestamp_granularities[]", "word"})
	}
	for _, f := range fields {
		if err := m.WriteField(f[0], f[1]); err != nil {
			return nil, "", err
		}
	}
	part, err := m.CreateFormFile("file", "window.wav")
	if err != nil {
		return nil, "", err
	}
	if _, err := part.Write(appendWAV(nil, w.PCM)); err != nil {
		return nil, "", err
	}
	return &b, m.FormDataContentType(), m.Close()
}

// parseAnswer reads a verbose_json answer or the server's error.
func parseAnswer(status int, data []byte) (answer, error) {
	if status != http.StatusOK {
		return answer{}, fmt.Errorf("status %d: %s", status, excerpt(data))
	}
	if len(data) > maxAnswer {
		return answer{}, fmt.Errorf("answer of more than %d bytes", maxAnswer)
	}
	var a answer
	if err := json.Unmarshal(data, &a); err != nil {
		return answer{}, fmt.Errorf("answer is no JSON: %s", excerpt(data))
	}
	if a.Text == nil {
		return answer{}, fmt.Errorf("answer without text: %s", excerpt(data))
	}
	return a, nil
}

func excerpt(data []byte) string {
	return strings.TrimSpace(strings.ToValidUTF8(string(data[:min(len(data), 200)]), ""))
}
