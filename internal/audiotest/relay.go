package audiotest

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Trouble is what a Relay does to packets. Probabilities are 0..1.
type Trouble struct {
	Loss      float64
	Duplicate float64
	Reorder   float64       // such a packet waits 30 ms more than the others
	Delay     time.Duration // of every packet
	Jitter    time.Duration // up to this much more, evenly spread
	Seed      uint64
}

// Relay stands between two UDP ends and forwards with seeded trouble, since
// the kernel has no netem. What arrives at A's port leaves from B's to the
// target behind B, and the other way round to whoever spoke to A last.
type Relay struct {
	trouble Trouble
	a, b    *net.UDPConn
	target  netip.AddrPort

	mu      sync.Mutex
	random  *rand.Rand
	client  netip.AddrPort
	pending sync.WaitGroup

	Forwarded, Dropped, Duplicated int // read after Run has returned
}

const relayReorder = 30 * time.Millisecond

// Between says who is on both sides, where it is known only later or changes;
// an invalid address leaves it.
func (r *Relay) Between(client, target netip.AddrPort) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if client.IsValid() {
		r.client = client
	}
	if target.IsValid() {
		r.target = target
	}
}

// Far is the port that the target hears from, and sends to.
func (r *Relay) Far() netip.AddrPort { return r.b.LocalAddr().(*net.UDPAddr).AddrPort() }

// NewRelay opens two loopback ports in front of target.
func NewRelay(target netip.AddrPort, trouble Trouble) (*Relay, error) {
	loopback := net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), 0))
	a, err := net.ListenUDP("udp4", loopback)
	if err != nil {
		return nil, err
	}
	b, err := net.ListenUDP("udp4", loopback)
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return &Relay{trouble: trouble, a: a, b: b, target: target, random: rand.New(rand.NewPCG(trouble.Seed, 1))}, nil
}

// Addr is where the client shall send.
func (r *Relay) Addr() netip.AddrPort { return r.a.LocalAddr().(*net.UDPAddr).AddrPort() }

// Run forwards until ctx ends, then what has arrived by then, waits for
// packets still under way and closes both ports.
func (r *Relay) Run(ctx context.Context) error {
	var readers sync.WaitGroup
	readers.Go(func() { r.pump(r.a, r.b, true) })
	readers.Go(func() { r.pump(r.b, r.a, false) })
	<-ctx.Done()
	past := time.Unix(1, 0)
	err := errors.Join(r.a.SetReadDeadline(past), r.b.SetReadDeadline(past))
	readers.Wait()
	err = errors.Join(err, r.rest(r.a, r.b, true), r.rest(r.b, r.a, false))
	r.pending.Wait()
	return errors.Join(err, r.a.Close(), r.b.Close())
}

func (r *Relay) pump(in, out *net.UDPConn, fromClient bool) {
	buf := make([]byte, 2048)
	for {
		n, from, err := in.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		r.take(buf[:n], from, out, fromClient)
	}
}

// rest takes what still waits in a port that nobody reads any more.
func (r *Relay) rest(in, out *net.UDPConn, fromClient bool) error {
	raw, err := in.SyscallConn()
	if err != nil {
		return err
	}
	buf := make([]byte, 2048)
	return raw.Control(func(fd uintptr) {
		for {
			n, from, err := unix.Recvfrom(int(fd), buf, unix.MSG_DONTWAIT)
			sender, ok := from.(*unix.SockaddrInet4)
			if err != nil || !ok {
				return
			}
			r.take(buf[:n], netip.AddrPortFrom(netip.AddrFrom4(sender.Addr), uint16(sender.Port)), out, fromClient)
		}
	})
}

func (r *Relay) take(packet []byte, from netip.AddrPort, out *net.UDPConn, fromClient bool) {
	r.mu.Lock()
	to := r.target
	if fromClient {
		r.client = from
	} else {
		to = r.client
	}
	copies, delay := r.fate()
	r.mu.Unlock()
	if to.IsValid() {
		r.forward(out, to, slices.Clone(packet), copies, delay)
	}
}

// fate draws what happens to one packet. Called with mu held.
func (r *Relay) fate() (copies int, delay time.Duration) {
	copies = 1
	loss, double, late, jitter := r.random.Float64(), r.random.Float64(), r.random.Float64(), r.random.Float64()
	if double < r.trouble.Duplicate {
		copies = 2
		r.Duplicated++
	}
	if loss < r.trouble.Loss {
		copies = 0
		r.Dropped++
	} else {
		r.Forwarded++
	}
	delay = r.trouble.Delay + time.Duration(jitter*float64(r.trouble.Jitter))
	if late < r.trouble.Reorder {
		delay += relayReorder
	}
	return copies, delay
}

func (r *Relay) forward(out *net.UDPConn, to netip.AddrPort, packet []byte, copies int, delay time.Duration) {
	send := func() {
		for range copies {
			// A closed or unreachable far end loses packets as a network does.
			_, _ = out.WriteToUDPAddrPort(packet, to)
		}
	}
	if delay <= 0 {
		send()
		return
	}
	r.pending.Add(1)
	time.AfterFunc(delay, func() {
		defer r.pending.Done()
		send()
	})
}
