package audiofile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/amtsleitung/amtsleitung/media/wav"
)

// decode looks at the first bytes and picks the decoder. read counts what the
// decoder has taken so far.
func decode(r io.Reader, other fallback) (s source, read *counter, err error) {
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
	head = bytes.Clone(head)
	read = &counter{in: in}
	s, err = choose(read, head)
	if errors.Is(err, wav.ErrFormat) || errors.Is(err, ErrUnknown) || errors.Is(err, errNoFrames) {
		s, err = other(err, head)
	}
	return s, read, err
}

// fallback opens with ffmpeg what begins like head. refused is why the decoders
// here do not read it: dictation machines have codings of their own (ADPCM), and
// tags of MP3 may stand before other sound.
type fallback func(refused error, head []byte) (source, error)

func choose(in io.Reader, head []byte) (source, error) {
	switch {
	case isWAV(head):
		return newWAV(in)
	case bytes.HasPrefix(head, []byte("fLaC")):
		return newFLAC(in)
	case bytes.HasPrefix(head, []byte("OggS")) && bytes.Contains(head, []byte("OpusHead")):
		return newOpus(in)
	case bytes.HasPrefix(head, []byte("ID3")), isMP3(head):
		return newMP3(in)
	}
	return nil, ErrUnknown
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

func newWAV(r io.Reader) (source, error) {
	w, err := wav.NewReader(r)
	if err != nil {
		return nil, err
	}
	return wavSource{w}, nil
}

func (s wavSource) rate() int                     { return s.r.Format().Rate }
func (s wavSource) channels() int                 { return s.r.Format().Channels }
func (s wavSource) duration() time.Duration       { return s.r.Duration() }
func (s wavSource) read(dst []int16) (int, error) { return s.r.Read(dst) }
func (s wavSource) close() error                  { return nil }
