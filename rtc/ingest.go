package rtc

import (
	"context"

	"github.com/amtsleitung/amtsleitung/leg"
)

// Ingest begins a leg that only speaks: a WHIP sender (RFC 9725) such as OBS,
// GStreamer, ffmpeg or a browser. Its offer has one audio section and whatever
// else, which is declined. source counts against Limits.PerSource unless it is
// "". The leg ends when the handler returns, when it is hung up or left, and
// when its media does not come, or is gone, for Grace.Reconnect.
func (s *Server) Ingest(ctx context.Context, info leg.Info, source, sdp string, handler func(context.Context, leg.Leg)) (l *Leg, answer string, err error) {
	if sdp == "" {
		_, err := refuse("it is empty")
		return nil, "", err
	}
	l = s.newLeg(s.fill(info, "whip"), source)
	l.ingest = true
	return s.begin(ctx, l, sdp, handler)
}

// read checks an offer as strictly as the kind of leg asks.
func (l *Leg) read(sdp string) (offer, error) {
	if l.ingest {
		return readIngest(sdp)
	}
	return readOffer(sdp)
}
