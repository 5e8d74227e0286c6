package whip

import (
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/internal/servicetest"
)

// spoken is what the recording says.
const spoken = "Die Werbung vermittelt einen falschen Eindruck."

// meeting is one in the real program.
type meeting struct{ *servicetest.Room }

func newService(t *testing.T) *servicetest.Service {
	t.Helper()
	s := servicetest.Start(t, servicetest.Options{Whisper: true, Config: `city: musterstadt
meetings: {enabled: true, create: ""}
browser: {enabled: true}
`})
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(s.Log())
		}
	})
	return s
}

func newMeeting(t *testing.T, s *servicetest.Service) *meeting {
	t.Helper()
	m := &meeting{s.Hold(t, map[string]any{"title": "Rat", "languages": []string{"de"}})}
	m.Do("/start", nil)
	return m
}

const patience = 90 * time.Second // recognition shares two cores with everything else

// TestMeeting sends speech to a meeting of the real program, as ffmpeg and as
// OBS would, and reads it as a subtitle.
func TestMeeting(t *testing.T) {
	t.Parallel()
	program := ffmpeg(t)
	audiotest.Model(t, "ggml-base.bin")
	recording := audiotest.Shared(t, said)
	service := newService(t)
	t.Run("ffmpeg", func(t *testing.T) {
		t.Parallel()
		m := newMeeting(t, service)
		cmd, _ := start(t, program, "-v", "warning", "-nostdin", "-re", "-i", recording, "-af", "apad=pad_dur=4", "-c:a", "libopus", "-ar", "48000", "-ac", "2",
			"-authorization", m.Keys.Speak, "-f", "whip", m.Links.WHIP+"?name=Saal&language=de")
		require.Eventually(t, func() bool { return len(m.Status().Inputs) == 1 }, patience, 200*time.Millisecond)
		require.Equal(t, "Saal", m.Status().Inputs[0].Name)
		require.NoError(t, cmd.Wait())
		m.reads(t)
		require.Eventually(t, func() bool { return len(m.Status().Inputs) == 0 }, patience, 200*time.Millisecond, "DELETE ends the input")
	})
	t.Run("like OBS, with one side turned, and it dies", func(t *testing.T) {
		t.Parallel()
		node, err := exec.LookPath("node")
		if err != nil {
			t.Skip("no node")
		}
		m := newMeeting(t, service)
		turned := t.TempDir() + "/turned.wav"
		out, err := exec.CommandContext(t.Context(), program, "-v", "error", "-i", recording,
			"-af", "aresample=48000,pan=stereo|c0=c0|c1=-1*c0,apad=pad_dur=60", turned).CombinedOutput()
		require.NoError(t, err, string(out))
		cmd, _ := start(t, node, script(t), m.Links.WHIP+"?name=Regie&language=de", m.Keys.Speak, program, turned)
		m.reads(t)
		require.Equal(t, "Regie", m.Status().Inputs[0].Name)
		require.NoError(t, cmd.Process.Kill())
		require.Eventually(t, func() bool { return len(m.Status().Inputs) == 0 }, patience, 200*time.Millisecond, "nobody says goodbye")
	})
}

// reads waits until viewers have read what was said.
func (m *meeting) reads(t *testing.T) {
	t.Helper()
	var text string
	ok := waits(func() bool {
		text = m.Text("original")
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
