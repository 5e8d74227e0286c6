package bot

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/sip"
)

// TestSpeakingOverTheGreeting: who cannot wait is answered all the same, at
// whatever moment they begin.
func TestSpeakingOverTheGreeting(t *testing.T) {
	s, p := start(t), newPhone(t)
	const question = "Was brauche ich für einen neuen Reisepass?"
	clip := p.speech(t, "de", question)
	var talking sync.WaitGroup
	for i, after := range []time.Duration{200 * time.Millisecond, 1500 * time.Millisecond, 3 * time.Second, 5 * time.Second} {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		l, err := p.server.Dial(ctx, "sip:115@"+s.SIP, sip.DialOptions{Codecs: []string{"G722"}, From: number(i)})
		require.NoError(t, err)
		t.Cleanup(func() { defer cancel(); _ = l.Hangup(ctx, leg.CauseNormal) })
		talking.Go(func() {
			quiet := make([]int16, media.FrameSamples)
			for range after / media.FrameDuration {
				if l.Playout().WriteFrame(media.Frame{PCM: quiet}) != nil {
					return
				}
			}
			_ = clip.Write(ctx, l.Playout()) // the other side's end is seen below
		})
	}
	talking.Wait()
	for i := range 4 {
		require.Eventually(t, func() bool {
			articles := s.articles(t, number(i))
			return len(articles) > 0 && articles[0] != ""
		}, 4*within, step, "call %d has no answer: %v", i, s.articles(t, number(i)))
		require.Equal(t, "reisepass-beantragen", s.articles(t, number(i))[0])
	}
}
