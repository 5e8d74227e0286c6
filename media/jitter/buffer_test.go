package jitter

import (
	"encoding/binary"
	"math/rand/v2"
	"sort"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const ms = time.Millisecond

// line is a simulated way from a sender to the media loop: packets with their
// arrival times go in, items come out in steps of 20 ms.
type line struct {
	buffer  *Buffer
	arrived []arrival
	played  []int // numbers of the packets played
	lost    time.Duration
	silent  time.Duration
	quiet   bool // what Adjust is told
	now     time.Duration
	skew    float64 // of the sender's clock, relative
}

type arrival struct {
	p  Packet
	at time.Duration
}

func newLine() *line { return &line{buffer: New(Options{})} }

// packet number n of a steady stream of 20 ms.
func packet(n int) Packet {
	return Packet{Type: 8, SSRC: 1, Seq: uint16(65500 + n), Timestamp: uint32(4294960000 + n*160), Ticks: 160,
		Payload: binary.BigEndian.AppendUint32(nil, uint32(n))}
}

func (l *line) send(p Packet, at time.Duration) { l.arrived = append(l.arrived, arrival{p, at}) }

// steady sends numbers from..to, delayed as told; a negative delay loses the packet.
func (l *line) steady(from, to int, delay func(n int) time.Duration) {
	for n := from; n < to; n++ {
		if d := delay(n); d >= 0 {
			l.send(packet(n), time.Duration(float64(n)*20*float64(ms)*(1+l.skew))+d)
		}
	}
}

// run plays until the time given.
func (l *line) run(until time.Duration) {
	sort.SliceStable(l.arrived, func(i, j int) bool { return l.arrived[i].at < l.arrived[j].at })
	for ; l.now < until; l.now += 20 * ms {
		for len(l.arrived) > 0 && l.arrived[0].at <= l.now {
			l.buffer.Push(l.arrived[0].p, l.arrived[0].at)
			l.arrived = l.arrived[1:]
		}
		switch l.buffer.Adjust(l.quiet) {
		case Drop:
			l.play()
		case Repeat:
			continue
		}
		l.play()
	}
}

func (l *line) play() {
	for left := 160; left > 0; {
		item := l.buffer.Next(nil)
		left -= item.Ticks
		d := time.Duration(item.Ticks) * time.Second / 8000
		switch item.Verdict {
		case Speech:
			l.played = append(l.played, int(binary.BigEndian.Uint32(item.Payload)))
		case Lost:
			l.lost += d
		case Silent:
			l.silent += d
		}
	}
}

func numbers(from, to int) []int {
	var n []int
	for i := from; i < to; i++ {
		n = append(n, i)
	}
	return n
}

func at(d time.Duration) func(int) time.Duration { return func(int) time.Duration { return d } }

func TestSteadyStream(t *testing.T) {
	l := newLine()
	l.steady(0, 500, at(30*ms))
	l.run(10*time.Second + 100*ms)
	require.Equal(t, numbers(0, 500), l.played, "across both wraps")
	require.LessOrEqual(t, l.lost, 20*ms, "only after the end")
	require.Equal(t, Stats{Received: 500}, l.buffer.Stats())
	require.LessOrEqual(t, l.buffer.Target(), 30*ms)
}

func TestReorderedAndDoubled(t *testing.T) {
	l := newLine()
	l.steady(0, 500, func(n int) time.Duration {
		if n%10 == 3 {
			return 25 * ms
		}
		return 0
	})
	for n := 0; n < 500; n += 7 {
		l.send(packet(n), time.Duration(n)*20*ms+2*ms)
	}
	l.run(10 * time.Second)
	require.Equal(t, numbers(0, len(l.played)), l.played)
	require.GreaterOrEqual(t, len(l.played), 495)
	require.Equal(t, uint64(72), l.buffer.Stats().Duplicate)
	require.Zero(t, l.buffer.Stats().Lost)
}

func TestEachLossIsConcealedOnce(t *testing.T) {
	l := newLine()
	random := rand.New(rand.NewPCG(1, 2))
	missing := 0
	l.steady(0, 2000, func(int) time.Duration {
		if random.Float64() < 0.05 {
			missing++
			return -1
		}
		return time.Duration(random.IntN(10)) * ms
	})
	l.run(40 * time.Second)
	require.InDelta(t, 2000-missing, len(l.played), 5)
	require.InDelta(t, missing, l.buffer.Stats().Lost, 3)
	require.InDelta(t, float64(missing)*0.02, l.lost.Seconds(), 0.15)
	require.LessOrEqual(t, l.buffer.Delay(), 80*ms, "losses do not make the delay grow")
}

func TestTargetFollowsJitter(t *testing.T) {
	l := newLine()
	l.quiet = true
	random := rand.New(rand.NewPCG(3, 4))
	l.steady(0, 1500, func(n int) time.Duration {
		if n < 500 {
			return time.Duration(random.IntN(100)) * ms
		}
		return 0
	})
	l.run(10 * time.Second)
	require.InDelta(t, 115, l.buffer.Target().Milliseconds(), 15)
	require.InDelta(t, 115, l.buffer.Delay().Milliseconds(), 40)
	heard := len(l.played)
	require.GreaterOrEqual(t, heard, 480, "nearly everything was played in spite of 100 ms jitter")
	l.run(30 * time.Second)
	require.LessOrEqual(t, l.buffer.Target(), 40*ms)
	require.LessOrEqual(t, l.buffer.Delay(), 80*ms, "and the delay came back")
	require.GreaterOrEqual(t, len(l.played)-heard, 990)
}

func TestTargetKeepsItsLimits(t *testing.T) {
	l := newLine()
	l.quiet = true
	random := rand.New(rand.NewPCG(5, 6))
	l.steady(0, 500, func(int) time.Duration { return time.Duration(random.IntN(600)) * ms })
	l.run(10 * time.Second)
	require.Equal(t, 200*ms, l.buffer.Target())
}

func TestStallIsPlayedLateAndMadeUpFor(t *testing.T) {
	l := newLine()
	l.steady(0, 1000, func(n int) time.Duration {
		if n >= 100 && n < 125 {
			return time.Duration(125-n) * 20 * ms
		}
		return 0
	})
	l.run(4 * time.Second)
	require.Equal(t, numbers(0, len(l.played)), l.played, "no word is lost in 500 ms without packets")
	require.LessOrEqual(t, l.lost, 520*ms)
	l.run(14 * time.Second)
	require.LessOrEqual(t, l.buffer.Delay(), 300*ms, "sound is dropped only while more than 200 ms too much waits")
	l.quiet = true
	l.run(20 * time.Second)
	require.LessOrEqual(t, l.buffer.Delay(), 80*ms)
}

func TestSilenceSuppression(t *testing.T) {
	for _, noise := range []bool{true, false} {
		l := newLine()
		seq := uint16(0)
		for spurt := range 5 {
			start := spurt * 100 // packets; each spurt speaks 1 s and is quiet 1 s
			for i := range 50 {
				p := packet(start + i)
				p.Seq = seq
				seq++
				l.send(p, time.Duration(start+i)*20*ms)
			}
			if noise {
				p := packet(start + 50)
				p.Seq, p.Kind, p.Ticks = seq, Noise, 0
				seq++
				l.send(p, time.Duration(start+50)*20*ms)
			}
		}
		l.run(10 * time.Second)
		require.Len(t, l.played, 250, "noise %v", noise)
		require.Zero(t, l.buffer.Stats().Lost)
		require.LessOrEqual(t, l.buffer.Delay(), 60*ms)
		if noise {
			require.LessOrEqual(t, l.lost, 100*ms, "announced silence is no loss")
		}
	}
}

func TestNewBases(t *testing.T) {
	for name, change := range map[string]func(*Packet){
		"SSRC":            func(p *Packet) { p.SSRC = 77; p.Seq += 12345; p.Timestamp += 1 << 30 },
		"timestamp ahead": func(p *Packet) { p.Timestamp += 1 << 20 },
		"timestamp back":  func(p *Packet) { p.Timestamp -= 1 << 20 },
		"sequence":        func(p *Packet) { p.Seq += 20000; p.Timestamp += 1 << 28 },
	} {
		l := newLine()
		for n := range 300 {
			p := packet(n)
			if n >= 100 {
				change(&p)
			}
			l.send(p, time.Duration(n)*20*ms)
		}
		l.run(6*time.Second + 200*ms)
		require.GreaterOrEqual(t, len(l.played), 299, name)
		require.LessOrEqual(t, l.buffer.Delay(), 80*ms, name)
		require.Positive(t, l.buffer.Stats().Restarts, name)
	}
}

func TestDriftingClocks(t *testing.T) {
	for _, skew := range []float64{0.0005, -0.0005} {
		l := newLine()
		l.skew = skew
		l.quiet = true
		l.steady(0, 15000, at(5*ms))
		l.run(5 * time.Minute)
		require.LessOrEqual(t, l.buffer.Delay(), 80*ms)
		require.InDelta(t, 15000, len(l.played), 20)
		require.LessOrEqual(t, l.lost, 400*ms)
	}
}

func TestEventsTakeAPlaceButAreNoLoss(t *testing.T) {
	l := newLine()
	for n := range 100 {
		p := packet(n)
		if n >= 40 && n < 50 {
			p.Kind, p.Ticks, p.Timestamp = Event, 0, packet(40).Timestamp
		}
		l.send(p, time.Duration(n)*20*ms)
	}
	l.run(2*time.Second + 100*ms)
	require.Len(t, l.played, 90)
	require.Zero(t, l.buffer.Stats().Lost)
	require.LessOrEqual(t, l.lost, 60*ms)
}

func TestOtherPacketTimes(t *testing.T) {
	for _, size := range []int{80, 160, 240, 480, 800} {
		b := New(Options{})
		played, lost := 0, 0
		for now := time.Duration(0); now < 10*time.Second; now += 20 * ms {
			for n := 0; n*size < 80000; n++ {
				due := time.Duration(n*size) * time.Second / 8000
				if due >= now && due < now+20*ms {
					b.Push(Packet{SSRC: 1, Seq: uint16(n), Timestamp: uint32(n * size), Ticks: size, Payload: []byte{1}}, due)
				}
			}
			for played+lost < int(now*8000/time.Second) {
				item := b.Next(nil)
				if item.Verdict == Lost {
					lost += item.Ticks
				} else {
					played += item.Ticks
				}
			}
		}
		require.LessOrEqual(t, lost, 1600, "%d ticks", size)
		require.Zero(t, b.Stats().Lost)
	}
}

func TestNoAllocations(t *testing.T) {
	b := New(Options{})
	payload, dst := make([]byte, 160), make([]byte, 0, 200)
	n := 0
	step := func() {
		b.Push(Packet{SSRC: 1, Seq: uint16(n), Timestamp: uint32(n * 160), Ticks: 160, Payload: payload}, time.Duration(n)*20*ms)
		b.Next(dst)
		n++
	}
	for range 2 * slots {
		step()
	}
	require.Zero(t, testing.AllocsPerRun(1000, step))
}

// Whatever arrives, the buffer answers with bounded items, never more audio
// than came, and is empty soon.
func FuzzBuffer(f *testing.F) {
	f.Add([]byte{0, 0, 1, 1, 0, 2, 2, 0, 3})
	f.Add([]byte{255, 1, 1, 7, 200, 9, 128, 3, 3, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		b := New(Options{})
		now := time.Duration(0)
		pushed, played := 0, 0
		next := func() {
			item := b.Next(nil)
			require.Positive(t, item.Ticks)
			require.LessOrEqual(t, item.Ticks, 960)
			if item.Verdict == Speech {
				played++
			}
		}
		for ; len(data) >= 3; data = data[3:] {
			step, stamp := int(int8(data[0])), int(int8(data[1]))
			if data[2]&4 != 0 {
				step, stamp = step*257, stamp*(1<<24)
			}
			p := Packet{Kind: Kind(data[2] & 3 % 3), SSRC: uint32(data[2] >> 7), Seq: uint16(step), Timestamp: uint32(stamp * 80), Payload: data[:1]}
			if p.Kind == Audio {
				p.Ticks = 80 * (1 + int(data[2]>>3&3))
				pushed++
			}
			b.Push(p, now)
			if data[2]&64 != 0 {
				now += 20 * ms
				b.Adjust(data[2]&32 != 0)
				next()
			}
		}
		for i := 0; b.Waiting(); i++ {
			require.Less(t, i, 1<<16, "Next does not come to an end")
			next()
		}
		require.LessOrEqual(t, played, pushed)
	})
}

func BenchmarkPushNext(b *testing.B) {
	buffer := New(Options{})
	payload, dst := make([]byte, 160), make([]byte, 0, 200)
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		buffer.Push(Packet{SSRC: 1, Seq: uint16(n), Timestamp: uint32(n * 160), Ticks: 160, Payload: payload}, time.Duration(n)*20*ms)
		buffer.Adjust(false)
		buffer.Next(dst)
		n++
	}
}
