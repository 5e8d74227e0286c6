package people

import (
	"context"
	"fmt"
	"math"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/sip"
)

// Tones by which parties are known.
const (
	citizenHz = 1130.0
	clerkHz   = 1870.0
	baresipHz = 610.0
)

// phone is a SIP telephone of our own at the exchange.
type phone struct {
	user   string
	server *sip.Server
	at     *exchange
	// takes is what happens to the calls that come in; nil answers them.
	takes atomic.Pointer[sip.Handler]
	calls chan *talk // answered ones
	rings atomic.Int64
	rang  atomic.Int64
}

// ports gives each telephone RTP ports of its own.
var ports atomic.Int32

// phone registers a telephone; without a user it only calls.
func (x *exchange) phone(t *testing.T, user string) *phone {
	t.Helper()
	p := &phone{user: user, at: x, calls: make(chan *talk, 8)}
	low := 46000 + int(ports.Add(1)%60)*50
	o := sip.Options{Listen: []sip.Listen{{Network: "udp", Addr: "127.0.0.1:0"}}, RTP: sip.RTP{Low: low, High: low + 49}}
	o.Trunks = []sip.Trunk{{Name: "exchange", Addresses: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}}
	if user != "" {
		o.Trunks[0].Register = &sip.Registration{Server: fmt.Sprintf("sip:127.0.0.1:%d;transport=udp", x.port), User: user, Password: secret, Realm: "city.test"}
	}
	var err error
	p.server, err = sip.NewServer(o, p.serve)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.server.Run(ctx) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-done) })
	<-p.server.Ready()
	if user != "" {
		require.Eventually(t, func() bool { return !p.server.Trunks()[0].RegisteredUntil.IsZero() }, within, step, "%s is registered", user)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.phones = append(x.phones, p)
	return p
}

// take changes what happens to calls that come in; nil answers them.
func (p *phone) take(h sip.Handler) {
	if h == nil {
		p.takes.Store(nil)
		return
	}
	p.takes.Store(&h)
}

// refuse answers with a cause, rings only rings.
func refuse(cause leg.Cause) sip.Handler {
	return func(ctx context.Context, l leg.Leg) { _ = l.Hangup(ctx, cause) }
}

func rings(_ context.Context, l leg.Leg) { <-l.Done() }

func (p *phone) serve(ctx context.Context, l leg.Leg) {
	p.rang.Add(1)
	p.rings.Add(1)
	if h := p.takes.Load(); h != nil {
		(*h)(ctx, l)
		p.rings.Add(-1)
		return
	}
	k := newTalk(l)
	err := l.Answer(ctx)
	p.rings.Add(-1)
	if err != nil {
		return
	}
	p.calls <- k
	k.run()
}

// next is the call that comes in and is answered.
func (p *phone) next(t *testing.T) *talk {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	select {
	case k := <-p.calls:
		return k
	case <-ctx.Done():
		t.Fatalf("no call came to %s", p.user)
		return nil
	}
}

// dial calls the service by the exchange.
func (p *phone) dial(t *testing.T, from string) *talk {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	l, err := p.server.Dial(ctx, p.at.address("115"), sip.DialOptions{From: from})
	require.NoError(t, err)
	k := newTalk(l)
	var running sync.WaitGroup
	running.Go(k.run)
	t.Cleanup(func() { k.hangup(); running.Wait() })
	return k
}

// talk is one call at a telephone: it sends a tone, speech or silence, and
// keeps what it hears.
type talk struct {
	leg.Leg
	heard recording
	tone  atomic.Int64 // Hz, 0: silence
	words chan []int16
}

func newTalk(l leg.Leg) *talk {
	k := &talk{Leg: l, words: make(chan []int16, 8)}
	l.Receive(&k.heard)
	return k
}

// run speaks until the call ends.
func (k *talk) run() {
	var phase float64
	pcm := make([]int16, media.FrameSamples)
	for {
		select {
		case <-k.Done():
			return
		case said := <-k.words:
			for _, f := range audiotest.Frames(said) {
				if k.Playout().WriteFrame(f) != nil {
					return
				}
			}
			continue
		default:
		}
		hz := float64(k.tone.Load())
		for i := range pcm {
			pcm[i] = 0
			if hz > 0 {
				pcm[i] = int16(8000 * math.Sin(phase))
				phase += 2 * math.Pi * hz / media.SampleRate
			}
		}
		if k.Playout().WriteFrame(media.Frame{PCM: pcm}) != nil {
			return
		}
	}
}

func (k *talk) hums(hz float64) { k.tone.Store(int64(hz)) }

// says speaks in between, without a tone.
func (k *talk) says(pcm []int16) {
	k.hums(0)
	k.words <- pcm
}

func (k *talk) press(t *testing.T, key rune) {
	t.Helper()
	require.NoError(t, k.Leg.(*sip.Leg).SendDigit(key))
}

func (k *talk) hangup() { _ = k.Hangup(context.Background(), leg.CauseNormal) }

// hears waits until the tone is what is heard.
func (k *talk) hears(t *testing.T, hz float64) {
	t.Helper()
	require.Eventually(t, func() bool { return k.heard.carries(hz) }, within, step, "%v Hz is not heard", hz)
}

// over waits until the other side has hung up.
func (k *talk) over(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	select {
	case <-k.Done():
	case <-ctx.Done():
		t.Fatal("the call does not end")
	}
}

// together lets both hum and waits until each hears the other.
func together(t *testing.T, citizen, clerk *talk) {
	t.Helper()
	citizen.hums(citizenHz)
	clerk.hums(clerkHz)
	citizen.hears(t, clerkHz)
	clerk.hears(t, citizenHz)
	citizen.hums(0)
	clerk.hums(0)
}

// recording keeps what was heard.
type recording struct {
	mu    sync.Mutex
	pcm   []int16
	hz    float64 // waited for, 0: none
	first chan time.Time
}

// watch tells when the first frame of a tone comes.
func (r *recording) watch(hz float64) <-chan time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hz, r.first = hz, make(chan time.Time, 1)
	return r.first
}

func (r *recording) WriteFrame(f media.Frame) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pcm = append(r.pcm, f.PCM...)
	if r.hz > 0 && isTone(f.PCM, media.SampleRate, r.hz) {
		r.hz = 0
		r.first <- time.Now()
	}
	return nil
}

// len is how many samples were heard so far.
func (r *recording) len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.pcm)
}

// since is what was heard from a sample on.
func (r *recording) since(n int) []int16 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]int16(nil), r.pcm[min(n, len(r.pcm)):]...)
}

// carries says whether the last 200 ms are mostly this tone.
func (r *recording) carries(hz float64) bool {
	const window = media.SampleRate / 5
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.pcm) >= window && isTone(r.pcm[len(r.pcm)-window:], media.SampleRate, hz)
}

func isTone(pcm []int16, rate int, hz float64) bool {
	return audiotest.RMS(pcm) > 800 && audiotest.Share(pcm, rate, hz) > 0.5
}
