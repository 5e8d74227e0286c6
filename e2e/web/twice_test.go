package web_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	people "github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/web"
)

// What people do twice, or while the page still waits for an answer.
func TestHurriedPeople(t *testing.T) {
	t.Parallel()
	b := newPhoneBrowser(t, false)
	b.inTab(t, "who hangs up while the call is being made has none", desktop, givesUp)
	b.inTab(t, "who hangs up before the line is sought seeks none", desktop, givesUpSpeaking)
	b.inTab(t, "one microphone is open, however often it is asked for", desktop, asksTwice)
	b.inTab(t, "what is typed while a text is sent stays", desktop, typesOn)
	b.inTab(t, "a clerk's answer is sent once", desktop, repliesOnce)
	b.inTab(t, "the list is of what was searched for last", desktop, searchesTwice)
	b.inTab(t, "a suggestion is for what was typed last", desktop, suggestsTwice)
	b.inTab(t, "a microphone that the service did not mute stays open", desktop, muteFails)
	b.inTab(t, "notes typed right before the end are in the wrap-up", desktop, notesAtTheEnd)
}

// holding lets the page's calls of a function of an object wait until release()
// where when holds, an expression of its arguments.
func (p *tab) holding(object, function, when string) {
	p.t.Helper()
	call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: fmt.Sprintf(`{
		const object = %s, usual = object.%[2]s.bind(object), held = new Promise((go) => { window.release = go; });
		window.holding = 0;
		object.%[2]s = async (...args) => {
			if (%[3]s) { window.holding++; await held; }
			return usual(...args);
		};
	}`, object, function, when)})
}

func givesUp(p *tab) {
	l := newLine(p.t, web.Citizens{})
	p.holding("window", "fetch", `String(args[0]).endsWith("/calls")`)
	p.visit(l.url + "/anruf?lang=de")
	p.press("by-hand")
	p.until(`window.holding === 1`)
	p.press("hang-up")
	p.until(fmt.Sprintf(inState, "ended"))
	eval[any](p, `release(); 0`)
	c := l.call(p.t, 0)
	require.Eventually(p.t, func() bool { return c.snapshot().ended }, 10*time.Second, 20*time.Millisecond, "the line is told")
	p.until(fmt.Sprintf(inState, "ended") + ` && document.querySelector("#wrong").hidden`)
}

func givesUpSpeaking(p *tab) {
	l := newLine(p.t, web.Citizens{})
	p.holding("window", "fetch", `String(args[0]).endsWith("/ice")`)
	call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `
		window.peers = 0;
		window.RTCPeerConnection = class extends RTCPeerConnection { constructor(...args) { super(...args); window.peers++; } };`})
	p.visit(l.url + "/anruf?lang=de")
	p.press("call")
	p.until(`window.holding === 1`)
	p.press("hang-up")
	p.until(fmt.Sprintf(inState, "ended"))
	eval[any](p, `release(); setTimeout(() => { window.later = true; }, 500); 0`)
	p.until(`window.later`)
	require.Zero(p.t, eval[int](p, `window.peers`))
	require.Empty(p.t, l.all())
}

func asksTwice(p *tab) {
	l := newLine(p.t, web.Citizens{})
	p.holding("navigator.mediaDevices", "getUserMedia", `true`)
	call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `{
		const devices = navigator.mediaDevices, usual = devices.getUserMedia;
		window.streams = [];
		devices.getUserMedia = async (wanted) => { const s = await usual(wanted); window.streams.push(s); return s; };
	}`})
	p.visit(l.url + "/anruf?lang=de")
	const open = `window.streams.filter((s) => s.getTracks().some((t) => t.readyState === "live")).length`
	const test = `document.querySelector("#test-mic").click(); 0`
	eval[any](p, test)
	eval[any](p, test)
	p.until(`window.holding === 2`)
	eval[any](p, `release(); 0`)
	p.until(`window.streams.length === 2 && !document.querySelector("#test-on").hidden && ` + open + ` === 1`)
	eval[any](p, test)
	p.until(open + ` === 0`)

	p.press("by-hand")
	c := l.call(p.t, 0)
	c.state("listening")
	p.until(`!document.querySelector("#voice").hidden`)
	eval[any](p, `const b = document.querySelector("#voice"); b.click(); b.click(); 0`)
	p.until(`document.querySelector("#voice").hidden`)
	require.Equal(p.t, 1, eval[int](p, open))
}

func typesOn(p *tab) {
	l := newLine(p.t, web.Citizens{})
	p.holding("window", "fetch", `String(args[0]).endsWith("/text")`)
	p.visit(l.url + "/anruf?lang=de")
	p.press("by-hand")
	c := l.call(p.t, 0)
	c.state("listening")
	p.until(fmt.Sprintf(inState, "reading"))
	p.do(chromedp.SendKeys("#text", "Was kostet ein Pass?"+kb.Enter))
	p.until(`window.holding === 1`)
	p.do(chromedp.SendKeys("#text", " Und ein Ausweis?"))
	eval[any](p, `release(); 0`)
	p.until(`document.querySelector("#text").value === "Und ein Ausweis?"`)
	require.Equal(p.t, []string{"Was kostet ein Pass?"}, c.snapshot().texts)
}

