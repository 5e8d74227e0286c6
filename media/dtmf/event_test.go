package dtmf

import (
	"testing"

	"github.com/stretchr/testify/require"
)

type packet struct {
	payload []byte
	stamp   uint32
	marker  bool
}

// press is what a sender makes of some digits, starting at the timestamp.
func press(t *testing.T, keys string, stamp uint32) []packet {
	t.Helper()
	var out []packet
	var s Sender
	for _, k := range keys {
		require.NoError(t, s.Start(k))
		at := stamp
		for !s.Idle() {
			if payload, start, sends := s.Next(nil); sends {
				out = append(out, packet{payload, at, start})
			}
			stamp += step
		}
	}
	return out
}

func collect(packets []packet) string {
	var r Receiver
	out := ""
	for _, p := range packets {
		if d, ok := r.Push(p.payload, p.stamp, p.marker); ok {
			out += string(d)
		}
	}
	return out
}

func TestEveryDigitOnce(t *testing.T) {
	require.Equal(t, "0123456789*#ABCD", collect(press(t, "0123456789*#ABCd", 4294960000)), "across the wrap of timestamps")
	require.Equal(t, "1122", collect(press(t, "1122", 0)))
}

func TestSenderShape(t *testing.T) {
	packets := press(t, "5", 1000)
	require.Len(t, packets, pressed+endRepeats-1)
	for i, p := range packets {
		e, err := ParseEvent(p.payload)
		require.NoError(t, err)
		require.Equal(t, i == 0, p.marker)
		require.Equal(t, uint32(1000), p.stamp)
		require.Equal(t, i >= pressed-1, e.End)
		require.Equal(t, uint16(step*min(i+1, pressed)), e.Duration)
	}
}

func TestWithoutMarkerAndWithLosses(t *testing.T) {
	packets := press(t, "147", 0)
	for i := range packets {
		packets[i].marker = false
	}
	require.Equal(t, "147", collect(packets))
	for drop := range packets {
		rest := append(append([]packet(nil), packets[:drop]...), packets[drop+1:]...)
		require.Equal(t, "147", collect(rest), "without packet %d", drop)
	}
	onlyLast := []packet{packets[6], packets[13], packets[20]}
	require.Equal(t, "147", collect(onlyLast), "only one of the ends arrived")
}

func TestReorderedAndDuplicated(t *testing.T) {
	p := press(t, "99", 0)
	p = append(p, p[2], p[0])
	p[5], p[8] = p[8], p[5]
	require.Equal(t, "99", collect(p))
}

func TestLongEventIsOnePress(t *testing.T) {
	var p []packet
	for duration := 160; duration < 0xFFFF; duration += 160 {
		p = append(p, packet{Event{Code: 3, Duration: uint16(duration)}.Append(nil), 0, duration == 160})
	}
	p = append(p, packet{Event{Code: 3, Duration: 0xFFFF}.Append(nil), 0, false})
	p = append(p, packet{Event{Code: 3, Duration: 160}.Append(nil), 0xFFFF, false})
	p = append(p, packet{Event{Code: 3, Duration: 320, End: true}.Append(nil), 0xFFFF, false})
	require.Equal(t, "3", collect(p))
	moving := []packet{}
	for i := range 6 {
		moving = append(moving, packet{Event{Code: 4, Duration: 160, End: i == 5}.Append(nil), uint32(i * 160), i == 0})
	}
	require.Equal(t, "4", collect(moving), "a sender that moves the timestamp")
}

func TestFlashIsNoDigit(t *testing.T) {
	require.Empty(t, collect([]packet{{Event{Code: 16, Duration: 160}.Append(nil), 0, true}}))
	_, err := Code('x')
	require.ErrorContains(t, err, "no DTMF digit")
	_, err = Code('ß')
	require.Error(t, err)
}

func FuzzReceiver(f *testing.F) {
	f.Add([]byte{1, 10, 0, 160}, uint32(0), true)
	f.Add([]byte{1, 138}, uint32(9), false)
	f.Fuzz(func(t *testing.T, payload []byte, stamp uint32, marker bool) {
		var r Receiver
		_, first := r.Push(payload, stamp, marker)
		_, again := r.Push(payload, stamp, marker)
		require.False(t, again, "the same packet twice is one press")
		e, err := ParseEvent(payload)
		require.Equal(t, err == nil && e.Code < 16, first)
		if err == nil {
			back, _ := ParseEvent(e.Append(nil))
			require.Equal(t, e, back)
		}
	})
}
