package audiofile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/g711"
)

// kindOfWAV is what a recorder may write.
type kindOfWAV struct {
	tag, channels, rate, bits int
	size                      uint32 // in the header of the data; 1 is the true one
	magic                     string // "RIFF" unless given
	before, after             []byte // chunks
}

// file makes one of samples that each sound on one channel, silence on the others.
func (k kindOfWAV) file(mono []int16, channel int) []byte {
	var data []byte
	for _, s := range mono {
		for c := range k.channels {
			v := int16(0)
			if c == channel {
				v = s
			}
			data = k.sample(data, v)
		}
	}
	size := k.size
	if size == 1 {
		size = uint32(len(data))
	}
	magic := k.magic
	if magic == "" {
		magic = "RIFF"
	}
	le := binary.LittleEndian
	b := append([]byte(magic), "\xff\xff\xff\xffWAVE"...)
	b = append(b, k.before...)
	b = le.AppendUint32(append(b, "fmt "...), 16)
	b = le.AppendUint16(le.AppendUint16(b, uint16(k.tag)), uint16(k.channels))
	b = le.AppendUint32(le.AppendUint32(b, uint32(k.rate)), uint32(k.rate*k.channels*k.bits/8))
	b = le.AppendUint16(le.AppendUint16(b, uint16(k.channels*k.bits/8)), uint16(k.bits))
	b = le.AppendUint32(append(b, "data"...), size)
	return append(append(b, data...), k.after...)
}

func (k kindOfWAV) sample(b []byte, v int16) []byte {
	le := binary.LittleEndian
	switch [2]int{k.tag, k.bits} {
	case [2]int{6, 8}:
		b, _ = g711.ALaw{}.Encode(b, []int16{v})
		return b
	case [2]int{7, 8}:
		b, _ = g711.MuLaw{}.Encode(b, []int16{v})
		return b
	case [2]int{1, 24}:
		return append(b, 0x55, byte(v), byte(v>>8))
	case [2]int{3, 32}:
		return le.AppendUint32(b, math.Float32bits(float32(v)/32768))
	}
	return le.AppendUint16(b, uint16(v))
}

// longSizes is the chunk that files of more than 4 GB begin with.
func longSizes(data int) []byte {
	b := binary.LittleEndian.AppendUint32([]byte("ds64"), 28)
	b = binary.LittleEndian.AppendUint64(b, 1<<40)
	b = binary.LittleEndian.AppendUint64(b, uint64(data))
	return append(b, make([]byte, 12)...)
}

func TestRecordersOfAllKinds(t *testing.T) {
	t.Setenv("PATH", "")
	const second = 16000 // of a tone at 16 kHz, 16 bit: 32,000 bytes
	noise := append([]byte("LIST\x10\x27\x00\x00"), bytes.Repeat([]byte{0x12, 0x7F}, 5000)...)
	for name, c := range map[string]struct {
		kind   kindOfWAV
		length time.Duration // that the header tells
	}{
		"A-law 8 kHz":            {kindOfWAV{tag: 6, channels: 1, rate: 8000, bits: 8, size: 1}, time.Second},
		"mu-law 8 kHz":           {kindOfWAV{tag: 7, channels: 1, rate: 8000, bits: 8, size: 1}, time.Second},
		"24 bit":                 {kindOfWAV{tag: 1, channels: 1, rate: 48000, bits: 24, size: 1}, time.Second},
		"float":                  {kindOfWAV{tag: 3, channels: 1, rate: 44100, bits: 32, size: 1}, time.Second},
		"96 kHz":                 {kindOfWAV{tag: 1, channels: 1, rate: 96000, bits: 24, size: 1}, time.Second},
		"six channels":           {kindOfWAV{tag: 1, channels: 6, rate: 48000, bits: 16, size: 1}, time.Second},
		"size 0":                 {kindOfWAV{tag: 1, channels: 1, rate: 16000, bits: 16, size: 0}, 0},
		"size unknown":           {kindOfWAV{tag: 1, channels: 1, rate: 16000, bits: 16, size: math.MaxUint32}, 0},
		"RF64":                   {kindOfWAV{tag: 1, channels: 1, rate: 16000, bits: 16, size: math.MaxUint32, magic: "RF64", before: longSizes(2 * second), after: noise}, time.Second},
		"BW64":                   {kindOfWAV{tag: 1, channels: 1, rate: 16000, bits: 16, size: math.MaxUint32, magic: "BW64", before: longSizes(2 * second)}, time.Second},
		"RF64 with a true size":  {kindOfWAV{tag: 1, channels: 1, rate: 16000, bits: 16, size: 1, magic: "RF64", before: longSizes(0), after: noise}, time.Second},
		"chunks behind the data": {kindOfWAV{tag: 1, channels: 1, rate: 16000, bits: 16, size: 1, after: noise}, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			channel := 0
			if c.kind.channels > 2 {
				channel = 2 // the middle, where people speak
			}
			path := filepath.Join(t.TempDir(), "a.wav")
			require.NoError(t, os.WriteFile(path, c.kind.file(audiotest.SineAt(c.kind.rate, 600, time.Second, 9000), channel), 0o600))
			f, err := Open(path)
			require.NoError(t, err)
			require.Equal(t, c.length, f.Duration())
			require.NoError(t, f.Close())
			requireTone(t, path)
		})
	}
}

