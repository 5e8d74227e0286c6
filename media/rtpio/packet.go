package rtpio

import (
	"encoding/binary"
	"errors"
)

// header is the fixed part of an RTP packet (RFC 3550 section 5.1).
type header struct {
	marker    bool
	typ       uint8
	seq       uint16
	timestamp uint32
	ssrc      uint32
}

const (
	headerSize = 12
	version2   = 0x80
	maxPacket  = 1500
)

// errPacket is one sentinel for all malformed packets; they are only counted.
var errPacket = errors.New("not an RTP packet")

// parse checks version, lengths and padding, and returns the header and its
// payload, a part of b.
func parse(b []byte) (h header, payload []byte, err error) {
	if len(b) < headerSize || b[0]&0xC0 != version2 {
		return h, nil, errPacket
	}
	h = header{
		marker:    b[1]&0x80 != 0,
		typ:       b[1] & 0x7F,
		seq:       binary.BigEndian.Uint16(b[2:]),
		timestamp: binary.BigEndian.Uint32(b[4:]),
		ssrc:      binary.BigEndian.Uint32(b[8:]),
	}
	start := headerSize + 4*int(b[0]&0x0F)
	if b[0]&0x10 != 0 {
		if len(b) < start+4 {
			return h, nil, errPacket
		}
		start += 4 + 4*int(binary.BigEndian.Uint16(b[start+2:]))
	}
	end := len(b)
	if b[0]&0x20 != 0 {
		pad := int(b[end-1])
		if pad == 0 {
			return h, nil, errPacket
		}
		end -= pad
	}
	if start > end {
		return h, nil, errPacket
	}
	return h, b[start:end], nil
}

// append appends the header without extensions to dst.
func (h header) append(dst []byte) []byte {
	typ := h.typ
	if h.marker {
		typ |= 0x80
	}
	dst = append(dst, version2, typ)
	dst = binary.BigEndian.AppendUint16(dst, h.seq)
	dst = binary.BigEndian.AppendUint32(dst, h.timestamp)
	return binary.BigEndian.AppendUint32(dst, h.ssrc)
}

// isControl tells RTCP from RTP on one port (RFC 5761 section 4).
func isControl(b []byte) bool {
	return len(b) >= 8 && b[0]&0xC0 == version2 && b[1] >= 192 && b[1] <= 223
}
