package audiofile

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/dtmf"
	"github.com/amtsleitung/amtsleitung/media/resample"
	"github.com/amtsleitung/amtsleitung/media/wav"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func requireTone(t *testing.T, path string) {
	t.Helper()
	pcm, err := ReadAll(path, time.Minute)
	require.NoError(t, err)
	require.InDelta(t, media.SampleRate, len(pcm), 0.06*media.SampleRate, path)
	steady := pcm[3200:12800]
	require.Equal(t, 600.0, audiotest.Peak(steady, media.SampleRate, 200, 2000), path)
	require.Greater(t, audiotest.SNR(steady, media.SampleRate, 600), 25.0, path)
	require.InDelta(t, 9000/math.Sqrt2, audiotest.RMS(steady), 900, path)
}

func TestFormats(t *testing.T) {
	requireTone(t, "testdata/tone.mp3")
	requireTone(t, "testdata/tone.opus")
	for _, rate := range []int{8000, 11025, 16000, 44100, 48000, 96000} {
		path := filepath.Join(t.TempDir(), fmt.Sprint(rate, ".wav"))
		w, err := wav.Create(path, rate)
		require.NoError(t, err)
		require.NoError(t, w.Write(audiotest.SineAt(rate, 600, time.Second, 9000)))
		require.NoError(t, w.Close())
		requireTone(t, path)
	}
}

// stereo makes a 16-bit WAV of two channels.
func stereo(left, right []int16) []byte {
	var b bytes.Buffer
	b.WriteString("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x02\x00\x80\x3e\x00\x00\x00\xfa\x00\x00\x04\x00\x10\x00data\x00\x00\x00\x00")
	for i := range left {
		_ = binary.Write(&b, binary.LittleEndian, [2]int16{left[i], right[i]})
	}
	return b.Bytes()
}

func decodeAll(t *testing.T, b []byte) []int16 {
	t.Helper()
	f, err := Decode(bytes.NewReader(b), "test")
	require.NoError(t, err)
	defer f.Close()
	var pcm []int16
	require.NoError(t, f.Play(t.Context(), media.SinkFunc(func(fr media.Frame) error {
		require.Equal(t, media.Duration(len(pcm)), fr.At)
		pcm = append(pcm, fr.PCM...)
		return nil
	})))
	return pcm
}

func TestStereoAndTurnedStereo(t *testing.T) {
	tone := audiotest.Sine(500, time.Second, 8000)
	inverse, silence := make([]int16, len(tone)), make([]int16, len(tone))
	for i := range tone {
		inverse[i] = -tone[i]
	}
	for name, c := range map[string]struct {
		right []int16
		level float64
	}{"same": {tone, 5657}, "one side": {silence, 2828}, "turned": {inverse, 5657}} {
		pcm := decodeAll(t, stereo(tone, c.right))
		require.Len(t, pcm, media.SampleRate)
		require.InDelta(t, c.level, audiotest.RMS(pcm[1600:]), 50, name)
	}
}

func TestHumanSpeechAndDigitsFromFLAC(t *testing.T) {
	for digit, name := range map[string]string{"1": "dtmf-1", "5": "dtmf-5"} {
		pcm, err := ReadAll(audiotest.Shared(t, "sounds/dtmf/"+name+".flac"), time.Minute)
		require.NoError(t, err)
		down, err := resample.New(media.SampleRate, dtmf.ToneRate, resample.Phone)
		require.NoError(t, err)
		d, err := dtmf.NewDetector()
		require.NoError(t, err)
		require.Equal(t, digit, string(d.Listen(nil, down.Append(nil, pcm))), "a recording by others")
		down.Close()
		d.Close()
	}
	files, err := filepath.Glob(filepath.Join(audiotest.Shared(t, "speech/de"), "*.flac"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, path := range files[:min(5, len(files))] {
		f, err := Open(path)
		require.NoError(t, err)
		var r audiotest.Recorder
		require.NoError(t, f.Play(t.Context(), &r))
		require.InDelta(t, f.Duration().Seconds(), media.Duration(len(r.PCM)).Seconds(), 0.03, path)
		require.Greater(t, audiotest.DBFS(r.PCM), -50.0)
		require.NoError(t, f.Close())
	}
}

func TestBadFilesGiveOneClearError(t *testing.T) {
	t.Setenv("PATH", "")
	dir := t.TempDir()
	put := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, b, 0o600))
		return path
	}
	mp3, err := os.ReadFile("testdata/tone.mp3")
	require.NoError(t, err)
	opus, err := os.ReadFile("testdata/tone.opus")
	require.NoError(t, err)
	for path, want := range map[string]string{
		filepath.Join(dir, "absent.wav"):                                   "no such file",
		put("empty.wav", nil):                                              "contains no audio",
		put("text.mp4", []byte("Bekanntmachung der Stadt")):                "install ffmpeg",
		put("header.wav", []byte("RIFF\x00\x00\x00\x00WAVE")):              "not a WAV file",
		put("zero.wav", stereo(nil, nil)):                                  "contains no audio",
		put("head.flac", []byte("fLaC\x00\x00\x00\x22")):                   "not a FLAC file",
		put("cut.opus", opus[:len(opus)-100]):                              "truncated",
		put("noise.mp3", append([]byte("ID3"), make([]byte, 300)...)):      "MP3",
		put("turned.opus", append(append([]byte{}, opus[:60]...), mp3...)): "Opus",
	} {
		_, err := ReadAll(path, time.Minute)
		require.ErrorContains(t, err, want, path)
		require.ErrorContains(t, err, filepath.Base(path))
		require.NotContains(t, err.Error(), "\n")
	}
	_, err = ReadAll("testdata/tone.mp3", 100*time.Millisecond)
	require.ErrorContains(t, err, "longer than")
}

