package minutes

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Monday, 23 November 2026.
var monday = time.Date(2026, 11, 23, 23, 30, 0, 0, time.FixedZone("far east", 12*3600))

func TestDates(t *testing.T) {
	all, err := rulebooks()
	require.NoError(t, err)
	for _, c := range []struct{ language, text, said, date string }{
		{"de", "Ich schicke es bis Freitag.", "bis Freitag", "2026-11-27"},
		{"de", "bis zum 12. März an alle", "bis zum 12. März", "2027-03-12"},
		{"de", "bis zum zwölften März 2028", "bis zum zwölften März 2028", "2028-03-12"},
		{"de", "spätestens am 3.12. bitte", "spätestens am 3.12.", "2026-12-03"},
		{"de", "bis zum 5. Das reicht.", "bis zum 5", "2026-12-05"},
		{"de", "bis Ende des Monats", "bis Ende des Monats", "2026-11-30"},
		{"de", "bis Ende Februar", "bis Ende Februar", "2027-02-28"},
		{"de", "in zwei Wochen", "in zwei Wochen", "2026-12-07"},
		{"de", "bis Dienstag nächster Woche", "bis Dienstag nächster Woche", "2026-12-01"},
		{"de", "bis zur nächsten Sitzung", "bis zur nächsten Sitzung", ""},
		{"de", "bis zum 31. Februar", "bis zum 31. Februar", ""},
		{"de", "heute noch", "heute noch", "2026-11-23"},
		{"de", "bis KW 50", "bis KW 50", "2026-12-11"},
		{"de", "seit Montag regnet es", "", ""},
		{"de", "der Plan vom Freitag", "", ""},
		{"en", "by Friday", "by Friday", "2026-11-27"},
		{"en", "by the 3rd of March", "by the 3rd of March", "2027-03-03"},
		{"en", "by March 3, 2028", "by March 3, 2028", "2028-03-03"},
		{"en", "by the end of the week", "by the end of the week", "2026-11-27"},
		{"en", "within two weeks", "within two weeks", "2026-12-07"},
		{"en", "since Monday", "", ""},
		{"en", "we may march on", "", ""},
	} {
		k := newTalk(all, []Line{{ID: "1", Text: c.text, Language: c.language}}, Options{Began: monday})
		s := k.sentences[0]
		d := k.due(s, 0, len(s.tokens))
		require.Equal(t, c.said, d.Said, c.text)
		require.Equal(t, c.date, d.Date, c.text)
	}
}

func TestDatesThatMayBeMeantOtherwiseAreMarked(t *testing.T) {
	all, err := rulebooks()
	require.NoError(t, err)
	for text, unsure := range map[string]bool{"bis Montag": true, "bis Dienstag": false, "nächsten Freitag": true, "nächste Woche": true, "bis zum 1. Mai": false} {
		k := newTalk(all, []Line{{ID: "1", Text: text, Language: "de"}}, Options{Began: monday})
		s := k.sentences[0]
		require.Equal(t, unsure, k.due(s, 0, len(s.tokens)).Unsure, text)
	}
}

func TestNumbers(t *testing.T) {
	all, err := rulebooks()
	require.NoError(t, err)
	for word, n := range map[string]int{"12": 12, "einundzwanzig": 21, "hundertzwölf": 112, "keine": 0, "neunundneunzig": 99} {
		got, ok := all["de"].number(word)
		require.True(t, ok, word)
		require.Equal(t, n, got, word)
	}
	got, ok := all["en"].number("twenty-one")
	require.True(t, ok)
	require.Equal(t, 21, got)
	for _, word := range []string{"hund", "hundert und", "undzwanzig", "zwölfundzwanzig", "-", ""} {
		_, ok := all["de"].number(word)
		require.False(t, ok, word)
	}
}
