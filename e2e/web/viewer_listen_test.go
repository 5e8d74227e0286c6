package web_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/meeting"
)

// TestViewerListen has a listener choose other languages while questions are
// under way: the last choice is what is heard.
func TestViewerListen(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	g := newHallSite(t, nil).hold(meeting.New{Title: "Rat", Languages: []string{"de"}})
	b.inTab(t, "the last choice counts", desktop, func(p *tab) {
		p.read(g.viewer("?lang=de"))
		for while, want := range map[string][]string{
			`const line = l.exchange("offer"); l.change("en"); answer(); await line;`:                                 {"POST de", "PUT en"},
			`const line = l.exchange("offer"); answer(); await line; l.change("en"); l.change("fr"); l.change("tr");`: {"POST de", "PUT en", "PUT tr"},
			`const line = l.exchange("offer"); answer(); await line; await l.change("en"); await l.change("fr");`:     {"POST de", "PUT en", "PUT fr"},
			`const line = l.exchange("offer"); l.change("en"); l.change("de"); answer(); await line;`:                 {"POST de"},
		} {
			require.Equal(p.t, want, eval[[]string](p, `import("/static/viewer-listen.js").then(async ({ Listening }) => {
				const l = new Listening("CODE", null, () => {}), asked = [];
				let answer;
				l.audio = { mend() {} };
				l.language = "de";
				l.ask = (method, path, body) => {
					asked.push(method + " " + body.language);
					return new Promise((done) => {
						answer = () => done({ json: async () => ({ leg: "x", sdp: "" }) });
						if (method === "PUT") answer();
					});
				};
				`+while+`
				await new Promise((done) => setTimeout(done, 50));
				return asked;
			})`), while)
		}
	})
}
