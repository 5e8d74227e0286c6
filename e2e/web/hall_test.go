package web_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/meeting/booth"
	"github.com/amtsleitung/amtsleitung/rtc"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/live"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/web"
)

// hallSite is the web server with a real hall of meetings and real lines for
// browsers. Nothing is recognised: tests say what was said.
type hallSite struct {
	t    *testing.T
	addr string
	hall *meeting.Hall
	stop func()
	// spoken are the texts that the voice was asked for.
	mu     sync.Mutex
	spoken []string
}

// newHallSite serves meetings that are translated into "[xx] text"; change may
// be nil.
func newHallSite(t *testing.T, change func(*web.Options, *meeting.HallOptions)) *hallSite {
	t.Helper()
	s := &hallSite{t: t, addr: freeAddress(t)}
	h := meeting.HallOptions{
		Room: func(meeting.New) rooms.Options {
			return rooms.Options{Translate: func(_ context.Context, text, _, to string) (string, error) { return "[" + to + "] " + text, nil }}
		},
		Booth: booth.Options{
			Live:  live.Options{Recognizer: hearsNothing{}, Voice: func() (live.Voice, func(), error) { return hearsNothing{}, func() {}, nil }},
			Speak: s.speak, Host: "127.0.0.1",
		},
	}
	calls, err := rtc.NewServer(rtc.Options{}, func(context.Context, leg.Leg) {})
	require.NoError(t, err)
	lines := &hallLines{Server: calls, open: map[string]*rtc.Leg{}}
	o := web.Options{
		Listen: s.addr, City: "Musterstadt", Journal: journal.New(keptCalls), Log: slog.New(slog.DiscardHandler),
		Notice:   map[string]string{"de": "Musterstadt ist eine erfundene Stadt. Ämter, Adressen, Personen und städtische Gebühren sind ausgedacht.", "en": "Musterstadt is a made-up city. Offices, addresses, people and city fees are invented."},
		Status:   func() web.Status { return web.Status{City: "Musterstadt"} },
		Meetings: &web.Meetings{Number: "03012345678", Temp: t.TempDir(), Lines: lines, Ingest: lines},
	}
	if change != nil {
		change(&o, &h)
	}
	s.hall = meeting.NewHall(h)
	o.Meetings.Hall = s.hall
	server, err := web.NewServer(o)
	require.NoError(t, err)
	s.stop = together(t, calls.Run, s.hall.Run, server.Run)
	t.Cleanup(func() { s.stop() })
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	require.Eventually(t, func() bool {
		resp, err := client.Get(s.url("/healthz"))
		return err == nil && resp.Body.Close() == nil
	}, 10*time.Second, 20*time.Millisecond)
	<-s.hall.Ready()
	<-calls.Ready()
	return s
}

// together runs all until stop is called, and waits for all.
func together(t *testing.T, runs ...func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, len(runs))
	for _, run := range runs {
		go func() { ended <- run(ctx) }()
	}
	return sync.OnceFunc(func() {
		cancel()
		for range runs {
			require.NoError(t, <-ended)
		}
	})
}

// hearsNothing is a recogniser, and a voice detector, of silence.
type hearsNothing struct{}

func (hearsNothing) Recognize(context.Context, stt.Window) (stt.Hypothesis, error) {
	return stt.Hypothesis{}, nil
}
func (hearsNothing) Name() string                         { return "none" }
func (hearsNothing) Probability([]int16) (float32, error) { return 0, nil }

// speak is a voice that beeps for as long as a text lasts.
func (s *hallSite) speak(ctx context.Context, text, language string, _ float64, to media.Sink) error {
	s.mu.Lock()
	s.spoken = append(s.spoken, language+": "+text)
	s.mu.Unlock()
	frame := make([]int16, media.FrameSamples)
	for i := range frame {
		frame[i] = int16(4000 * (i/16%2*2 - 1))
	}
	for range 3 * len(strings.Fields(text)) * 5 {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := to.WriteFrame(media.Frame{PCM: frame}); err != nil {
			return err
		}
	}
	return nil
}

func (s *hallSite) url(path string) string { return "http://" + s.addr + path }

// hallLines are lines of browsers and senders by package rtc.
type hallLines struct {
	*rtc.Server
	mu   sync.Mutex
	open map[string]*rtc.Leg
}

// Open implements web.Lines.
func (l *hallLines) Open(ctx context.Context, sdp string, info web.LineInfo, serve func(context.Context, leg.Leg)) (string, string, error) {
	return l.keep(l.Join(ctx, leg.Info{Trunk: info.Page, To: info.Room, Language: info.Language}, sdp, serve))
}

// Take implements web.Ingest.
func (l *hallLines) Take(ctx context.Context, info web.LineInfo, sdp string, serve func(context.Context, leg.Leg)) (string, string, error) {
	return l.keep(l.Server.Ingest(ctx, leg.Info{Trunk: info.Page, To: info.Room, Language: info.Language}, info.Source, sdp, serve))
}

