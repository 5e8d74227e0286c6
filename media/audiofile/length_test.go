package audiofile

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
)

// lengths are what a file says before anything and after d of it was heard.
func lengths(t *testing.T, data []byte, d time.Duration) (before, after time.Duration) {
	t.Helper()
	f, err := OpenBytes(data, "sent")
	require.NoError(t, err)
	defer f.Close()
	stored, err := Open(file(t, data))
	require.NoError(t, err)
	defer stored.Close()
	before = f.Estimate()
	require.Equal(t, before, stored.Estimate())
	play(t, f, d)
	play(t, stored, d)
	require.InDelta(t, f.Estimate(), stored.Estimate(), float64(time.Millisecond))
	return before, f.Estimate()
}

// noted is an MP3 file with a picture, a note of its length and so many seconds of sound.
func noted(t *testing.T, seconds int, frames, size uint32, kind string) []byte {
	t.Helper()
	tone, err := os.ReadFile("testdata/tone.mp3")
	require.NoError(t, err)
	const picture = 300_000
	out := append([]byte("ID3\x04\x00\x00"), picture>>21&0x7F, picture>>14&0x7F, picture>>7&0x7F, picture&0x7F)
	out = append(out, make([]byte, picture)...)
	first := make([]byte, 417) // 128 kbit/s at 44.1 kHz
	copy(first, "\xFF\xFB\x90\x64")
	copy(first[36:], kind)
	if kind == "VBRI" {
		binary.BigEndian.PutUint32(first[46:], size)
		binary.BigEndian.PutUint32(first[50:], frames)
	} else {
		flags := byte(1)
		if size > 0 {
			flags |= 2
		}
		first[43] = flags
		binary.BigEndian.PutUint32(first[44:], frames)
		binary.BigEndian.PutUint32(first[48:], size)
	}
	return append(append(out, first...), bytes.Repeat(tone, seconds)...)
}

func TestLengthThatAnEncoderNoted(t *testing.T) {
	tone, err := os.ReadFile("testdata/tone.mp3")
	require.NoError(t, err)
	const seconds = 12
	frames := uint32(seconds * len(tone) / 418)
	size := uint32(seconds*len(tone) + 417)
	whole := time.Duration(frames) * 1152 * time.Second / 44100
	for name, data := range map[string][]byte{
		"Info": noted(t, seconds, frames, size, "Info"), "Xing": noted(t, seconds, frames, 0, "Xing"), "VBRI": noted(t, seconds, frames, size, "VBRI"),
	} {
		before, after := lengths(t, data, 4*time.Second)
		require.InDelta(t, whole, before, float64(50*time.Millisecond), name)
		require.Equal(t, before, after, name)
	}
	for name, data := range map[string][]byte{
		"nothing noted":     noted(t, seconds, 0, 0, "Info"),
		"too much":          noted(t, seconds, frames*100, 0, "Info"),
		"no end of it":      noted(t, seconds, math.MaxUint32, math.MaxUint32, "VBRI"),
		"of a longer file":  noted(t, seconds, frames*2, size*2, "Info"),
		"of a shorter file": noted(t, seconds, frames/4, size/4, "Info"),
	} {
		before, after := lengths(t, data, 4*time.Second)
		require.Zero(t, before, name)
		require.InEpsilon(t, whole, after, 0.05, "%s: the share counts, without the picture", name)
	}
	// More was heard than was noted: the share counts from then on.
	before, after := lengths(t, noted(t, seconds, frames/2, 0, "Info"), 8*time.Second)
	require.InEpsilon(t, whole/2, before, 0.05)
	require.InEpsilon(t, whole, after, 0.05)
}

// pages are an Opus file of so many seconds, whose first position is start
// seconds and a bit, and whose last is moved by a number of ticks.
func pages(t *testing.T, seconds, start int, moved int64) []byte {
	t.Helper()
	tone, err := os.ReadFile("testdata/tone.opus")
	require.NoError(t, err)
	var parts [][]byte
	for rest := tone; len(rest) > 0; {
		next := bytes.Index(rest[1:], []byte("OggS\x00"))
		if next < 0 {
			next = len(rest) - 1
		}
		parts = append(parts, rest[:next+1])
		rest = rest[next+1:]
	}
	out := append(bytes.Clone(parts[0]), parts[1]...)
	last := 0
	for i := range seconds {
		for _, p := range parts[2:] {
			last = len(out)
			out = append(out, p...)
			position := int64(binary.LittleEndian.Uint64(p[6:])) + int64(start+i)*48000
			binary.LittleEndian.PutUint64(out[last+6:], uint64(position))
		}
	}
	position := int64(binary.LittleEndian.Uint64(out[last+6:])) + moved
	binary.LittleEndian.PutUint64(out[last+6:], uint64(position))
	return out
}

