package web_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// minutesMoments of the editor, the minutes and the comparison: each brings
// somebody's page there.
var minutesMoments = []struct {
	name string
	show func(p *tab, lang string)
}{
	{"key", func(p *tab, lang string) {
		c := convene(p.t, meeting.New{})
		c.reads(p, "editor", "falsch", lang)
		p.until(`document.querySelector("#key-wrong").textContent !== ""`)
	}},
	{"name", func(p *tab, lang string) {
		c := convene(p.t, meeting.New{})
		c.reads(p, "editor", c.Keys().Edit, lang)
		p.until(`document.querySelector("#name-dialog").open`)
	}},
	{"empty", func(p *tab, lang string) {
		c := convene(p.t, meeting.New{})
		c.enters(p, "Ada", lang)
	}},
	{"lines", func(p *tab, lang string) {
		c := convene(p.t, meeting.New{Delay: 30})
		c.debate()
		c.enters(p, "Ada", lang)
		p.until(rows + ` > 10`)
	}},
	{"editing", func(p *tab, lang string) { edits(p, lang) }},
	{"corrected", func(p *tab, lang string) {
		edits(p, lang)
		p.keys(" Müller" + kb.Enter)
		p.until(`document.querySelector('[data-cue="corrected"]') !== null && !document.querySelector("#learned").hidden`)
	}},
	{"conflict", func(p *tab, lang string) {
		c := edits(p, lang)
		c.corrects(0, "Jemand war schneller.")
		p.keys(" Müller" + kb.Enter)
		p.until(`document.querySelector(".conflict") !== null`)
	}},
	{"remove", func(p *tab, lang string) {
		edits(p, lang)
		eval[any](p, `document.querySelector(".edit textarea").select()`)
		p.keys(kb.Delete + kb.Enter)
		p.until(`document.querySelector("#remove-dialog").open`)
	}},
	{"replace", func(p *tab, lang string) {
		c := convene(p.t, meeting.New{})
		c.debate()
		c.enters(p, "Ada", lang)
		p.until(rows + ` > 10`)
		p.keys(kb.F9)
		p.keys("Frau")
		p.until(`document.querySelector("#replace-count").textContent !== ""`)
	}},
	{"easy", func(p *tab, lang string) {
		c := convene(p.t, meeting.New{Easy: true})
		c.say("Frau Sommer", "Wir beraten heute über den Haushalt.")
		c.say("Herr Winter", "Die Satzung wurde verändert.")
		c.enters(p, "Ada", lang)
		p.until(`document.querySelector("#easy-count").textContent === "2"`)
		p.keys(kb.F4)
		p.until(`document.activeElement.matches("#drafts textarea")`)
	}},
	{"words", func(p *tab, lang string) {
		c := convene(p.t, meeting.New{Glossary: []string{"Bebauungsplan", "Kämmerei"}})
		c.enters(p, "Ada", lang)
		p.press2(kb.F4, true)
		p.until(`document.activeElement.id === "word"`)
	}},
	{"help", func(p *tab, lang string) {
		c := convene(p.t, meeting.New{})
		c.enters(p, "Ada", lang)
		p.keys(kb.F1)
		p.until(`document.querySelector("#keys").open`)
	}},
	{"editor-ended", func(p *tab, lang string) {
		c := held(p.t)
		c.enters(p, "Ada", lang)
		p.until(`!document.querySelector("#note").hidden`)
	}},
	{"minutes", func(p *tab, lang string) {
		c := held(p.t)
		c.reads(p, "minutes", c.Keys().Edit, lang)
		p.until(pageReady + " && " + connected)
	}},
	{"minutes-running", func(p *tab, lang string) {
		c := convene(p.t, meeting.New{Keep: true})
		c.reads(p, "minutes", c.Keys().Speak, lang)
		p.until(`!document.querySelector("#note").hidden && ` + connected)
	}},
	{"minutes-volatile", func(p *tab, lang string) {
		c := convene(p.t, meeting.New{})
		c.say("Frau Sommer", "Das bleibt nicht hier.")
		c.ends()
		c.reads(p, "minutes", c.Keys().Edit, lang)
		p.until(`!document.querySelector("#note").hidden`)
	}},
	{"minutes-empty", func(p *tab, lang string) {
		c := convene(p.t, meeting.New{Keep: true})
		c.ends()
		c.reads(p, "minutes", c.Keys().Edit, lang)
		p.until(pageReady + " && " + connected)
	}},
	{"comparison", func(p *tab, lang string) {
		c := held(p.t)
		c.reads(p, "comparison", c.Keys().Edit, lang)
		p.until(pageReady + " && " + connected)
	}},
	{"comparison-all", func(p *tab, lang string) {
		c := held(p.t)
		c.reads(p, "comparison", c.Keys().Edit, lang)
		p.until(pageReady + " && " + connected)
		p.do(chromedp.Click("#only"))
		p.until(`document.querySelectorAll("#compared li").length > 10`)
	}},
	{"gone", func(p *tab, lang string) {
		c := convene(p.t, meeting.New{})
		p.do(chromedp.Navigate(c.site.url("/rooms/3YF9JC/minutes?lang=" + lang)))
		p.until(`!document.querySelector("#problem").hidden`)
	}},
}

