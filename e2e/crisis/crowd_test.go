package crisis

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/sip"
)

// listener notes when each tone is first heard.
type listener struct {
	mu    sync.Mutex
	since map[int]int       // frames in a row of each tone
	first map[int]time.Time // when it was sure
}

// sure is how many frames in a row make a tone: 100 ms.
const sure = 5

func newListener() *listener { return &listener{since: map[int]int{}, first: map[int]time.Time{}} }

func (l *listener) WriteFrame(f media.Frame) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, hz := range []int{floodHz, questionHz, otherHz} {
		if share(f.PCM, hz) < 0.5 {
			l.since[hz] = 0
			continue
		}
		if l.since[hz]++; l.since[hz] == sure && l.first[hz].IsZero() {
			l.first[hz] = time.Now()
		}
	}
	return nil
}

func (l *listener) heard(hz int) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.first[hz]
}

// share of a frame's power that lies at a frequency (Goertzel).
func share(pcm []int16, hz int) float64 {
	w := 2 * math.Cos(2*math.Pi*float64(hz)/media.SampleRate)
	var a, b, power float64
	for _, s := range pcm {
		v := float64(s)
		a, b = v+w*a-b, a
		power += v * v
	}
	if power < 1e6*float64(len(pcm))/4 {
		return 0
	}
	return 2 * (a*a + b*b - w*a*b) / (power * float64(len(pcm)))
}

// caller is one call of the crowd.
type caller struct {
	*listener
	leg       *sip.Leg
	connected time.Time
	err       error
}

// dial connects and listens.
func dial(ctx context.Context, phone *sip.Server, address string) *caller {
	c := &caller{listener: newListener()}
	if c.leg, c.err = phone.Dial(ctx, "sip:115@"+address, sip.DialOptions{Codecs: []string{"PCMA"}}); c.err == nil {
		c.connected = time.Now()
		c.leg.Receive(c)
	}
	return c
}

// speak asks something after a time, unless the call is over before.
func (c *caller) speak(ctx context.Context, after time.Duration) {
	timer := time.NewTimer(after)
	defer timer.Stop()
	select {
	case <-timer.C:
		_ = tone(c.leg.Playout(), otherHz, 75) // 1.5 s; whether the call was lost is seen in the end
	case <-c.leg.Done():
	case <-ctx.Done():
	}
}

// crowd dials many at once and returns when all are connected; half of them
// speak 4 to 11 s later.
func crowd(ctx context.Context, phone *sip.Server, address string, n int, speaking *sync.WaitGroup) []*caller {
	out := make([]*caller, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { out[i] = dial(ctx, phone, address) })
	}
	wg.Wait()
	for i, c := range out {
		if i%2 == 1 && c.err == nil {
			speaking.Go(func() { c.speak(ctx, time.Duration(4+i/2%8)*time.Second) })
		}
	}
	return out
}

const (
	inProgress = 100
	fresh      = 100
	bound      = 90 * time.Second // of the whole crowd
)

// TestTwoHundredCalls: 100 calls are in progress when the switch is thrown,
// some silent, some asking, some being answered; 100 more come at that moment.
func TestTwoHundredCalls(t *testing.T) {
	if testing.Short() {
		t.Skip("a crowd of 200 calls takes half a minute")
	}
	l := open(t, inProgress+fresh)
	phone, err := sip.NewServer(sip.Options{
		Listen: []sip.Listen{{Network: "udp", Addr: "127.0.0.1:0"}}, RTP: sip.RTP{Low: 32000, High: 33999},
		Limits: sip.Limits{Calls: inProgress + fresh, Rate: 10 * (inProgress + fresh)},
	}, nil)
	require.NoError(t, err)
	background(t, phone.Run)
	<-phone.Ready()
	ctx, cancel := context.WithTimeout(t.Context(), bound)
	defer cancel()

	var speaking sync.WaitGroup
	defer speaking.Wait()
	defer cancel()
	early := crowd(ctx, phone, l.address, inProgress, &speaking)
	<-time.After(8 * time.Second) // greeted; some listen, some speak, some are being answered
	changed := l.toggle.Changed()
	at := l.switchOn(t)
	<-changed // the service follows the file
	late := crowd(ctx, phone, l.address, fresh, &speaking)
	deaf := func() (out []string) {
		for i, c := range slices.Concat(early, late) {
			if c.err == nil && c.heard(floodHz).IsZero() {
				out = append(out, fmt.Sprintf("call %d (lost: %d)", i, count(c)))
			}
		}
		return out
	}
	if !assert.Eventually(t, func() bool { return len(deaf()) == 0 }, bound/3, 100*time.Millisecond) {
		require.Empty(t, deaf(), "these did not hear the announcement")
	}
	most := l.journal.Active()

	lost, first := 0, 0
	var running, greeted []time.Duration
	for _, c := range early {
		lost += count(c)
		running = append(running, c.heard(floodHz).Sub(at))
	}
	for _, c := range late {
		lost += count(c)
		greeted = append(greeted, c.heard(floodHz).Sub(c.connected))
		if ask := c.heard(questionHz); ask.IsZero() || c.heard(floodHz).Before(ask) {
			first++
		}
	}
	var wg sync.WaitGroup
	for _, c := range slices.Concat(early, late) {
		if c.err == nil {
			wg.Go(func() { _ = c.leg.Hangup(ctx, leg.CauseNormal) })
		}
	}
	wg.Wait()
	fmt.Printf("\n%d calls at once (%d live at the end), announcement by the command line's ledger\n", inProgress+fresh, most)
	fmt.Printf("  %-52s %7s %7s %7s\n", "time to the announcement", "p50", "p95", "max")
	row("calls in progress, since the switch was thrown", running)
	row("new calls, since the answer (after the greeting)", greeted)
	fmt.Printf("  new calls that heard it before the question: %d of %d; lost calls: %d\n", first, fresh, lost)

	require.Zero(t, lost, "calls were lost")
	require.Equal(t, fresh, first, "a new call was asked before it heard the announcement")
	require.Less(t, slices.Max(running), 10*time.Second, "calls in progress must hear it within 10 s")
	require.Eventually(t, func() bool { return l.journal.Active() == 0 }, 20*time.Second, 100*time.Millisecond, "calls are left over")
}

// count is 1 for a call that was not answered, or ended before the caller did.
func count(c *caller) int {
	if c.err != nil {
		return 1
	}
	select {
	case <-c.leg.Done():
		return 1
	default:
		return 0
	}
}

func row(name string, d []time.Duration) {
	d = slices.Clone(d)
	slices.Sort(d)
	p := func(q int) float64 { return d[min(len(d)-1, len(d)*q/100)].Seconds() }
	fmt.Printf("  %-52s %6.2fs %6.2fs %6.2fs\n", name, p(50), p(95), p(100))
}
