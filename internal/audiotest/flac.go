package audiotest

import (
	"errors"
	"io"
	"testing"

	"github.com/mewkiz/flac"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/media"
)

// FLAC is the audio of a test recording: 16 kHz, of which the first channel.
func FLAC(t testing.TB, path string) (pcm []int16) {
	t.Helper()
	f, err := flac.Open(path)
	require.NoError(t, err)
	defer f.Close()
	require.EqualValues(t, media.SampleRate, f.Info.SampleRate, path)
	for {
		frame, err := f.ParseNext()
		if errors.Is(err, io.EOF) {
			return pcm
		}
		require.NoError(t, err)
		for _, v := range frame.Subframes[0].Samples {
			pcm = append(pcm, int16(v))
		}
	}
}
