package people

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/desk/floor"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
)

// rounds of the measurement.
const rounds = 10

// TestFromAcceptToVoice prints how long it takes from the accepting of a call
// until both hear each other: a telephone and a browser whose line stands. All
// callers wait in the queue meanwhile.
func TestFromAcceptToVoice(t *testing.T) {
	w := newDesk(t)
	desk := w.atDesk(t, chromium(t, audiotest.Sine(clerkHz, 2*time.Second, 8000)), "tina")
	tina := w.signIn(t, "tina")
	tina.does(t, "/presence", wish{"state": "paused", "reason": "break"})
	citizen := w.exchange.phone(t, "")
	var calls []string
	talks, numbers := map[string]*talk{}, map[string]*talk{}
	for range rounds {
		number := w.number()
		numbers[number] = citizen.dial(t, number)
		numbers[number].press(t, '0')
	}
	for _, q := range tina.until(t, "all callers", func(s floor.Snapshot) bool { return len(s.Queue) == rounds }).Queue {
		calls, talks[q.Call] = append(calls, q.Call), numbers[w.numberOf(t, q.Call)]
	}
	var caller, clerk, both []time.Duration
	for i, id := range calls {
		c := talks[id]
		c.hums(citizenHz)
		pause(t, c, time.Second) // what waits in the telephone's playout is silence
		if i > 0 {
			require.Equal(t, id, tina.sees(t).Queue[0].Call, "first come, first served")
		}
		desk.until(fmt.Sprintf("!heard.tone(%v)", citizenHz))
		heard := c.heard.watch(clerkHz)
		var page float64
		var failed error
		var looking sync.WaitGroup
		looking.Go(func() {
			ctx, cancel := context.WithTimeout(desk.ctx, within)
			defer cancel()
			page, failed = chromedp.Run(ctx, chromedp.Evaluate[float64](fmt.Sprintf("heard.first(%v)", citizenHz), chromedp.EvalAwaitPromise))
		})
		accepted := time.Now()
		tina.does(t, ofCall(id, "accept"), nil)
		select {
		case at := <-heard:
			caller = append(caller, at.Sub(accepted))
		case <-time.After(within):
			t.Fatal("the caller never hears the clerk")
		}
		looking.Wait()
		require.NoError(t, failed)
		clerk = append(clerk, time.UnixMilli(int64(page)).Sub(accepted))
		both = append(both, max(caller[i], clerk[i]))
		tina.finishes(t, id, "gemessen")
		tina.until(t, "the end of the wrap-up", func(s floor.Snapshot) bool { return s.Hand == nil })
		tina.does(t, "/presence", wish{"state": "paused", "reason": "break"})
	}
	for _, m := range []struct {
		who   string
		times []time.Duration
	}{{"the caller hears the clerk", caller}, {"the clerk hears the caller", clerk}, {"both", both}} {
		slices.Sort(m.times)
		t.Logf("from accept until %s: p50 %v, p95 %v, of %d", m.who, m.times[len(m.times)/2].Round(time.Millisecond), m.times[(len(m.times)*95+99)/100-1].Round(time.Millisecond), len(m.times))
	}
}
