// Package openai speaks through any server with OpenAI's speech API: a
// sentence flows out to the server, its PCM stream flows in and on as 20 ms
// frames while it arrives.
package openai

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/resample"
	"github.com/amtsleitung/amtsleitung/tts"
)

// Name of the engine in routes and lexicons.
const Name = "openai"

// ErrServer is returned when the server is not reached or does not answer as it should.
var ErrServer = errors.New("the speech server failed")

const (
	rate        = 24000              // Hz of response_format pcm
	longestText = 4096               // characters that OpenAI's own server takes
	longestBody = 10 * 60 * rate * 2 // bytes: ten minutes of speech
)

// Options of a Synthesizer.
type Options struct {
	URL   string // base address, "https://server/v1" or "https://server"
	Model string // default "tts-1"
	Voice string // default "alloy"
	Key   string // bearer token; "" sends none
	// Languages that the server's voices speak; default: the usual European ones.
	Languages []string
	// Start is the time allowed until the first byte of speech, Whole that for
	// all of it; defaults 5 s and 60 s.
	Start, Whole time.Duration
	Rate         int // Hz of the server's PCM; default 24,000
	Client       *http.Client
	GainDB       float64 // distance of the server's voice from the common speech level
}

// Synthesizer is safe for concurrent use.
type Synthesizer struct {
	options  Options
	endpoint string
}

// New checks the address; it does not connect.
func New(o Options) (*Synthesizer, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("speech server address %q: give a full address such as http://127.0.0.1:8000/v1", o.URL)
	}
	o.Model = orElse(o.Model, "tts-1")
	o.Voice = orElse(o.Voice, "alloy")
	o.Start = orElse(o.Start, 5*time.Second)
	o.Whole = orElse(o.Whole, time.Minute)
	o.Rate = orElse(o.Rate, rate)
	if o.Client == nil {
		o.Client = http.DefaultClient
	}
	if len(o.Languages) == 0 {
		o.Languages = []string{"de", "en", "fr", "es", "it", "nl", "pl", "pt", "ro", "ru", "tr", "uk", "ar"}
	}
	base := strings.TrimRight(u.String(), "/")
	if !strings.HasSuffix(base, "/v1") {
		base += "/v1"
	}
	return &Synthesizer{options: o, endpoint: base + "/audio/speech"}, nil
}

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// Name implements tts.Synthesizer.
func (s *Synthesizer) Name() string { return "OpenAI-compatible " + s.options.Model }

// Languages implements tts.Synthesizer.
func (s *Synthesizer) Languages() []string { return append([]string(nil), s.options.Languages...) }

// Speak implements tts.Synthesizer.
func (s *Synthesizer) Speak(ctx context.Context, u tts.Utterance, to media.Sink) error {
	text := strings.TrimSpace(u.Render(Name, func(t string) string { return strings.ToValidUTF8(t, " ") }, nil))
	if text == "" {
		return ctx.Err()
	}
	if n := len([]rune(text)); n > longestText {
		return fmt.Errorf("speech server: %d characters at once, at most %d: split the text into sentences", n, longestText)
	}
	ctx, stop := context.WithTimeoutCause(ctx, s.options.Whole, fmt.Errorf("%w: no end of the speech after %v", ErrServer, s.options.Whole))
	defer stop()
	body, err := s.open(ctx, u, text)
	if err != nil {
		return cause(ctx, err)
	}
	defer body.Close()
	return cause(ctx, s.relay(ctx, body, to))
}

