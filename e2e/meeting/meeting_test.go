package meeting

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/browsertest"
	"github.com/amtsleitung/amtsleitung/internal/voicetest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// quiet is a pause at the end of a microphone's recording, which is played
// again and again.
func quiet(seconds int) []int16 { return make([]int16, seconds*media.SampleRate) }

// TestMeeting: two browsers and a telephone speak, three viewers read along in
// three languages, and it ends with minutes.
func TestMeeting(t *testing.T) {
	h := open(t, "")
	english := voicetest.Speeches(t, "en",
		"Good evening everybody. The library will be closed on Monday.",
		"We need more playgrounds in the north of the city.")
	german := voicetest.Speech(t, "de", "Herr Winter prüft bis Freitag die Kosten für den neuen Radweg.")

	r := h.hold(t, map[string]any{"title": "Bürgerversammlung <b>Nord</b>", "languages": []string{"en", "pt", "de"}, "speakers": []string{"Herr Winter"}, "keep": true})
	r.Do("/start", nil)

	readers := browsertest.Start(t)
	pt := r.reads(t, readers, "pt", 1280, 900)
	original := r.reads(t, readers, "original", 390, 800)
	large := r.reads(t, readers, "en", 320, 640) // 1280 pixels at 400 %
	for _, p := range []*tab{pt, original, large} {
		p.until(`document.querySelector("#title").innerText === "Bürgerversammlung <b>Nord</b>"`)
	}

	caller := h.dial(t)
	caller.Keys(t, r.Keys.PIN)
	caller.Keys(t, "1")
	require.Eventually(t, func() bool { return len(r.Status().Inputs) == 1 }, within, step, "the caller speaks")

	r.speaks(t, "Ada Brook", "en", slices.Concat(quiet(3), english[0], quiet(60)))
	r.speaks(t, "Ben Hill", "en", slices.Concat(quiet(12), english[1], quiet(60)))
	original.shows(`library`)
	original.shows(`Monday`)
	original.shows(`playground`)
	caller.Say(german)
	original.shows(`Winter`)
	original.shows(`Freitag`)
	for _, name := range []string{"Ada Brook", "Ben Hill", "Telephone 1"} {
		original.shows(name)
	}
	pt.shows(`biblioteca`)
	pt.shows(`cidade`)
	large.shows(`playground`)

	for _, p := range []*tab{pt, original, large} {
		require.Empty(t, p.violations(t))
		require.Zero(t, browsertest.Eval[int](t, p.ctx, `Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)`))
	}
	spoken := browsertest.Eval[int](t, pt.ctx, `document.querySelectorAll("[aria-live=polite]").length`)
	require.Equal(t, 1, spoken, "one region speaks")
	roles := pt.roles(t)
	require.Contains(t, roles, "heading Bürgerversammlung <b>Nord</b>", "a name is no markup")
	require.True(t, slices.ContainsFunc(roles, func(s string) bool { return strings.HasPrefix(s, "main") }))

	pt.picture("meeting-viewer-pt")
	large.picture("meeting-viewer-400")
	organiser := r.tab(t, readers, 1280, 1400, "/rooms/"+r.Code+"?lang=de#"+r.Keys.Secret)
	organiser.until(`document.body.innerText.includes("Ada Brook")`)
	require.Empty(t, organiser.violations(t))
	organiser.picture("meeting-organiser")

	s := r.Status()
	require.Len(t, s.Inputs, 3)
	require.Zero(t, s.Quality.Erasure, "calm mode takes nothing back")
	r.Do("/stop", nil)
	require.Eventually(t, func() bool { return r.Status().State.Life == rooms.Stopped }, within, step)
}

// TestKeptMeeting: what was said after everybody was told is there afterwards,
// as minutes and in all formats.
func TestKeptMeeting(t *testing.T) {
	h := open(t, "")
	said := voicetest.Speeches(t, "en",
		"Good evening, welcome to the planning committee.",
		"I will send the report by Friday.")
	r := h.hold(t, map[string]any{"title": "Bauausschuss", "languages": []string{"en"}, "keep": true})
	r.Do("/start", nil)
	r.speaks(t, "Ada Brook", "en", slices.Concat(quiet(6), said[0], quiet(2), said[1], quiet(60)))
	require.Eventually(t, func() bool { s := r.Status(); return len(s.Inputs) == 1 && s.Inputs[0].Told }, within, step, "who confirmed the notice was told")
	require.Eventually(t, func() bool { return regexp.MustCompile(`(?i)Friday`).MatchString(r.Text("en")) }, within, step)
	r.Do("/stop", nil)
	require.Eventually(t, func() bool { return r.Status().State.Life == rooms.Stopped }, within, step)

	var minutes struct {
		Tasks []struct {
			Owner string
			Text  string
			Due   struct{ Said string }
		}
	}
	r.Ask(http.MethodGet, r.Path("/minutes.json"), r.Keys.Secret, nil, http.StatusOK, &minutes)
	require.Len(t, minutes.Tasks, 1, "of: %s", r.Export("txt"))
	require.Contains(t, minutes.Tasks[0].Owner, "Ada Brook", "who said so")
	require.Contains(t, minutes.Tasks[0].Due.Said, "Friday")
	for _, format := range []string{"vtt", "srt", "ttml", "txt", "json", "docx"} {
		require.NotEmpty(t, r.Export(format), format)
	}
	require.Contains(t, string(r.Export("vtt")), "report")
}
