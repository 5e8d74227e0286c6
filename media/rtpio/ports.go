package rtpio

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
)

// Ports hands out even/odd pairs of UDP ports for RTP and RTCP (RFC 3550
// section 11) on one address.
type Ports struct {
	ip       netip.Addr
	low, top int

	mu   sync.Mutex
	next int
}

// Pair is one even RTP port and the odd RTCP port above it.
type Pair struct {
	RTP, RTCP *net.UDPConn
}

// NewPorts makes an allocator for the ports low..high on ip.
func NewPorts(ip netip.Addr, low, high int) (*Ports, error) {
	low += low % 2
	if !ip.IsValid() || low < 1024 || high > 65535 || high < low+1 {
		return nil, fmt.Errorf("RTP ports %d-%d on %s: need a valid address and at least one even/odd pair in 1024-65535", low, high, ip)
	}
	return &Ports{ip: ip, low: low, top: (high - 1) / 2 * 2, next: low}, nil
}

// Open binds the next free pair, or returns ErrNoPort.
func (p *Ports) Open() (*Pair, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for range (p.top-p.low)/2 + 1 {
		port := p.next
		if p.next += 2; p.next > p.top {
			p.next = p.low
		}
		if pair, err := p.bind(port); err == nil {
			return pair, nil
		}
	}
	return nil, fmt.Errorf("%s ports %d-%d: %w", p.ip, p.low, p.top+1, ErrNoPort)
}

func (p *Ports) bind(port int) (*Pair, error) {
	rtp, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(p.ip, uint16(port))))
	if err != nil {
		return nil, err
	}
	rtcp, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(p.ip, uint16(port+1))))
	if err != nil {
		return nil, fmt.Errorf("bind RTCP port %d: %w", port+1, errors.Join(err, rtp.Close()))
	}
	return &Pair{RTP: rtp, RTCP: rtcp}, nil
}

// Port is the RTP port, for the SDP.
func (p *Pair) Port() int { return p.RTP.LocalAddr().(*net.UDPAddr).Port }

// Close gives both ports back.
func (p *Pair) Close() error {
	return errors.Join(p.RTP.Close(), p.RTCP.Close())
}
