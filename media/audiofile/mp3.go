package audiofile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/hajimehoshi/go-mp3"
)

type mp3Source struct {
	frames  *mp3Frames
	decoder *mp3.Decoder
	raw     []byte
	length  time.Duration // that was noted; 0: none
}

func newMP3(r io.Reader) (source, error) {
	frames, err := newMP3Frames(r)
	if err != nil {
		return nil, err
	}
	d, err := mp3.NewDecoder(frames)
	if err != nil {
		return nil, fmt.Errorf("not an MP3 file that can be read: %w", named(err))
	}
	if d.SampleRate() <= 0 {
		return nil, errors.New("not an MP3 file that can be read: it has no sampling rate")
	}
	return &mp3Source{frames: frames, decoder: d}, nil
}

func (s *mp3Source) rate() int               { return s.decoder.SampleRate() }
func (s *mp3Source) channels() int           { return 2 } // the decoder doubles mono
func (s *mp3Source) duration() time.Duration { return 0 }
func (s *mp3Source) close() error            { return nil }

func (s *mp3Source) read(dst []int16) (int, error) {
	want := len(dst) / 2 * 4
	if cap(s.raw) < want {
		s.raw = make([]byte, want)
	}
	n, err := io.ReadFull(s.decoder, s.raw[:want])
	for i := range n / 2 {
		dst[i] = int16(binary.LittleEndian.Uint16(s.raw[2*i:]))
	}
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return n / 4 * 2, s.frames.ended
	case err != nil:
		return n / 4 * 2, fmt.Errorf("MP3 file is damaged: %w", err)
	}
	return n / 2, nil
}
