package scribe

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/stt"
)

// shared is one recogniser behind the real scheduler, as in the service.
type shared struct {
	*ears
	scheduler *inference.Scheduler
}

func (s shared) Recognize(ctx context.Context, w stt.Window) (h stt.Hypothesis, err error) {
	_, err = s.scheduler.Do(ctx, w.Priority, func(ctx context.Context) error {
		h, err = s.ears.Recognize(ctx, w)
		return err
	})
	return h, err
}

func TestBotTurnsElsewhereComeFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const each = 600 * time.Millisecond // of one recognition, as measured
		e := &ears{hear: counts, takes: func(stt.Window) time.Duration { return each }}
		r := shared{e, inference.NewScheduler(inference.Options{Workers: 1})}
		var says []span
		for i := range 12 {
			at := time.Duration(i) * 5 * second
			says = append(says, span{at + second, at + 4800*time.Millisecond})
		}
		var talk sync.WaitGroup
		// Five people talk without end while a caller asks the bot now and then.
		for range 5 {
			talk.Go(func() {
				p := listen(t, e, says, 75*second, func(o *Options) { o.Recognizer = r })
				require.Len(t, p.heard, 12, "no final words are lost")
				for _, l := range p.heard {
					require.Equal(t, "3.8", l.Segment.Text)
				}
			})
		}
		worst := time.Duration(0)
		for range 40 {
			time.Sleep(1500 * time.Millisecond)
			asked := time.Now()
			_, err := r.Recognize(t.Context(), stt.Window{Priority: inference.Turn})
			require.NoError(t, err)
			worst = max(worst, time.Since(asked))
		}
		talk.Wait()
		t.Logf("the bot's recognition took at most %v, %d windows in all", worst, len(e.all()))
		require.LessOrEqual(t, worst, 2*each, "it waits for what runs, and for nothing else")
	})
}
