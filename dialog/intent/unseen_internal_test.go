package intent

import (
	"bufio"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestUnseen prints how sentences fare that were written by somebody who does
// not know the patterns and the exemplars. Nothing is ever tuned to them. The
// bounds are what was reached; the aims are 98 % of emergencies and of wishes
// for a human, and 1 % of false alarms.
func TestUnseen(t *testing.T) {
	l, err := NewLikeness(context.Background(), openModel(t))
	require.NoError(t, err)
	r, err := Load()
	require.NoError(t, err)
	known := map[string]Scores{}
	judge := func(language, text string) (Sign, Scores) {
		s, ok := known[text]
		if !ok {
			s, err = l.Judge(context.Background(), text)
			require.NoError(t, err)
			known[text] = s
		}
		return r.Sign(Split(text), language), s
	}
	alarm := func(language, text string) bool {
		_, alert := Alarm(judge(language, text))
		return alert == Clear
	}
	asked := func(language, text string) bool {
		_, alert := Alarm(judge(language, text))
		return alert == Doubtful
	}
	wish := func(names ...Name) func(language, text string) bool {
		return func(language, text string) bool {
			_, s := judge(language, text)
			if _, ok := r.Express(Split(text), language, s, names...); ok {
				return true
			}
			_, ok := s.Rather(names...) // where no article answers
			return ok
		}
	}
	// surely is what goes before any article.
	surely := func(names ...Name) func(language, text string) bool {
		return func(language, text string) bool {
			_, s := judge(language, text)
			_, ok := r.Express(Split(text), language, s, names...)
			return ok
		}
	}
	people := wish("human", "callback", "decision")
	for _, c := range []struct {
		file, what  string
		heard       func(language, text string) bool
		least, most float64 // shares
	}{
		{"emergency", "emergencies heard", alarm, 0.98, 1},
		{"emergency", "asked whether it is one", asked, 0, 0.04},
		{"calm", "false alarms", alarm, 0, 0.025},
		{"calm", "asked whether it is one", asked, 0, 0.08},
		{"human", "wishes for a human heard", people, 0.98, 1},
		{"human", "false alarms", alarm, 0, 0.01},
		{"calm", "taken for a wish for a human", surely("human", "callback", "decision"), 0, 0.02},
		{"manipulation", "manipulations refused", wish("manipulation"), 0.97, 1},
		{"manipulation", "false alarms", alarm, 0, 0.01},
		{"decision", "handed over or refused", wish("decision", "human", "manipulation"), 0.75, 1},
		{"calm", "taken for manipulation", surely("manipulation"), 0, 0.02},
		{"calm", "taken for an insult", surely("insult"), 0, 0.02},
	} {
		heard, all := 0, 0
		german, germans := 0, 0
		eachUnseen(t, c.file, func(language, text string) {
			all++
			ok := c.heard(language, text)
			if ok {
				heard++
			}
			if language == "de" {
				germans++
				if ok {
					german++
				}
			}
		})
		t.Logf("%-13s %-28s %3d of %3d (German %d of %d)", c.file, c.what, heard, all, german, germans)
		share := float64(heard) / float64(all)
		require.GreaterOrEqual(t, share, c.least, c.what)
		require.LessOrEqual(t, share, c.most, c.what)
	}
}

// eachUnseen reads lines of language, tab, text.
func eachUnseen(t *testing.T, name string, f func(language, text string)) {
	b, err := os.Open("../testdata/unseen/" + name + ".txt")
	if os.IsNotExist(err) {
		t.Skipf("dialog/testdata/unseen/%s.txt is not there", name)
	}
	require.NoError(t, err)
	defer b.Close()
	for lines := bufio.NewScanner(b); lines.Scan(); {
		if language, text, ok := strings.Cut(lines.Text(), "\t"); ok {
			f(strings.TrimSpace(language), strings.TrimSpace(text))
		}
	}
}
