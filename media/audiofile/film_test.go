package audiofile

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
)

// A film whose sound ends before its pictures is whole.
func TestFilmThatGoesOnSilently(t *testing.T) {
	program := audiotest.FFmpeg(t)
	path := filepath.Join(t.TempDir(), "film.mp4")
	film := exec.CommandContext(t.Context(), program, "-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc=size=160x120:rate=10:duration=9",
		"-f", "lavfi", "-i", "sine=600:duration=4", path)
	out, err := film.CombinedOutput()
	require.NoError(t, err, string(out))
	pcm, err := ReadAll(path, time.Minute)
	require.NoError(t, err)
	require.InDelta(t, 4*media.SampleRate, len(pcm), 0.2*media.SampleRate)
}

// A sound that begins later than its film is heard when it is shown, and a gap
// in it does not bring forward what comes after it.
func TestFilmWhoseSoundIsLate(t *testing.T) {
	program := audiotest.FFmpeg(t)
	for name, arguments := range map[string][]string{
		"late.mp4":  {"-itsoffset", "3", "-f", "lavfi", "-i", "sine=600:duration=2", "-map", "0:v", "-map", "1:a"},
		"late.webm": {"-itsoffset", "3", "-f", "lavfi", "-i", "sine=600:duration=2", "-map", "0:v", "-map", "1:a", "-c:a", "libopus", "-c:v", "libvpx"},
		"gap.mkv":   {"-f", "lavfi", "-i", "sine=600:duration=5", "-map", "0:v", "-map", "1:a", "-af", "aselect=lt(t\\,0.5)+gt(t\\,3)", "-c:a", "pcm_s16le"},
	} {
		path := filepath.Join(t.TempDir(), name)
		film := exec.CommandContext(t.Context(), program, append(append([]string{
			"-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc=size=160x120:rate=10:duration=5",
		}, arguments...), path)...)
		out, err := film.CombinedOutput()
		require.NoError(t, err, string(out))
		pcm, err := ReadAll(path, time.Minute)
		require.NoError(t, err)
		require.InDelta(t, 5*media.SampleRate, len(pcm), 0.2*media.SampleRate, name)
		require.Less(t, audiotest.RMS(pcm[media.SampleRate:28*media.SampleRate/10]), 10.0, name)
		require.Greater(t, audiotest.RMS(pcm[32*media.SampleRate/10:48*media.SampleRate/10]), 1000.0, name)
	}
}

// What ffmpeg alone reads needs a file; a pipe is said to be none.
func TestPipeOfAFilm(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	done := make(chan error, 1)
	go func() { done <- os.WriteFile(path, []byte("\x1A\x45\xDF\xA3webm"), 0o600) }()
	_, err := Open(path)
	require.NoError(t, <-done)
	require.ErrorContains(t, err, "it is WebM or Matroska, which only ffmpeg reads: give the path of a file")
}

// A film without a sound is no damaged file.
func TestPicturesAlone(t *testing.T) {
	program := audiotest.FFmpeg(t)
	path := filepath.Join(t.TempDir(), "silent.mp4")
	film := exec.CommandContext(t.Context(), program, "-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc=size=160x120:rate=10:duration=1", path)
	out, err := film.CombinedOutput()
	require.NoError(t, err, string(out))
	_, err = ReadAll(path, time.Minute)
	require.ErrorIs(t, err, ErrEmpty)
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	_, err = all(t, b)
	require.ErrorIs(t, err, ErrEmpty, "read from memory")
}
