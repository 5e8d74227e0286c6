package web_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// TestMinutesPast goes back to what was said before the page was opened.
func TestMinutesPast(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	b.inTab(t, "who goes back corrects the first line of a long meeting", desktop, readsBack)
	b.inTab(t, "what is not kept does not come back", desktop, readsNoFurther)
}

// sentences has somebody count them.
func (c *minuted) sentences(n int) {
	c.t.Helper()
	for i := range n {
		c.say("Frau Ahrens", fmt.Sprintf("Satz %d.", i+1))
	}
}

// changes a cue that nobody has changed yet, on behalf of somebody else.
func (c *minuted) changes(cue, text string) {
	c.t.Helper()
	_, err := c.Room.Correct(c.t.Context(), rooms.Correction{Cue: cue, Text: text, Editor: "Bea"})
	require.NoError(c.t, err)
}

const (
	focusedText = `document.activeElement.querySelector(".cue__text")?.textContent`
	focusedTop  = `document.activeElement.getBoundingClientRect().top`
	allTexts    = `[...document.querySelectorAll("#rows .cue__text")].map((n) => n.textContent)`
)

func readsBack(p *tab) {
	const all = 720 // of which the page begins with 500, and goes back 200
	c := convene(p.t, meeting.New{Keep: true})
	c.sentences(all)
	p.begins(source)
	p.begins(holding(`/^GET .*\/lines\?.*before=/`, 1, false))
	c.enters(p, "Ada", "de")
	p.until(rows + ` === 500 && ` + visible("older"))

	// What is looked at stays, and what somebody changes meanwhile is not taken back.
	p.keys(kb.F2, kb.Home)
	p.until(`window.holding`)
	require.Equal(p.t, "Satz 221.", eval[string](p, focusedText))
	before := eval[float64](p, focusedTop)
	c.changes("s220.1", "Hundertmal Satz 220.")
	c.changes("s219.1", "")
	c.say("Frau Ahrens", "Noch ein Satz.") // comes after the news of the corrections
	p.until(rows + ` === 501`)
	p.releases()
	p.until(rows + ` === 700 && document.querySelectorAll('[data-cue="corrected"]').length === 1`)
	require.Equal(p.t, "Satz 221.", eval[string](p, focusedText))
	require.InDelta(p.t, before, eval[float64](p, focusedTop), 1)
	p.keys(kb.ArrowUp)
	p.until(focusedText + ` === "Hundertmal Satz 220."`)
	p.keys(kb.ArrowUp)
	p.until(focusedText + ` === "Satz 218."`)

	// The button is in front of the lines, and leads into them.
	p.press2(kb.Tab, true)
	p.until(`document.activeElement.id === "older-show"`)
	p.keys(kb.Enter)
	p.until(rows + ` === 720 && ` + focusedText + ` === "Satz 20."`)
	require.False(p.t, eval[bool](p, visible("older")))
	var want []string
	for i := range all {
		switch n := i + 1; n {
		case 219:
		case 220:
			want = append(want, "Hundertmal Satz 220.")
		default:
			want = append(want, fmt.Sprintf("Satz %d.", n))
		}
	}
	require.Equal(p.t, append(want, "Noch ein Satz."), eval[[]string](p, allTexts))

	p.keys(kb.Home, kb.Enter)
	p.until(inEdit)
	eval[any](p, `document.activeElement.setSelectionRange(99, 99)`)
	p.keys(" Und zwar der erste.", kb.Enter)
	p.until(lineText(0) + ` === "Satz 1. Und zwar der erste."`)
	first, err := c.Room.Passage(p.t.Context(), rooms.Original, "s2", 1)
	require.NoError(p.t, err)
	require.Equal(p.t, "Satz 1. Und zwar der erste.", first.Lines[0].Cues[0].Text)

	// Who was too long away has all that was here, as it is now.
	eval[any](p, `source.close(); 0`)
	c.changes("s7.1", "Sieben.")
	c.changes("s8.1", "")
	eval[any](p, wasLongAway)
	p.until(lineText(6) + ` === "Sieben." && ` + lineText(7) + ` === "Satz 9."`)
	require.Equal(p.t, all-1, eval[int](p, rows))
}

func readsNoFurther(p *tab) {
	c := convene(p.t, meeting.New{})
	c.sentences(520)
	c.enters(p, "Ada", "de")
	p.until(rows + ` === 500`)
	require.False(p.t, eval[bool](p, visible("older")))
	eval[any](p, `document.querySelector("#scroll").scrollTop = 0; 0`)
	c.say("Frau Ahrens", "Noch ein Satz.")
	p.until(rows + ` === 501`)
	require.Equal(p.t, "Satz 21.", eval[string](p, lineText(0)))
}