// cause prefers the barge-in to its consequence, and our timeout's words to "context deadline exceeded".
func cause(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// request is the JSON body of POST /v1/audio/speech.
type request struct {
	Model  string  `json:"model"`
	Input  string  `json:"input"`
	Voice  string  `json:"voice"`
	Format string  `json:"response_format"`
	Speed  float64 `json:"speed,omitempty"`
}

// open posts the text and waits for the first byte.
func (s *Synthesizer) open(ctx context.Context, u tts.Utterance, text string) (io.ReadCloser, error) {
	body, err := json.Marshal(request{
		Model: s.options.Model, Input: text, Voice: orElse(u.Voice, s.options.Voice), Format: "pcm", Speed: min(max(u.Rate, 0), 4),
	})
	if err != nil {
		return nil, err
	}
	start, stop := context.WithCancelCause(ctx)
	timer := time.AfterFunc(s.options.Start, func() { stop(fmt.Errorf("%w: no answer after %v", ErrServer, s.options.Start)) })
	defer timer.Stop()
	req, err := http.NewRequestWithContext(start, http.MethodPost, s.endpoint, bytes.NewReader(body))
	if err != nil {
		stop(nil)
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if s.options.Key != "" {
		req.Header.Set("Authorization", "Bearer "+s.options.Key)
	}
	resp, err := s.options.Client.Do(req) //nolint:bodyclose // closing closes it
	if err != nil {
		defer stop(nil)
		if start.Err() != nil {
			return nil, context.Cause(start)
		}
		return nil, fmt.Errorf("%w: %w", ErrServer, err)
	}
	stream := &closing{ReadCloser: resp.Body, stop: func() { stop(nil) }}
	if resp.StatusCode != http.StatusOK {
		defer stream.Close()
		return nil, refused(resp)
	}
	return stream, nil
}

// closing ends the request's context with its body.
type closing struct {
	io.ReadCloser
	stop func()
}

func (c *closing) Close() error {
	err := c.ReadCloser.Close()
	c.stop()
	return err
}

// refused turns an error answer into one line, without the text that was sent.
func refused(resp *http.Response) error {
	var answer struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	data, _ := io.ReadAll(io.LimitReader(resp.Body, 4096))
	message := strings.TrimSpace(string(data))
	if json.Unmarshal(data, &answer) == nil && answer.Error.Message != "" {
		message = answer.Error.Message
	}
	if len(message) > 200 {
		message = strings.ToValidUTF8(message[:200], "") + "..."
	}
	return fmt.Errorf("%w: %s: %s", ErrServer, resp.Status, strings.Join(strings.Fields(message), " "))
}

// relay converts the stream while it arrives.
func (s *Synthesizer) relay(ctx context.Context, body io.Reader, to media.Sink) error {
	convert, err := resample.New(s.options.Rate, media.SampleRate, resample.Phone)
	if err != nil {
		return err
	}
	defer convert.Close()
	f := tts.NewFramer(to, s.options.GainDB)
	in := &samples{body: io.LimitReader(body, longestBody)}
	var pcm []int16
	for {
		raw, err := in.next()
		if len(raw) > 0 {
			pcm = convert.Append(pcm[:0], raw)
			if err := f.Write(ctx, pcm); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrServer, err)
		}
	}
	if err := in.complete(); err != nil {
		return err
	}
	tail := make([]int16, convert.Delay()*s.options.Rate/media.SampleRate+1)
	if err := f.Write(ctx, convert.Append(pcm[:0], tail)); err != nil {
		return err
	}
	return f.Close(ctx)
}

// samples reads 16-bit little-endian PCM; a sample may be split between reads.
type samples struct {
	body  io.Reader
	bytes [4096]byte
	have  int // bytes left over from the last read: 0 or 1
	total int
	pcm   [2048]int16
}

func (s *samples) next() ([]int16, error) {
	n, err := s.body.Read(s.bytes[s.have:])
	s.total += n
	n += s.have
	for i := range n / 2 {
		s.pcm[i] = int16(binary.LittleEndian.Uint16(s.bytes[2*i:]))
	}
	if s.have = n % 2; s.have == 1 {
		s.bytes[0] = s.bytes[n-1]
	}
	return s.pcm[:n/2], err
}

// complete refuses what cannot be raw PCM of a sentence.
func (s *samples) complete() error {
	switch {
	case s.total == 0:
		return fmt.Errorf("%w: it sent no audio", ErrServer)
	case s.have != 0:
		return fmt.Errorf("%w: %d bytes are no 16-bit audio; does it know response_format pcm?", ErrServer, s.total)
	}
	return nil
}
