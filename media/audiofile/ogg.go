package audiofile

import (
	"bytes"
	"errors"
	"io"
)

// oggReader joins the packets of the first logical stream of an Ogg file (RFC 3533).
type oggReader struct {
	r        io.Reader
	segments []byte // lengths still to read on this page
	partial  []byte
}

// maxOggPacket is far above what Opus makes.
const maxOggPacket = 1 << 20

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
				return nil, errors.New("a packet is longer than 1 MB")
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

// page reads the header of the next page.
func (o *oggReader) page() error {
	var head [27]byte
	if _, err := io.ReadFull(o.r, head[:]); err != nil {
		return err
	}
	if !bytes.Equal(head[:5], []byte("OggS\x00")) {
		return errOgg
	}
	o.segments = make([]byte, head[26])
	_, err := io.ReadFull(o.r, o.segments)
	return err
}
