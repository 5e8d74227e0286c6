package web_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	requests "github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/desk/delivery"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/store"
	"github.com/amtsleitung/amtsleitung/web"
	"github.com/amtsleitung/amtsleitung/web/session"
)

// counter is the web server with requests, of which one was refused.
type counter struct {
	t    *testing.T
	addr string
	desk *requests.Desk
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	db, err := store.Open(t.Context(), t.TempDir(), time.Now)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	c := &counter{t: t}
	outbox := delivery.New(delivery.Options{Store: db, Targets: []delivery.Target{refuses{}}, Changed: func() { c.desk.Changed() }})
	c.desk = requests.New(requests.Options{Store: db, Wake: outbox.Wake, Route: func(form, _ string) []string {
		if form == "defect" {
			return []string{"werkhof"}
		}
		return nil
	}})
	hash, err := session.Hash(editorPassword)
	require.NoError(t, err)
	keeper, err := session.New(session.Options{Users: []session.User{{Name: "tina", Role: session.Agent, Hash: hash}, {Name: "chef", Role: session.Admin, Hash: hash}}})
	require.NoError(t, err)
	c.addr = freeAddress(t)
	server, err := web.NewServer(web.Options{
		Listen: c.addr, City: "Musterstadt", Journal: journal.New(keptCalls), Log: slog.New(slog.DiscardHandler),
		Status: func() web.Status { return web.Status{} }, Sessions: keeper,
		Requests: &web.Requests{Desk: c.desk, Names: requests.Names{City: "Musterstadt",
			Forms:       map[string]map[string]string{"defect": {"de": "Mangel melden", "en": "report a defect"}, "callback": {"de": "Rückruf", "en": "callback"}},
			Departments: map[string]map[string]string{"tiefbauamt": {"de": "Tiefbauamt", "en": "roads department"}}}},
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done, sent := make(chan error, 1), make(chan error, 1)
	go func() { done <- server.Run(ctx) }()
	go func() { sent <- outbox.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
		require.NoError(t, <-sent)
	})
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	require.Eventually(t, func() bool {
		resp, err := client.Get(c.url("/healthz"))
		return err == nil && resp.Body.Close() == nil
	}, 10*time.Second, 20*time.Millisecond)
	c.take("327-00001", "defect", "Die Laterne ist aus")
	c.take("327-00002", "callback", "Wohngeld")
	return c
}

// refuses is a target that wants nothing.
type refuses struct{}

func (refuses) Name() string { return "werkhof" }

func (refuses) Deliver(context.Context, delivery.Message) error {
	return fmt.Errorf("%w: answered 410 Gone", delivery.ErrRefused)
}

func (c *counter) take(reference, form, concern string) {
	c.t.Helper()
	require.NoError(c.t, c.desk.Take(context.Background(), store.Request{Reference: reference, Call: "01KAP000000000000000000000", Form: form, Department: "tiefbauamt", Language: "de", Concern: concern,
		Slots: []store.RequestSlot{{Name: "street", Kind: "street", Value: "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenweg", Spoken: "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenweg"}, {Name: "number", Kind: "phone", Value: "+49228770", Spoken: "+49 228 770", Listed: true}}}))
}

func (c *counter) url(path string) string { return "http://" + c.addr + path }

func (c *counter) signIn(p *tab, name, next, lang string) {
	p.t.Helper()
	p.do(chromedp.Navigate(c.url("/anmelden?lang=" + lang + "&next=" + next)))
	p.do(chromedp.SendKeys("#name", name), chromedp.SendKeys("#password", editorPassword+kb.Enter))
	p.until(`location.pathname.startsWith("/admin/anliegen") && ` + connected)
}

func TestRequests(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	b.inTab(t, "a request is worked on", desktop, worksOnRequest)
	b.inTab(t, "the list changes by itself", desktop, listChanges)
	b.inTab(t, "works by keyboard alone", desktop, movesByKeyboard)
	b.inTab(t, "an admin erases", desktop, erasesRequest)
	for _, width := range []int64{320, 768, 1280} {
		b.inTab(t, fmt.Sprintf("never scrolls sideways at %d px", width), view{width: width, height: 800}, requestsStayInside)
	}
}

func worksOnRequest(p *tab) {
	c := newCounter(p.t)
	c.signIn(p, "tina", "", "de")
	require.Equal(p.t, "/admin/anliegen", eval[string](p, `location.pathname`), "agents begin here")
	p.until(`document.querySelector("#dead").innerText.includes("Nicht zugestellt: 1")`)
	p.do(chromedp.SendKeys("#q", "laterne"+kb.Enter))
	p.until(`location.search.includes("q=laterne") && document.querySelectorAll(".requests tbody tr").length === 1 && ` + connected)
	p.do(chromedp.Click(`.requests tbody a`))
	p.until(`location.pathname === "/admin/anliegen/327-00001" && ` + connected)
	text := eval[string](p, `document.querySelector("main").innerText`)
	for _, want := range []string{"Mangel melden", "Donaudampf", "nicht im Straßenverzeichnis", "Die Laterne ist aus", "nicht zugestellt werkhof · Versuche: 1 · refused: answered 410 Gone", "Zustellung aufgegeben"} {
		require.Contains(p.t, text, want)
	}
	p.do(chromedp.SetValue("#to", "rejected"), chromedp.Click(`form[action$="/status"] button`))
	p.until(`document.querySelector("[role=alert]")?.innerText.includes("Grund angeben")`)
	p.do(chromedp.SetValue("#to", "in_work"), chromedp.SendKeys("#note", "Wir <i>kümmern</i> uns"), chromedp.Click(`form[action$="/status"] button`))
	p.until(`document.querySelector(".note--success")?.innerText.includes("gespeichert")`)
	require.Contains(p.t, eval[string](p, `document.querySelector("#history-list").innerText`), "tina · Stand geändert · in_work: Wir <i>kümmern</i> uns")
	p.do(chromedp.Click(`form[action$="/zustellen"] button`))
	p.until(`document.querySelector("#history-list").innerText.split("Zustellung aufgegeben").length === 3`)
}

func listChanges(p *tab) {
	c := newCounter(p.t)
	c.signIn(p, "tina", "/admin/anliegen", "de")
	p.until(`document.querySelectorAll(".requests tbody tr").length === 2`)
	eval[any](p, `document.querySelector('.requests a[href$="327-00001"]').focus()`)
	c.take("327-00003", "callback", "Neu")
	p.until(`document.querySelectorAll(".requests tbody tr").length === 3`)
	require.Equal(p.t, "327-00001", eval[string](p, `document.activeElement.textContent`), "the focus stays where it was")
	require.Equal(p.t, "Die Anzeige wurde aktualisiert.", eval[string](p, `document.querySelector("#announcer").textContent`))

	c.signIn(p, "tina", "/admin/anliegen/327-00003", "de")
	p.do(chromedp.SendKeys("#note", "half written"))
	require.NoError(p.t, c.desk.Move(context.Background(), "327-00003", requests.Done, "paul", ""))
	p.until(`document.querySelector("#badges").innerText.includes("erledigt")`)
	require.Equal(p.t, "half written", eval[string](p, `document.querySelector("#note").value`))
	p.do(chromedp.Click(`form[action$="/status"] button`))
	p.until(`document.querySelector("[role=alert]")?.innerText.includes("inzwischen geändert")`)
}

func movesByKeyboard(p *tab) {
	c := newCounter(p.t)
	c.signIn(p, "tina", "/admin/anliegen", "de")
	for range 30 {
		p.do(chromedp.KeyEvent(kb.Tab))
		require.True(p.t, eval[bool](p, `getComputedStyle(document.activeElement).outlineStyle !== "none"`), "focus on %s is seen", eval[string](p, `document.activeElement.className + " " + document.activeElement.matches(":focus-visible") + getComputedStyle(document.activeElement).outline + document.hasFocus()`))
		if eval[bool](p, `document.activeElement.matches('.requests a[href$="327-00002"]')`) {
			p.do(chromedp.KeyEvent(kb.Enter))
			p.until(`location.pathname === "/admin/anliegen/327-00002" && ` + connected)
			return
		}
	}
	p.t.Fatal("the request is not reached by keyboard")
}

func erasesRequest(p *tab) {
	c := newCounter(p.t)
	c.signIn(p, "chef", "/admin/anliegen/327-00002", "en")
	p.do(chromedp.SendKeys("#why", "asked by letter"), chromedp.Click(`form[action$="/loeschen"] [type=checkbox]`), chromedp.Click(`form[action$="/loeschen"] button`))
	p.until(`document.querySelector(".note--success")?.innerText.includes("was erased")`)
	require.Equal(p.t, 1, eval[int](p, `document.querySelectorAll(".requests tbody tr").length`))
}

func requestsStayInside(p *tab) {
	c := newCounter(p.t)
	for _, path := range []string{"/admin/anliegen", "/admin/anliegen/327-00001"} {
		c.signIn(p, "chef", path, "de")
		const excess = `Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)`
		require.Zero(p.t, eval[int](p, excess), path)
		eval[string](p, zoomText)
		require.Zero(p.t, eval[int](p, excess), "%s with text at 200 %%", path)
	}
}

// TestRequestsAccessible runs axe-core over the pages, light and dark.
func TestRequestsAccessible(t *testing.T) {
	t.Parallel()
	axe := axeCore(t)
	b := newBrowser(t)
	c := newCounter(t)
	for _, path := range []string{"/admin/anliegen", "/admin/anliegen?q=nothing", "/admin/anliegen/327-00001", "/admin/anliegen/327-00001?wrong=note", "/admin/anliegen/327-00002?ok=status"} {
		for _, v := range []view{desktop, {width: 1280, height: 900, dark: true}, {width: 320, height: 700}} {
			for _, lang := range []string{"de", "en"} {
				b.inTab(t, fmt.Sprintf("%s/%d/%v/%s", path, v.width, v.dark, lang), v, func(p *tab) {
					c.signIn(p, "chef", "/admin/anliegen", lang)
					p.open(c.url(path))
					require.Empty(p.t, violations(p, axe))
				})
			}
		}
	}
}
