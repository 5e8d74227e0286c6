package web_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

func TestOrganiserSpeak(t *testing.T) {
	t.Parallel()
	b := newPhoneBrowser(t, false)
	b.inTab(t, "agrees, speaks, is muted and leaves", desktop, speaksAndLeaves)
	b.inTab(t, "refuses before and afterwards", desktop, refusesToBeWritten)
	b.inTab(t, "confirms a notice that has changed", desktop, confirmsAgain)
	b.inTab(t, "the sound comes back by itself", desktop, voiceComesBack)
	b.inTab(t, "says what is wrong with the microphone", desktop, saysWhatMicrophoneLacks)
	b.inTab(t, "waits for the beginning and sees the end", desktop, waitsForBeginning)
}

const voiceIs = `document.querySelector("#live").dataset.voice === %q`

func speaksAndLeaves(p *tab) {
	c := newChair(p.t, assembly()).begin()
	c.opens(p, "/speak", c.Keys().Speak, "de")
	p.until(visible("steer") + " && " + connected)
	eval[any](p, `(() => { const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices); window.asked = 0; navigator.mediaDevices.getUserMedia = (c) => { window.asked++; return real(c); }; })()`)
	require.Equal(p.t, "In dieser Besprechung schreibt eine Maschine mit.", p.text("#notice"))
	p.click("#agree")
	p.until(`document.activeElement.id === "name" && !document.querySelector("#name-wrong").hidden`)
	require.Zero(p.t, eval[int](p, `asked`), "the microphone is closed before somebody agreed")
	require.Empty(p.t, c.status().Inputs)
	p.do(chromedp.SendKeys("#name", "Frau Sommer"+kb.Enter))
	p.until(fmt.Sprintf(voiceIs, "heard")) // the fake microphone beeps
	c.becomes("told", func(s rooms.Status) bool { return len(s.Inputs) == 1 && s.Inputs[0].Told })
	in := c.status().Inputs[0]
	require.Equal(p.t, rooms.Source{Name: "Frau Sommer", Kind: rooms.Microphone, Speaker: "Frau Sommer"}, in.Source)
	require.Greater(p.t, in.RMS, -60.0)
	c.inputs[in.ID] = c.clock.now()
	c.say(in.ID, "de", "Guten Abend und herzlich willkommen.")
	p.until(`document.querySelector(".line--mine")?.textContent === "Sie: Guten Abend und herzlich willkommen."`)

	require.NoError(p.t, c.Room.Mute(p.t.Context(), in.ID, true))
	p.until(fmt.Sprintf(voiceIs, "closed") + ` && document.querySelector("#state").textContent === "Die Organisation hat Sie stumm geschaltet"`)
	require.NoError(p.t, c.Room.Mute(p.t.Context(), in.ID, false))
	p.until(fmt.Sprintf(voiceIs, "heard"))
	p.click("#mute")
	p.until(fmt.Sprintf(voiceIs, "muted"))
	c.becomes("silent", func(s rooms.Status) bool { return s.Inputs[0].RMS < -60 })
	p.click("#mute")
	c.becomes("heard", func(s rooms.Status) bool { return s.Inputs[0].RMS > -60 })
	p.click("#leave")
	p.until(visible("ended"))
	require.Less(p.t, eval[float64](p, `document.querySelector("#ended").getBoundingClientRect().top`), eval[float64](p, `document.querySelector("#written").getBoundingClientRect().top`), "first of all")
	c.becomes("left", func(s rooms.Status) bool { return len(s.Inputs) == 0 })
	p.click("#again")
	p.until(visible("before"))
	p.do(chromedp.Click("#agree"))
	c.becomes("back", func(s rooms.Status) bool { return len(s.Inputs) == 1 })
	p.do(chromedp.Navigate("about:blank")) // whoever goes away has left
	c.becomes("left", func(s rooms.Status) bool { return len(s.Inputs) == 0 })
}