// endless is a WAV of the given length that is never in memory.
type endless struct {
	head *bytes.Reader
	left int
}

func (e *endless) Read(b []byte) (int, error) {
	if n, _ := e.head.Read(b); n > 0 {
		return n, nil
	}
	n := min(len(b), e.left)
	e.left -= n
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func TestLongFileDoesNotFillMemory(t *testing.T) {
	const seconds = 1800
	head := stereo(nil, nil)
	f, err := Decode(&endless{head: bytes.NewReader(head), left: seconds * 64000}, "long")
	require.NoError(t, err)
	defer f.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	total, buf := 0, make([]int16, 16000)
	for err == nil {
		var n int
		n, err = f.Read(buf)
		total += n
	}
	runtime.ReadMemStats(&after)
	require.ErrorIs(t, err, io.EOF)
	require.Equal(t, seconds*16000, total)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}

// A script in ffmpeg's place, since the real one is not a requirement.
func TestFFmpegWhereInstalled(t *testing.T) {
	dir := t.TempDir()
	script := "#!/bin/sh\nfor a; do case $a in *bad*) echo 'moov atom not found' >&2; exit 1;; esac; done\ni=0\nwhile [ $i -lt 100 ]; do printf 'abababababababababababababababab'; i=$((i+1)); done\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "ffmpeg"), []byte(script), 0o700))
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	good, bad := filepath.Join(dir, "good.mp4"), filepath.Join(dir, "bad.mp4")
	for _, path := range []string{good, bad} {
		require.NoError(t, os.WriteFile(path, []byte("\x00\x00\x00\x20ftypisom"), 0o600))
	}
	pcm, err := ReadAll(good, time.Minute)
	require.NoError(t, err)
	require.Len(t, pcm, 800)
	_, err = ReadAll(bad, time.Minute)
	require.ErrorContains(t, err, "moov atom not found")
	f, err := Open(good)
	require.NoError(t, err)
	require.NoError(t, f.Close(), "closed before it was read")
}

func TestPlayStopsWithTheSinkAndTheContext(t *testing.T) {
	f, err := Open("testdata/tone.opus")
	require.NoError(t, err)
	defer f.Close()
	broken := errors.New("gone")
	require.ErrorIs(t, f.Play(t.Context(), media.SinkFunc(func(media.Frame) error { return broken })), broken)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, f.Play(ctx, &audiotest.Recorder{}), context.Canceled)
}

func FuzzDecode(f *testing.F) {
	for _, name := range []string{"tone.mp3", "tone.opus"} {
		b, err := os.ReadFile("testdata/" + name)
		require.NoError(f, err)
		f.Add(b[:2000])
	}
	f.Add(stereo(make([]int16, 10), make([]int16, 10)))
	f.Add([]byte("fLaC\x80\x00\x00\x22" + strings.Repeat("\x10", 40)))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := Decode(bytes.NewReader(b), "fuzz")
		if err != nil {
			return
		}
		defer file.Close()
		file.measure(bytes.NewReader(b), &counter{}, int64(len(b)))
		buf := make([]int16, 4096)
		for total := 0; err == nil && total < 1<<22; {
			var n int
			n, err = file.Read(buf)
			total += n
			require.GreaterOrEqual(t, file.Estimate(), time.Duration(0))
		}
	})
}
