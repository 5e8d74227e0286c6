package floor_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/desk/floor"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/summary"
)

// TestNotesOfAServer has a language model at the other end of a connection:
// the first caller it forgets, of the second it invents something, the third
// it tells of.
func TestNotesOfAServer(t *testing.T) {
	var asked atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		text := "Der Anrufer hat seinen Personalausweis verloren."
		switch {
		case strings.Contains(string(body), "Reisepass"):
			<-r.Context().Done()
			return
		case strings.Contains(string(body), "Führerschein"):
			text = "Der Führerschein kostet 37 Euro."
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{"finish_reason": "stop", "message": map[string]string{"role": "assistant", "content": text}}}})
	}))
	defer srv.Close()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	improver := &summary.Improver{URL: srv.URL, Model: "klein", Timeout: 200 * time.Millisecond, Client: client}
	f, err := floor.New(floor.Options{
		Agents: []floor.AgentOptions{{Name: "tina"}}, Improve: improver.Improve, Lines: dialog.Summary.Lines,
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	defer func() {
		cancel()
		require.NoError(t, <-done)
	}()
	require.NoError(t, f.Present("tina", floor.Paused, "lunch"))
	for i, concern := range []string{"Reisepass verloren", "Führerschein verloren", "Personalausweis verloren"} {
		_, err := f.Seek(t.Context(), call.Handover{Call: fmt.Sprint(i), Department: "x", Language: "de", Concern: concern, Summary: dialog.Summary{Language: "de", Concern: concern}})
		require.NoError(t, err)
	}
	note := func(id string) floor.Preview {
		p, err := f.Preview("tina", id, "de")
		require.NoError(t, err)
		require.NotEmpty(t, p.Summary, "the lines without a model are there in any case")
		return p
	}
	require.Eventually(t, func() bool { return note("2").Machine != nil }, 10*time.Second, 10*time.Millisecond)
	require.Equal(t, &floor.Machine{Lines: []string{"Der Anrufer hat seinen Personalausweis verloren."}, Model: "klein", Language: "de"}, note("2").Machine)
	require.EqualValues(t, 3, asked.Load())
	require.Nil(t, note("0").Machine)
	require.Nil(t, note("1").Machine)
}
