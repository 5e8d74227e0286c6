package audiofile

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
)

// oggPage is one of a stream.
func oggPage(flags byte, serial uint32, data []byte) []byte {
	b := append([]byte("OggS\x00"), flags)
	b = append(b, make([]byte, 8)...)
	b = binary.LittleEndian.AppendUint32(b, serial)
	b = append(b, make([]byte, 8)...)
	var lengths []byte
	for left := len(data); left >= 0; left -= 255 {
		lengths = append(lengths, byte(min(left, 255)))
	}
	b = append(append(b, byte(len(lengths))), lengths...)
	return append(b, data...)
}

// Stations begin a stream of their own with each song: all are heard.
func TestStreamsOneAfterTheOther(t *testing.T) {
	tone := fileOf(t, "testdata/tone.opus")
	other := bytes.Clone(tone)
	for at := 0; at >= 0 && at < len(other); {
		other[at+14] ^= 0x55 // the number of the stream
		next := bytes.Index(other[at+1:], []byte("OggS\x00"))
		if next < 0 {
			break
		}
		at += 1 + next
	}
	for name, b := range map[string][]byte{
		"same number":        append(bytes.Clone(tone), tone...),
		"another number":     append(bytes.Clone(tone), other...),
		"a stream beside it": beside(tone, append(bytes.Clone(tone), other...)),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "song.opus")
			require.NoError(t, os.WriteFile(path, b, 0o600))
			pcm, err := ReadAll(path, time.Minute)
			require.NoError(t, err)
			require.InDelta(t, 2*media.SampleRate, len(pcm), 0.3*media.SampleRate)
			later := pcm[len(pcm)-media.SampleRate/2 : len(pcm)-media.SampleRate/8]
			require.Equal(t, 600.0, audiotest.Peak(later, media.SampleRate, 200, 2000))
			require.Greater(t, audiotest.SNR(later, media.SampleRate, 600), 25.0)
		})
	}
}

// beside puts a page that begins another stream behind the first, and one of its data behind the second.
func beside(one, all []byte) []byte {
	second := 1 + bytes.Index(one[1:], []byte("OggS\x00"))
	third := second + 1 + bytes.Index(one[second+1:], []byte("OggS\x00"))
	b := append(bytes.Clone(all[:second]), oggPage(oggBegins, 9, []byte("\x80theora"))...)
	b = append(append(b, all[second:third]...), oggPage(0, 9, bytes.Repeat([]byte{3}, 700))...)
	return append(b, all[third:]...)
}

// A picture among the tags is longer than all that Opus makes.
func TestOpusWithAPicture(t *testing.T) {
	tone := fileOf(t, "testdata/tone.opus")
	second := 1 + bytes.Index(tone[1:], []byte("OggS\x00"))
	third := second + 1 + bytes.Index(tone[second+1:], []byte("OggS\x00"))
	serial := binary.LittleEndian.Uint32(tone[14:])
	b := bytes.Clone(tone[:second])
	full := append([]byte("OggS\x00\x00"), make([]byte, 8)...)
	full = append(binary.LittleEndian.AppendUint32(full, serial), make([]byte, 8)...)
	full = append(append(full, 255), bytes.Repeat([]byte{255}, 255)...)
	full = append(full, make([]byte, 255*255)...)
	for i := range 40 {
		full[5] = byte(min(i, 1)) * oggContinued
		b = append(b, full...)
	}
	b = append(append(b, oggPage(oggContinued, serial, nil)...), tone[third:]...)
	f, err := OpenBytes(b, "song.opus")
	require.NoError(t, err)
	defer f.Close()
	heard := &audiotest.Recorder{}
	require.NoError(t, f.Play(t.Context(), heard))
	require.InDelta(t, media.SampleRate, len(heard.PCM), 0.1*media.SampleRate)
}
