package booth

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"

	"github.com/amtsleitung/amtsleitung/media/rtpio"
)

// RTP is a stream somebody will send.
type RTP struct {
	Codec string // PCMA, PCMU, G722, L16 or opus; "" is opus
}

// RTPAddress is where to send it.
type RTPAddress struct {
	Input string `json:"id"`
	Host  string `json:"address"`
	Port  int    `json:"port"`
	SDP   string `json:"sdp"` // RFC 4566, what we receive
}

// Errors of streams.
var (
	ErrCodec = errors.New("this codec cannot be received: send PCMA, PCMU, G722, L16 or opus")
	ErrPorts = errors.New("this service takes no RTP streams: no ports are configured for them")
)

// format is a codec with its payload type and clock on the wire (RFC 3551,
// RFC 7587 section 4.1).
type format struct {
	codec        rtpio.Codec
	scale        uint32 // of its clock to that of rtpio
	linear       bool
	rtpmap, fmtp string
}

func formatOf(codec string) (format, error) {
	switch strings.ToUpper(codec) {
	case "PCMU":
		return format{codec: rtpio.Codec{Name: "PCMU", PayloadType: 0}, scale: 1, rtpmap: "PCMU/8000"}, nil
	case "PCMA":
		return format{codec: rtpio.Codec{Name: "PCMA", PayloadType: 8}, scale: 1, rtpmap: "PCMA/8000"}, nil
	case "G722":
		return format{codec: rtpio.Codec{Name: "G722", PayloadType: 9}, scale: 1, rtpmap: "G722/8000"}, nil
	case "L16":
		return format{codec: rtpio.Codec{Name: "G722", PayloadType: 97}, scale: 2, linear: true, rtpmap: "L16/16000"}, nil
	case "", "OPUS":
		return format{codec: rtpio.Codec{Name: "opus", PayloadType: 96}, scale: 6, rtpmap: "opus/48000/2", fmtp: "minptime=10;useinbandfec=1"}, nil
	}
	return format{}, fmt.Errorf("%w, not %q", ErrCodec, codec)
}

// Take opens a port for an RTP stream, which is an input until it is removed.
// Sound is taken from whoever sends first.
func (b *Booth) Take(ctx context.Context, r RTP, s Source) (RTPAddress, error) {
	f, err := formatOf(r.Codec)
	if err != nil {
		return RTPAddress{}, err
	}
	if b.options.Ports == nil {
		return RTPAddress{}, ErrPorts
	}
	pair, err := b.options.Ports.Open()
	if err != nil {
		return RTPAddress{}, fmt.Errorf("take RTP: %w", err)
	}
	in, err := b.receive(ctx, f, pair, s)
	if err != nil {
		return RTPAddress{}, errors.Join(err, pair.Close())
	}
	return b.address(in, f, pair), nil
}

func (b *Booth) receive(ctx context.Context, f format, pair *rtpio.Pair, s Source) (*Input, error) {
	w, err := newWire(pair.RTP, f)
	if err != nil {
		return nil, fmt.Errorf("take RTP: %w", err)
	}
	session := rtpio.New(rtpio.Options{RTP: w, RTCP: pair.RTCP})
	err = session.Update(rtpio.Params{Send: f.codec, Receive: []rtpio.Codec{f.codec}, Direction: rtpio.RecvOnly})
	if err != nil {
		w.free()
		return nil, fmt.Errorf("take RTP: %w", err)
	}
	in, err := b.open(ctx, s, func() uint64 { return session.Stats().Received })
	if err != nil {
		w.free()
		return nil, err
	}
	session.Receive(in)
	err = b.spawn(ctx, func(ctx context.Context) {
		defer w.free()
		defer func() { _ = pair.Close() }() // nobody reads it any more
		ctx, cancel := context.WithCancel(ctx)
		var tasks sync.WaitGroup
		defer tasks.Wait()
		defer cancel()
		tasks.Go(func() {
			defer cancel()
			select {
			case <-in.closing:
			case <-ctx.Done():
			}
		})
		if err := session.Run(ctx); err != nil {
			in.fail(err)
		}
		_ = in.Close() // never fails
	})
	if err != nil {
		_ = in.Close() // never fails
		w.free()
	}
	return in, err
}

func (b *Booth) address(in *Input, f format, pair *rtpio.Pair) RTPAddress {
	a := RTPAddress{Input: in.id, Host: b.options.Host, Port: pair.Port()}
	if a.Host == "" {
		if udp, ok := pair.RTP.LocalAddr().(*net.UDPAddr); ok {
			a.Host = udp.IP.String()
		}
	}
	a.SDP = f.describe(a)
	return a
}

// describe is a session description of what we receive (RFC 4566, section 5).
func (f format) describe(a RTPAddress) string {
	family := "IP4"
	if ip, err := netip.ParseAddr(a.Host); err == nil && ip.Is6() {
		family = "IP6"
	}
	typ := f.codec.PayloadType
	lines := []string{
		"v=0",
		fmt.Sprintf("o=- 1 1 IN %s %s", family, a.Host),
		"s=Amtsleitung",
		fmt.Sprintf("c=IN %s %s", family, a.Host),
		"t=0 0",
		fmt.Sprintf("m=audio %d RTP/AVP %d", a.Port, typ),
		fmt.Sprintf("a=rtpmap:%d %s", typ, f.rtpmap),
	}
	if f.fmtp != "" {
		lines = append(lines, fmt.Sprintf("a=fmtp:%d %s", typ, f.fmtp))
	}
	return strings.Join(append(lines, "a=ptime:20", "a=recvonly", ""), "\r\n")
}
