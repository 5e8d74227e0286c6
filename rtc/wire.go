package rtc

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/transport/v4/packetio"
)

// farEnd stands for the browser towards rtpio: pion knows where packets really
// go, over whichever peer connection is in use. It is an address of RFC 5737.
var farEnd = netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, 1}), 9)

const (
	rtpHeader   = 12
	queuedBytes = 64 << 10 // more waits only when the machine stands still: then the newest is dropped
)

// wire is the socket of a leg's RTP session: packets come in from the peer
// connection in use and go out over it, with timestamps as rtpio counts them.
// It outlives peer connections, so that the session does not notice more than a gap.
type wire struct {
	in    *packetio.Buffer
	inner atomic.Uint32 // SSRC of the session, known once it has sent

	mu     sync.Mutex
	out    outlet // nil: nowhere to send
	header rtp.Header
}

// outlet is where a peer connection takes packets.
type outlet interface {
	writeRTP(h *rtp.Header, payload []byte) error
	writeRTCP(packets []rtcp.Packet) error
	// wire gives the SSRC and the ticks of the clock of a payload type.
	outward(typ uint8) (ssrc uint32, scale uint32)
}

func newWire() *wire {
	w := &wire{in: packetio.NewBuffer()}
	w.in.SetLimitSize(queuedBytes)
	return w
}

// use sends over another peer connection from now on; nil: over none.
func (w *wire) use(o outlet) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.out = o
}

// push takes a packet that came in. What there is no room for is lost.
func (w *wire) push(packet []byte) { _, _ = w.in.Write(packet) }

// ReadFromUDPAddrPort waits for a packet.
func (w *wire) ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error) {
	n, err := w.in.Read(b)
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		err = os.ErrDeadlineExceeded
	} else if err != nil {
		err = net.ErrClosed
	}
	return n, farEnd, err
}

// WriteToUDPAddrPort sends a packet of the session. Without a peer connection
// it is lost, as on any network.
func (w *wire) WriteToUDPAddrPort(b []byte, _ netip.AddrPort) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.out == nil || len(b) < rtpHeader {
		return len(b), nil
	}
	if b[1] >= 192 && b[1] <= 223 { // RTCP on the same port, RFC 5761 section 4
		return len(b), w.control(b)
	}
	typ := b[1] & 0x7F
	ssrc, scale := w.out.outward(typ)
	w.inner.Store(binary.BigEndian.Uint32(b[8:]))
	w.header = rtp.Header{
		Version: 2, Marker: b[1]&0x80 != 0, PayloadType: typ,
		SequenceNumber: binary.BigEndian.Uint16(b[2:]),
		Timestamp:      binary.BigEndian.Uint32(b[4:]) * scale, // wraps as the inner one does
		SSRC:           ssrc,
	}
	return len(b), w.out.writeRTP(&w.header, b[rtpHeader:])
}

// control sends the session's reports with the SSRC and the clock that the browser knows.
func (w *wire) control(b []byte) error {
	packets, err := rtcp.Unmarshal(b)
	if err != nil {
		return err
	}
	ssrc, scale := w.out.outward(mainFormat)
	for _, p := range packets {
		switch p := p.(type) {
		case *rtcp.SenderReport:
			p.SSRC, p.RTPTime = ssrc, p.RTPTime*scale
			stretch(p.Reports, scale)
		case *rtcp.ReceiverReport:
			p.SSRC = ssrc
			stretch(p.Reports, scale)
		case *rtcp.SourceDescription:
			for i := range p.Chunks {
				p.Chunks[i].Source = ssrc
			}
		case *rtcp.Goodbye:
			p.Sources = []uint32{ssrc}
		}
	}
	return w.out.writeRTCP(packets)
}

// stretch turns jitter into ticks of the wire.
func stretch(reports []rtcp.ReceptionReport, scale uint32) {
	for i := range reports {
		reports[i].Jitter *= scale
	}
}

// pushReports takes reports that came in; those about our stream get the SSRC
// that the session knows itself by.
func (w *wire) pushReports(packets []rtcp.Packet, ssrc uint32) {
	rename := func(reports []rtcp.ReceptionReport) {
		for i := range reports {
			if reports[i].SSRC == ssrc {
				reports[i].SSRC = w.inner.Load()
			}
		}
	}
	for _, p := range packets {
		switch p := p.(type) {
		case *rtcp.SenderReport:
			rename(p.Reports)
		case *rtcp.ReceiverReport:
			rename(p.Reports)
		default:
			continue
		}
		if b, err := p.Marshal(); err == nil {
			w.push(b)
		}
	}
}

// SetReadDeadline ends a read at a time; zero: never.
func (w *wire) SetReadDeadline(t time.Time) error { return w.in.SetReadDeadline(t) }

// Close ends reading.
func (w *wire) Close() error { return w.in.Close() }

// The rest makes it a net.PacketConn; rtpio uses the methods above.

func (w *wire) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := w.ReadFromUDPAddrPort(b)
	return n, net.UDPAddrFromAddrPort(from), err
}

func (w *wire) WriteTo(b []byte, _ net.Addr) (int, error) { return w.WriteToUDPAddrPort(b, farEnd) }
func (w *wire) LocalAddr() net.Addr                       { return net.UDPAddrFromAddrPort(farEnd) }
func (w *wire) SetDeadline(t time.Time) error             { return w.SetReadDeadline(t) }
func (w *wire) SetWriteDeadline(time.Time) error          { return nil }

// inward converts the packets of one peer connection for the session.
type inward struct {
	agreed agreed
	last   uint32 // newest timestamp of the wire
	long   uint64 // the same without wrapping
}

// convert changes an RTP packet in place; false: it is none of the negotiated.
func (c *inward) convert(b []byte) bool {
	if len(b) < rtpHeader {
		return false
	}
	typ := b[1] & 0x7F
	scale := c.agreed.clocks[typ]
	if scale == 0 {
		return false
	}
	stamp := binary.BigEndian.Uint32(b[4:])
	if c.long == 0 {
		c.last, c.long = stamp, uint64(stamp)+1<<33 // room to step back
	}
	c.long += uint64(int64(int32(stamp - c.last)))
	c.last = stamp
	binary.BigEndian.PutUint32(b[4:], uint32(c.long/uint64(scale)))
	if c.agreed.events[typ] != 0 {
		b[1] = b[1]&0x80 | c.agreed.params.EventPT
		shrinkEvent(b, scale)
	}
	return true
}

// shrinkEvent turns the duration of a telephone-event into inner ticks (RFC
// 4733 section 2.3): its last two of four bytes.
func shrinkEvent(b []byte, scale uint32) {
	var p rtp.Header
	n, err := p.Unmarshal(b)
	if err != nil || p.Padding || len(b) != n+4 {
		return
	}
	d := uint32(binary.BigEndian.Uint16(b[n+2:])) / scale
	binary.BigEndian.PutUint16(b[n+2:], uint16(d))
}
