// Package listen wraps SIP sockets: raw datagrams and streams flow in, whole,
// valid and tidied messages of known sources flow out, one for each read. What
// is broken is answered here and never reaches the parser behind.
package listen

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/amtsleitung/amtsleitung/sip/validate"
)

// Policy is shared by all sockets of a server. The zero value lets everything
// through that is valid.
type Policy struct {
	MessageSize int           // bytes; 0 is 32 KiB
	HeaderTime  time.Duration // for a whole header on a stream; 0 is 5 s
	IdleTime    time.Duration // between messages of a stream; 0 is 1 h
	Connections int           // at once; 0 is 512
	PerSource   int           // of one address; 0 is 32
	Rate        int           // datagrams a second of one address, with bursts of twice as many; 0 is 400
	// Admit judges a valid message by its source; nil lets it in.
	Admit func(m *validate.Message, source netip.AddrPort) *validate.Problem
	// Parse tries the parser behind; what it refuses gets 400.
	Parse func(data []byte) error

	shut    atomic.Bool
	mu      sync.Mutex
	sources map[netip.Addr]int
	total   int
	conns   map[*Conn]struct{}
	buckets map[netip.Addr]*bucket
	swept   time.Time // when buckets were last looked through
	counts  Counts
}

// Counts are totals since the start.
type Counts struct {
	Invalid     uint64 // answered or dropped as broken
	Strangers   uint64 // not admitted
	Throttled   uint64 // datagrams over the rate
	Connections uint64 // refused by the caps
}

// Counts may be read at any time.
func (p *Policy) Counts() Counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts
}

// Shut lets nothing more through, so that the layers behind can be stopped.
func (p *Policy) Shut() { p.shut.Store(true) }

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

func (p *Policy) size() int                 { return or(p.MessageSize, 32<<10) }
func (p *Policy) headerTime() time.Duration { return or(p.HeaderTime, 5*time.Second) }
func (p *Policy) idleTime() time.Duration   { return or(p.IdleTime, time.Hour) }

// tidy turns one raw message into its canonical form, or into a response.
// Both are nil when the message is dropped.
func (p *Policy) tidy(raw []byte, source netip.AddrPort, datagram bool) (clean, answer []byte) {
	if p.shut.Load() {
		return nil, nil
	}
	m, problem := validate.Parse(raw)
	if problem == nil {
		problem = m.Check()
	}
	if problem == nil && p.Admit != nil {
		if problem = p.Admit(m, source); problem != nil {
			p.count(func(c *Counts) { c.Strangers++ })
			return nil, m.Reply(problem, source)
		}
	}
	if problem == nil {
		m.Adapt(source, datagram)
		clean = m.Append(nil)
		if p.Parse == nil || p.Parse(clean) == nil {
			return clean, nil
		}
		problem = &validate.Problem{Code: 400, Reason: "Bad Request"}
	}
	p.count(func(c *Counts) { c.Invalid++ })
	if p.Admit != nil && p.Admit(m, source) != nil {
		return nil, nil // strangers learn nothing about our parser
	}
	return nil, m.Reply(problem, source)
}

func (p *Policy) count(f func(*Counts)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(&p.counts)
}

// bucket limits the datagrams of one source.
type bucket struct {
	tokens float64
	filled time.Time
}

// maxBuckets bounds the memory that forged sources can take.
const maxBuckets = 4096

// allow takes one token of the source.
func (p *Policy) allow(a netip.Addr, now time.Time) bool {
	rate := float64(or(p.Rate, 400))
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.buckets[a]
	if b == nil {
		if len(p.buckets) >= maxBuckets && now.Sub(p.swept) >= time.Second {
			p.swept = now
			p.forget(now, rate)
		}
		if len(p.buckets) >= maxBuckets {
			p.counts.Throttled++
			return false
		}
		if p.buckets == nil {
			p.buckets = map[netip.Addr]*bucket{}
		}
		b = &bucket{tokens: 2 * rate, filled: now}
		p.buckets[a] = b
	}
	b.tokens = min(2*rate, b.tokens+now.Sub(b.filled).Seconds()*rate)
	b.filled = now
	if b.tokens < 1 {
		p.counts.Throttled++
		return false
	}
	b.tokens--
	return true
}

// forget drops sources that have been quiet long enough to be full again.
func (p *Policy) forget(now time.Time, rate float64) {
	for a, b := range p.buckets {
		if b.tokens+now.Sub(b.filled).Seconds()*rate >= 2*rate {
			delete(p.buckets, a)
		}
	}
}
