package interpreter

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call/bridge"
	"github.com/amtsleitung/amtsleitung/media"
)

// BenchmarkFrame is what 20 ms of a translation cost on their way into the room.
func BenchmarkFrame(b *testing.B) {
	speech := bridge.New(bridge.Options{}).Voice("agent")
	g := newGate(speech, func() {}, func(time.Duration) {})
	defer g.close()
	frame, out := media.Frame{PCM: make([]int16, media.FrameSamples)}, make([]int16, media.FrameSamples)
	b.ReportAllocs()
	for b.Loop() {
		require.NoError(b, g.WriteFrame(frame))
		speech.ReadFrame(out)
	}
}

// BenchmarkPrefix is what a look at the words of somebody who speaks on costs.
func BenchmarkPrefix(b *testing.B) {
	words := strings.Fields(strings.Repeat("ich bin gestern umgezogen und brauche jetzt einen Termin, ", 6))
	b.ReportAllocs()
	for b.Loop() {
		p := &prefix{}
		for n := 5; n <= len(words); n += 5 {
			p.hear("de", words[:n])
		}
	}
}
