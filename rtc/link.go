package rtc

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/media/rtpio"
	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// mainFormat asks for the clock of the codec that is sent, where no payload
// type is known: 128 is none.
const mainFormat = 128

// link is one peer connection of a leg. A leg may have two for a moment: the
// one that is used, and the one that takes over once it is connected.
type link struct {
	leg  *Leg
	pc   *webrtc.PeerConnection
	peer string // see offer

	offered  offer // the last one; whoever holds Leg.offering looks at it
	trickled int   // candidates that came after it

	tasks  sync.WaitGroup // readers, who end when the peer connection is closed
	mu     sync.Mutex
	bound  bool // agreed, writer and ssrc are known: it has been connected
	closed bool
	agreed agreed
	writer webrtc.TrackLocalWriter
	ssrc   uint32
}

// newLink makes a peer connection with our one track, if there is anything to send.
func (l *Leg) newLink(peer string) (*link, error) {
	pc, err := l.server.api.NewPeerConnection(webrtc.Configuration{BundlePolicy: webrtc.BundlePolicyMaxBundle})
	if err != nil {
		return nil, fmt.Errorf("peer connection: %w", err)
	}
	k := &link{leg: l, pc: pc, peer: peer}
	// Told late and out of order: the leg looks at the state itself.
	pc.OnConnectionStateChange(func(webrtc.PeerConnectionState) { l.wake() })
	pc.OnTrack(func(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
		k.start(func() { k.readTrack(t) })
		k.start(func() { k.readReports(r.Read) })
	})
	if l.ingest {
		return k, nil
	}
	sender, err := pc.AddTrack(&track{link: k})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("peer connection: %w", err), pc.GracefulClose())
	}
	k.start(func() { k.readReports(sender.Read) })
	return k, nil
}

// gatherTime is how long our own candidates may take; they are the machine's
// addresses and come at once.
const gatherTime = 3 * time.Second

// answer negotiates: the first offer of the peer connection, or another one,
// e.g. with new ICE credentials (RFC 8839 section 4.4.1.1.1).
func (k *link) answer(ctx context.Context, o offer) (text string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: it made the peer connection fail (%v)", ErrOffer, p)
		}
	}()
	if err := k.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: o.text}); err != nil {
		return "", fmt.Errorf("%w: %w", ErrOffer, err)
	}
	answer, err := k.pc.CreateAnswer(nil)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrOffer, err)
	}
	if !speaks(answer.SDP) {
		return "", fmt.Errorf("%w: it has none of the codecs opus, G722, PCMA and PCMU", ErrOffer)
	}
	gathered := webrtc.GatheringCompletePromise(k.pc)
	if err := k.pc.SetLocalDescription(answer); err != nil {
		return "", fmt.Errorf("%w: %w", ErrOffer, err)
	}
	ctx, cancel := context.WithTimeout(ctx, gatherTime)
	defer cancel()
	select {
	case <-gathered:
		text := k.pc.LocalDescription().SDP
		if err := k.settle(text); err != nil {
			return "", err
		}
		k.offered, k.trickled = o, 0
		return o.complete(text)
	case <-ctx.Done():
		return "", fmt.Errorf("our own ICE candidates: %w", context.Cause(ctx))
	}
}

// settle takes what our answer agreed on where we send nothing, and no track is bound.
func (k *link) settle(answer string) error {
	d, err := parse(answer)
	if err != nil || len(d.MediaDescriptions) != 1 || direction(d, d.MediaDescriptions[0]) != "recvonly" {
		return err
	}
	for _, t := range k.pc.GetTransceivers() {
		if t.Mid() != mid(d.MediaDescriptions[0]) {
			continue
		}
		a, ok := agree(t.Receiver().GetParameters().Codecs)
		if !ok {
			break
		}
		a.params.Direction = rtpio.RecvOnly
		k.mu.Lock()
		k.agreed, k.bound, k.ssrc = a, true, rand.Uint32()|1 // of our reports; 0 would be none
		k.mu.Unlock()
		k.leg.wake()
		return nil
	}
	return fmt.Errorf("%w: nothing to receive is left", ErrOffer)
}

// state of the peer connection, and whether media has ever flowed over it.
func (k *link) state() (s webrtc.PeerConnectionState, bound bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.pc.ConnectionState(), k.bound
}

// start runs a reader, unless the link is being closed.
func (k *link) start(f func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return
	}
	k.tasks.Go(func() {
		defer k.leg.server.guard(k.leg.log, "media", func() { k.leg.end("error by media") })
		f()
	})
}

// close ends the peer connection and waits for its readers.
func (k *link) close() {
	k.mu.Lock()
	k.closed = true
	k.mu.Unlock()
	if err := k.pc.GracefulClose(); err != nil {
		k.leg.log.Debug("peer connection closed", "error", err)
	}
	k.tasks.Wait()
}

const maxPacket = 1500

// readTrack brings what the browser sends to the session.
func (k *link) readTrack(t *webrtc.TrackRemote) {
	b := make([]byte, maxPacket)
	c := inward{}
	failures := 0
	for {
		n, _, err := t.Read(b)
		if err != nil {
			if failures++; n == 0 || failures > maxPacket {
				return
			}
			continue // a payload type that was not negotiated
		}
		if failures = 0; c.agreed.params.Send.Name == "" {
			if c.agreed = k.settled(); c.agreed.params.Send.Name == "" {
				continue // it is faster than our own side: a frame or two
			}
		}
		if c.convert(b[:n]) {
			k.leg.wire.push(b[:n])
		}
	}
}

func (k *link) settled() agreed {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.agreed
}

// readReports brings RTCP to the session.
func (k *link) readReports(read func([]byte) (int, interceptor.Attributes, error)) {
	b := make([]byte, maxPacket)
	for {
		n, _, err := read(b)
		if err != nil {
			return
		}
		packets, err := rtcp.Unmarshal(b[:n])
		if err != nil {
			continue
		}
		k.mu.Lock()
		ssrc := k.ssrc
		k.mu.Unlock()
		k.leg.wire.pushReports(packets, ssrc)
	}
}

// link is the wire's outlet once it is bound.

func (k *link) writeRTP(h *rtp.Header, payload []byte) error {
	if k.writer == nil { // nothing is sent here
		return nil
	}
	_, err := k.writer.WriteRTP(h, payload)
	return err
}

func (k *link) writeRTCP(packets []rtcp.Packet) error { return k.pc.WriteRTCP(packets) }

func (k *link) outward(typ uint8) (ssrc, scale uint32) {
	if typ >= mainFormat {
		typ = k.agreed.params.Send.PayloadType
	}
	return k.ssrc, k.agreed.clocks[typ]
}

// track is what we send, as pion wants to see it.
type track struct{ link *link }

// Bind is called once the connection stands.
func (t *track) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	a, ok := agree(c.CodecParameters())
	if !ok {
		return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
	}
	k := t.link
	k.mu.Lock()
	k.agreed, k.writer, k.ssrc, k.bound = a, c.WriteStream(), uint32(c.SSRC()), true
	k.mu.Unlock()
	k.leg.wake()
	for _, p := range c.CodecParameters() {
		if uint8(p.PayloadType) == a.params.Send.PayloadType {
			return p, nil
		}
	}
	return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
}

// Unbind has nothing to end: the link is closed as a whole.
func (*track) Unbind(webrtc.TrackLocalContext) error { return nil }

func (*track) ID() string                { return "voice" }
func (*track) RID() string               { return "" }
func (*track) StreamID() string          { return "amtsleitung" }
func (*track) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }
