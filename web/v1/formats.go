package v1

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/mewkiz/flac"
	"github.com/mewkiz/flac/frame"
	"github.com/mewkiz/flac/meta"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/resample"
)

// encoder writes 16 kHz mono samples in one of the formats, of a length that
// is not known before. free follows in any case.
type encoder interface {
	write(pcm []int16) error
	end() error
	free()
}

// format is how speech is sent.
type format struct {
	kind    string // media type
	encoder func(io.Writer) (encoder, error)
}

func formats() map[string]format {
	return map[string]format{
		"wav":  {"audio/wav", newWAV},
		"pcm":  {"audio/pcm", newPCM},
		"flac": {"audio/flac", newFLAC},
		"opus": {"audio/ogg", newOgg},
	}
}

func writeSamples(w io.Writer, pcm []int16) error {
	b := make([]byte, 0, 2*len(pcm))
	for _, s := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	_, err := w.Write(b)
	return err
}

// wavStream has the length that readers take for "to the end of the file".
type wavStream struct{ w io.Writer }

func newWAV(w io.Writer) (encoder, error) {
	h := make([]byte, 0, 44)
	h = append(h, "RIFF"...)
	h = binary.LittleEndian.AppendUint32(h, math.MaxUint32)
	h = append(h, "WAVEfmt "...)
	h = binary.LittleEndian.AppendUint32(h, 16)
	h = binary.LittleEndian.AppendUint16(h, 1) // linear PCM
	h = binary.LittleEndian.AppendUint16(h, 1) // channel
	h = binary.LittleEndian.AppendUint32(h, media.SampleRate)
	h = binary.LittleEndian.AppendUint32(h, 2*media.SampleRate)
	h = binary.LittleEndian.AppendUint16(h, 2)
	h = binary.LittleEndian.AppendUint16(h, 16)
	h = append(h, "data"...)
	h = binary.LittleEndian.AppendUint32(h, math.MaxUint32)
	_, err := w.Write(h)
	return wavStream{w}, err
}

func (s wavStream) write(pcm []int16) error { return writeSamples(s.w, pcm) }
func (s wavStream) end() error              { return nil }
func (s wavStream) free()                   {}

// pcmRate is what OpenAI's pcm has, which says nothing of its own rate.
const pcmRate = 24000

type pcmStream struct {
	w   io.Writer
	up  *resample.Resampler
	buf []int16
}

func newPCM(w io.Writer) (encoder, error) {
	up, err := resample.New(media.SampleRate, pcmRate, resample.File)
	if err != nil {
		return nil, fmt.Errorf("speech as PCM: %w", err)
	}
	up.SkipDelay()
	return &pcmStream{w: w, up: up}, nil
}

func (s *pcmStream) write(pcm []int16) error {
	s.buf = s.up.Append(s.buf[:0], pcm)
	return writeSamples(s.w, s.buf)
}

// end brings out what the filter holds back.
func (s *pcmStream) end() error {
	return s.write(make([]int16, s.up.Delay()*media.SampleRate/pcmRate))
}

func (s *pcmStream) free() { s.up.Close() }

// flacBlock is 256 ms.
const flacBlock = 4096

type flacStream struct {
	e   *flac.Encoder
	pcm []int32
}

func newFLAC(w io.Writer) (encoder, error) {
	e, err := flac.NewEncoder(struct{ io.Writer }{w}, &meta.StreamInfo{
		BlockSizeMin: flacBlock, BlockSizeMax: flacBlock, SampleRate: media.SampleRate, NChannels: 1, BitsPerSample: 16,
	})
	if err != nil {
		return nil, fmt.Errorf("speech as FLAC: %w", err)
	}
	return &flacStream{e: e}, nil
}

func (s *flacStream) write(pcm []int16) error {
	for _, v := range pcm {
		if s.pcm = append(s.pcm, int32(v)); len(s.pcm) == flacBlock {
			if err := s.block(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *flacStream) block() error {
	n := len(s.pcm)
	f := &frame.Frame{
		Header:    frame.Header{HasFixedBlockSize: true, BlockSize: uint16(n), SampleRate: media.SampleRate, Channels: frame.ChannelsMono, BitsPerSample: 16},
		Subframes: []*frame.Subframe{{SubHeader: frame.SubHeader{Pred: frame.PredVerbatim}, Samples: s.pcm, NSamples: n}},
	}
	err := s.e.WriteFrame(f)
	s.pcm = s.pcm[:0]
	return err
}

func (s *flacStream) end() error {
	if len(s.pcm) == 0 {
		return nil
	}
	return s.block()
}

func (s *flacStream) free() {}
