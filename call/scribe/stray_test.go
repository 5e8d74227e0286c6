package scribe

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/stt"
)

// polyglot hears the language that is spoken at a time, and says how probable
// the expected one is, as Whisper does.
func polyglot(spoken func() string) func(stt.Window) (stt.Hypothesis, error) {
	return func(w stt.Window) (stt.Hypothesis, error) {
		h, err := counts(w)
		h.Language, h.LanguageProbability = spoken(), 0.97
		if w.Language != "" {
			h.Language = w.Language
			if w.Language != spoken() {
				h.LanguageProbability = 0.002
				h.Segments[0].Text = "invented"
			}
		}
		return h, err
	}
}

func TestAnotherLanguageThanExpectedIsHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		e := &ears{hear: polyglot(func() string {
			if at := time.Since(begun); at > 6*second && at < 21*second {
				return "tr"
			}
			return "de"
		})}
		var x told
		says := []span{{1 * second, 4 * second}, {7 * second, 10 * second}, {12 * second, 15 * second}, {17 * second, 20 * second}, {23 * second, 26 * second}, {28 * second, 31 * second}}
		listen(t, e, says, 34*second, func(o *Options) { o.Language = "de" }, x.options)
		var languages []string
		for _, u := range x.heard {
			languages = append(languages, u.Segment.Language)
			require.Equal(t, "3.0", u.Segment.Text, "nothing is invented")
		}
		require.Equal(t, []string{"de", "tr", "tr", "tr", "de", "de"}, languages)
		var asked []string
		for _, w := range e.all() {
			if len(w.PCM) > 3*16000 { // no looks while somebody speaks
				asked = append(asked, w.Language)
			}
		}
		require.Equal(t, []string{"de", "de", "", "de", "", "tr", "tr", "", "de"}, asked, "after two the other one is expected; back at once")
	})
}

func TestShortWordsDoNotStray(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &ears{hear: polyglot(func() string { return "tr" })}
		var x told
		listen(t, e, []span{{1 * second, 2 * second}}, 5*second, func(o *Options) { o.Language = "de" }, x.options)
		require.Equal(t, "de", x.heard[0].Segment.Language)
		require.Len(t, e.all(), 1)
	})
}
