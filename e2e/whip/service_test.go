package whip

import (
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/internal/servicetest"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// spoken is what the recording says.
const spoken = "Die Werbung vermittelt einen falschen Eindruck."

// meeting is one in the real program.
type meeting struct {
	*servicetest.Service
	t     *testing.T
	web   *http.Client
	Code  string
	Keys  struct{ Secret, Speak string }
	Links struct{ WHIP string }
}

func newMeeting(t *testing.T) *meeting {
	t.Helper()
	m := &meeting{t: t, web: &http.Client{}}
	t.Cleanup(m.web.CloseIdleConnections)
	m.Service = servicetest.Start(t, servicetest.Options{Whisper: true, Config: `city: musterstadt
meetings: {enabled: true, create: ""}
browser: {enabled: true}
`})
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(m.Log())
		}
	})
	m.ask(http.MethodPost, "/api/v1/rooms", "", `{"title":"Rat","languages":["de"],"speakers":[],"glossary":[]}`, m)
	m.ask(http.MethodPost, "/api/v1/rooms/"+m.Code+"/start", m.Keys.Secret, "", nil)
	return m
}

func (m *meeting) ask(method, path, key, body string, into any) {
	m.t.Helper()
	req, err := http.NewRequestWithContext(m.t.Context(), method, m.URL(path), strings.NewReader(body))
	require.NoError(m.t, err)
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	res, err := m.web.Do(req)
	require.NoError(m.t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	require.NoError(m.t, err)
	require.Less(m.t, res.StatusCode, 300, "%s: %s", path, data)
	if into != nil {
		require.NoError(m.t, json.Unmarshal(data, into), "%s", data)
	}
}

// text is what viewers have read so far.
func (m *meeting) text() string {
	m.t.Helper()
	var s rooms.Snapshot
	m.ask(http.MethodGet, "/api/v1/rooms/"+m.Code+"/snapshot?lines=500", "", "", &s)
	var all []string
	for _, line := range s.Lines {
		for _, cue := range line.Cues {
			all = append(all, cue.Text)
		}
	}
	return strings.Join(all, " ")
}

func (m *meeting) inputs() []rooms.Input {
	m.t.Helper()
	var s struct{ Status rooms.Status }
	m.ask(http.MethodGet, "/api/v1/rooms/"+m.Code+"/status", m.Keys.Secret, "", &s)
	return s.Status.Inputs
}

const patience = 90 * time.Second // recognition shares two cores with everything else

// TestMeeting sends speech to a meeting of the real program, as ffmpeg and as
// OBS would, and reads it as a subtitle.
func TestMeeting(t *testing.T) {
	program := ffmpeg(t)
	audiotest.Model(t, "ggml-base.bin")
	recording := audiotest.Shared(t, said)
	t.Run("ffmpeg", func(t *testing.T) {
		m := newMeeting(t)
		cmd, _ := start(t, program, "-v", "warning", "-nostdin", "-re", "-i", recording, "-af", "apad=pad_dur=4", "-c:a", "libopus", "-ar", "48000", "-ac", "2",
			"-authorization", m.Keys.Speak, "-f", "whip", m.Links.WHIP+"?name=Saal&language=de")
		require.Eventually(t, func() bool { return len(m.inputs()) == 1 }, patience, 200*time.Millisecond)
		require.Equal(t, "Saal", m.inputs()[0].Name)
		require.NoError(t, cmd.Wait())
		m.reads(t)
		require.Eventually(t, func() bool { return len(m.inputs()) == 0 }, patience, 200*time.Millisecond, "DELETE ends the input")
	})
	t.Run("like OBS, with one side turned, and it dies", func(t *testing.T) {
		node, err := exec.LookPath("node")
		if err != nil {
			t.Skip("no node")
		}
		m := newMeeting(t)
		turned := t.TempDir() + "/turned.wav"
		out, err := exec.CommandContext(t.Context(), program, "-v", "error", "-i", recording,
			"-af", "aresample=48000,pan=stereo|c0=c0|c1=-1*c0,apad=pad_dur=60", turned).CombinedOutput()
		require.NoError(t, err, string(out))
		cmd, _ := start(t, node, script(t), m.Links.WHIP+"?name=Regie&language=de", m.Keys.Speak, program, turned)
		m.reads(t)
		require.Equal(t, "Regie", m.inputs()[0].Name)
		require.NoError(t, cmd.Process.Kill())
		require.Eventually(t, func() bool { return len(m.inputs()) == 0 }, patience, 200*time.Millisecond, "nobody says goodbye")
	})
}

// reads waits until viewers have read what was said.
func (m *meeting) reads(t *testing.T) {
	t.Helper()
	var text string
	ok := waits(func() bool {
		text = m.text()
		wrong, _ := audiotest.WordErrors(spoken, text)
		return wrong <= 2 // of six: how well it is recognised is measured elsewhere
	})
	t.Logf("read: %s", text)
	require.True(t, ok, "read %q", text)
}

// waits looks each half second, as one address may not ask all the time.
func waits(condition func() bool) bool {
	look := time.NewTicker(500 * time.Millisecond)
	defer look.Stop()
	for end := time.Now().Add(patience); time.Now().Before(end); <-look.C {
		if condition() {
			return true
		}
	}
	return false
}