// TestSixHours reads a recording of a whole day's meeting, which is a hole in
// the file system, as it is played: nothing of it stays in memory.
func TestSixHours(t *testing.T) {
	hours := 6
	if raced {
		hours = 1 // the rest is the same, and takes half a minute
	}
	path := filepath.Join(t.TempDir(), "day.wav")
	head := kindOfWAV{tag: 1, channels: 1, rate: 16000, bits: 16, size: uint32(hours * 3600 * 32000)}.file(nil, 0)
	require.NoError(t, os.WriteFile(path, head, 0o600))
	require.NoError(t, os.Truncate(path, int64(len(head)+hours*3600*32000)))
	f, err := Open(path)
	require.NoError(t, err)
	defer f.Close()
	require.Equal(t, time.Duration(hours)*time.Hour, f.Duration())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	total, buf := 0, make([]int16, media.SampleRate)
	for err == nil {
		var n int
		n, err = f.Read(buf)
		total += n
	}
	runtime.ReadMemStats(&after)
	require.ErrorIs(t, err, io.EOF)
	require.Equal(t, time.Duration(hours)*time.Hour, media.Duration(total))
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}

// TestDamagedFilesGiveWhatCanBeRead: what was said before the damage is kept.
func TestDamagedFilesGiveWhatCanBeRead(t *testing.T) {
	t.Setenv("PATH", "")
	flac, err := os.ReadFile(audiotest.Shared(t, "speech/de/picovoice-cheetah-test_de.flac"))
	require.NoError(t, err)
	mp3, err := os.ReadFile("testdata/tone.mp3")
	require.NoError(t, err)
	opus, err := os.ReadFile("testdata/tone.opus")
	require.NoError(t, err)
	tone := kindOfWAV{tag: 1, channels: 1, rate: 16000, bits: 16, size: 0x7FFFFFF0}.file(audiotest.Sine(600, time.Second, 9000), 0)
	for name, c := range map[string]struct {
		b    []byte
		want string // of the error; "" for none: MP3 goes on behind a hole
	}{
		"cut.flac": {flac[:len(flac)/2], "truncated"},
		"cut.mp3":  {mp3[:len(mp3)/2-100], "truncated"},
		"cut.opus": {opus[:len(opus)/2], "truncated"},
		"cut.wav":  {tone, "truncated"},
		"hole.mp3": {append(append(append([]byte{}, mp3[:len(mp3)/2]...), make([]byte, 700)...), mp3[len(mp3)/2:]...), ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			require.NoError(t, os.WriteFile(path, c.b, 0o600))
			pcm, err := readWhat(t, path)
			require.Greater(t, media.Duration(len(pcm)), 300*time.Millisecond)
			require.Greater(t, audiotest.DBFS(pcm), -40.0)
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, name)
		})
	}
}

func readWhat(t *testing.T, path string) (pcm []int16, err error) {
	t.Helper()
	f, err := Open(path)
	require.NoError(t, err)
	defer f.Close()
	buf := make([]int16, 1600)
	for err == nil {
		var n int
		n, err = f.Read(buf)
		pcm = append(pcm, buf[:n]...)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return pcm, err
}

// TestWhatIsMissingIsNamed: people shall know what they have and what to do.
func TestWhatIsMissingIsNamed(t *testing.T) {
	t.Setenv("PATH", "")
	for begin, want := range map[string]string{
		"\x00\x00\x00\x20ftypisom":          "MP4 or M4A (AAC), which only ffmpeg reads: install it",
		"\x1A\x45\xDF\xA3":                  "WebM or Matroska",
		"OggS\x00\x02vorbis":                "Ogg that is not Opus",
		"\xFF\xF1\x50\x80":                  "AAC",
		"RIFF\x00\x00\x00\x00AVI LIST":      "AVI",
		"#!AMR\n":                           "AMR",
		"FORM\x00\x00\x00\x00AIFFCOMM":      "AIFF",
		"Bekanntmachung der Stadt, an alle": "no WAV, FLAC, MP3 or Ogg Opus file; install ffmpeg",
	} {
		path := filepath.Join(t.TempDir(), "sitzung.wav")
		require.NoError(t, os.WriteFile(path, []byte(begin), 0o600))
		_, err := ReadAll(path, time.Minute)
		require.ErrorIs(t, err, ErrUnknown)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "sitzung.wav")
		_, err = OpenBytes([]byte(begin), "sent")
		require.ErrorIs(t, err, ErrUnknown)
	}
	_, err := Decode(bytes.NewReader([]byte("\x00\x00\x00\x20ftypisom")), "standard input")
	require.ErrorContains(t, err, "give the path of a file")
}

// What is cut is heard to its end, and said to be cut.
func TestCutContainers(t *testing.T) {
	program := audiotest.FFmpeg(t)
	dir := t.TempDir()
	for _, name := range []string{"cut.m4a", "cut.webm", "cut.mkv"} {
		path := filepath.Join(dir, name)
		tone := exec.CommandContext(t.Context(), program, "-v", "error", "-nostdin", "-f", "lavfi", "-i", "sine=600:duration=10", "-movflags", "+faststart", path)
		out, err := tone.CombinedOutput()
		require.NoError(t, err, string(out))
		_, err = ReadAll(path, time.Minute)
		require.NoError(t, err, "%s, whole", name)
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, b[:len(b)*6/10], 0o600))
		f, err := Open(path)
		require.NoError(t, err)
		heard := &audiotest.Recorder{}
		require.ErrorContains(t, f.Play(t.Context(), heard), "it ends too early", name)
		require.NoError(t, f.Close())
		require.Greater(t, len(heard.PCM), 4*media.SampleRate)
		require.Less(t, len(heard.PCM), 8*media.SampleRate)
	}
}

// TestRealFFmpeg makes what people bring, and reads it.
func TestRealFFmpeg(t *testing.T) {
	program := audiotest.FFmpeg(t)
	dir := t.TempDir()
	tone := kindOfWAV{tag: 1, channels: 2, rate: 48000, bits: 16, size: 1}
	left := audiotest.SineAt(48000, 600, time.Second, 9000)
	in := filepath.Join(dir, "in.wav")
	require.NoError(t, os.WriteFile(in, tone.file(left, 0), 0o600))
	for name, arguments := range map[string][]string{
		"same.mp4":     {"-af", "pan=stereo|c0=c0|c1=c0", "-c:a", "aac", "-b:a", "128k"},
		"turned.m4a":   {"-af", "pan=stereo|c0=c0|c1=-1*c0", "-c:a", "aac", "-b:a", "128k"},
		"mono.mp4":     {"-af", "pan=mono|c0=c0", "-c:a", "aac", "-b:a", "96k"},
		"film.mkv":     {"-f", "lavfi", "-i", "testsrc=size=160x120:rate=10:duration=1", "-map", "0:a", "-map", "1:v", "-af", "pan=mono|c0=c0", "-c:a", "libvorbis"},
		"talk.webm":    {"-af", "pan=mono|c0=c0", "-c:a", "libopus"},
		"dictated.wav": {"-af", "pan=mono|c0=c0", "-c:a", "adpcm_ima_wav"},
		"piped.wav":    {"-af", "pan=mono|c0=c0", "-f", "wav", "-"},
		"large.wav":    {"-af", "pan=mono|c0=c0", "-rf64", "always"},
		"piped.flac":   {"-af", "pan=mono|c0=c0", "-f", "flac", "-"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name)
			arguments = append([]string{"-v", "error", "-nostdin", "-i", in}, arguments...)
			if arguments[len(arguments)-1] != "-" {
				arguments = append(arguments, path)
			}
			out, err := exec.CommandContext(t.Context(), program, arguments...).Output()
			require.NoError(t, err)
			if len(out) > 0 {
				require.NoError(t, os.WriteFile(path, out, 0o600))
			}
			pcm, err := ReadAll(path, time.Minute)
			require.NoError(t, err)
			require.InDelta(t, media.SampleRate, len(pcm), 0.1*media.SampleRate)
			steady := pcm[3200:12800]
			require.Equal(t, 600.0, audiotest.Peak(steady, media.SampleRate, 200, 2000))
			require.Greater(t, audiotest.SNR(steady, media.SampleRate, 600), 25.0)
			require.Greater(t, audiotest.RMS(steady), 4000.0, "not lost between two sides")
			b, err := os.ReadFile(path)
			require.NoError(t, err)
			sent, err := all(t, b)
			require.NoError(t, err)
			require.InDelta(t, len(pcm), len(sent), 320, "read from memory")
		})
	}
	damaged := filepath.Join(dir, "damaged.mp4")
	b, err := os.ReadFile(filepath.Join(dir, "same.mp4"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(damaged, b[:len(b)/2], 0o600))
	_, err = ReadAll(damaged, time.Minute)
	require.ErrorContains(t, err, "ffmpeg cannot read it: moov atom not found (is it a whole recording?)")
	text := filepath.Join(dir, "text.wav")
	require.NoError(t, os.WriteFile(text, []byte("Bekanntmachung der Stadt"), 0o600))
	_, err = ReadAll(text, time.Minute)
	require.ErrorContains(t, err, "ffmpeg cannot read it")
}
