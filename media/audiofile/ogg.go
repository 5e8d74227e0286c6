package audiofile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// oggReader joins the packets of the first logical stream of an Ogg file, and
// of those that follow it one after the other (RFC 3533).
type oggReader struct {
	r        io.Reader
	segments []byte // lengths still to read on this page
	partial  []byte
	pages    int
	serial   uint32 // of the stream that is read
	begun    bool   // it has more than its first page
	first    int64  // position of the first page that has one
}

// maxOggPacket is far above what Opus makes, and holds pictures among the tags.
const maxOggPacket = 1 << 24

// Flags of a page.
const (
	oggContinued = 1
	oggBegins    = 2
)

var errOgg = errors.New("a page does not begin where it should")

// packet returns the next packet, valid until the next call; io.EOF after the last.
func (o *oggReader) packet() ([]byte, error) {
	o.partial = o.partial[:0]
	for {
		for len(o.segments) > 0 {
			n := int(o.segments[0])
			o.segments = o.segments[1:]
			start := len(o.partial)
			if start+n > maxOggPacket {
				return nil, errors.New("a packet is longer than 16 MB")
			}
			o.partial = append(o.partial, make([]byte, n)...)
			if _, err := io.ReadFull(o.r, o.partial[start:]); err != nil {
				return nil, io.ErrUnexpectedEOF
			}
			if n < 255 {
				return o.partial, nil
			}
		}
		if err := o.page(); err != nil {
			if errors.Is(err, io.EOF) && len(o.partial) > 0 {
				return nil, io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
}

// page reads the header of the next page of the stream; those of streams
// beside it are left out.
func (o *oggReader) page() error {
	for {
		var head [27]byte
		if _, err := io.ReadFull(o.r, head[:]); err != nil {
			return err
		}
		if !bytes.Equal(head[:5], []byte("OggS\x00")) {
			return errOgg
		}
		segments := make([]byte, head[26])
		if _, err := io.ReadFull(o.r, segments); err != nil {
			return err
		}
		if o.enter(head[:]) {
			o.segments = segments
			return nil
		}
		for _, n := range segments {
			if _, err := io.CopyN(io.Discard, o.r, int64(n)); err != nil {
				return err
			}
		}
	}
}

// enter says whether a page belongs to the stream that is read, or begins the next.
func (o *oggReader) enter(head []byte) bool {
	position, serial := pageMarks(head)
	begins := head[5]&oggBegins != 0
	switch {
	case o.pages == 0, begins && o.begun:
		o.serial, o.begun = serial, false
	case serial != o.serial:
		return false
	case !begins:
		o.begun = true
	}
	if head[5]&oggContinued == 0 {
		o.partial = o.partial[:0]
	}
	if o.pages++; o.first == 0 && position > 0 {
		o.first = position
	}
	return true
}

// pageMarks are the position at the end of a page (-1: no packet ends there) and
// the number of its stream.
func pageMarks(head []byte) (position int64, serial uint32) {
	return int64(binary.LittleEndian.Uint64(head[6:])), binary.LittleEndian.Uint32(head[14:])
}

// lastPages surely hold a whole page: 27 bytes, 255 lengths, and what they say.
const lastPages = 2 * (27 + 255 + 255*255)

// lastPosition is that of the last page of a stream; 0: there is none at the end of the file.
func lastPosition(file io.ReaderAt, size int64, serial uint32) int64 {
	tail := make([]byte, min(size, lastPages))
	if _, err := file.ReadAt(tail, size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return 0
	}
	for at := bytes.LastIndex(tail, []byte("OggS\x00")); at >= 0; at = bytes.LastIndex(tail[:at], []byte("OggS\x00")) {
		if at+27 > len(tail) {
			continue
		}
		if position, of := pageMarks(tail[at:]); of == serial && position >= 0 {
			return position
		}
	}
	return 0
}
