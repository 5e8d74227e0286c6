package rtpio

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/dtmf"
	"github.com/amtsleitung/amtsleitung/media/resample"
)

// sender is the media loop's half of the way out: frames become packets. Only
// the loop's goroutine uses it.
type sender struct {
	source  media.Source
	encoder *encoder
	eventPT uint8
	size    int // payload bytes of one packet

	seq     uint16
	stamp   uint32 // of the first byte in pending
	ssrc    uint32
	marker  bool
	frame   [media.FrameSamples]int16
	pending []byte
	packet  []byte

	digit      dtmf.Sender
	digitStamp uint32
	tone       *toneMaker // nil until a tone is needed
}

func newSender(source media.Source, ssrc uint32) *sender {
	return &sender{source: source, seq: uint16(rand.Uint32()), stamp: rand.Uint32(), ssrc: ssrc, marker: true}
}

// use takes the codec, packet time and event type of an answer. Stream state
// goes on: sequence numbers and timestamps stay continuous (RFC 3550 section 5.1).
func (s *sender) use(p Params) error {
	s.eventPT = p.EventPT
	ptime := p.Ptime
	if ptime < 10*time.Millisecond || ptime > 100*time.Millisecond {
		ptime = media.FrameDuration
	}
	s.size = int(ptime.Milliseconds()) * clockRate / 1000
	if s.encoder != nil && s.encoder.codec == p.Send {
		return nil
	}
	e, err := newEncoder(p.Send)
	if err != nil {
		return err
	}
	if s.encoder != nil {
		s.encoder.close()
	}
	s.encoder = e
	s.skip()
	return nil
}

// skip lets 20 ms pass without sending, on hold or while no address is known.
func (s *sender) skip() {
	s.stamp += uint32(len(s.pending)) + frameTicks
	s.pending = s.pending[:0]
	s.marker = true
}

// tick takes the next 20 ms and calls send for each packet that is full.
func (s *sender) tick(digits <-chan rune, send func(packet []byte)) error {
	if s.digit.Idle() {
		select {
		case d := <-digits:
			if err := s.press(d); err != nil {
				return err
			}
		default:
		}
	}
	if !s.digit.Idle() {
		s.sendEvent(send)
		return nil
	}
	if s.tone == nil || !s.tone.read(s.frame[:]) {
		s.source.ReadFrame(s.frame[:])
	}
	if s.encoder.whole {
		s.pending = s.encoder.append(s.pending[:0], s.frame[:])
		s.emit(len(s.pending), frameTicks, send)
		return nil
	}
	s.pending = s.encoder.append(s.pending, s.frame[:])
	for len(s.pending) >= s.size {
		s.emit(s.size, uint32(s.size), send)
	}
	return nil
}

func (s *sender) press(digit rune) error {
	if s.eventPT != 0 {
		s.stamp += uint32(len(s.pending))
		s.pending = s.pending[:0]
		return s.digit.Start(digit)
	}
	if s.tone == nil {
		var err error
		if s.tone, err = newToneMaker(); err != nil {
			return err
		}
	}
	return s.tone.generator.Put(digit)
}

// emit sends the first size bytes of what is pending, which last for ticks.
func (s *sender) emit(size int, ticks uint32, send func([]byte)) {
	h := header{marker: s.marker, typ: s.encoder.codec.PayloadType, seq: s.seq, timestamp: s.stamp, ssrc: s.ssrc}
	s.packet = append(h.append(s.packet[:0]), s.pending[:size]...)
	s.pending = append(s.pending[:0], s.pending[size:]...)
	s.stamp += ticks
	s.seq++
	s.marker = false
	send(s.packet)
}

// sendEvent sends 20 ms of a telephone-event in place of audio.
func (s *sender) sendEvent(send func([]byte)) {
	s.packet = s.packet[:0]
	h := header{typ: s.eventPT, ssrc: s.ssrc}
	body, start, sends := s.digit.Next(h.append(s.packet))
	if sends {
		if start {
			s.digitStamp = s.stamp
		}
		h.marker, h.seq, h.timestamp = start, s.seq, s.digitStamp
		h.append(body[:0])
		s.packet = body
		s.seq++
		send(s.packet)
	}
	s.stamp += frameTicks
}

func (s *sender) close() {
	if s.encoder != nil {
		s.encoder.close()
	}
	if s.tone != nil {
		s.tone.close()
	}
}

// toneMaker plays digits as tones where the other side takes no telephone-events.
type toneMaker struct {
	generator *dtmf.Generator
	up        *resample.Resampler
	narrow    [media.FrameSamples / 2]int16
	wide      []int16
}

func newToneMaker() (*toneMaker, error) {
	g, err := dtmf.NewGenerator()
	if err != nil {
		return nil, err
	}
	up, err := resample.New(dtmf.ToneRate, media.SampleRate, resample.Phone)
	if err != nil {
		g.Close()
		return nil, err
	}
	return &toneMaker{generator: g, up: up}, nil
}

// read fills 20 ms if a digit is being played.
func (m *toneMaker) read(dst []int16) bool {
	if m.generator.Read(m.narrow[:]) == 0 {
		return false
	}
	m.wide = m.up.Append(m.wide[:0], m.narrow[:])
	clear(dst[copy(dst, m.wide):])
	return true
}

func (m *toneMaker) close() {
	m.generator.Close()
	m.up.Close()
}

func checkCodec(c Codec) error {
	if !Supported(c) {
		return fmt.Errorf("codec %s/%d is not supported: use PCMA, PCMU, G722 or opus", strings.ToUpper(c.Name), c.ClockRate)
	}
	return nil
}
