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
// not know the patterns and the exemplars. Nothing is ever tuned to them.
func TestUnseen(t *testing.T) {
	l, err := NewLikeness(context.Background(), openModel(t))
	require.NoError(t, err)
	r, err := Load()
	require.NoError(t, err)
	judge := func(language, text string) (Sign, Scores) {
		s, err := l.Judge(context.Background(), text)
		require.NoError(t, err)
		return r.Sign(Split(text), language), s
	}
	alarm := func(language, text string) bool {
		_, ok := Alarm(judge(language, text))
		return ok
	}
	wish := func(names ...Name) func(language, text string) bool {
		return func(language, text string) bool {
			_, s := judge(language, text)
			_, ok := r.Express(Split(text), language, s, names...)
			return ok
		}
	}
	people := wish("human", "callback", "decision")
	for _, c := range []struct {
		file, what string
		heard      func(language, text string) bool
		report     bool
	}{
		{"emergency", "emergencies heard", alarm, false},
		{"calm", "false alarms", alarm, false},
		{"human", "wishes for a human heard", people, false},
		{"human", "false alarms", alarm, false},
		{"calm", "taken for a wish for a human", people, false},
		{"manipulation", "manipulations refused", wish("manipulation"), false},
		{"manipulation", "false alarms", alarm, false},
		{"decision", "handed over or refused", wish("decision", "human", "manipulation"), false},
		{"calm", "taken for manipulation", wish("manipulation"), false},
		{"calm", "taken for an insult", wish("insult"), false},
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
