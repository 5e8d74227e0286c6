package sip

import (
	"fmt"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media/rtpio"
	"github.com/amtsleitung/amtsleitung/sip/sdp"
)

// openMedia takes a port pair and makes the RTP session; nothing runs yet.
func (l *Leg) openMedia(inband bool) error {
	pair, err := l.server.ports.Open()
	if err != nil {
		return err
	}
	l.ports = pair
	l.sdp.Port = pair.Port()
	l.media = rtpio.New(rtpio.Options{
		RTP: pair.RTP, RTCP: pair.RTCP,
		DeadAfter:  l.server.options.RTP.DeadAfter,
		InbandDTMF: inband,
		OnEvent:    l.events.Put,
	})
	return nil
}

// apply puts what was agreed into effect; the first time media starts to flow.
func (l *Leg) apply(a sdp.Agreed) error {
	if err := l.media.Update(params(a)); err != nil {
		return fmt.Errorf("media: %w", err)
	}
	first := l.agreed.Send.Name == ""
	l.agreed = a
	l.sdp.Current = a.Send.Name
	if first {
		l.tasks.Go(func() {
			defer l.server.guard(l.log, "media", func() { l.mediaEnd <- fmt.Errorf("media failed") })
			l.mediaEnd <- l.media.Run(l.mediaCtx)
		})
	}
	l.noteHold(a.Direction)
	return nil
}

// noteHold tells the call when the other side stops or resumes listening.
func (l *Leg) noteHold(d sdp.Direction) {
	held := d == sdp.RecvOnly || d == sdp.Inactive
	if held == l.onHold {
		return
	}
	l.onHold = held
	kind := leg.Resumed
	if held {
		kind = leg.Hold
	}
	l.events.Put(leg.Event{Kind: kind})
}

func params(a sdp.Agreed) rtpio.Params {
	p := rtpio.Params{
		Remote: a.Remote, RemoteRTCP: a.RemoteRTCP, Send: codec(a.Send),
		EventPT: a.EventType, Ptime: a.Ptime, Direction: direction(a.Direction), Mux: a.Mux,
	}
	if p.Ptime == 0 {
		p.Ptime = 20 * time.Millisecond
	}
	for _, c := range a.Receive {
		p.Receive = append(p.Receive, codec(c))
	}
	if a.Suite != "" {
		p.Crypto = &rtpio.Crypto{Profile: a.Suite, LocalKey: a.LocalKey, RemoteKey: a.RemoteKey}
	}
	return p
}

func codec(c sdp.Codec) rtpio.Codec {
	return rtpio.Codec{Name: c.Name, PayloadType: c.PayloadType, ClockRate: c.ClockRate}
}

func direction(d sdp.Direction) rtpio.Direction {
	switch d {
	case sdp.SendOnly:
		return rtpio.SendOnly
	case sdp.RecvOnly:
		return rtpio.RecvOnly
	case sdp.Inactive:
		return rtpio.Inactive
	}
	return rtpio.SendRecv
}
