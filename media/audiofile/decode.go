package audiofile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"github.com/amtsleitung/amtsleitung/media/wav"
)

// decode looks at the first bytes and picks the decoder. path is for ffmpeg
// and may be empty. read counts what the decoder has taken so far.
func decode(r io.Reader, path string) (s source, read *counter, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the decoder failed: %v", p)
		}
	}()
	in := bufio.NewReaderSize(r, 1<<16)
	head, err := in.Peek(64)
	if len(head) == 0 {
		if errors.Is(err, io.EOF) {
			err = ErrEmpty
		}
		return nil, nil, err
	}
	read = &counter{in: in}
	s, err = choose(read, head, path)
	return s, read, err
}

func choose(in io.Reader, head []byte, path string) (source, error) {
	switch {
	case isWAV(head):
		return newWAV(in, path)
	case bytes.HasPrefix(head, []byte("fLaC")):
		return newFLAC(in)
	case bytes.HasPrefix(head, []byte("OggS")) && bytes.Contains(head, []byte("OpusHead")):
		return newOpus(in)
	case bytes.HasPrefix(head, []byte("ID3")), isMP3(head):
		return newMP3(in)
	}
	return newFFmpeg(path, head)
}

// counter counts bytes.
type counter struct {
	in io.Reader
	n  int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.n += int64(n)
	return n, err
}

// isWAV takes what is too short to tell for one, for the sake of its error.
func isWAV(head []byte) bool {
	switch string(head[:min(4, len(head))]) {
	case "RIFF", "RF64", "BW64":
		return len(head) < 12 || string(head[8:12]) == "WAVE"
	}
	return false
}

// isMP3 recognises the sync word of MPEG audio layer III.
func isMP3(head []byte) bool {
	return len(head) > 2 && head[0] == 0xFF && head[1]&0xE6 == 0xE2 && head[2]&0xF0 != 0xF0
}

type wavSource struct{ r *wav.Reader }

// newWAV leaves codings of dictation machines (ADPCM) to ffmpeg, where installed.
func newWAV(r io.Reader, path string) (source, error) {
	w, err := wav.NewReader(r)
	if path != "" && forFFmpeg(err) {
		return startFFmpeg(nil, "-i", "file:"+path)
	}
	if err != nil {
		return nil, err
	}
	return wavSource{w}, nil
}

// forFFmpeg says whether ffmpeg is there and may know more of a WAV file.
func forFFmpeg(err error) bool {
	if !errors.Is(err, wav.ErrFormat) {
		return false
	}
	_, err = exec.LookPath("ffmpeg")
	return err == nil
}

func (s wavSource) rate() int                     { return s.r.Format().Rate }
func (s wavSource) channels() int                 { return s.r.Format().Channels }
func (s wavSource) duration() time.Duration       { return s.r.Duration() }
func (s wavSource) read(dst []int16) (int, error) { return s.r.Read(dst) }
func (s wavSource) close() error                  { return nil }
