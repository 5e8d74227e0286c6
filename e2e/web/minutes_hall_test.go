package web_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/web"
)

// minuted is a meeting whose words come from the test, at times of its own.
type minuted struct {
	*meeting.Meeting
	t      *testing.T
	site   *hallSite
	inputs map[string]string // by speaker
	at     time.Duration     // the end of what was said
}

// convene begins a meeting with somebody at a microphone for each speaker.
func convene(t *testing.T, n meeting.New) *minuted {
	t.Helper()
	site := newHallSite(t, func(_ *web.Options, h *meeting.HallOptions) {
		h.Room = func(meeting.New) rooms.Options { return rooms.Options{Translate: shout, Simplify: plainer} }
	})
	if n.Title == "" {
		n.Title = "Sitzung des Bauausschusses"
	}
	c := &minuted{t: t, site: site, Meeting: site.hold(n).Meeting, inputs: map[string]string{}, at: time.Second}
	for _, name := range n.Speakers {
		c.join(name)
	}
	return c
}

// shout translates so that everybody sees it; plainer drafts easy language,
// and fails at what it cannot do.
func shout(_ context.Context, text, _, to string) (string, error) {
	return to + ": " + strings.ToUpper(text), nil
}

func plainer(_ context.Context, text, _, _ string) (string, error) {
	if strings.Contains(text, "Satzung") {
		return "", errors.New("too hard")
	}
	return "Kurz gesagt: " + text, nil
}

// page is one of the meeting's.
func (c *minuted) page(name, lang string) string {
	return c.site.url("/rooms/" + c.Room.Code() + "/" + name + "?lang=" + lang)
}

func (c *minuted) join(name string) {
	c.t.Helper()
	id, err := c.Room.Attach(c.t.Context(), rooms.Source{Name: "Mikrofon " + name, Kind: rooms.Microphone, Speaker: name})
	require.NoError(c.t, err)
	require.NoError(c.t, c.Room.Told(c.t.Context(), id))
	c.inputs[name] = id
}

// say has somebody say a sentence, behind all that was said before.
func (c *minuted) say(speaker, text string) {
	c.t.Helper()
	c.spoken(speaker, text, 0.92)
}

// mumble is said so that the machine is not sure.
func (c *minuted) mumble(speaker, text string) {
	c.t.Helper()
	c.spoken(speaker, text, 0.35)
}

func (c *minuted) spoken(speaker, text string, sure float64) {
	c.t.Helper()
	if c.inputs[speaker] == "" {
		c.join(speaker)
	}
	at := c.at
	var words []transcript.Word
	for f := range strings.FieldsSeq(text) {
		long := 150*time.Millisecond + time.Duration(len(f))*45*time.Millisecond
		words = append(words, transcript.Word{Text: f, Start: at, End: at + long, Probability: sure})
		at += long
	}
	c.at = at + 300*time.Millisecond
	require.NoError(c.t, c.Room.Hear(c.t.Context(), c.inputs[speaker], rooms.Update{Committed: words, Sentence: true}))
}

// enters opens the editor by its link, and says who corrects.
func (c *minuted) enters(p *tab, name, lang string) {
	p.t.Helper()
	p.do(chromedp.Navigate(c.page("editor", lang) + "#" + c.Keys().Edit))
	p.until(`document.querySelector("#name-dialog").open`)
	p.do(chromedp.SendKeys("#name", name+kb.Enter))
	p.until(`document.documentElement.dataset.ready === "true" && ` + connected)
}

// reads opens a page of the meeting with a key.
func (c *minuted) reads(p *tab, page, key, lang string) {
	p.t.Helper()
	p.do(chromedp.Navigate(c.page(page, lang) + "#" + key))
}

// texts are what a track says now, all of its cues.
func (c *minuted) texts(track string) []string {
	c.t.Helper()
	snap, err := c.Room.Snapshot(c.t.Context(), track, 500)
	require.NoError(c.t, err)
	var out []string
	for _, l := range snap.Lines {
		for _, cue := range l.Cues {
			out = append(out, cue.Text)
		}
	}
	return out
}

// rows are the editor's lines.
const rows = `document.querySelectorAll("#rows .cue").length`

// lineText is the text of the nth line of the editor, from 0.
func lineText(n int) string {
	return fmt.Sprintf(`document.querySelectorAll("#rows .cue__text")[%d].textContent`, n)
}
