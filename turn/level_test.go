package turn

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// power of a level in dB.
func power(db float64) float64 {
	p := 1.0
	for range int(db) {
		p *= 1.2589254
	}
	return p
}

func TestTheCallerIsKnownByLoudness(t *testing.T) {
	var l level
	require.Equal(t, 1, l.weight(0.7, power(60)), "before anything is known")
	require.Equal(t, 0, l.weight(0.99, power(48)), "too soft for a caller")
	l.spoke(power(70))
	require.Equal(t, 2, l.weight(0.9, power(69)), "clearly the caller")
	require.Equal(t, 1, l.weight(0.7, power(69)))
	require.Equal(t, 0, l.weight(0.99, power(60)), "an echo 10 dB below")
	require.True(t, l.faint(power(60)))
	require.False(t, l.faint(power(68)))
	l.spoke(power(60))
	require.InDelta(t, 67, l.caller, 0.1, "follows slowly")
}

func TestMistakesMakeWary(t *testing.T) {
	var l level
	l.spoke(power(70))
	need := l.need()
	l.mistook(power(70))
	require.Equal(t, need, l.need(), "a 'mhm' of the caller is no mistake")
	for range 10 {
		l.mistook(power(62))
	}
	require.Greater(t, l.need(), need)
	require.LessOrEqual(t, l.need(), int64(12*WindowSamples))
	require.Equal(t, 0, l.weight(0.99, power(64)), "louder echo")
	require.Equal(t, 2, l.weight(0.99, power(70)), "the caller still counts")
	require.False(t, l.soft(power(66)))
	wary := l.need()
	l.spoke(power(70))
	require.Less(t, l.need(), wary, "a true turn forgives")
}

func TestEchoDoesNotStutter(t *testing.T) {
	l := newLine(t, Options{})
	l.say(1000) // the caller, at 20,000
	l.quiet(2000)
	l.d.SetBotSpeaking(true)
	for range 10 {
		l.play(4000, 400) // 14 dB below
		l.quiet(400)
	}
	started := 0
	for _, e := range l.events {
		if e.Kind == Started {
			started++
		}
	}
	require.Equal(t, 1, started, "%v", l.kinds())
	l.say(400)
	require.Equal(t, Started, l.last().Kind, "the caller is heard over it")
}
