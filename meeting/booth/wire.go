package booth

import (
	"encoding/binary"
	"net"
	"net/netip"

	"github.com/pion/rtp"

	"github.com/amtsleitung/amtsleitung/media/g722"
)

// wire is a socket whose packets are as rtpio takes them: their timestamps are
// of its clock, and linear samples (L16, RFC 3551 section 4.5.11) become G.722,
// which keeps what there is to recognise. Its reader is one goroutine.
type wire struct {
	*net.UDPConn
	scale  uint32
	linear *g722.Encoder // nil: the payload stays as it is
	pcm    []int16
	coded  []byte
	begun  bool
	last   uint32 // newest timestamp as it came
	ticks  int64  // since the first, as they came
}

func newWire(c *net.UDPConn, f format) (*wire, error) {
	w := &wire{UDPConn: c, scale: f.scale}
	if f.linear {
		var err error
		if w.linear, err = g722.NewEncoder(); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// free is for after the last read.
func (w *wire) free() {
	if w.linear != nil {
		w.linear.Close()
	}
}

// ReadFromUDPAddrPort reads one packet.
func (w *wire) ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error) {
	n, from, err := w.UDPConn.ReadFromUDPAddrPort(b)
	if err != nil || n < 12 || w.scale == 1 {
		return n, from, err
	}
	binary.BigEndian.PutUint32(b[4:], w.inner(binary.BigEndian.Uint32(b[4:])))
	if w.linear != nil {
		n = w.encode(b, n)
	}
	return n, from, nil
}

// encode turns the samples of a packet into G.722; a damaged packet gets the
// length 0 and is dropped.
func (w *wire) encode(b []byte, n int) int {
	var p rtp.Packet
	if p.Unmarshal(b[:n]) != nil {
		return 0
	}
	w.pcm = w.pcm[:0]
	for i := 0; i+3 < len(p.Payload); i += 4 { // G.722 has one byte for two samples
		w.pcm = append(w.pcm, int16(binary.BigEndian.Uint16(p.Payload[i:])), int16(binary.BigEndian.Uint16(p.Payload[i+2:])))
	}
	coded, err := w.linear.Encode(w.coded[:0], w.pcm)
	if err != nil {
		return 0
	}
	w.coded = coded
	b[0] &^= 0x3F // no padding, extension or other sources are left
	return 12 + copy(b[12:], coded)
}

// inner follows timestamps over their wrap at 32 bits, so that what is divided
// has none of its own.
func (w *wire) inner(timestamp uint32) uint32 {
	if !w.begun {
		w.begun, w.last = true, timestamp
	}
	w.ticks += int64(int32(timestamp - w.last))
	w.last = timestamp
	return uint32(w.ticks / int64(w.scale)) // wraps as RTP timestamps do
}
