package web_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// organiserMoments each bring somebody's page there.
var organiserMoments = []struct {
	name string
	show func(p *tab, lang string)
}{
	{"new", func(p *tab, lang string) {
		newChair(p.t, assembly()).lists(p, lang)
		p.unfold("further")
	}},
	{"new-wrong", func(p *tab, lang string) {
		newChair(p.t, assembly()).lists(p, lang)
		p.do(chromedp.SendKeys("#more", "klingonisch?"), chromedp.Click("#create"))
		p.until(`!document.querySelector("#title-wrong").hidden && !document.querySelector("#more-wrong").hidden`)
	}},
	{"new-kept", func(p *tab, lang string) {
		c := newChair(p.t, assembly())
		c.lists(p, lang)
		eval[any](p, fmt.Sprintf(`localStorage.setItem("meetings", JSON.stringify([{code: %q, title: "Bürgerversammlung Nordstadt", link: "/rooms/%s#%s"}, {code: "ABCDEF", title: "Bezirksbeirat, öffentlicher Teil", link: "/rooms/ABCDEF#x"}]))`, c.Room.Code(), c.Room.Code(), c.Keys().Secret))
		c.lists(p, lang)
		p.until(`document.querySelectorAll(".kept").length === 2`)
	}},
	{"door", func(p *tab, lang string) {
		newChair(p.t, assembly()).opens(p, "", "", lang)
		p.until(visible("door"))
		p.do(chromedp.SendKeys("#door-key", "falsch"+kb.Enter))
		p.until(`document.querySelector("#door-wrong").textContent !== ""`)
	}},
	{"gone", func(p *tab, lang string) {
		c := newChair(p.t, assembly())
		p.do(chromedp.Navigate(c.site.url("/rooms/" + anotherCode(c.Room.Code()) + "?lang=" + lang)))
		p.until(visible("gone"))
	}},
	{"created", func(p *tab, lang string) { newChair(p.t, assembly()).steer(p, lang) }},
	{"running", func(p *tab, lang string) {
		c := newChair(p.t, assembly()).begin()
		hall, _, _ := c.busy()
		c.steer(p, lang)
		c.say(hall, "de", "Guten Abend und herzlich willkommen.")
		p.until(`document.querySelectorAll("#inputs .note").length === 2 && document.querySelector("#failures .note") !== null && document.querySelector("#preview-translated .line") !== null`)
	}},
	{"asked", func(p *tab, lang string) {
		c := newChair(p.t, assembly()).begin()
		hall, phone, _ := c.busy()
		require.NoError(p.t, c.Room.Told(p.t.Context(), hall))
		require.NoError(p.t, c.Room.Mute(p.t.Context(), hall, true))
		require.NoError(p.t, c.Room.Refuse(p.t.Context(), phone))
		c.steer(p, lang)
		p.until(`document.querySelectorAll("#inputs .input").length === 3`)
		p.click("#stop")
		p.click(`[data-do="remove"]`)
		p.until(`document.querySelectorAll(".ask").length === 2`)
	}},
	{"paused", func(p *tab, lang string) {
		c := newChair(p.t, assembly()).begin()
		require.NoError(p.t, c.Room.Pause(p.t.Context()))
		c.steer(p, lang)
		p.unfold("links")
		p.do(chromedp.Click("#links .link:nth-child(3) button:last-child"))
	}},
	{"add-phone", func(p *tab, lang string) { adds(p, lang, "add-phone") }},
	{"add-mic", func(p *tab, lang string) { adds(p, lang, "add-mic") }},
	{"add-obs", func(p *tab, lang string) { adds(p, lang, "add-obs") }},
	{"add-file", func(p *tab, lang string) {
		adds(p, lang, "add-file")
		p.do(chromedp.Click("#file-form button:not([type])"))
		p.until(`!document.querySelector("#file-file-wrong").hidden`)
	}},
	{"add-rtp", func(p *tab, lang string) {
		adds(p, lang, "add-rtp")
		p.do(chromedp.Click("#rtp-form button:not([type])"))
		p.until(`!document.querySelector("#rtp-made").hidden`)
	}},
	{"rules", func(p *tab, lang string) {
		wish := assembly()
		wish.Keep = true
		c := newChair(p.t, wish).begin()
		_, phone, stream := c.busy()
		require.NoError(p.t, c.Room.Told(p.t.Context(), stream))
		require.NoError(p.t, c.Room.Refuse(p.t.Context(), phone))
		c.steer(p, lang)
		p.unfold("consent", "settings", "quality")
		p.until(`document.querySelectorAll("#ledger li").length === 4`)
	}},
	{"keep-refused", func(p *tab, lang string) {
		newChair(p.t, assembly()).begin().steer(p, lang)
		p.unfold("consent")
		p.click("#keep")
		p.until(`!document.querySelector("#keep-problem").hidden`)
	}},
	{"poster", func(p *tab, lang string) {
		newChair(p.t, assembly()).steer(p, lang)
		p.click("#large")
		p.until(`document.querySelector("#poster").open && document.querySelector("#poster-qr").complete`)
	}},
	{"after-volatile", func(p *tab, lang string) {
		c := newChair(p.t, assembly()).begin()
		c.steer(p, lang)
		require.NoError(p.t, c.Stop(p.t.Context()))
		p.until(`document.querySelector("#stage").dataset.life === "stopped"`)
	}},
	{"after-kept", func(p *tab, lang string) {
		keptMeeting(p).steer(p, lang)
		p.until(visible("after-kept"))
	}},
	{"speak-before", func(p *tab, lang string) {
		c := newChair(p.t, assembly()).begin()
		c.opens(p, "/speak", c.Keys().Speak, lang)
		p.until(visible("steer"))
	}},
	{"speak-live", func(p *tab, lang string) {
		c := newChair(p.t, assembly()).begin()
		c.speaks(p, "Frau Sommer", lang)
		c.becomes("told", func(s rooms.Status) bool { return len(s.Inputs) == 1 && s.Inputs[0].Told })
		c.inputs[c.status().Inputs[0].ID] = c.clock.now()
		c.say(c.status().Inputs[0].ID, "de", "Guten Abend und herzlich willkommen.")
		p.until(`document.querySelector(".line--mine") !== null && document.querySelector("#live").dataset.voice === "heard"`)
	}},
	{"speak-renewed", func(p *tab, lang string) {
		c := newChair(p.t, assembly()).begin()
		c.speaks(p, "Frau Sommer", lang)
		require.NoError(p.t, c.Room.Announce(p.t.Context(), "Der Text wird für das Protokoll aufbewahrt.", true))
		p.until(visible("renewed"))
		p.click("#refuse")
		p.until(`document.querySelector(".ask") !== null`)
	}},
	{"speak-ended", func(p *tab, lang string) {
		c := newChair(p.t, assembly()).begin()
		c.speaks(p, "Frau Sommer", lang)
		p.click("#leave")
		p.until(visible("ended"))
	}},
}

