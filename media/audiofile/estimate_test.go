package audiofile

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/media"
)

// What says nothing of its length is guessed, and the better the longer it plays.
func TestEstimate(t *testing.T) {
	tone, err := os.ReadFile("testdata/tone.mp3")
	require.NoError(t, err)
	long := bytes.Repeat(tone, 60)
	pcm, err := ReadAll(file(t, long), 0)
	require.NoError(t, err)
	whole := media.Duration(len(pcm))
	sent, err := OpenBytes(long, "sent.mp3")
	require.NoError(t, err)
	stored, err := Open(file(t, long))
	require.NoError(t, err)
	for _, f := range []*File{sent, stored} {
		require.Zero(t, f.Duration())
		play(t, f, 10*time.Second)
		require.InEpsilon(t, whole, f.Estimate(), 0.1)
		play(t, f, 30*time.Second)
		require.InEpsilon(t, whole, f.Estimate(), 0.05)
		require.NoError(t, f.Close())
	}

	opus, err := Open("testdata/tone.opus")
	require.NoError(t, err)
	play(t, opus, 500*time.Millisecond)
	require.InEpsilon(t, time.Second, opus.Estimate(), 0.3)
	require.NoError(t, opus.Close())

	pipe, err := Decode(bytes.NewReader(long), "pipe")
	require.NoError(t, err)
	play(t, pipe, time.Second)
	require.Zero(t, pipe.Estimate(), "nobody knows how much follows")
	require.NoError(t, pipe.Close())
}

func file(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "long.mp3")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

func play(t *testing.T, f *File, d time.Duration) {
	t.Helper()
	buf := make([]int16, media.FrameSamples)
	for left := media.Samples(d); left > 0; {
		n, err := f.Read(buf)
		require.NoError(t, err)
		left -= n
	}
}
