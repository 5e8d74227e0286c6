package servicetest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// Room is one meeting of a Service as its organiser has it.
type Room struct {
	*Service
	opened
	t *testing.T
}

type opened struct {
	Code  string
	Keys  struct{ Secret, Edit, Speak, PIN string }
	Links struct{ WHIP string }
}

// Hold opens a meeting.
func (s *Service) Hold(t *testing.T, options map[string]any) *Room {
	t.Helper()
	r := &Room{Service: s, t: t}
	r.Ask(http.MethodPost, "/api/v1/rooms", "", options, http.StatusCreated, &r.opened)
	require.Regexp(t, `^[A-Z0-9]{6}$`, r.Code)
	return r
}

// Do asks as the organiser.
func (r *Room) Do(path string, body any) {
	r.t.Helper()
	r.Ask(http.MethodPost, r.Path(path), r.Keys.Secret, body, 0, nil)
}

// Path is an address below the meeting's.
func (r *Room) Path(path string) string { return "/api/v1/rooms/" + r.Code + path }

// Status is what the organiser sees.
func (r *Room) Status() rooms.Status {
	r.t.Helper()
	var s struct{ Status rooms.Status }
	r.Ask(http.MethodGet, r.Path("/status"), r.Keys.Secret, nil, http.StatusOK, &s)
	return s.Status
}

// Text is all of a track so far.
func (r *Room) Text(track string) string {
	r.t.Helper()
	var s rooms.Snapshot
	r.Ask(http.MethodGet, r.Path("/snapshot?lines=500&track="+track), "", nil, http.StatusOK, &s)
	var all []string
	for _, line := range s.Lines {
		for _, cue := range line.Cues {
			all = append(all, cue.Text)
		}
	}
	return strings.Join(all, " ")
}

// Export is a file of a kept meeting.
func (r *Room) Export(format string) []byte {
	r.t.Helper()
	return r.Ask(http.MethodGet, r.Path("/export."+format), r.Keys.Secret, nil, http.StatusOK, nil)
}

// Ask sends JSON and reads JSON, where into is not nil; status 0 is any success.
func (r *Room) Ask(method, path, key string, body any, status int, into any) []byte {
	r.t.Helper()
	var sent io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		require.NoError(r.t, err)
		sent = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.URL(path), sent)
	require.NoError(r.t, err)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(r.t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	require.NoError(r.t, err)
	if status == 0 {
		require.Less(r.t, res.StatusCode, 300, "%s %s: %s", method, path, data)
	} else {
		require.Equal(r.t, status, res.StatusCode, "%s %s: %s", method, path, data)
	}
	if into != nil {
		require.NoError(r.t, json.Unmarshal(data, into), "%s", data)
	}
	return data
}