func (l *hallLines) keep(opened *rtc.Leg, answer string, err error) (string, string, error) {
	if err != nil {
		return "", "", fmt.Errorf("%w: %w", web.ErrCallerOffer, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[opened.Info().Call] = opened
	return opened.Info().Call, answer, nil
}

func (l *hallLines) find(id string) *rtc.Leg {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open[id]
}

// Offer implements web.Lines.
func (l *hallLines) Offer(ctx context.Context, id, sdp string) (string, error) {
	if one := l.find(id); one != nil {
		return one.Offer(ctx, sdp)
	}
	return "", web.ErrCallerOver
}

// Patch implements web.Ingest.
func (l *hallLines) Patch(ctx context.Context, id, fragment string) (string, error) {
	if one := l.find(id); one != nil {
		return one.Trickle(ctx, fragment)
	}
	return "", web.ErrCallerOver
}

// Hangup implements web.Lines.
func (l *hallLines) Hangup(id string) { l.End(id) }

// End implements web.Ingest.
func (l *hallLines) End(id string) bool {
	one := l.find(id)
	return one != nil && one.Hangup(context.Background(), leg.CauseNormal) == nil
}

// ICEServers implements web.Lines and web.Ingest.
func (l *hallLines) ICEServers() []web.ICEServer { return nil }

// gathering is a meeting that runs.
type gathering struct {
	*meeting.Meeting
	site   *hallSite
	inputs map[string]time.Time // when they came
}

// hold begins a meeting.
func (s *hallSite) hold(wish meeting.New) *gathering {
	s.t.Helper()
	m, err := s.hall.Create(wish)
	require.NoError(s.t, err)
	require.NoError(s.t, m.Start(s.t.Context()))
	return &gathering{Meeting: m, site: s, inputs: map[string]time.Time{}}
}

// join attaches an input whose words the test says.
func (g *gathering) join(speaker string) string {
	g.site.t.Helper()
	id, err := g.Room.Attach(g.site.t.Context(), rooms.Source{Name: "Mikrofon " + speaker, Kind: rooms.Microphone, Speaker: speaker})
	require.NoError(g.site.t, err)
	require.NoError(g.site.t, g.Room.Told(g.site.t.Context(), id))
	g.inputs[id] = time.Now()
	return id
}

// say has an input say a whole sentence in a language that ends just now.
func (g *gathering) say(input, language, text string) {
	g.site.t.Helper()
	g.hear(input, rooms.Update{Committed: g.words(input, text), Sentence: true, Language: language})
}

func (g *gathering) hear(input string, u rooms.Update) {
	g.site.t.Helper()
	require.NoError(g.site.t, g.Room.Hear(g.site.t.Context(), input, u))
}

// words of a text, up to half a second each, as far as the input has been there.
func (g *gathering) words(input, text string) []transcript.Word {
	fields := strings.Fields(text)
	now := time.Since(g.inputs[input])
	long := min(time.Second/2, now/time.Duration(len(fields)))
	words := make([]transcript.Word, len(fields))
	for i, f := range fields {
		end := now - time.Duration(len(fields)-1-i)*long
		words[i] = transcript.Word{Text: f, Start: end - long, End: end, Probability: 0.95}
	}
	return words
}

// page is the address of one of the meeting's pages ("", "/speak", "/editor"),
// with a key behind "#" where one is given.
func (g *gathering) page(path, key string) string {
	address := g.site.url("/rooms/" + g.Room.Code() + path + "?lang=de")
	if key != "" {
		address += "#" + key
	}
	return address
}

// viewer is the address of the viewers' page.
func (g *gathering) viewer(query string) string {
	return g.site.url("/s/" + g.Room.Code() + query)
}

// TestHallSite shows that a browser gets what is said in a meeting, live and
// after it has come back.
func TestHallSite(t *testing.T) {
	b := newBrowser(t)
	s := newHallSite(t, nil)
	g := s.hold(meeting.New{Title: "Rat <b>", Languages: []string{"de", "en"}})
	input := g.join("Frau Sommer")
	b.inTab(t, "events", desktop, func(p *tab) {
		p.do(chromedp.Navigate(s.url("/api/openapi.json")))
		eval[any](p, fmt.Sprintf(`window.said = []; window.source = new EventSource("/api/v1/rooms/%s/events?track=en"); for (const kind of ["snapshot", "cue", "gap"]) source.addEventListener(kind, (e) => said.push([kind, e.lastEventId, JSON.parse(e.data)])); 0`, g.Room.Code()))
		p.until(`said.length === 1 && said[0][0] === "snapshot" && said[0][2].state.title === "Rat <b>"`)
		g.say(input, "de", "Der Antrag ist angenommen.")
		p.until(`said.some((e) => e[0] === "cue" && e[2].cues[0].text.startsWith("[en] Der Antrag"))`)
		require.Zero(p.t, eval[int](p, `said.filter((e) => e[0] === "gap").length`))
	})
	_, err := s.hall.Enter("test", "none")
	require.True(t, errors.Is(err, rooms.ErrCode))
}
