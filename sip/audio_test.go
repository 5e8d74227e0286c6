package sip

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/stretchr/testify/require"
)

func TestCallCarriesAudioBothWays(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		for _, codec := range []string{"G722", "PCMA", "PCMU"} {
			t.Run(network+" "+codec, func(t *testing.T) {
				var there atomic.Pointer[atomic.Int64]
				bot := start(t, Options{Trunks: []Trunk{loopback()}}, func(ctx context.Context, l leg.Leg) {
					there.Store(hear(l, 600))
					if l.Answer(ctx) == nil {
						play(l, 1000)
					}
				})
				phone := start(t, Options{}, nil)
				l, err := phone.Dial(within(t), uri(bot, network), DialOptions{Codecs: []string{codec}})
				require.NoError(t, err)
				here := hear(l, 1000)
				sent := make(chan struct{})
				go func() { defer close(sent); play(l, 600) }()
				require.Eventually(t, func() bool { return here.Load() > 10 && there.Load() != nil && there.Load().Load() > 10 },
					10*time.Second, 10*time.Millisecond)
				require.NoError(t, l.Hangup(within(t), leg.CauseNormal))
				<-sent
				require.Equal(t, codec, l.Stats().Codec)
			})
		}
	}
}
