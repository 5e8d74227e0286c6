// Package libretranslate translates on a LibreTranslate server: a text flows
// in, its translation flows out.
package libretranslate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/amtsleitung/amtsleitung/translate"
)

// Options of a Translator. URL is needed.
type Options struct {
	URL   string // e.g. http://libretranslate.musterstadt.example:5000
	Model string // the server has one per direction; not used
	Key   string // sent as api_key when set
	// Client is for proxies and own certificates; nil is one that follows no redirections.
	Client *http.Client
}

// Translator asks the server. It is safe for concurrent use; how long it may
// take is up to the context.
type Translator struct {
	options Options
	address string
}

var _ translate.Translator = (*Translator)(nil)

// ErrServer is wrapped with what the server did.
var ErrServer = errors.New("the translation server did not answer")

const maxAnswer = 1 << 20 // bytes

// New checks the options; it does not call the server.
func New(o Options) (*Translator, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("translation server %q is no http or https address", o.URL)
	}
	if o.Client == nil { // the key is for one server
		o.Client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	base := strings.TrimSuffix(strings.TrimRight(o.URL, "/"), "/translate")
	return &Translator{options: o, address: base + "/translate"}, nil
}

// Translates says yes to all that looks like a language; what the server does
// not have it says when it is asked, and that is ErrNoPair.
func (t *Translator) Translates(from, to string) bool { return from != to && tag(from) && tag(to) }

func tag(s string) bool {
	return (len(s) == 2 || len(s) == 3) && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}

// request and reply are those of POST /translate.
type request struct {
	Q      string `json:"q"`
	Source string `json:"source"`
	Target string `json:"target"`
	Format string `json:"format"`
	Key    string `json:"api_key,omitempty"`
}

type reply struct {
	Text  *string `json:"translatedText"`
	Error string  `json:"error"`
}

// Translate sends one text.
func (t *Translator) Translate(ctx context.Context, text, from, to string) (string, error) {
	if !t.Translates(from, to) {
		return "", translate.NoPair(from, to)
	}
	body, err := json.Marshal(request{text, from, to, "text", t.options.Key})
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrServer, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.address, bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrServer, err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := t.options.Client.Do(req)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrServer, err)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return "", fmt.Errorf("%w: %w", ErrServer, err)
	}
	return read(resp, data, from, to)
}

// read never repeats the server's words: they may be the text's.
func read(resp *http.Response, data []byte, from, to string) (string, error) {
	var answer reply
	if err := json.Unmarshal(data, &answer); err != nil && resp.StatusCode == http.StatusOK {
		return "", fmt.Errorf("%w: its answer is no JSON of a translation", ErrServer)
	}
	switch {
	case resp.StatusCode == http.StatusBadRequest && strings.Contains(answer.Error, "not supported"),
		resp.StatusCode == http.StatusBadRequest && strings.Contains(answer.Error, "not available"):
		return "", translate.NoPair(from, to)
	case resp.StatusCode == http.StatusForbidden:
		return "", fmt.Errorf("%w: it refuses the key", ErrServer)
	case resp.StatusCode == http.StatusTooManyRequests:
		return "", fmt.Errorf("%w: too many requests", ErrServer)
	case resp.StatusCode != http.StatusOK:
		return "", fmt.Errorf("%w: status %s", ErrServer, resp.Status)
	case answer.Text == nil:
		return "", fmt.Errorf("%w: its answer has no translation", ErrServer)
	}
	return *answer.Text, nil
}
