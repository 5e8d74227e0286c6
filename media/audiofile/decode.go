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

// decode looks at the first bytes and picks the decoder. path is for ffmpeg
// and may be empty.
func decode(r io.Reader, path string) (s source, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the decoder failed: %v", p)
		}
	}()
	in := bufio.NewReaderSize(r, 1<<16)
	head, err := in.Peek(64)
	if len(head) == 0 {
		if errors.Is(err, io.EOF) {
			return nil, ErrEmpty
		}
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("RIFF")), bytes.HasPrefix(head, []byte("RF64")):
		return newWAV(in)
	case bytes.HasPrefix(head, []byte("fLaC")):
		return newFLAC(in)
	case bytes.HasPrefix(head, []byte("OggS")) && bytes.Contains(head, []byte("OpusHead")):
		return newOpus(in)
	case bytes.HasPrefix(head, []byte("ID3")), isMP3(head):
		return newMP3(in)
	}
	return newFFmpeg(path)
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
