// Package meeting holds meetings with the real program: browsers and telephones
// speak, viewers read along in their languages.
package meeting

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/internal/servicetest"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

func TestMain(m *testing.M) { servicetest.Main(m) }

const (
	within = 90 * time.Second       // recognition shares two cores with browsers here
	step   = 500 * time.Millisecond // one address may not ask all the time
	number = "600"
)

// house is the service with its meetings.
type house struct {
	*servicetest.Service
	t      *testing.T
	client *http.Client
}

// open starts it; exchange is where its calls go out, "" has none.
func open(t *testing.T, exchange string) *house {
	t.Helper()
	audiotest.Model(t, "bergamot/enpt")
	audiotest.Model(t, "bergamot/pten")
	h := &house{t: t, client: &http.Client{}}
	t.Cleanup(h.client.CloseIdleConnections)
	h.Service = servicetest.Start(t, servicetest.Options{Whisper: true, Config: `city: musterstadt
languages: {offered: [de, en, pt]}
meetings: {enabled: true, create: "", number: "` + number + `", rtp: {address: 127.0.0.1, ports: 22100-22199}}
browser: {enabled: true, per_source: 20}
dialling: {area: "0999", internal: ["7.."]}
` + outbound(exchange)})
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(h.Log())
		}
	})
	return h
}

func outbound(exchange string) string {
	if exchange == "" {
		return ""
	}
	return `sip: {trunks: [{name: amt, addresses: [127.0.0.0/8], outbound: {gateway: "sip:` + exchange + `", from: "0999115"}}]}
`
}

// room is one meeting as its organiser has it.
type room struct {
	*house
	Code string
	Keys struct{ Secret, Edit, Speak, PIN string }
}

// hold opens a meeting.
func (h *house) hold(options map[string]any) *room {
	h.t.Helper()
	r := &room{house: h}
	h.ask(http.MethodPost, "/api/v1/rooms", "", options, http.StatusCreated, r)
	require.Regexp(h.t, `^[A-Z0-9]{6}$`, r.Code)
	return r
}

// do asks as the organiser.
func (r *room) do(path string, body any) {
	r.t.Helper()
	r.ask(http.MethodPost, "/api/v1/rooms/"+r.Code+path, r.Keys.Secret, body, 0, nil)
}

// status is what the organiser sees.
func (r *room) status() rooms.Status {
	r.t.Helper()
	var s struct{ Status rooms.Status }
	r.ask(http.MethodGet, "/api/v1/rooms/"+r.Code+"/status", r.Keys.Secret, nil, http.StatusOK, &s)
	return s.Status
}

// text is all of a track so far.
func (r *room) text(track string) string {
	r.t.Helper()
	var s rooms.Snapshot
	r.ask(http.MethodGet, "/api/v1/rooms/"+r.Code+"/snapshot?lines=500&track="+track, "", nil, http.StatusOK, &s)
	var all bytes.Buffer
	for _, line := range s.Lines {
		for _, cue := range line.Cues {
			all.WriteString(cue.Text + " ")
		}
	}
	return all.String()
}

// ask sends JSON and reads JSON; status 0 is any success.
func (h *house) ask(method, path, key string, body any, status int, into any) {
	h.t.Helper()
	var sent io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		require.NoError(h.t, err)
		sent = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(h.t.Context(), method, h.URL(path), sent)
	require.NoError(h.t, err)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	res, err := h.client.Do(req)
	require.NoError(h.t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	require.NoError(h.t, err)
	if status == 0 {
		require.Less(h.t, res.StatusCode, 300, "%s %s: %s", method, path, data)
	} else {
		require.Equal(h.t, status, res.StatusCode, "%s %s: %s", method, path, data)
	}
	if into != nil {
		require.NoError(h.t, json.Unmarshal(data, into), "%s", data)
	}
}

// export is a file of a kept meeting.
func (r *room) export(format string) []byte {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.URL("/api/v1/rooms/"+r.Code+"/export."+format), nil)
	require.NoError(r.t, err)
	req.Header.Set("Authorization", "Bearer "+r.Keys.Secret)
	res, err := r.client.Do(req)
	require.NoError(r.t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	require.NoError(r.t, err)
	require.Equal(r.t, http.StatusOK, res.StatusCode, "%s", data)
	return data
}
