package delivery

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/amtsleitung/amtsleitung/desk"
)

// Headers of a webhook. The signature is "sha256=" and the hexadecimal
// HMAC-SHA256 of timestamp, full stop and body, keyed with the secret.
const (
	KeyHeader       = "Idempotency-Key"
	TimestampHeader = "X-Amtsleitung-Timestamp" // Unix seconds of the attempt
	SignatureHeader = "X-Amtsleitung-Signature"
)

// Webhook posts events as JSON. Title, URL and Secret are needed.
type Webhook struct {
	Title  string // the target's name
	URL    string
	Secret string
	City   string
	Client *http.Client     // nil: one of its own
	Now    func() time.Time // nil is time.Now
}

// Posted is the body of a webhook.
type Posted struct {
	Event string    `json:"event"` // request.taken, callback.due, call.ended
	Key   string    `json:"key"`   // the id of the event for this target
	Time  time.Time `json:"time"`  // when it happened
	City  string    `json:"city"`
	// Request or Call is what the event is about.
	Request *desk.View     `json:"request,omitempty"`
	Call    *desk.CallView `json:"call,omitempty"`
}

// Name implements Target.
func (w *Webhook) Name() string { return w.Title }

// Deliver implements Target.
func (w *Webhook) Deliver(ctx context.Context, m Message) error {
	now := time.Now
	if w.Now != nil {
		now = w.Now
	}
	body, err := json.Marshal(posted(m, w.City, now()))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("%w: the address cannot be used", ErrRefused)
	}
	stamp := strconv.FormatInt(now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Amtsleitung")
	req.Header.Set(KeyHeader, m.Key)
	req.Header.Set(TimestampHeader, stamp)
	req.Header.Set(SignatureHeader, Sign(w.Secret, stamp, body))
	resp, err := w.client().Do(req)
	if err != nil {
		return errors.New(reason(err))
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10) // lets the connection be used again
	return judge(resp, now)
}

func posted(m Message, city string, now time.Time) Posted {
	p := Posted{Event: m.Event, Key: m.Key, Time: m.Time, City: city, Call: m.Call}
	if m.Call == nil {
		v := desk.ViewOf(m.Request, m.Request.Overdue(now))
		p.Request = &v
	}
	return p
}

// Sign makes the signature of a body.
func Sign(secret, timestamp string, body []byte) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(timestamp + "."))
	h.Write(body)
	return "sha256=" + hex.EncodeToString(h.Sum(nil))
}

// client follows no redirects: personal data go where the configuration says.
func (w *Webhook) client() *http.Client {
	c := http.Client{Timeout: attemptTime}
	if w.Client != nil {
		c = *w.Client
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

// judge reads a status: refusals of the client's fault are final, those that
// ask for patience are not (RFC 9110, 15.5 and 15.6; RFC 6585, 4).
func judge(resp *http.Response, now func() time.Time) error {
	code := resp.StatusCode
	if code >= 200 && code < 300 {
		return nil
	}
	err := fmt.Errorf("answered %d %s", code, http.StatusText(code))
	switch code {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return &LaterError{retryAfter(resp.Header.Get("Retry-After"), now()), err}
	}
	if code < 500 {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return err
}

// retryAfter reads seconds or a date (RFC 9110, 10.2.3).
func retryAfter(text string, now time.Time) time.Duration {
	if s, err := strconv.Atoi(text); err == nil && s >= 0 && s < 1e6 {
		return time.Duration(s) * time.Second
	}
	if t, err := http.ParseTime(text); err == nil && t.After(now) {
		return t.Sub(now)
	}
	return 0
}

// reason says why nothing was reached, without the address: its path may be a secret.
func reason(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if t := (net.Error)(nil); errors.As(err, &t) && t.Timeout() {
		return "no answer in time"
	}
	return err.Error()
}
