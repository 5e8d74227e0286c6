package audiofile

/*
#cgo CFLAGS: -I/usr/include/opus
#cgo LDFLAGS: -lopus
#include <opus.h>
*/
import "C"

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// Opus counts time in 48 kHz samples whatever the decoder's rate (RFC 7845 section 4).
const opusTicks = 48000 / media.SampleRate

// maxOpus is the longest packet: 120 ms (RFC 6716 section 3.2.5).
const maxOpus = media.SampleRate * 120 / 1000

type opusSource struct {
	pages   *oggReader
	decoder *C.OpusDecoder
	wide    int   // channels
	skip    int   // samples of pre-skip still to drop
	before  int64 // pre-skip in ticks
	last    int64 // position of the last page in ticks; 0: unknown
	pcm     []int16
	ready   []int16
}

// newOpus reads the two header packets (RFC 7845 section 5).
func newOpus(r io.Reader) (source, error) {
	pages := &oggReader{r: r}
	head, err := pages.packet()
	if err != nil {
		return nil, fmt.Errorf("not an Ogg Opus file that can be read: %w", named(err))
	}
	s := &opusSource{pages: pages, wide: opusChannels(head)}
	s.pcm = make([]int16, maxOpus*max(1, s.wide))
	if err := s.begin(head); err != nil {
		return nil, err
	}
	s.before = int64(s.skip) * opusTicks
	return s, nil
}

func opusChannels(head []byte) int {
	if len(head) < 19 {
		return 0
	}
	return int(head[9])
}

// begin starts anew with the headers of a stream; the decoder makes as many
// channels of it as the first one had.
func (s *opusSource) begin(head []byte) error {
	channels := opusChannels(head)
	if channels < 1 || string(head[:8]) != "OpusHead" || head[8]>>4 != 0 {
		return errors.New("not an Ogg Opus file that can be read: its header makes no sense")
	}
	if head[18] != 0 || channels > 2 {
		return unreadable{fmt.Sprintf("Ogg Opus with %d channels", channels), noFFmpeg}
	}
	s.skip = int(binary.LittleEndian.Uint16(head[10:])) / opusTicks
	if _, err := s.pages.packet(); err != nil {
		return fmt.Errorf("not an Ogg Opus file that can be read: %w", named(err))
	}
	if err := s.close(); err != nil {
		return err
	}
	var code C.int
	s.decoder = C.opus_decoder_create(media.SampleRate, C.int(s.wide), &code)
	if s.decoder == nil {
		return fmt.Errorf("opus decoder: %s", C.GoString(C.opus_strerror(code)))
	}
	return nil
}

func (s *opusSource) rate() int               { return media.SampleRate }
func (s *opusSource) channels() int           { return s.wide }
func (s *opusSource) duration() time.Duration { return 0 }

// measure finds the position of the last page (RFC 7845, section 4.3).
func (s *opusSource) measure(file io.ReaderAt, size int64) {
	s.last = lastPosition(file, size, s.pages.serial)
}

// lateStart is a first position that only a recording of a stream has that ran
// long before (RFC 7845, section 4.5), in ticks.
const lateStart = 10 * 48000

// stated implements stating.
func (s *opusSource) stated() time.Duration {
	n := s.last - s.before
	if s.pages.first > lateStart {
		n = s.last - s.pages.first
	}
	return samplesLast(n, 48000)
}

func (s *opusSource) read(dst []int16) (int, error) {
	for len(s.ready) == 0 {
		if err := s.next(); err != nil {
			return 0, err
		}
	}
	n := copy(dst[:len(dst)/s.wide*s.wide], s.ready)
	s.ready = s.ready[n:]
	return n, nil
}

func (s *opusSource) next() error {
	packet, err := s.pages.packet()
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	if err != nil {
		return fmt.Errorf("Ogg file is damaged or truncated: %w", named(err))
	}
	switch {
	case len(packet) == 0:
		return nil
	case bytes.HasPrefix(packet, []byte("OpusHead")): // as stations that change songs do (RFC 7845, section 8)
		return s.begin(packet)
	}
	n := C.opus_decode(s.decoder, (*C.uchar)(&packet[0]), C.opus_int32(len(packet)),
		(*C.opus_int16)(&s.pcm[0]), maxOpus, 0)
	if n < 0 {
		return fmt.Errorf("Opus packet is damaged: %s", C.GoString(C.opus_strerror(n)))
	}
	drop := min(s.skip, int(n))
	s.skip -= drop
	s.ready = s.pcm[drop*s.wide : int(n)*s.wide]
	return nil
}

func (s *opusSource) close() error {
	if s.decoder != nil {
		C.opus_decoder_destroy(s.decoder)
		s.decoder = nil
	}
	return nil
}