// edits is an editor who has the first line open, the caret at its end.
func edits(p *tab, lang string) *minuted {
	p.t.Helper()
	c := convene(p.t, meeting.New{})
	c.debate()
	c.enters(p, "Ada", lang)
	p.until(rows + ` > 10`)
	p.keys(kb.F2)
	p.keys(kb.Home + kb.Enter)
	p.until(`document.activeElement.matches(".edit textarea")`)
	return c
}

// debate is a scripted meeting: tasks, decisions, votes, and what is unsure.
func (c *minuted) debate() {
	c.t.Helper()
	c.say("Frau Ahrens", "Guten Abend, ich eröffne die Sitzung des Bauausschusses.")
	c.say("Frau Ahrens", "Kommen wir zum Haushalt 2027.")
	c.say("Herr Winter", "Der Entwurf liegt vor, aber die Zahlen der Bibliothek fehlen.")
	c.say("Frau Ahrens", "Frau Sommer schickt bis Freitag den Entwurf an alle.")
	c.mumble("Frau Sommer", "Ich habe den Entwurf gestern schon an Herrn Winther geschickt.")
	c.say("Frau Ahrens", "Können Sie die Zahlen bis zum 12. Dezember prüfen, Herr Winter?")
	c.say("Herr Winter", "Ja, mache ich.")
	c.say("Frau Sommer", "Ich schicke die Liste nicht an die Presse.")
	c.say("Frau Ahrens", "Tagesordnungspunkt 3: Neue Stühle für den Bürgersaal.")
	c.say("Herr Winter", "Ich kann die Angebote einholen.")
	c.say("Frau Ahrens", "Wir einigen uns darauf, dass die Stühle blau sind.")
	c.say("Frau Ahrens", "Wir stimmen ab über den Antrag der Verwaltung.")
	c.say("Frau Ahrens", "Mit 12 Ja-Stimmen, 3 Nein-Stimmen und 2 Enthaltungen ist der Antrag angenommen.")
	c.mumble("Herr Winter", "Das mit den Lampen schauen wir uns dann noch mal an.")
}

// held is a meeting that is over and was kept, in two languages.
func held(t *testing.T) *minuted {
	t.Helper()
	c := convene(t, meeting.New{Keep: true, Languages: []string{"de", "en"}, Speakers: []string{"Frau Ahrens", "Herr Winter", "Frau Sommer"}})
	c.debate()
	c.corrects(4, "Ich habe den Entwurf gestern schon an Herrn Winter geschickt.")
	c.ends()
	return c
}

// corrects the whole nth sentence on behalf of somebody else: all goes into
// its first cue.
func (c *minuted) corrects(n int, text string) {
	c.t.Helper()
	snap, err := c.Room.Snapshot(c.t.Context(), rooms.Original, 500)
	require.NoError(c.t, err)
	for i, cue := range snap.Lines[n].Cues {
		if i > 0 {
			text = ""
		}
		_, err = c.Room.Correct(c.t.Context(), rooms.Correction{Cue: cue.ID, Revision: cue.Revision, Text: text, Editor: "Bea"})
		require.NoError(c.t, err)
	}
}

// ends the meeting: all leave, and its last words are shown.
func (c *minuted) ends() {
	c.t.Helper()
	for _, id := range c.inputs {
		require.NoError(c.t, c.Room.Detach(c.t.Context(), id))
	}
	require.NoError(c.t, c.Stop(c.t.Context()))
	require.Eventually(c.t, func() bool {
		s, err := c.Room.Status(c.t.Context())
		return err == nil && s.State.Life == rooms.Stopped
	}, 20*time.Second, 20*time.Millisecond)
}

// TestMinutesAccessible runs axe-core over every moment, light and dark, at two
// widths; nothing scrolls sideways, also with large text, and targets are large.
func TestMinutesAccessible(t *testing.T) {
	t.Parallel()
	axe := axeCore(t)
	b := newBrowser(t)
	for i, m := range minutesMoments {
		for j, v := range []view{desktop, {width: 320, height: 700}} {
			lang := pageLanguages[(i+j)%2]
			b.inTab(t, fmt.Sprintf("%s/%d/%s", m.name, v.width, lang), v, func(p *tab) {
				m.show(p, lang)
				p.accessible(axe)
				require.Zero(p.t, eval[int](p, deskExcess))
				require.Empty(p.t, eval[[]string](p, smallMinutesTargets))
				eval[string](p, zoomText)
				require.Zero(p.t, eval[int](p, deskExcess), "with text at 200 %%")
			})
		}
	}
}

// smallMinutesTargets are controls below 44 px, WCAG 2.5.5; links in a sentence are free.
const smallMinutesTargets = `[...document.querySelectorAll("main button, main select, main input:not([type=checkbox]), main textarea, main label.tick, main .cue__cell, main .file, main .place, main nav a, dialog[open] button, dialog[open] input")]
	.filter((n) => n.getClientRects().length && n.getBoundingClientRect().height < 43.9).map((n) => n.id + " " + n.className + " " + n.textContent.trim().slice(0, 30) + " " + n.getBoundingClientRect().height)`