func repliesOnce(p *tab) {
	b := newBureau(p.t)
	p.holding("window", "fetch", `String(args[0]).endsWith("/text")`)
	b.taken(p, "tina", "de", func(h *people.Handover) { h.Written = true })
	p.do(chromedp.SendKeys("#reply-text", "Das kostet 37 Euro."+kb.Enter+kb.Enter))
	p.until(`window.holding === 1`)
	p.do(chromedp.SendKeys("#reply-text", " Noch etwas?"))
	eval[any](p, `release(); 0`)
	p.until(`document.querySelector("#reply-text").value === "Noch etwas?"`)
	require.Equal(p.t, 1, eval[int](p, `window.holding`))
}

func searchesTwice(p *tab) {
	b := newBureau(p.t)
	b.ready(p, "tina", "de")
	eval[any](p, `{
		const usual = window.fetch, record = (id) => ({ id, began: "2026-11-23T09:00:00Z", from: "", topic: "Pass", summary: [], department: "" });
		window.fetch = async (...ask) => {
			const url = String(ask[0]);
			if (!url.includes("/desk/calls?q=")) return usual(...ask);
			if (url.endsWith("=alt")) await new Promise((go) => { window.late = () => { go(); return 0; }; });
			return new Response(JSON.stringify({ calls: url.endsWith("=alt") ? [record("1")] : [record("2"), record("3")] }));
		};
		0
	}`)
	p.do(chromedp.Click(`#views a[href="#records"]`))
	const search = `{ const f = document.querySelector("#records-form"); document.querySelector("#records-q").value = %q; f.requestSubmit(); 0 }`
	eval[any](p, fmt.Sprintf(search, "alt"))
	p.until(`window.late !== undefined`)
	eval[any](p, fmt.Sprintf(search, "neu"))
	p.until(`document.querySelector("#records-count").textContent === "2"`)
	eval[any](p, `late(); setTimeout(() => { window.later = true; }, 300); 0`)
	p.until(`window.later`)
	require.Equal(p.t, "2", eval[string](p, `document.querySelector("#records-count").textContent`))
}

// suggestsTwice lets the answer to what is no longer asked for come last.
func suggestsTwice(p *tab) {
	b := newBureau(p.t)
	b.taken(p, "tina", "de", nil)
	eval[any](p, `{
		const usual = window.fetch;
		window.fetch = async (...ask) => {
			const asked = String(ask[0]).split("/desk/articles?q=")[1];
			if (!asked) return usual(...ask);
			if (asked === "alt") await new Promise((go, giveUp) => {
				ask[1].signal.addEventListener("abort", () => giveUp(new DOMException("given up", "AbortError")));
				window.late = () => { go(); return 0; };
			});
			return new Response(JSON.stringify({ articles: [{ id: asked, title: asked, answer: asked, confidence: 1, language: "de", source: "" }] }));
		};
		0
	}`)
	const search = `{ const q = document.querySelector("#suggest-q"); q.value = %q; q.dispatchEvent(new Event("input", { bubbles: true })); 0 }`
	eval[any](p, fmt.Sprintf(search, "alt"))
	p.until(`window.late !== undefined`)
	eval[any](p, fmt.Sprintf(search, "neu"))
	p.until(`document.querySelector("#s-neu") !== null`)
	eval[any](p, `late(); setTimeout(() => { window.later = true; }, 300); 0`)
	p.until(`window.later`)
	require.True(p.t, eval[bool](p, `document.querySelector("#s-neu") !== null && document.querySelector("#s-alt") === null`))
}

func muteFails(p *tab) {
	b := newBureau(p.t)
	call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `{
		const devices = navigator.mediaDevices, microphone = devices.getUserMedia.bind(devices), usual = window.fetch;
		window.tracks = [];
		devices.getUserMedia = async (wanted) => { const s = await microphone(wanted); window.tracks.push(...s.getAudioTracks()); return s; };
		window.fetch = async (...ask) => {
			if (!String(ask[0]).endsWith("/mute")) return usual(...ask);
			window.muted = window.tracks.some((t) => !t.enabled);
			return new Response("{}", { status: 500 });
		};
	}`})
	b.taken(p, "tina", "de", nil)
	p.press2(kb.F9, false)
	p.until(`window.muted && window.tracks.length > 0 && window.tracks.every((t) => t.enabled)`)
}

func notesAtTheEnd(p *tab) {
	b := newBureau(p.t)
	b.taken(p, "tina", "de", nil)
	p.press2(kb.F4, true)
	p.until(`document.activeElement.id === "notes"`)
	p.do(chromedp.SendKeys("#notes", "Hausnummer 12"))
	p.press2(kb.F9, true)
	p.until(visible("wrapup"))
	require.Equal(p.t, "Hausnummer 12", eval[string](p, `document.querySelector("#wrapup-form").elements.note.value`))
}
