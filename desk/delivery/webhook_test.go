package delivery

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/store"
)

var message = Message{Key: "KEY1", Request: store.Request{
	Reference: "327-00001", Call: "01J", Form: "defect", Department: "tiefbauamt", Language: "tr", Concern: "Laterne aus", Status: "new",
	Created: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), Due: time.Date(2026, 11, 25, 13, 0, 0, 0, time.UTC),
	Slots: []store.RequestSlot{
		{Name: "kind", Kind: "choice", Value: "lamp", Spoken: "bir sokak lambası", Listed: true},
		{Name: "street", Kind: "street", Value: "Lindenstrase", Spoken: "Lindenstrase"},
		{Name: "date", Kind: "date", Value: "2026-12-01", Spoken: "1 Aralık", Listed: true},
		{Name: "description", Kind: "text", Value: "Laterne\r\nBcc: evil@example.com\r\n.\r\nMAIL FROM:<x>", Listed: true},
	},
}}

func TestWebhook(t *testing.T) {
	var posted Posted
	var head http.Header
	var body []byte
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ = io.ReadAll(r.Body)
		head = r.Header.Clone()
		w.WriteHeader(http.StatusAccepted)
	}))
	defer s.Close()
	w := &Webhook{Title: "werkhof", URL: s.URL + "/in", Secret: "geheim", City: "Musterstadt", Client: s.Client(), Now: func() time.Time { return time.Unix(1795424400, 0) }}
	require.NoError(t, w.Deliver(t.Context(), message))
	require.NoError(t, json.Unmarshal(body, &posted))
	require.Equal(t, "KEY1", head.Get(KeyHeader))
	require.Equal(t, "KEY1", posted.Key)
	require.Equal(t, "Musterstadt", posted.City)
	require.Equal(t, "327-00001", posted.Request.Reference)
	require.Equal(t, message.Request.Slots, posted.Request.Slots)
	require.Equal(t, "1795424400", head.Get(TimestampHeader))
	require.Equal(t, Sign("geheim", "1795424400", body), head.Get(SignatureHeader))
	require.NotEqual(t, Sign("anders", "1795424400", body), head.Get(SignatureHeader))
}

// TestSignature compares with a value made by openssl:
// printf '1795424400.{}' | openssl dgst -sha256 -hmac geheim
func TestSignature(t *testing.T) {
	require.Equal(t, "sha256=bcb66b202476f116b612c6ea09f9deb820c60efe888699c249e62d876bcd0c3d", Sign("geheim", "1795424400", []byte("{}")))
}

func TestWebhookAnswers(t *testing.T) {
	for name, tc := range map[string]struct {
		code    int
		after   string
		refused bool
		later   time.Duration
	}{
		"bad request":     {code: 400, refused: true},
		"gone":            {code: 410, refused: true},
		"redirect":        {code: 302, refused: true},
		"broken":          {code: 500},
		"too many":        {code: 429, after: "120", later: 2 * time.Minute},
		"wait until":      {code: 503, after: "Mon, 23 Nov 2026 09:10:00 GMT", later: 10 * time.Minute},
		"wait for ever":   {code: 503, after: "-1"},
		"request timeout": {code: 408},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				require.Equal(t, "/in", r.URL.Path, "no redirect is followed")
				w.Header().Set("Location", "/elsewhere")
				w.Header().Set("Retry-After", tc.after)
				w.WriteHeader(tc.code)
				_, _ = io.WriteString(w, "your caller said: Laterne aus")
			}))
			defer s.Close()
			w := &Webhook{URL: s.URL + "/in", Client: s.Client(), Now: func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }}
			err := w.Deliver(t.Context(), message)
			require.Error(t, err)
			require.NotContains(t, err.Error(), "Laterne")
			require.Equal(t, tc.refused, errors.Is(err, ErrRefused))
			var later *LaterError
			if errors.As(err, &later) {
				require.Equal(t, tc.later, later.After)
			} else {
				require.Zero(t, tc.later)
			}
		})
	}
}

func TestWebhookWithoutServer(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	err := (&Webhook{URL: s.URL + "/hidden-path"}).Deliver(t.Context(), message)
	require.ErrorContains(t, err, "connection refused")
	require.NotContains(t, err.Error(), "hidden-path")
	require.NotErrorIs(t, err, ErrRefused)
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("120")
	f.Add("Mon, 23 Nov 2026 09:10:00 GMT")
	f.Fuzz(func(t *testing.T, text string) {
		require.GreaterOrEqual(t, retryAfter(text, time.Unix(0, 0)), time.Duration(0))
	})
}