func TestLengthOfAnOggFile(t *testing.T) {
	const near = float64(200 * time.Millisecond)
	before, after := lengths(t, pages(t, 60, 0, 0), 20*time.Second)
	require.InDelta(t, time.Minute, before, near)
	require.Equal(t, before, after)

	_, after = lengths(t, pages(t, 60, 3*3600, 0), 20*time.Second)
	require.InDelta(t, time.Minute, after, float64(time.Second), "cut out of a stream that ran for hours")

	whole := pages(t, 60, 0, 0)
	before, _ = lengths(t, whole[:len(whole)/2], 20*time.Second)
	require.InDelta(t, 30*time.Second, before, float64(time.Second), "cut off")

	foreign := append(bytes.Clone(whole), whole[bytes.LastIndex(whole, []byte("OggS")):]...)
	at := bytes.LastIndex(foreign, []byte("OggS"))
	copy(foreign[at+14:], "xxxx")
	before, _ = lengths(t, foreign, time.Second)
	require.InDelta(t, time.Minute, before, near, "the last page of this stream")

	for name, moved := range map[string]int64{"negative": math.MinInt64, "no end of it": math.MaxInt64 - 61*48000, "less than was heard": -55 * 48000} {
		_, after = lengths(t, pages(t, 60, 0, moved), 20*time.Second)
		require.InEpsilon(t, time.Minute, after, 0.05, "%s: the share counts", name)
	}
}

// TestLengthsThatFFmpegMakes asks real files of the kinds that people bring.
func TestLengthsThatFFmpegMakes(t *testing.T) {
	program := audiotest.FFmpeg(t)
	dir := t.TempDir()
	for name, arguments := range map[string][]string{
		"sitzung.m4a":  {"-c:a", "aac"},
		"sitzung.webm": {"-c:a", "libopus"},
		"sitzung.ogg":  {"-c:a", "libvorbis"},
		"sitzung.aiff": {},
		"diktat.wav":   {"-c:a", "adpcm_ima_wav"},
		// Its second half is silence: the share read would promise twice as much.
		"sitzung.mp3":  {"-c:a", "libmp3lame", "-q:a", "5"},
		"sitzung.opus": {"-c:a", "libopus"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name)
			all := append([]string{"-v", "error", "-nostdin", "-f", "lavfi", "-i", "anoisesrc=r=16000:a=0.3:d=20,apad=whole_dur=40"}, arguments...)
			out, err := exec.CommandContext(t.Context(), program, append(all, path)...).CombinedOutput()
			require.NoError(t, err, string(out))
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			sent, err := OpenBytes(data, name)
			require.NoError(t, err)
			stored, err := Open(path)
			require.NoError(t, err)
			for _, f := range []*File{sent, stored} {
				require.Eventually(t, func() bool { return f.Estimate() > 0 }, time.Minute, 10*time.Millisecond)
				require.InEpsilon(t, 40*time.Second, f.Estimate(), 0.02, "before anything was read")
				play(t, f, 15*time.Second)
				require.InEpsilon(t, 40*time.Second, f.Estimate(), 0.02)
				require.NoError(t, f.Close())
			}
		})
	}
}

func TestWhatFFmpegReports(t *testing.T) {
	var r report
	say := func(text string) {
		n, err := r.Write([]byte(text))
		require.NoError(t, err)
		require.Equal(t, len(text), n)
	}
	say("built with\n[info] Input #0, mov, from 'x':\n[info]     title           : Duration: 09:00:00.00, start\n[info]   Dura")
	require.Zero(t, r.duration())
	say("tion: 01:02:03.45, start: 0.000000, bitrate: 130 kb/s\n[info]   Duration: 00:00:01.00, start\r")
	require.Equal(t, time.Hour+2*time.Minute+3*time.Second+450*time.Millisecond, r.duration())
	require.Equal(t, "built with", r.first())
	say("[aac @ 0x55] [warning] Late SEI\n[mov @ 0x55cc] [aac @ 0x55cd] [error] moov atom not found\n[fatal] Error opening input")
	require.Equal(t, "moov atom not found", r.first())
	say(string(bytes.Repeat([]byte("x"), 1<<20)))
	require.LessOrEqual(t, len(r.line), mostLine, "memory has a bound")

	for line, want := range map[string]time.Duration{
		"  Duration: N/A, bitrate: N/A": 0, "  Duration: 99999:00:00.00, start": 0, "Duration: 00:00:00.00, start": 0, "  Duration: 00:00:00.05, start": 50 * time.Millisecond,
	} {
		require.Equal(t, want, durationOf(line), line)
	}
}
