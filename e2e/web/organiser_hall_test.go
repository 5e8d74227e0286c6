package web_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/media/rtpio"
	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/web"
)

// chair is a meeting with somebody who steers it in a browser.
type chair struct {
	*gathering
	clock *shiftedClock
}

// shiftedClock runs ahead by as much as a test says.
type shiftedClock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *shiftedClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *shiftedClock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// assembly is what most tests hold.
func assembly() meeting.New {
	return meeting.New{
		Title: "Bürgerversammlung Nordstadt", Languages: []string{"de", "tr", "uk"}, Speakers: []string{"Frau Sommer"}, Glossary: []string{"Kiezfonds", "Tempo 30"},
		Consent: "In dieser Besprechung schreibt eine Maschine mit.",
	}
}

// newChair creates a meeting that has not begun.
func newChair(t *testing.T, wish meeting.New) *chair {
	t.Helper()
	clock := &shiftedClock{}
	ports, err := rtpio.NewPorts(netip.MustParseAddr("127.0.0.1"), 31000, 31998)
	require.NoError(t, err)
	s := newHallSite(t, func(o *web.Options, h *meeting.HallOptions) {
		h.Now, h.Booth.Ports = clock.now, ports
		h.Room = func(meeting.New) rooms.Options {
			return rooms.Options{Translate: func(_ context.Context, text, _, to string) (string, error) {
				if to == "uk" {
					return "", errors.New("this translator is ill")
				}
				return map[string]string{"Guten Abend und herzlich willkommen.": "İyi akşamlar ve hoş geldiniz."}[text], nil
			}}
		}
	})
	m, err := s.hall.Create(wish)
	require.NoError(t, err)
	return &chair{gathering: &gathering{Meeting: m, site: s, inputs: map[string]time.Time{}}, clock: clock}
}

func (c *chair) begin() *chair {
	c.site.t.Helper()
	require.NoError(c.site.t, c.Start(c.site.t.Context()))
	return c
}

// attach adds an input that nobody has been told about.
func (c *chair) attach(name, speaker string, kind rooms.Kind) string {
	c.site.t.Helper()
	id, err := c.Room.Attach(c.site.t.Context(), rooms.Source{Name: name, Kind: kind, Speaker: speaker})
	require.NoError(c.site.t, err)
	c.inputs[id] = time.Now()
	return id
}

// sounds reports how an input sounds, in dBFS.
func (c *chair) sounds(id string, rms, peak float64) {
	c.site.t.Helper()
	require.NoError(c.site.t, c.Room.Report(c.site.t.Context(), id, rooms.Report{At: c.clock.now().Sub(c.inputs[id]), RMS: rms, Peak: peak}))
}

// steer opens the organiser's page with its key.
func (c *chair) steer(p *tab, lang string) {
	p.t.Helper()
	c.opens(p, "", c.Keys().Secret, lang)
	p.until(visible("steer") + ` && ` + connected)
}

func (c *chair) opens(p *tab, path, key, lang string) {
	p.t.Helper()
	p.do(chromedp.Navigate("about:blank")) // a change of the part behind # alone loads nothing
	p.do(chromedp.Navigate(strings.Replace(c.page(path, key), "lang=de", "lang="+lang, 1)))
}

// busy is a meeting with sound of several kinds and something wrong with some.
func (c *chair) busy() (hall, phone, stream string) {
	hall, phone, stream = c.attach("Saalmikrofon", "Frau Sommer", rooms.Microphone), c.attach("+49 30 •••• 78", "Herr Winter", rooms.Telephone), c.attach("Kamera", "Kamera", rooms.Broadcast)
	c.sounds(phone, -70, -65)
	c.sounds(stream, -10, -6)
	c.clock.forward(16 * time.Second)
	for range 2 {
		c.sounds(hall, -24, -12)
		c.sounds(phone, -70, -65)
		c.sounds(stream, -6, 0)
	}
	return hall, phone, stream
}

// click presses what a selector finds first, wherever it is.
func (p *tab) click(selector string) {
	p.t.Helper()
	p.do(chromedp.Click(selector))
}

// unfold opens folded parts of a page.
func (p *tab) unfold(ids ...string) {
	p.t.Helper()
	for _, id := range ids {
		eval[any](p, `document.getElementById("`+id+`").open = true`)
	}
}

// speaks opens the page for speaking and agrees.
func (c *chair) speaks(p *tab, name, lang string) {
	p.t.Helper()
	c.opens(p, "/speak", c.Keys().Speak, lang)
	p.until(visible("steer") + ` && ` + connected)
	p.do(chromedp.SendKeys("#name", name+kb.Enter))
	p.until(visible("live") + ` && ["on", "heard", "waiting", "silent"].includes(document.querySelector("#live").dataset.voice)`)
}

// status is how the meeting stands.
func (c *chair) status() rooms.Status {
	c.site.t.Helper()
	s, err := c.Room.Status(c.site.t.Context())
	require.NoError(c.site.t, err)
	return s
}

// becomes waits for something to be so in the meeting.
func (c *chair) becomes(what string, so func(rooms.Status) bool) {
	c.site.t.Helper()
	var last rooms.Status
	ok := func() bool {
		s, err := c.Room.Status(c.site.t.Context())
		if err == nil {
			last = s
		}
		return err == nil && so(s)
	}
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); <-time.After(30 * time.Millisecond) {
		if ok() {
			return
		}
	}
	c.site.t.Fatalf("waited for: %s; the meeting: %+v", what, last)
}
