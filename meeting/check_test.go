package meeting

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatCannotBeHeldIsSaidByField(t *testing.T) {
	known := func(l string) bool { return l != "nl" }
	for want, n := range map[string]New{
		"title":                 {Title: strings.Repeat("ä", 201)},
		"title: it has chara":   {Title: "a\x00b"},
		"title: it is not":      {Title: "a\xff"},
		"speakers: it has char": {Speakers: []string{"Ada\u202egnorw"}},
		"glossary: it has char": {Glossary: []string{"a\u2028b"}},
		"consent":               {Consent: strings.Repeat("x", 2001)},
		"twice":                 {Languages: []string{"de", "de-AT"}},
		`"klingonisch" is no l`: {Languages: []string{"klingonisch"}},
		`"" is no language`:     {Languages: []string{""}},
		`"nl" is not among`:     {Languages: []string{"nl"}},
		"13 are named":          {Languages: strings.Fields("de en fr es it pl ro ru tr uk ar bg cs")},
		"speakers: 101":         {Speakers: make([]string, 101)},
		"glossary: 501":         {Glossary: make([]string, 501)},
		"glossary: it has 101":  {Glossary: []string{strings.Repeat("x", 101)}},
		"delay_s: 60.5":         {Delay: 60.5},
		"delay_s: -1":           {Delay: -1},
		"delay_s: NaN":          {Delay: math.NaN()},
		"delay_s: +Inf":         {Delay: math.Inf(1)},
	} {
		_, err := n.settled(known)
		require.ErrorIs(t, err, ErrNew, want)
		require.ErrorContains(t, err, want)
	}
}

func TestWhatIsHeldIsTidy(t *testing.T) {
	n, err := New{Title: " Rat ", Speakers: []string{" Ada ", "", "Ada", "<b>Bob</b>"}, Delay: 60}.settled(nil)
	require.NoError(t, err)
	require.Equal(t, New{Title: "Rat", Languages: []string{"de"}, Speakers: []string{"Ada", "<b>Bob</b>"}, Delay: 60}, n)
	n, err = New{Title: " \u200b\u2060", Consent: "eins\nzwei", Speakers: []string{"\ufeff", "👩‍👩‍👧", "جلسة"}}.settled(nil)
	require.NoError(t, err)
	require.Equal(t, New{Consent: "eins\nzwei", Languages: []string{"de"}, Speakers: []string{"👩‍👩‍👧", "جلسة"}}, n, "what nobody sees is nothing")
	n, err = New{Languages: []string{" DE ", "pt-BR", "uk"}}.settled(nil)
	require.NoError(t, err)
	require.Equal(t, []string{"de", "pt", "uk"}, n.Languages)
}

func FuzzNew(f *testing.F) {
	f.Add("Rat", "de", "Ada", 3.0)
	f.Add("\xff", "x-y", "", math.Inf(-1))
	f.Fuzz(func(t *testing.T, title, language, name string, delay float64) {
		n := New{Title: title, Consent: title, Languages: []string{language}, Speakers: []string{name}, Glossary: []string{name}, Delay: delay}
		n, err := n.settled(nil)
		if err != nil {
			require.ErrorIs(t, err, ErrNew)
			return
		}
		again, err := n.settled(nil)
		require.NoError(t, err, "what was settled can be held")
		require.Equal(t, n, again)
	})
}

func FuzzPIN(f *testing.F) {
	f.Add("402 917#")
	f.Add("４０２９１７")
	f.Fuzz(func(t *testing.T, typed string) {
		if pin := normalPIN(typed); pin != "" {
			require.Regexp(t, `^[0-9]{6}$`, pin)
		}
	})
}
