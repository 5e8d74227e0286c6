package wav

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
)

// file builds a WAV by hand: tag, channels, rate, bits, size in the data header, data.
func file(tag, channels, rate, bits int, size uint32, data []byte) []byte {
	b := append([]byte("RIFF"), 0, 0, 0, 0)
	b = append(b, "WAVELIST\x03\x00\x00\x00abc\x00fmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, uint16(tag))
	b = binary.LittleEndian.AppendUint16(b, uint16(channels))
	b = binary.LittleEndian.AppendUint32(b, uint32(rate))
	b = binary.LittleEndian.AppendUint32(b, uint32(rate*channels*bits/8))
	b = binary.LittleEndian.AppendUint16(b, uint16(channels*bits/8))
	b = binary.LittleEndian.AppendUint16(b, uint16(bits))
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, size)
	return append(b, data...)
}

func readAll(b []byte) (pcm []int16, f Format, err error) {
	r, err := NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, f, err
	}
	buf := make([]int16, 4096)
	for {
		n, err := r.Read(buf)
		pcm = append(pcm, buf[:n]...)
		if errors.Is(err, io.EOF) {
			return pcm, r.Format(), nil
		}
		if err != nil {
			return pcm, r.Format(), err
		}
	}
}

func TestEveryCoding(t *testing.T) {
	want := []int16{0, 8192, -8192, 32512, -32768}
	le := binary.LittleEndian
	for name, c := range map[string]struct {
		tag, bits int
		put       func([]byte, int16) []byte
		within    float64
	}{
		"8 bit":  {1, 8, func(b []byte, s int16) []byte { return append(b, byte(s>>8)+128) }, 0},
		"16 bit": {1, 16, func(b []byte, s int16) []byte { return le.AppendUint16(b, uint16(s)) }, 0},
		"24 bit": {1, 24, func(b []byte, s int16) []byte { return append(b, 0, byte(s), byte(s>>8)) }, 0},
		"32 bit": {1, 32, func(b []byte, s int16) []byte { return le.AppendUint32(b, uint32(s)<<16) }, 0},
		"float":  {3, 32, func(b []byte, s int16) []byte { return le.AppendUint32(b, math.Float32bits(float32(s)/32768)) }, 0},
		"double": {3, 64, func(b []byte, s int16) []byte { return le.AppendUint64(b, math.Float64bits(float64(s)/32768)) }, 0},
		"A-law": {6, 8, func(b []byte, s int16) []byte {
			return append(b, map[int16]byte{0: 0xD5, 8192: 0xB5, -8192: 0x35, 32512: 0xAA, -32768: 0x2A}[s])
		}, 600},
		"mu-law": {7, 8, func(b []byte, s int16) []byte {
			return append(b, map[int16]byte{0: 0xFF, 8192: 0x9F, -8192: 0x1F, 32512: 0x80, -32768: 0x00}[s])
		}, 700},
	} {
		var data []byte
		for _, s := range want {
			data = c.put(data, s)
		}
		got, f, err := readAll(file(c.tag, 1, 22050, c.bits, uint32(len(data)), data))
		require.NoError(t, err, name)
		require.Equal(t, 22050, f.Rate)
		require.Len(t, got, len(want), name)
		for i := range want {
			require.InDelta(t, want[i], got[i], c.within, name)
		}
	}
}

func TestFloatIsClipped(t *testing.T) {
	var data []byte
	for _, v := range []float32{2, -2, float32(math.NaN()), float32(math.Inf(1))} {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
	}
	got, _, err := readAll(file(3, 2, 48000, 32, uint32(len(data)), data))
	require.NoError(t, err)
	require.Equal(t, []int16{32767, -32768, 0, 32767}, got)
}

func TestBadFilesGiveOneClearError(t *testing.T) {
	good := file(1, 1, 8000, 16, 8, make([]byte, 8))
	for name, c := range map[string]struct {
		b    []byte
		want error
	}{
		"nothing":            {nil, ErrFormat},
		"text":               {[]byte("Sehr geehrte Damen und Herren"), ErrFormat},
		"header only":        {good[:len(good)-8-8], ErrFormat},
		"no samples":         {good[:len(good)-8], ErrEmpty},
		"truncated":          {good[:len(good)-3], ErrTruncated},
		"no channels":        {file(1, 0, 8000, 16, 2, make([]byte, 2)), ErrFormat},
		"60000 channels":     {file(1, 60000, 8000, 16, 2, make([]byte, 2)), ErrFormat},
		"rate 0":             {file(1, 1, 0, 16, 2, make([]byte, 2)), ErrFormat},
		"13 bits":            {file(1, 1, 8000, 13, 2, make([]byte, 2)), ErrFormat},
		"unknown coding":     {file(85, 1, 8000, 16, 2, make([]byte, 2)), ErrFormat},
		"huge chunk":         {append([]byte("RIFFxxxxWAVELIST\xff\xff\xff\x7f"), 1, 2, 3), ErrFormat},
		"huge format":        {append([]byte("RIFFxxxxWAVEfmt \xff\xff\xff\xff"), 1, 2, 3), ErrFormat},
		"data before format": {[]byte("RIFFxxxxWAVEdata\x02\x00\x00\x00ab"), ErrFormat},
	} {
		_, _, err := readAll(c.b)
		require.ErrorIs(t, err, c.want, name)
		require.NotContains(t, err.Error(), "\n", name)
	}
}

func TestUnknownSizesReadToTheEnd(t *testing.T) {
	for _, size := range []uint32{0, unknownSize} {
		pcm, _, err := readAll(file(1, 1, 8000, 16, size, make([]byte, 100)))
		require.NoError(t, err)
		require.Len(t, pcm, 50)
	}
}

func TestWriteAndReadBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.wav")
	w, err := Create(path, media.SampleRate)
	require.NoError(t, err)
	pcm := audiotest.Sine(440, 2500*time.Millisecond, 9000)
	for _, f := range audiotest.Frames(pcm) {
		require.NoError(t, w.WriteFrame(f))
	}
	crashed, err := os.ReadFile(path)
	require.NoError(t, err)
	early, _, err := readAll(crashed)
	require.NoError(t, err, "the header is right before Close")
	require.Len(t, early, 2*media.SampleRate)
	require.NoError(t, w.Close())
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	got, f, err := readAll(b)
	require.NoError(t, err)
	require.Equal(t, Format{Rate: 16000, Channels: 1, Bits: 16, Coding: PCM}, f)
	require.Equal(t, pcm, got)
	_, err = Create(filepath.Join(path, "below"), 8000)
	require.Error(t, err)
}

func FuzzReader(f *testing.F) {
	f.Add(file(1, 2, 8000, 24, 12, make([]byte, 12)))
	f.Add(file(3, 1, 8000, 32, 0, make([]byte, 9)))
	f.Add([]byte("RF64\xff\xff\xff\xffWAVEds64"))
	f.Fuzz(func(t *testing.T, b []byte) {
		pcm, format, err := readAll(b)
		require.LessOrEqual(t, len(pcm), len(b))
		if err == nil {
			require.NotEmpty(t, pcm)
			require.Zero(t, len(pcm)%format.Channels)
		}
	})
}

func BenchmarkRead16(b *testing.B) {
	data := file(1, 2, 48000, 16, unknownSize, make([]byte, 1<<20))
	dst := make([]int16, 1920)
	b.ReportAllocs()
	b.SetBytes(3840)
	r, _ := NewReader(bytes.NewReader(data))
	for b.Loop() {
		if n, _ := r.Read(dst); n < len(dst) {
			r, _ = NewReader(bytes.NewReader(data))
		}
	}
}
