package audiofile

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// mp3Frames hands on the frames of layer III to their decoder, without tags and
// what else stands between them, and knows how the file ends.
type mp3Frames struct {
	in      *bufio.Reader
	first   mp3Header // 0: none was found
	follows bool      // the frame before ended here
	whole   *mp3Reservoir
	ready   []byte
	ended   error // why there is no more; io.EOF after whole frames
}

// errNoFrames says that a file only looked like MP3.
var errNoFrames = errors.New("not an MP3 file that can be read: there is no frame of MPEG layer III in it")

// newMP3Frames looks for the first frame.
func newMP3Frames(r io.Reader) (*mp3Frames, error) {
	// The buffer holds a frame of any size and the header behind it.
	f := &mp3Frames{in: bufio.NewReaderSize(r, 1<<13)}
	f.next()
	switch {
	case f.first == 0 && errors.Is(f.ended, io.EOF):
		return nil, errNoFrames
	case f.first == 0:
		return nil, f.ended
	}
	return f, nil
}

// Read implements io.Reader.
func (f *mp3Frames) Read(p []byte) (int, error) {
	for len(f.ready) == 0 {
		if f.ended != nil {
			return 0, io.EOF
		}
		f.next()
	}
	n := copy(p, f.ready)
	f.ready = f.ready[n:]
	return n, nil
}

// next makes another frame ready.
func (f *mp3Frames) next() {
	if f.ended = f.find(); f.ended != nil {
		if f.whole != nil {
			f.ready = f.whole.end()
		}
		return
	}
	frame := make([]byte, f.header().size())
	if _, err := io.ReadFull(f.in, frame); err != nil {
		f.ended = fmt.Errorf("MP3 file is damaged or truncated: %w", named(err))
		return
	}
	f.ready, f.follows = frame, true
	if f.whole != nil {
		f.ready = f.whole.frame(frame)
	}
}

// find goes to the next frame.
func (f *mp3Frames) find() error {
	for {
		b, err := f.in.Peek(4)
		switch {
		case len(b) < 4 && f.follows && len(b) > 0 && b[0] == 0xFF:
			return fmt.Errorf("MP3 file is damaged or truncated: %w", named(io.EOF))
		case len(b) < 4:
			return err
		}
		h := f.header()
		if skip := f.tag(); skip > 0 {
			f.follows = false
			if _, err := f.in.Discard(skip); err != nil {
				return err
			}
			continue
		}
		if h.valid() && (f.follows && f.first.same(h) || f.sure(h)) {
			return f.take(h)
		}
		f.follows = false
		if _, err := f.in.Discard(1); err != nil {
			return err
		}
	}
}

// take checks that a frame goes on with what the file began with.
func (f *mp3Frames) take(h mp3Header) error {
	switch {
	case f.first == 0 && h.version() == mpeg25:
		return unreadable{fmt.Sprintf("MP3 at %d Hz", h.rate()), noFFmpeg}
	case f.first == 0:
		f.first = h
		if h.paddedOddly() {
			f.whole = &mp3Reservoir{}
		}
	case !f.first.same(h):
		return fmt.Errorf("its sampling rate changes from %d to %d Hz: make it one of the same rate", f.first.rate(), h.rate())
	}
	return nil
}

// sure says whether another frame of the same kind, or the end of the file, is behind this one.
func (f *mp3Frames) sure(h mp3Header) bool {
	b, err := f.in.Peek(h.size() + 4)
	if len(b) < h.size() {
		return false
	}
	next := mp3HeaderOf(b[h.size():])
	return next.valid() && next.same(h) || errors.Is(err, io.EOF) && (f.first == 0 || f.first.same(h))
}

// header is that at the place that is read next; 0 near the end.
func (f *mp3Frames) header() mp3Header {
	b, _ := f.in.Peek(4) // at the end there is less
	return mp3HeaderOf(b)
}

// tag is the length of a tag that is read next; 0: there is none.
func (f *mp3Frames) tag() int {
	b, _ := f.in.Peek(32) // at the end there is less
	if len(b) == 32 && string(b[:8]) == "APETAGEX" {
		return 32 + int(binary.LittleEndian.Uint32(b[12:]))
	}
	return int(tagLength(b))
}

// tagLength is that of an ID3v2 tag (ID3v2.4, section 3.1); 0: there is none.
func tagLength(b []byte) int64 {
	if len(b) < 10 || string(b[:3]) != "ID3" {
		return 0
	}
	size := 10 + (int64(b[6]&0x7F)<<21 | int64(b[7]&0x7F)<<14 | int64(b[8]&0x7F)<<7 | int64(b[9]&0x7F))
	if b[5]&0x10 != 0 {
		size += 10 // a footer
	}
	return size
}
