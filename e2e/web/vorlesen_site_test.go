package web_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/tts"
	"github.com/amtsleitung/amtsleitung/tts/pico"
	"github.com/amtsleitung/amtsleitung/web"
)

// readSite is a page of the city on one port and the service on another.
type readSite struct {
	t    *testing.T
	amt  string // the service
	city string

	mu     sync.Mutex
	said   []string // what the voice was asked for
	busy   int      // how often callers still need the machine
	speak  func(ctx context.Context, text, language string, rate float64, to media.Sink) error
	page   string
	policy string
}

// newReadSite serves the page. listed says that the service reads this site.
func newReadSite(t *testing.T, page string, listed bool, change func(*web.ReadAloud)) *readSite {
	t.Helper()
	city := httptest.NewUnstartedServer(nil)
	_, port, err := net.SplitHostPort(city.Listener.Addr().String())
	require.NoError(t, err)
	s := &readSite{t: t, city: "http://localhost:" + port, page: page, speak: beep}
	options := &web.ReadAloud{Speak: s.voice, Languages: []string{"de", "en", "fr", "ar"}, Busy: s.callers}
	if listed {
		options.Sites = []string{s.city}
	}
	if change != nil {
		change(options)
	}
	s.serve(options)
	s.policy = "default-src 'none'; img-src data:; style-src 'self'; script-src " + s.amt + "; connect-src " + s.amt
	city.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/style.css" {
			w.Header().Set("Content-Type", "text/css")
			_, _ = w.Write([]byte(hostile))
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", s.policy)
		fmt.Fprint(w, strings.ReplaceAll(s.page, "AMT", s.amt))
	})
	city.Start()
	t.Cleanup(city.Close)
	return s
}

func (s *readSite) serve(options *web.ReadAloud) {
	addr := freeAddress(s.t)
	s.amt = "http://" + addr
	server, err := web.NewServer(web.Options{
		Listen: addr, City: "Musterstadt", Journal: journal.New(1), ReadAloud: options,
		Status: func() web.Status { return web.Status{} }, Log: slog.New(slog.DiscardHandler),
	})
	require.NoError(s.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Run(ctx) }()
	s.t.Cleanup(func() { cancel(); require.NoError(s.t, <-done) })
	require.Eventually(s.t, func() bool {
		c, err := net.Dial("tcp", addr)
		return err == nil && c.Close() == nil
	}, 10*time.Second, 20*time.Millisecond)
}

func (s *readSite) voice(ctx context.Context, text, language string, rate float64, to media.Sink) error {
	s.mu.Lock()
	s.said = append(s.said, language+": "+text)
	speak := s.speak
	s.mu.Unlock()
	return speak(ctx, text, language, rate, to)
}

func (s *readSite) callers() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy--
	return s.busy >= 0
}

func (s *readSite) heard() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.said...)
}

// beep is a voice in a hurry: 30 ms a word.
func beep(_ context.Context, text, _ string, rate float64, to media.Sink) error {
	return tones(text, 30, rate, to)
}

// slowly is a voice that leaves time to look: 300 ms a word.
func slowly(_ context.Context, text, _ string, rate float64, to media.Sink) error {
	return tones(text, 300, rate, to)
}

func tones(text string, ms int, rate float64, to media.Sink) error {
	d := time.Duration(float64(len(strings.Fields(text))*ms)/rate) * time.Millisecond
	for _, f := range audiotest.Frames(audiotest.Sine(220, d, 3000)) {
		if err := to.WriteFrame(f); err != nil {
			return err
		}
	}
	return nil
}

// picoVoice is the real one.
func picoVoice(t *testing.T) func(context.Context, string, string, float64, media.Sink) error {
	t.Helper()
	p, err := pico.Open(pico.Options{Dir: audiotest.Model(t, "pico")})
	require.NoError(t, err)
	t.Cleanup(p.Close)
	speaker := tts.NewSpeaker(p, tts.SpeakerOptions{})
	return func(ctx context.Context, text, language string, rate float64, to media.Sink) error {
		_, err := speaker.Speak(ctx, text, language, rate, to)
		return err
	}
}

// In the city's page: the player and its parts.
const (
	reading    = `document.querySelector("#amtsleitung-vorlesen").shadowRoot`
	readerBar  = reading + `.querySelector(".box")`
	readerNote = reading + `.querySelector(".note").textContent`
)

func readButton(n int) string { return fmt.Sprintf(readerBar+`.querySelectorAll("button")[%d]`, n) }

// Buttons of the bar in order.
const (
	backButton = iota
	playButton
	forwardButton
	stopButton
	closeButton
)

func (s *readSite) visit(p *tab) {
	p.t.Helper()
	p.do(chromedp.Navigate(s.city + "/"))
	p.until(`document.querySelector("#amtsleitung-vorlesen") !== null`)
	eval[any](p, `window.words = []; document.addEventListener("vorlesen", (e) => words.push({...e.detail, lit: lit("wort"), satz: lit("satz")}));
		window.lit = (name) => [...(CSS.highlights?.get("amtsleitung-" + name) ?? [])].map(String).join("")`)
}

// begin presses the button as people do: browsers let sound begin for that alone.
func (s *readSite) begin(p *tab) {
	p.t.Helper()
	eval[any](p, reading+`.querySelector(".open").focus()`)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`!` + readerBar + `.hidden`)
}

// over waits until all was read and says what.
func (s *readSite) over(p *tab) []string {
	p.t.Helper()
	p.until(readButton(playButton) + `.title === "Weiter vorlesen"`)
	return s.heard()
}

// snap takes a picture of what is seen, for people to look at: see TestPictures.
func snap(p *tab, name string) {
	if folder := os.Getenv("AMTSLEITUNG_PICTURES"); filepath.IsAbs(folder) {
		png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
		require.NoError(p.t, err)
		require.NoError(p.t, os.WriteFile(filepath.Join(folder, name+".png"), png, 0o644))
	}
}

// hostile is a style that breaks what it can.
const hostile = `html{font-size:62.5%;color:#fff}*{all:unset;display:block!important;color:#fff!important;background:#fff!important;font-size:3px!important;visibility:hidden!important;position:static!important;width:1px!important;-webkit-text-fill-color:#fff!important}
div,div *{display:none!important;opacity:0!important;transform:scale(0)!important}button{pointer-events:none!important}main,main *,body{visibility:visible!important;display:block!important;width:auto!important;font-size:20px!important;color:#000!important;-webkit-text-fill-color:#000!important}head,head *{display:none!important}`
