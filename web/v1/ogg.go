package v1

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/opus"
)

const (
	opusTicks = opus.ClockRate / 50 // of a frame (RFC 7845 section 4)
	// preSkip is libopus's look-ahead at 16 kHz, 104 samples, in ticks.
	preSkip = 104 * opus.ClockRate / media.SampleRate
	// perPage is how many packets wait for each other: 200 ms.
	perPage = 10
)

// Flags of a page (RFC 3533 section 6).
const (
	firstPage = 2
	lastPage  = 4
)

// oggStream is Ogg Opus (RFC 7845) with one packet for each frame.
type oggStream struct {
	w       io.Writer
	encoder *opus.Encoder
	table   [256]uint32
	serial  uint32
	page    uint32
	rest    []int16  // less than a frame
	packets [][]byte // of the next page
	frames  uint64   // encoded
	samples uint64   // given
}

func newOgg(w io.Writer) (encoder, error) {
	e, err := opus.NewEncoder()
	if err != nil {
		return nil, fmt.Errorf("speech as Opus: %w", err)
	}
	s := &oggStream{w: w, encoder: e, table: oggTable(), serial: rand.Uint32()}
	head := append([]byte("OpusHead"), 1, 1) // version, channels
	head = binary.LittleEndian.AppendUint16(head, preSkip)
	head = binary.LittleEndian.AppendUint32(head, media.SampleRate)
	head = append(head, 0, 0, 0) // gain, mapping
	tags := binary.LittleEndian.AppendUint32([]byte("OpusTags"), uint32(len(vendor)))
	tags = append(tags, vendor...)
	tags = binary.LittleEndian.AppendUint32(tags, 0)
	if err := errors.Join(s.flush([][]byte{head}, 0, firstPage), s.flush([][]byte{tags}, 0, 0)); err != nil {
		e.Close()
		return nil, err
	}
	return s, nil
}

const vendor = "Amtsleitung"

func (s *oggStream) write(pcm []int16) error {
	s.samples += uint64(len(pcm))
	s.rest = append(s.rest, pcm...)
	for len(s.rest) >= media.FrameSamples {
		if err := s.frame(s.rest[:media.FrameSamples]); err != nil {
			return err
		}
		s.rest = append(s.rest[:0], s.rest[media.FrameSamples:]...)
	}
	return nil
}

func (s *oggStream) frame(pcm []int16) error {
	if len(s.packets) == perPage {
		if err := s.flush(s.packets, s.frames*opusTicks, 0); err != nil {
			return err
		}
		s.packets = s.packets[:0]
	}
	p, err := s.encoder.Encode(nil, pcm)
	if err != nil {
		return err
	}
	s.packets = append(s.packets, p)
	s.frames++
	return nil
}

// end encodes silence until all samples are out of the encoder; the last
// page's position cuts it off again (RFC 7845 section 4.4).
func (s *oggStream) end() error {
	length := preSkip + s.samples*opus.ClockRate/media.SampleRate
	silence := make([]int16, media.FrameSamples)
	last := append(s.rest, silence...)[:media.FrameSamples]
	for s.frames*opusTicks < length {
		if err := s.frame(last); err != nil {
			return err
		}
		last = silence
	}
	return s.flush(s.packets, length, lastPage)
}

func (s *oggStream) free() { s.encoder.Close() }

// flush writes whole packets as one page (RFC 3533 section 6).
func (s *oggStream) flush(packets [][]byte, granule uint64, flags byte) error {
	var lacing, body []byte
	for _, p := range packets {
		n := len(p)
		for ; n >= 255; n -= 255 {
			lacing = append(lacing, 255)
		}
		lacing = append(lacing, byte(n))
		body = append(body, p...)
	}
	b := append([]byte("OggS"), 0, flags)
	b = binary.LittleEndian.AppendUint64(b, granule)
	b = binary.LittleEndian.AppendUint32(b, s.serial)
	b = binary.LittleEndian.AppendUint32(b, s.page)
	b = append(b, 0, 0, 0, 0, byte(len(lacing)))
	b = append(append(b, lacing...), body...)
	binary.LittleEndian.PutUint32(b[22:], s.checksum(b))
	s.page++
	_, err := s.w.Write(b)
	return err
}

// checksum is Ogg's CRC: polynomial 0x04c11db7, neither reflected nor inverted.
func (s *oggStream) checksum(b []byte) uint32 {
	var sum uint32
	for _, v := range b {
		sum = sum<<8 ^ s.table[byte(sum>>24)^v]
	}
	return sum
}

func oggTable() (table [256]uint32) {
	for i := range table {
		r := uint32(i) << 24
		for range 8 {
			if r&0x80000000 != 0 {
				r = r<<1 ^ 0x04c11db7
			} else {
				r <<= 1
			}
		}
		table[i] = r
	}
	return table
}
