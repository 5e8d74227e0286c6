package audiofile

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/mewkiz/flac"
	"github.com/mewkiz/flac/frame"
)

type flacSource struct {
	stream *flac.Stream
	frame  *frame.Frame
	at     int // sample of the frame to read next
}

func newFLAC(r io.Reader) (source, error) {
	s, err := flac.New(r)
	if err != nil {
		return nil, fmt.Errorf("not a FLAC file that can be read: %w", named(err))
	}
	if s.Info.NChannels == 0 || s.Info.SampleRate == 0 || s.Info.BitsPerSample < 4 {
		return nil, errors.New("not a FLAC file that can be read: its header makes no sense")
	}
	return &flacSource{stream: s}, nil
}

func (s *flacSource) rate() int     { return int(s.stream.Info.SampleRate) }
func (s *flacSource) channels() int { return int(s.stream.Info.NChannels) }

func (s *flacSource) duration() time.Duration {
	return time.Duration(float64(s.stream.Info.NSamples) / float64(s.rate()) * float64(time.Second))
}

func (s *flacSource) read(dst []int16) (int, error) {
	channels := s.channels()
	if s.frame == nil || s.at == s.frame.Subframes[0].NSamples {
		f, err := s.stream.ParseNext()
		if errors.Is(err, io.EOF) {
			return 0, io.EOF
		}
		if err != nil {
			return 0, fmt.Errorf("FLAC file is damaged or truncated: %w", named(err))
		}
		if len(f.Subframes) != channels {
			return 0, errors.New("FLAC file is damaged: the number of channels changes")
		}
		s.frame, s.at = f, 0
	}
	n := min(len(dst)/channels, s.frame.Subframes[0].NSamples-s.at)
	for c, sub := range s.frame.Subframes {
		for i, v := range sub.Samples[s.at : s.at+n] {
			dst[i*channels+c] = to16(v, int(s.stream.Info.BitsPerSample))
		}
	}
	s.at += n
	return n * channels, nil
}

// close leaves the reader to its owner.
func (s *flacSource) close() error { return nil }

func to16(v int32, bits int) int16 {
	if bits > 16 {
		return int16(v >> (bits - 16))
	}
	return int16(v << (16 - bits))
}

// named keeps a decoder's bare EOF from looking like the regular end.
func named(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it ends too early")
	}
	return err
}
