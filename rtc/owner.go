package rtc

import (
	"context"
	"fmt"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media/rtpio"
	"github.com/pion/webrtc/v4"
)

// forever is a wait that something else ends.
const forever = time.Hour

// run owns the leg's timers, peer connections and media until it is over.
func (l *Leg) run(shutdown <-chan struct{}) {
	mediaCtx, stopMedia := context.WithCancel(context.Background())
	defer l.finish(stopMedia)
	defer l.server.guard(l.log, "leg", func() { l.end("error by panic") })
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-shutdown:
			l.end(string(leg.CauseNormal) + " by shutdown")
		case <-l.kick:
		case <-timer.C:
		}
		wait := l.look(mediaCtx, time.Now())
		if l.over() {
			return
		}
		timer.Reset(wait)
	}
}

// look brings the leg up to date with its peer connections and its graces, and
// returns when to look again at the latest.
func (l *Leg) look(mediaCtx context.Context, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended != "" {
		return 0
	}
	l.replace()
	l.flow(mediaCtx, now)
	l.discard()
	return l.judge(now)
}

// replace lets a link take over that has been connected, and forgets one that
// cannot be any more.
func (l *Leg) replace() {
	if l.next == nil {
		return
	}
	switch state, bound := l.next.state(); {
	case state == webrtc.PeerConnectionStateConnected && bound:
		if l.link != nil {
			l.old = append(l.old, l.link)
		}
		l.link, l.next = l.next, nil
		l.flowing = false // over this one nothing has flowed yet
		l.wire.use(l.link)
		if err := l.session.Update(l.link.agreed.params); err != nil {
			l.log.Error("media", "error", err)
			l.ended = string(leg.CauseError) + " by media"
		}
	case state == webrtc.PeerConnectionStateFailed || state == webrtc.PeerConnectionStateClosed:
		l.log.Info("a browser could not be reached for audio", "state", state.String())
		l.old, l.next = append(l.old, l.next), nil
		if l.ingest && l.link == nil {
			l.ended = string(leg.CauseDeadMedia) + " by audio that did not come"
			return
		}
		l.settle()
	}
}

// flow follows the state of the link in use.
func (l *Leg) flow(mediaCtx context.Context, now time.Time) {
	if l.link == nil {
		return
	}
	state, _ := l.link.state()
	flows := state == webrtc.PeerConnectionStateConnected
	switch {
	case flows && !l.flowing:
		l.flowing = true
		if l.link.agreed.params.Direction != rtpio.RecvOnly {
			l.speaker.flow()
		}
		l.listen(mediaCtx)
		if !l.voice {
			l.voice = true
			l.events.Put(leg.Event{Kind: leg.Voice})
		}
		l.settle()
	case !flows && l.flowing:
		l.flowing, l.broken = false, now
		l.speaker.hang()
		l.log.Info("audio of a browser broke off", "state", state.String())
	}
}

// listen starts the session with the first audio.
func (l *Leg) listen(ctx context.Context) {
	if l.sounding {
		return
	}
	l.sounding = true
	l.tasks.Go(func() {
		defer l.server.guard(l.log, "media", func() { l.end(string(leg.CauseError) + " by media") })
		if err := l.session.Run(ctx); err != nil {
			l.log.Error("media", "error", err)
			l.end(string(leg.CauseError) + " by media")
		}
	})
}

// settle says that the first audio flows, or will not.
func (l *Leg) settle() {
	if !l.first {
		l.first = true
		close(l.connected)
	}
}

// discard closes peer connections that are no longer needed.
func (l *Leg) discard() {
	for _, k := range l.old {
		l.tasks.Go(func() {
			defer l.server.guard(l.log, "peer connection", func() {})
			k.close()
		})
	}
	l.old = nil
}

// missedGrace is how long a line may be without audio that somebody waits for.
// The page of a person at the desk that comes back, or is loaded anew, brings another line.
const missedGrace = 2 * time.Second

// judge ends what has been without a sign of life for too long.
func (l *Leg) judge(now time.Time) time.Duration {
	g := l.server.options.Grace
	switch {
	case l.ended != "" || l.flowing:
		return forever
	case l.voice && l.watchers > 0:
		if left := l.broken.Add(g.Reconnect).Sub(now); left > 0 {
			return left
		}
		l.voice = false
		l.speaker.stop()
		l.events.Put(leg.Event{Kind: leg.Voice})
		return forever
	case l.watchers > 0:
		return forever
	}
	grace, since, why := g.Silent, l.alone, "page gone"
	if l.ingest {
		grace, why = max(g.Connect, g.Reconnect), "audio that did not come"
	}
	if l.voice {
		grace, since, why = g.Reconnect, later(l.broken, l.alone), "audio lost"
	}
	if l.voice && l.missed { // its page begins a new line by itself; until then the call must know
		grace = min(grace, missedGrace)
	}
	left := since.Add(grace).Sub(now)
	if left <= 0 {
		l.ended = fmt.Sprintf("%s by %s", leg.CauseDeadMedia, why)
	}
	return left
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// finish runs once, when the leg is over.
func (l *Leg) finish(stopMedia func()) {
	stopMedia() // the session says goodbye over the link that is still there
	l.mu.Lock()
	if !l.sounding {
		l.speaker.close()
	}
	links := append(l.old, l.link, l.next)
	l.old, l.link, l.next = nil, nil, nil
	l.settle()
	l.mu.Unlock()
	l.server.remove(l)
	l.tasks.Wait()
	l.wire.use(nil)
	for _, k := range links {
		if k != nil {
			k.close()
		}
	}
	_ = l.wire.Close() // only wakes readers, of whom there are none
	l.speaker.close()
	l.mu.Lock()
	l.stats = l.session.Stats()
	l.stats.Ended = l.ended
	l.voice, l.flowing = false, false
	close(l.done)
	l.mu.Unlock()
	l.events.Close()
	l.logEnd()
}

func (l *Leg) logEnd() {
	l.log.Info("call ended", "ended", l.stats.Ended, "trunk", l.info.Trunk,
		"duration", time.Since(l.began).Round(time.Millisecond), "codec", l.stats.Codec,
		"received", l.stats.Received, "sent", l.stats.Sent, "lost", l.stats.Lost, "late", l.stats.Late,
		"jitter", l.stats.Jitter, "rtt", l.stats.RoundTrip, "mos", l.stats.MOS)
}
