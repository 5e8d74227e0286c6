package audiofile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// all reads a recording that was received.
func all(t *testing.T, data []byte) ([]int16, error) {
	t.Helper()
	f, err := OpenBytes(data, "x")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var pcm []int16
	buf := make([]int16, 1000)
	for {
		n, err := f.Read(buf)
		pcm = append(pcm, buf[:n]...)
		if errors.Is(err, io.EOF) {
			return pcm, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func TestReceivedIsReadAsFromAFile(t *testing.T) {
	for _, path := range []string{"testdata/tone.mp3", "testdata/tone.opus"} {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		want, err := ReadAll(path, time.Minute)
		require.NoError(t, err)
		got, err := all(t, data)
		require.NoError(t, err)
		require.Equal(t, want, got, path)
	}
}

func TestReceivedThatNothingReads(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := all(t, []byte("Bekanntmachung"))
	require.ErrorIs(t, err, ErrUnknown)
	_, err = all(t, nil)
	require.ErrorIs(t, err, ErrEmpty)
	_, err = all(t, []byte("RIFF"))
	require.Error(t, err)
	require.NotErrorIs(t, err, ErrUnknown)
}

// A script in ffmpeg's place: it must be able to read the file, and to seek in
// it, and must be told to read nothing else.
func TestReceivedForFFmpegStaysInMemory(t *testing.T) {
	dir := t.TempDir()
	script := `#!/bin/sh
case "$*" in *"-format_whitelist aac,"*"-i file:/dev/fd/3"*) ;; *) echo "wrong arguments: $*" >&2; exit 1 ;; esac
tail -c 8 /dev/fd/3
`
	require.NoError(t, os.WriteFile(filepath.Join(dir, "ffmpeg"), []byte(script), 0o700))
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	pcm, err := all(t, []byte("something else \x01\x00\x02\x00\x03\x00\x04\x00"))
	require.NoError(t, err)
	require.Equal(t, []int16{1, 3}, pcm, "the mean of two channels")
}