func refusesToBeWritten(p *tab) {
	c := newChair(p.t, assembly()).begin()
	c.opens(p, "/speak", c.Keys().Speak, "de")
	p.until(visible("steer"))
	p.click("#decline")
	p.until(visible("declined"))
	require.Empty(p.t, c.status().Inputs)
	c.speaks(p, "Frau Sommer", "de")
	c.becomes("there", func(s rooms.Status) bool { return len(s.Inputs) == 1 && s.Inputs[0].Told })
	id := c.status().Inputs[0].ID
	c.inputs[id] = c.clock.now()
	c.say(id, "de", "Das nehme ich zurück.")
	p.until(`document.querySelector(".line--mine") !== null`)
	p.click("#refuse")
	p.do(chromedp.Click(".ask .button--danger"))
	p.until(visible("ended") + ` && document.querySelector("#ended-says").textContent.includes("zurückgenommen")`)
	p.until(`!document.querySelector("#lines").textContent.includes("Das nehme ich zurück.")`)
	c.becomes("refused and left", func(s rooms.Status) bool {
		return len(s.Inputs) == 0 && s.Consent[len(s.Consent)-1].Act == rooms.Refused
	})
	p.click("#again")
	p.until(visible("before"))
	p.click("#agree")
	c.becomes("a later yes", func(s rooms.Status) bool { return len(s.Inputs) == 1 && !s.Inputs[0].Refused && s.Inputs[0].Told })
	p.until(fmt.Sprintf(voiceIs, "heard"))
	snapshot, err := c.Room.Snapshot(p.t.Context(), rooms.Original, 10)
	require.NoError(p.t, err)
	require.Empty(p.t, snapshot.Lines)
}

func confirmsAgain(p *tab) {
	c := newChair(p.t, assembly()).begin()
	c.speaks(p, "Frau Sommer", "de")
	c.becomes("told", func(s rooms.Status) bool { return len(s.Inputs) == 1 && s.Inputs[0].Told })
	require.NoError(p.t, c.Room.Announce(p.t.Context(), "Der Text wird aufbewahrt.", true))
	p.until(visible("renewed") + ` && document.querySelector("#renewed-text").textContent === "Der Text wird aufbewahrt."`)
	require.False(p.t, c.status().Inputs[0].Told, "nobody is told without a click")
	p.click("#understood")
	c.becomes("told again", func(s rooms.Status) bool { return s.Inputs[0].Told })
	p.until(`document.querySelector("#renewed").hidden`)
}

func voiceComesBack(p *tab) {
	c := newChair(p.t, assembly()).begin()
	c.speaks(p, "Frau Sommer", "de")
	p.until(fmt.Sprintf(voiceIs, "heard"))
	first := c.status().Inputs[0].ID
	eval[any](p, `dispatchEvent(new Event("online"))`) // the network has changed
	p.until(fmt.Sprintf(voiceIs, "heard"))
	require.Equal(p.t, first, c.status().Inputs[0].ID, "a new path of the same line")
	require.NoError(p.t, c.Booth.Remove(p.t.Context(), first)) // and the line breaks
	c.becomes("a new line", func(s rooms.Status) bool { return len(s.Inputs) == 1 && s.Inputs[0].ID != first && s.Inputs[0].Told })
	p.until(fmt.Sprintf(voiceIs, "heard"))
}

func saysWhatMicrophoneLacks(p *tab) {
	c := newChair(p.t, assembly()).begin()
	for name, text := range map[string]string{"NotAllowedError": "Erlauben Sie es", "NotFoundError": "kein Mikrofon gefunden", "NotReadableError": "anderes Programm"} {
		c.opens(p, "/speak", c.Keys().Speak, "de")
		p.until(visible("steer"))
		eval[any](p, fmt.Sprintf(fails, name)+"; 0")
		p.do(chromedp.SetValue("#name", "Frau Sommer"), chromedp.Click("#agree"))
		p.until(fmt.Sprintf(`document.querySelector("#problem").textContent.includes(%q) && !document.querySelector("#agree").disabled`, text))
		require.True(p.t, eval[bool](p, visible("before")))
	}
	require.Empty(p.t, c.status().Inputs)
}

func waitsForBeginning(p *tab) {
	c := newChair(p.t, assembly())
	c.speaks(p, "Frau Sommer", "de")
	p.until(fmt.Sprintf(voiceIs, "waiting") + ` && document.querySelector("#says").textContent.includes("noch nicht begonnen")`)
	require.NoError(p.t, c.Start(p.t.Context()))
	p.until(fmt.Sprintf(voiceIs, "heard"))
	c.becomes("told by the click before", func(s rooms.Status) bool { return s.Inputs[0].Told })
	require.NoError(p.t, c.Stop(p.t.Context()))
	p.until(visible("ended") + ` && document.querySelector("#ended-says").textContent === "Die Besprechung ist zu Ende."`)
	require.True(p.t, eval[bool](p, `document.querySelector("#again").hidden`))
}
