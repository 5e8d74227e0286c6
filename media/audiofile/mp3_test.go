package audiofile

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func fileOf(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	return b
}

// 22,050 Hz is what low bit rates of speech have; most frames of it are padded.
func TestMP3OfLowRate(t *testing.T) {
	requireTone(t, "testdata/low.mp3")
	frames, err := newMP3Frames(bytes.NewReader(fileOf(t, "testdata/low.mp3")))
	require.NoError(t, err)
	b, err := io.ReadAll(frames)
	require.NoError(t, err)
	require.ErrorIs(t, frames.ended, io.EOF)
	require.Zero(t, len(b)%522)
	for ; len(b) > 0; b = b[522:] {
		h := mp3HeaderOf(b)
		require.True(t, h.valid() && h.same(frames.first))
		require.Equal(t, 522, h.size(), "none is padded")
	}
}

// Where a frame has more data than it holds, the rest is in the one before.
func TestReservoirIsFilledAnew(t *testing.T) {
	const header = mp3Header(0xFFF3E0C0) // mono, 22,050 Hz, 160 kbit/s, no CRC
	require.Equal(t, 522, header.size())
	in := func(back byte, bits int, main byte) []byte {
		b := append([]byte{0xFF, 0xF3, 0xE0, 0xC0, back, byte(bits >> 5), byte(bits << 3)}, make([]byte, 6)...)
		return append(b, bytes.Repeat([]byte{main}, 522-len(b))...)
	}
	r := &mp3Reservoir{}
	require.Nil(t, r.frame(in(0, 8*400, 1)))
	one := r.frame(in(100, 8*509, 2)) // 100 bytes of the frame before, 409 of its own
	two := r.frame(in(100, 8*511, 3)) // has two more than fit
	three := r.frame(in(255, 8*300, 4))
	require.Equal(t, bytes.Repeat([]byte{1}, 400), one[13:413])
	require.Equal(t, append(bytes.Repeat([]byte{1}, 100), bytes.Repeat([]byte{2}, 409)...), two[13:])
	require.Equal(t, make([]byte, 509), three[13:], "what has no place is silent")
	last := r.end()
	require.Equal(t, append(bytes.Repeat([]byte{3}, 255), bytes.Repeat([]byte{4}, 45)...), last[13:313])
	require.Nil(t, r.end())

	r = &mp3Reservoir{}
	require.Nil(t, r.frame(in(0, 8*100, 1)))
	one, two = r.frame(in(200, 8*511, 2)), r.end()
	require.Equal(t, byte(2), two[4])
	require.Equal(t, []byte{1, 1}, one[520:])
	require.Equal(t, append(bytes.Repeat([]byte{1}, 198), bytes.Repeat([]byte{2}, 311)...), two[13:])
}

func TestEndsOfMP3(t *testing.T) {
	t.Setenv("PATH", "")
	tone, low := fileOf(t, "testdata/tone.mp3"), fileOf(t, "testdata/low.mp3")
	size := mp3HeaderOf(tone).size()
	note := append([]byte("TAG"), make([]byte, 125)...)
	ape := append([]byte("APETAGEX\xd0\x07\x00\x00\xd0\x07\x00\x00\x01\x00\x00\x00\x00\x00\x00\xa0"), make([]byte, 8)...)
	ape = append(ape, bytes.Repeat(low, 2000)[:2000]...) // a tag may hold anything
	for name, c := range map[string]struct {
		b    []byte
		want string // of the error
	}{
		"whole":              {tone, ""},
		"ID3v1":              {append(tone[:len(tone):len(tone)], note...), ""},
		"APE":                {append(tone[:len(tone):len(tone)], ape...), ""},
		"joined":             {append(tone[:len(tone):len(tone)], tone...), ""},
		"joined with a tag":  {append(append(tone[:len(tone):len(tone)], "ID3\x04\x00\x00\x00\x00\x02\x00"...), append(make([]byte, 256), tone...)...), ""},
		"cut":                {tone[:len(tone)-size/2], "MP3 file is damaged or truncated: it ends too early"},
		"cut in a header":    {append(tone[:len(tone):len(tone)], 0xFF, 0xFB), "it ends too early"},
		"cut, of a low rate": {low[:len(low)-20], "it ends too early"},
		"two rates":          {append(tone[:len(tone):len(tone)], low...), "from 44100 to 22050 Hz"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.mp3")
			require.NoError(t, os.WriteFile(path, c.b, 0o600))
			pcm, err := readWhat(t, path)
			require.Greater(t, len(pcm), 14000)
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "a.mp3")
		})
	}
}

// MP3 of telephones has rates that only ffmpeg knows.
func TestMP3OfTelephones(t *testing.T) {
	t.Setenv("PATH", "")
	frame := append([]byte{0xFF, 0xE3, 0x18, 0xC4}, make([]byte, 68)...) // MPEG-2.5, 8 kbit/s, 8 kHz
	require.Equal(t, len(frame), mp3HeaderOf(frame).size())
	for _, b := range [][]byte{bytes.Repeat(frame, 9), append([]byte("ID3\x04\x00\x00\x00\x00\x00\x00"), bytes.Repeat(frame, 9)...)} {
		_, err := OpenBytes(b, "call.mp3")
		require.ErrorIs(t, err, ErrUnknown)
		require.ErrorContains(t, err, "call.mp3: it is MP3 at 8000 Hz, which only ffmpeg reads: install it")
		_, err = Decode(bytes.NewReader(b), "standard input")
		require.ErrorContains(t, err, "give the path of a file")
	}
	_, err := OpenBytes(append([]byte("ID3\x04\x00\x00\x00\x00\x00\x00"), bytes.Repeat([]byte{7}, 5000)...), "tag.mp3")
	require.ErrorIs(t, err, errNoFrames)
}