// lists opens the page of one's meetings.
func (c *chair) lists(p *tab, lang string) {
	p.t.Helper()
	p.do(chromedp.Navigate(c.site.url("/rooms?lang=" + lang)))
	p.until(`document.documentElement.dataset.ready !== undefined`)
}

func adds(p *tab, lang, way string) {
	p.t.Helper()
	newChair(p.t, assembly()).steer(p, lang)
	p.unfold("add", way)
}

// anotherCode is one that no meeting has.
func anotherCode(code string) string {
	last := map[bool]string{true: "3", false: "4"}[code[len(code)-1] == '4']
	return code[:len(code)-1] + last
}

// keptMeeting is over, and somebody who was told spoke in it.
func keptMeeting(p *tab) *chair {
	p.t.Helper()
	wish := assembly()
	wish.Keep = true
	c := newChair(p.t, wish)
	input := c.attach("Saalmikrofon", "Frau Sommer", rooms.Microphone)
	c.begin()
	require.NoError(p.t, c.Room.Told(p.t.Context(), input))
	c.clock.forward(5e9)
	c.inputs[input] = c.inputs[input].Add(-5e9)
	c.say(input, "de", "Guten Abend und herzlich willkommen.")
	require.NoError(p.t, c.Room.Detach(p.t.Context(), input))
	require.NoError(p.t, c.Stop(p.t.Context()))
	c.becomes("stopped", func(s rooms.Status) bool { return s.State.Life == rooms.Stopped })
	_, err := c.Room.Meeting(p.t.Context())
	require.NoError(p.t, err)
	return c
}

const (
	// smallRoomTargets are controls below 44 px, WCAG 2.5.5; links in running text may be smaller.
	smallRoomTargets = `[...document.querySelectorAll("#rooms button, #rooms select, #rooms textarea, #rooms input:not([type=radio],[type=checkbox]), #rooms summary, #rooms label.tick, #rooms a, dialog[open] button")]
		.filter((n) => n.getClientRects().length && n.getBoundingClientRect().height < 44).map((n) => n.id + " " + n.textContent.trim().slice(0, 30) + " " + n.getBoundingClientRect().height)`
)

// TestOrganiserAccessible runs axe-core over every moment, light and dark, at
// two widths; nothing scrolls sideways, also with large text.
func TestOrganiserAccessible(t *testing.T) {
	t.Parallel()
	axe := axeCore(t)
	b := newPhoneBrowser(t, false)
	for i, m := range organiserMoments {
		for j, v := range []view{desktop, {width: 320, height: 700}} {
			lang := pageLanguages[(i+j)%2]
			b.inTab(t, fmt.Sprintf("%s/%d/%s", m.name, v.width, lang), v, func(p *tab) {
				m.show(p, lang)
				p.accessible(axe)
				require.Zero(p.t, eval[int](p, deskExcess))
				require.Empty(p.t, eval[[]string](p, smallRoomTargets))
				eval[string](p, zoomText)
				require.Zero(p.t, eval[int](p, deskExcess), "with text at 200 %%: %v", eval[[]string](p, sticksOut))
				require.Empty(p.t, eval[[]string](p, cutOff), "with text at 200 %%")
			})
		}
	}
}

// sticksOut are elements that reach beyond the page.
const sticksOut = `[...document.querySelectorAll("#rooms *")].filter((n) => n.getClientRects().length && n.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map((n) => n.tagName + "." + n.className + "#" + n.id).slice(0, 8)`

// cutOff are buttons whose words do not fit into them.
const cutOff = `[...document.querySelectorAll("#rooms .button")].filter((n) => n.getClientRects().length && n.scrollWidth > n.clientWidth + 1).map((n) => n.id + " " + n.textContent.trim())`

// TestOrganiserPictures writes each moment as a picture, see TestPictures.
func TestOrganiserPictures(t *testing.T) {
	folder := pictures(t)
	b := newPhoneBrowser(t, false)
	for name, v := range map[string]view{"1280": desktop, "1280-dark": {width: 1280, height: 900, dark: true}, "320": {width: 320, height: 700}} {
		for _, m := range organiserMoments {
			b.inTab(t, m.name+"-"+name, v, func(p *tab) {
				m.show(p, "de")
				p.picture(filepath.Join(folder, "rooms-"+m.name+"-"+name+".png"))
			})
		}
	}
}
