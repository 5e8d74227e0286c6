package web_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// whipSender is an ffmpeg with the WHIP muxer, which came with version 8.
func whipSender(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), filepath.Join(audiotest.Root(t), "e2e/whip/clients/install.sh"), "--where").Output()
	if err != nil {
		t.Skip("the senders are not installed: run e2e/whip/clients/install.sh")
	}
	found, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "python/imageio_ffmpeg/binaries/ffmpeg-*"))
	require.NoError(t, err)
	require.NotEmpty(t, found)
	return found[0]
}

// TestWHIPSender lets ffmpeg send to a meeting by its link and its key; when it
// is done it says so, and the input leaves.
func TestWHIPSender(t *testing.T) {
	program := whipSender(t)
	s := newHallSite(t, nil)
	g := s.hold(meeting.New{Title: "Rat"})
	send := func(key string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), program, "-v", "error", "-nostdin", "-re", "-f", "lavfi", "-i", "sine=frequency=440:duration=5",
			"-c:a", "libopus", "-ar", "48000", "-ac", "2", "-authorization", key, "-f", "whip", s.url("/whip/"+g.Room.Code()+"?name=Saalregie&language=de"))
		require.NoError(t, cmd.Start())
		return cmd
	}
	require.Error(t, send("a wrong key").Wait())
	require.Empty(t, g.status().Inputs)

	cmd := send(g.Keys().Speak)
	require.Eventually(t, func() bool {
		in := g.status().Inputs
		return len(in) == 1 && in[0].RMS < -15 && in[0].RMS > -30 && in[0].Name == "Saalregie" && in[0].Kind == rooms.Broadcast
	}, 30*time.Second, 50*time.Millisecond)
	require.NoError(t, cmd.Wait(), "its DELETE is answered with 200")
	require.Eventually(t, func() bool { return len(g.status().Inputs) == 0 }, 30*time.Second, 50*time.Millisecond)
}

func (g *gathering) status() rooms.Status {
	g.site.t.Helper()
	st, err := g.Room.Status(g.site.t.Context())
	require.NoError(g.site.t, err)
	return st
}
