package web_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// viewerMoments of live subtitles: each opens a page and brings it there.
var viewerMoments = []struct {
	name string
	show func(p *tab, r *sitting, lang string)
}{
	{"code", func(p *tab, r *sitting, lang string) { p.door(r.site.url("/s?lang=" + lang)) }},
	{"code-wrong", func(p *tab, r *sitting, lang string) { p.door(r.site.url("/s?code=777777&lang=" + lang)) }},
	{"before", func(p *tab, r *sitting, lang string) {
		m, err := r.site.hall.Create(council(nil))
		require.NoError(p.t, err)
		p.read(r.site.url("/s/" + m.Room.Code() + "?lang=" + lang))
	}},
	{"lines", func(p *tab, r *sitting, lang string) { watching(p, r, "?track=de&lang="+lang) }},
	{"beside", func(p *tab, r *sitting, lang string) {
		watching(p, r, "?track=ar&lang="+lang)
		eval[any](p, `document.querySelector("#beside").click()`)
		p.until(`document.querySelector(".row__beside").textContent !== ""`)
	}},
	{"yellow", func(p *tab, r *sitting, lang string) { watching(p, r, "?track=de&colours=yellow&size=200&lang="+lang) }},
	{"wide", func(p *tab, r *sitting, lang string) {
		watching(p, r, "?track=de&colours=white&font=wide&size=150&lang="+lang)
	}},
	{"bottom", func(p *tab, r *sitting, lang string) { watching(p, r, "?track=de&position=bottom&lang="+lang) }},
	{"view", panel("view")},
	{"listen", panel("listen")},
	{"share", panel("share")},
	{"help", panel("help")},
	{"held", func(p *tab, r *sitting, lang string) {
		watching(p, r, "?track=de&lang="+lang)
		p.do(chromedp.Click("#pause"))
		r.say(r.input, "de", "Das kommt später.")
		p.until(`document.querySelector("#more").textContent === JSON.parse(document.querySelector("#texts").textContent).new_one`)
	}},
	{"lost", func(p *tab, r *sitting, lang string) {
		watching(p, r, "?track=de&lang="+lang)
		r.net.set(true)
		p.until(`!document.querySelector("#connection").hidden`)
	}},
	{"paused", func(p *tab, r *sitting, lang string) {
		watching(p, r, "?track=de&lang="+lang)
		require.NoError(p.t, r.Room.Pause(p.t.Context()))
		p.until(`!document.querySelector("#why").hidden`)
	}},
	{"projector", stage("view=projector", "text")},
	{"projector-card", stage("view=projector&quiet=1", "card")},
	{"obs", stage("view=obs", "text")},
}

// door opens the page that asks for the code.
func (p *tab) door(url string) {
	p.t.Helper()
	p.do(chromedp.Navigate(url))
	p.until(`document.activeElement?.id === "code"`)
}

// watching shows a council with a corrected and a doubtful line.
func watching(p *tab, r *sitting, query string) {
	p.t.Helper()
	p.read(r.url(query))
	eval[any](p, `document.querySelector("#notice-read").click()`)
	r.speech()
	p.until(`document.querySelectorAll(".row").length >= 6`)
	correct(p, r)
	p.until(`document.querySelector(".mark--corrected") !== null`)
	eval[any](p, `document.fonts.ready.then(() => 0)`)
}

func correct(p *tab, r *sitting) {
	p.t.Helper()
	s, err := r.Room.Snapshot(p.t.Context(), rooms.Original, 100)
	require.NoError(p.t, err)
	cue := s.Lines[1].Cues[0]
	_, err = r.Room.Correct(p.t.Context(), rooms.Correction{Cue: cue.ID, Revision: cue.Revision, Text: "Der erste Punkt ist die neue Straßenbeleuchtung", Editor: "Weber"})
	require.NoError(p.t, err)
}

func panel(name string) func(p *tab, r *sitting, lang string) {
	return func(p *tab, r *sitting, lang string) {
		watching(p, r, "?track=de&lang="+lang)
		eval[any](p, `document.querySelector("[data-panel=panel-`+name+`]").click()`)
		p.until(`!document.querySelector("#panel-` + name + `").hidden`)
		p.until(`[...document.querySelectorAll("#panel-` + name + ` img")].every((i) => i.complete)`)
	}
}

func stage(query, what string) func(p *tab, r *sitting, lang string) {
	return func(p *tab, r *sitting, lang string) {
		p.do(chromedp.Navigate(r.url("?" + query + "&track=de&lang=" + lang)))
		p.until(`document.querySelector("#stage").dataset.life === "running"`)
		if what == "card" {
			p.until(`[...document.images].every((i) => i.complete)`)
			return
		}
		r.say(r.input, "de", "Der erste Punkt ist die Beleuchtung der Straßen.")
		p.until(`document.querySelector("#text").textContent !== ""`)
		eval[any](p, `document.fonts.ready.then(() => 0)`)
	}
}

// doubt is a meeting in which a word was heard badly.
func (r *sitting) doubt() {
	r.site.t.Helper()
	words := r.words(r.input, "Herr Schlomilch hat das Wort.")
	for i := range words {
		words[i].Probability = .3
	}
	r.hear(r.input, rooms.Update{Committed: words, Sentence: true, Language: "de"})
}

// TestPicturesOfViewers writes pictures of every moment, as TestPictures does.
func TestPicturesOfViewers(t *testing.T) {
	folder := os.Getenv("AMTSLEITUNG_PICTURES")
	if folder == "" || os.Getenv("AMTSLEITUNG_PICTURES_OF") != "" {
		t.Skip("set AMTSLEITUNG_PICTURES to the folder for the pictures")
	}
	if !filepath.IsAbs(folder) {
		folder = filepath.Join("..", "..", folder)
	}
	b := newBrowser(t)
	s := newHallSite(t, nil)
	for _, m := range viewerMoments {
		for name, v := range map[string]view{"320": {width: 320, height: 640}, "1280": {width: 1280, height: 800}, "1280-dark": {width: 1280, height: 800, dark: true}, "320-dark": {width: 320, height: 640, dark: true}, "zoom": {width: 320, height: 256}} {
			for _, lang := range []string{"de", "ar"} {
				if lang == "ar" && v.dark {
					continue
				}
				b.inTab(t, m.name+"-"+name+"-"+lang, v, func(p *tab) {
					m.show(p, newSitting(p.t, s, council(func(*meeting.New) {})), lang)
					png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
					require.NoError(p.t, err)
					require.NoError(p.t, os.WriteFile(filepath.Join(folder, "viewer-"+m.name+"-"+name+"-"+lang+".png"), png, 0o644))
				})
			}
		}
	}
}
