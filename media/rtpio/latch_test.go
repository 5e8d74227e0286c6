package rtpio

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var strangers = []netip.AddrPort{
	netip.MustParseAddrPort("192.0.2.1:4000"),
	netip.MustParseAddrPort("192.0.2.2:5000"),
	netip.MustParseAddrPort("192.0.2.1:6000"),
}

func TestLatch(t *testing.T) {
	sdp, nat, other := strangers[0], strangers[1], netip.MustParseAddrPort("198.51.100.9:9")
	sec := time.Second
	type step struct {
		from   netip.AddrPort
		ssrc   uint32
		seq    uint16
		at     time.Duration
		proven bool
		want   bool
	}
	for name, steps := range map[string][]step{
		"the SDP's address counts at once":           {{from: sdp, want: true}},
		"a NAT counts from the third packet":         {{from: nat, seq: 1}, {from: nat, seq: 2}, {from: nat, seq: 3, want: true}, {from: nat, seq: 9, want: true}},
		"scattered packets do not latch":             {{from: nat, seq: 1}, {from: nat, seq: 5}, {from: nat, seq: 9}, {from: nat, seq: 2}},
		"two strangers do not add up":                {{from: nat, seq: 1}, {from: other, seq: 2}, {from: nat, seq: 2}, {from: other, seq: 3}},
		"a stranger cannot steal":                    {{from: sdp, want: true}, {from: other, seq: 1, at: sec}, {from: other, seq: 2, at: sec}, {from: other, seq: 3, at: sec}, {from: other, seq: 4, at: sec}, {from: sdp, at: sec, want: true}},
		"the SDP's address may take over early":      {{from: nat, seq: 1}, {from: nat, seq: 2}, {from: nat, seq: 3, want: true}, {from: sdp, at: sec, want: true}, {from: nat, seq: 4, at: sec}},
		"but not late":                               {{from: nat, seq: 1}, {from: nat, seq: 2}, {from: nat, seq: 3, want: true}, {from: nat, seq: 4, at: 2 * sec, want: true}, {from: sdp, at: 3 * sec}},
		"a stranger cannot steal after a silence":    {{from: sdp, ssrc: 7, want: true}, {from: other, seq: 1, at: 9 * sec}, {from: other, seq: 2, at: 9 * sec}, {from: other, seq: 3, at: 9 * sec}},
		"the same stream from a new port goes on":    {{from: nat, ssrc: 7, seq: 1, proven: true, want: true}, {from: other, ssrc: 7, seq: 200, at: 4 * sec}, {from: other, ssrc: 7, seq: 201, at: 4 * sec}, {from: other, ssrc: 7, seq: 202, at: 4 * sec, want: true}},
		"a replayed old stream does not":             {{from: nat, ssrc: 7, seq: 500, proven: true, want: true}, {from: other, ssrc: 7, seq: 1, at: 4 * sec}, {from: other, ssrc: 7, seq: 2, at: 4 * sec}, {from: other, ssrc: 7, seq: 3, at: 4 * sec}},
		"a new socket of the same host after 3 s":    {{from: sdp, ssrc: 7, want: true}, {from: strangers[2], ssrc: 8, seq: 1, at: 2 * sec}, {from: strangers[2], ssrc: 8, seq: 1, at: 4 * sec}, {from: strangers[2], ssrc: 8, seq: 2, at: 4 * sec}, {from: strangers[2], ssrc: 8, seq: 3, at: 4 * sec, want: true}},
		"an authenticated packet needs no waiting":   {{from: nat, proven: true, want: true}},
		"but is not believed beside a living source": {{from: sdp, proven: true, want: true}, {from: other, proven: true, at: sec}},
	} {
		l := latch{}
		l.aim(sdp)
		for i, s := range steps {
			require.Equal(t, s.want, l.accept(source{s.from, s.ssrc, s.seq}, s.proven, s.at), "%s, step %d", name, i)
		}
	}
}

func TestLatchFollowsOffers(t *testing.T) {
	l := latch{}
	l.aim(strangers[0])
	require.True(t, l.accept(source{addr: strangers[0]}, false, 0))
	l.aim(strangers[0])
	require.Equal(t, strangers[0], l.source.addr, "the same address keeps the latch")
	l.aim(strangers[1])
	require.Equal(t, strangers[1], l.target(), "a new one starts anew")
	require.False(t, l.accept(source{addr: strangers[0]}, false, 0))
	l.aim(netip.MustParseAddrPort("0.0.0.0:4000"))
	require.False(t, l.target().IsValid(), "0.0.0.0 is nowhere")
}

func BenchmarkLatch(b *testing.B) {
	l := latch{}
	l.aim(strangers[0])
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		l.accept(source{strangers[0], 1, uint16(i)}, false, time.Duration(i))
	}
}
