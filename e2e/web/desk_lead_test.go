package web_test

import (
	"net"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/desk/floor"
)

// TestDeskIsListenedTo has two people in one browser: each host has cookies of
// its own.
func TestDeskIsListenedTo(t *testing.T) {
	t.Parallel()
	axe := axeCore(t)
	in := newPhoneBrowser(t, false)
	b := newBureau(t)
	tina := in.tab(t, desktop)
	b.taken(tina, "tina", "de", nil)
	tina.do(chromedp.Click("#context summary"))
	tina.until(`document.querySelector("#call-context").innerText.includes("Von einem Sprachmodell formuliert")`)
	known := eval[string](tina, `document.querySelector("#call-context").innerText`)
	require.Contains(t, known, "Anliegen: Vor meinem Haus ist die Laterne kaputt", "the lines made without a model stay")
	require.Contains(t, known, "Eine Laterne ist kaputt.")
	require.Contains(t, known, "Sprachmodell: klein.")

	lea := in.tab(t, desktop)
	_, port, err := net.SplitHostPort(b.addr)
	require.NoError(t, err)
	lea.do(chromedp.Navigate("http://localhost:" + port + "/anmelden?lang=de&next=/desk"))
	lea.do(chromedp.SendKeys("#name", "lea"), chromedp.SendKeys("#password", editorPassword+kb.Enter))
	lea.until(`location.pathname === "/desk" && ` + connected)
	require.NoError(t, b.floor.Present("lea", floor.Ready, ""))
	lea.until(`document.querySelector("#state").textContent === "bereit, nur schriftlich"`)
	require.Contains(t, eval[string](lea, `document.querySelector("#idle-text").textContent`), "nur schriftliche Anfragen")
	lea.do(chromedp.Click("#ready"))
	lea.until(`document.querySelector("#state").textContent === "bereit"`)

	lea.do(chromedp.Click(`#views a[href="#lead"]`))
	require.True(t, eval[bool](lea, `document.querySelector("#overheard").hidden`))
	lea.do(chromedp.Click(`#agents-rows button`))
	lea.until(visible("overheard") + ` && document.querySelectorAll("#overheard-said li").length === 4`)
	tina.until(visible("listened"))
	require.Equal(t, "Die Leitung hört mit", eval[string](tina, `document.querySelector("#listened").textContent`))
	b.say(b.hand("tina"), "caller", 2, "Es ist schon ganz dunkel hier", 0.9)
	lea.until(`document.querySelector("#overheard-said").innerText.includes("ganz dunkel hier")`)
	require.Empty(t, violations(lea, axe))
	require.Empty(t, violations(tina, axe))
	require.Empty(t, eval[[]string](lea, smallTargets))
	require.Zero(t, eval[int](lea, deskExcess))

	lea.do(chromedp.Click("#deafen-do"))
	lea.until(`document.querySelector("#overheard").hidden`)
	tina.until(`document.querySelector("#listened").hidden`)
	b.say(b.hand("tina"), "caller", 3, "Das hört nur Tina", 0.9)
	tina.until(`document.querySelector("#said").innerText.includes("Das hört nur Tina")`)
	require.NotContains(t, eval[string](lea, `document.querySelector("#overheard-said").textContent`), "nur Tina")
}
