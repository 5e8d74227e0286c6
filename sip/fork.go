package sip

import (
	"context"
	"net/netip"
	"sync"

	"github.com/emiago/sipgo/sip"
)

// forks hangs up those who answer an INVITE that somebody else has answered
// first, or that was given up (RFC 3261 section 13.2.2.4).
type forks struct {
	server *Server
	addr   netip.AddrPort
	dialog dialog // as it was before any answer
	seq    uint32 // of the INVITE

	mu     sync.Mutex
	hungUp map[string]bool // by tag
}

// answered acknowledges a 2xx and hangs its dialog up; a repeated one gets
// only its ACK again. It does not wait.
func (f *forks) answered(res *sip.Response) {
	tag := toTag(res)
	f.mu.Lock()
	again := f.hungUp[tag]
	if f.hungUp == nil {
		f.hungUp = map[string]bool{}
	}
	if len(f.hungUp) < maxForks {
		f.hungUp[tag] = true
	}
	f.mu.Unlock()
	d := f.dialog
	d.confirm(res)
	release := f.server.expect(f.addr.Addr())
	started := f.server.aside(func() {
		defer release()
		ctx, cancel := context.WithTimeout(f.server.base, byeTime)
		defer cancel()
		if f.server.ack(ctx, &d, f.seq, nil) != nil || again {
			return
		}
		_, err := f.server.exchange(ctx, d.request(sip.BYE, 0), &d)
		f.server.log.Debug("another answer was hung up", "error", err)
	})
	if !started {
		release()
	}
}

// linger keeps an INVITE's transaction until its own timers end it: until then
// repeated refusals get their ACK, and answers of other forks are hung up.
func (s *Server) linger(tx *sip.ClientTx, peer netip.Addr) {
	select {
	case <-tx.Done():
		return
	default:
	}
	release := s.expect(peer)
	started := s.aside(func() {
		defer release()
		select {
		case <-tx.Done():
		case <-s.base.Done():
			tx.Terminate()
		}
	})
	if !started {
		release()
		tx.Terminate()
	}
}
