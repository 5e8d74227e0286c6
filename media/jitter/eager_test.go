package jitter

import (
	"encoding/binary"
	"math/rand/v2"
	"sort"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// listen is run for an eager reader.
func (l *line) listen(until time.Duration) {
	l.buffer.Eager(true)
	sort.SliceStable(l.arrived, func(i, j int) bool { return l.arrived[i].at < l.arrived[j].at })
	for ; l.now < until; l.now += 20 * ms {
		for len(l.arrived) > 0 && l.arrived[0].at <= l.now {
			l.buffer.Push(l.arrived[0].p, l.arrived[0].at)
			l.arrived = l.arrived[1:]
		}
		for {
			item, ok := l.buffer.Take(nil)
			if !ok {
				break
			}
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
}

// stalls hold everything back for a while, five times in a minute.
func stalls(d time.Duration) func(n int) time.Duration {
	return func(n int) time.Duration {
		const every = 600 // packets
		return max(0, d-time.Duration(n%every)*20*ms)
	}
}

func TestABurstPassesInFull(t *testing.T) {
	for _, stall := range []time.Duration{200 * ms, time.Second, 3 * time.Second, 5 * time.Second} {
		l := newLine()
		l.steady(0, 3000, stalls(stall))
		l.listen(61 * time.Second)
		require.Equal(t, numbers(0, 3000), l.played, stall)
		require.Zero(t, l.lost, "nothing is made up in place of what comes late")
		require.Less(t, l.silent, 100*ms, "%v: no time passes twice", stall)
		require.Zero(t, l.buffer.Stats().Lost)
	}
}

func TestABurstWithLossAndReordering(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	l := newLine()
	missing := 0
	held := stalls(time.Second)
	l.steady(0, 3000, func(n int) time.Duration {
		switch p := random.Float64(); {
		case p < 0.03:
			missing++
			return -1
		case p < 0.06:
			return held(n) + 25*ms // behind its successor
		}
		return held(n)
	})
	l.listen(61 * time.Second)
	require.IsIncreasing(t, l.played)
	require.InDelta(t, 3000-missing, len(l.played), 4, "who comes a little late is waited for")
	heard := time.Duration(len(l.played))*20*ms + l.lost + l.silent
	require.InDelta(t, time.Minute, heard, float64(150*ms), "what is lost keeps its time")
}

// A sender that goes quiet and says so, or says nothing and comes back later.
func TestQuietForAnEagerReader(t *testing.T) {
	l := newLine()
	l.steady(0, 100, at(10*ms))
	noise := packet(100)
	noise.Kind = Noise
	l.send(noise, 2*time.Second+10*ms)
	l.listen(10 * time.Second)
	require.InDelta(t, 8*time.Second, l.silent, float64(200*ms), "announced silence is heard at its pace")
	l.steady(500, 600, at(10*ms))
	for i := range l.arrived {
		l.arrived[i].p.Seq = uint16(65500 + 101 + i)
	}
	l.listen(13 * time.Second)
	require.Len(t, l.played, 200)
	require.InDelta(t, 8*time.Second, l.silent, float64(200*ms), "and not once more")

	l.silent = 0
	l.steady(2000, 2100, at(10*ms)) // 28 s later
	for i := range l.arrived {
		l.arrived[i].p.Seq = uint16(65500 + 201 + i)
	}
	l.listen(43 * time.Second)
	require.Len(t, l.played, 300)
	require.LessOrEqual(t, l.silent, longestFill*time.Second)
}

// Who first hears at the pace of time and then eagerly, and then not any more, loses nothing.
func TestFromEagerAndBack(t *testing.T) {
	l := newLine()
	l.quiet = true
	l.steady(0, 900, func(n int) time.Duration { return time.Duration(n%3) * 5 * ms })
	l.run(5 * time.Second)
	l.listen(10 * time.Second)
	l.buffer.Eager(false)
	l.run(19 * time.Second)
	require.Equal(t, numbers(0, 900), l.played)
}

func BenchmarkTake(b *testing.B) {
	buffer := New(Options{})
	buffer.Eager(true)
	p := packet(0)
	var dst []byte
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		p.Seq, p.Timestamp = uint16(n), uint32(n*160)
		buffer.Push(p, time.Duration(n)*20*ms)
		for {
			item, ok := buffer.Take(dst[:0])
			dst = item.Payload
			if !ok {
				break
			}
		}
	}
}
