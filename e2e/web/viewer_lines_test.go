package web_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/meeting"
)

// TestViewerLines feeds events to the module that keeps the lines, in orders
// that a network makes and a test of whole pages hardly meets.
func TestViewerLines(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	s := newHallSite(t, nil)
	g := s.hold(meeting.New{Title: "Rat", Languages: []string{"de"}})
	b.inTab(t, "lines", desktop, func(p *tab) {
		p.read(g.viewer("?lang=de"))
		eval[any](p, linesHarness)
		for name, tc := range map[string]struct {
			events string
			want   []string // text, then what is not a cue yet
			said   []string
		}{
			"words become a cue":          {`[["words", W("s1", "Guten")], ["words", W("s1", "Abend alle")], ["cue", L("s1", "Guten Abend")]]`, []string{"Guten Abend|alle"}, []string{"Guten Abend"}},
			"the rest becomes the next":   {`[["words", W("s1", "Guten Abend alle")], ["cue", L("s1", "Guten Abend")], ["cue", L("s1", "alle", 2)]]`, []string{"Guten Abend alle|"}, []string{"Guten Abend", "alle"}},
			"words were missed":           {`[["words", W("s1", "alle")], ["cue", L("s1", "Guten Abend alle")]]`, []string{"Guten Abend alle|"}, []string{"Guten Abend alle"}},
			"no words at all":             {`[["cue", L("s1", "Guten Abend")]]`, []string{"Guten Abend|"}, []string{"Guten Abend"}},
			"a tail is replaced":          {`[["words", W("s1", "Guten")], ["tail", W("s1", "Aben")], ["tail", W("s1", "Abend")]]`, []string{"|Guten Abend"}, nil},
			"a tail goes with its words":  {`[["tail", W("s1", "Aben")], ["words", W("s1", "Abend")]]`, []string{"|Abend"}, nil},
			"a prefix becomes a cue":      {`[["prefix", W("s1", "Good")], ["prefix", W("s1", "Good evening")], ["cue", L("s1", "Good evening.")]]`, []string{"Good evening.|"}, []string{"Good evening."}},
			"a correction in the middle":  {`[["words", W("s1", "eins zwei drei")], ["cue", L("s1", "eins")], ["replace", C("s1", "1")], ["cue", L("s1", "zwei", 2)]]`, []string{"1 zwei|drei"}, []string{"eins", "K:1", "zwei"}},
			"a cue is taken away":         {`[["cue", L("s1", "falsch")], ["replace", {sentence: "s1", input: "i1", cues: []}]]`, nil, []string{"falsch"}},
			"of a sentence nobody has":    {`[["replace", L("s9", "alt")]]`, nil, nil},
			"somebody refuses":            {`[["cue", L("s1", "eins")], ["cue", L("s2", "zwei", 1, "i2")], ["words", W("s3", "drei")], ["retract", {input: "i1"}]]`, []string{"zwei|"}, []string{"eins", "zwei"}},
			"a late translation":          {`[["cue", {...L("s1", "Hallo"), untranslated: true}], ["replace", L("s1", "Hello")]]`, []string{"Hello|"}, []string{"Hallo", "Hello"}},
			"a word in two parts":         {`[["words", W("s1", "Der Kinder")], ["cue", L("s1", "Der Kinder")], ["words", G("s1", "garten ist")], ["cue", J("s1", "garten", 2)], ["words", W("s1", "zu")]]`, []string{"Der Kindergarten|ist zu"}, []string{"Der Kinder", "garten"}},
			"parts of words, not settled": {`[["words", W("s1", "Kinder")], ["words", G("s1", "garten")], ["words", W("s1", "zu")]]`, []string{"|Kindergarten zu"}, nil},
			"no spaces in a language":     {`[["words", G("s1", "私")], ["words", G("s1", "は")], ["tail", G("s1", "市")]]`, []string{"|私は市"}, nil},
			"a snapshot with its tail":    {`[["snapshot", S([L("s1", "eins")], [{...W("s2", "zwei"), tail: "dr"}]), true]]`, []string{"eins|", "|zwei dr"}, nil},
			"a translation that begins":   {`[["snapshot", S([], [{...W("s2", ""), tail: "Good"}]), true], ["prefix", W("s2", "Good evening")]]`, []string{"|Good evening"}, nil},
			"a correction keeps the tail": {`[["words", W("s1", "eins zwei")], ["cue", L("s1", "eins")], ["tail", W("s1", "dr")], ["replace", C("s1", "1")]]`, []string{"1|zwei dr"}, []string{"eins", "K:1"}},
			"two speak, in their order":   {`[["words", W("s2", "zwei", "i2")], ["cue", L("s1", "eins")], ["cue", L("s2", "zwei", 1, "i2")]]`, []string{"eins|", "zwei|"}, []string{"eins", "zwei"}},
			"a snapshot, quietly":         {`[["snapshot", S([L("s1", "eins")], [W("s2", "zwei")]), true]]`, []string{"eins|", "|zwei"}, nil},
			"a snapshot after a gap":      {`[["cue", L("s1", "eins")], ["snapshot", S([L("s1", "eins"), L("s2", "zwei")], [])]]`, []string{"eins|", "zwei|"}, []string{"eins", "zwei"}},
			"a snapshot without the lost": {`[["cue", L("s1", "eins")], ["snapshot", S([L("s2", "zwei")], [])]]`, []string{"zwei|"}, []string{"eins", "zwei"}},
			"open after its cues":         {`[["snapshot", S([L("s1", "eins")], [W("s1", "eins zwei")]), true], ["words", W("s1", "drei")]]`, []string{"eins|zwei drei"}, nil},
		} {
			require.Equal(p.t, tc.want, eval[[]string](p, "feed("+tc.events+").then((r) => r.shown.length ? r.shown : null)"), name)
			require.Equal(p.t, tc.said, eval[[]string](p, "feed("+tc.events+").then((r) => r.said.length ? r.said : null)"), name)
		}
	})
	b.inTab(t, "lateness", desktop, func(p *tab) {
		p.read(g.viewer("?lang=de"))
		const late = `import("/static/viewer-late.js").then(({ Lateness }) => { const l = new Lateness(%s); return %s.map(([end, delay]) => l.add(end * 1e9, delay * 1e9)); })`
		for _, tc := range []struct {
			elapsed, lines string
			want           []int
		}{
			{"30000", `[[28, 0], [28, 0], [28, 0]]`, []int{0, 0, 0}},
			{"30000", `[[10, 0], [10, 0], [10, 0]]`, []int{0, 0, 20}},
			{"30000", `[[10, 15], [10, 15], [10, 15]]`, []int{0, 0, 0}}, // an editor's delay is no lateness
			{"30000", `[[10, 0], [28, 0], [10, 0], [10, 0], [10, 0]]`, []int{0, 0, 0, 0, 20}},
			{"NaN", `[[10, 0], [10, 0], [10, 0]]`, []int{0, 0, 0}},
		} {
			require.Equal(p.t, tc.want, eval[[]int](p, fmt.Sprintf(late, tc.elapsed, tc.lines)), tc.lines)
		}
	})
}

// linesHarness feeds events to fresh lines and tells what came of them.
const linesHarness = `
	window.W = (sentence, text, input = "i1") => ({sentence, input, speaker: "A", text});
	window.L = (sentence, text, n = 1, input = "i1") => ({sentence, input, speaker: "A", cues: [{id: sentence + "." + n, text, language: "de"}]});
	window.G = (sentence, text) => ({...W(sentence, text), glued: true});
	window.J = (sentence, text, n) => { const l = L(sentence, text, n); l.cues[0].glued = true; return l; };
	window.C = (sentence, text) => { const l = L(sentence, text); l.cues[0].corrected = true; return l; };
	window.S = (lines, open) => ({lines, open});
	window.feed = async (events) => {
		const { Lines, lead } = await import("/static/viewer-lines.js");
		const said = [], pages = new Map();
		const lines = new Lines({
			changed: (row) => pages.set(row.id, row), gone: (row) => pages.delete(row.id),
			said: (track, row, cue) => said.push(cue.text), corrected: (track, row, cue) => said.push("K:" + cue.text),
		});
		for (const [kind, data, quiet] of events) {
			if (kind === "snapshot") lines.snapshot("de", data, quiet);
			else lines.event("de", kind, data);
		}
		const shown = [...pages.values()].sort((a, b) => a.order - b.order).map(({ parts: { de: p } }) =>
			p.cues.map((c, i) => lead(c, i === 0) + c.text).join("") + "|" + (p.open + (p.prefix || p.tail)).trim());
		return { said, shown };
	};
	0`
