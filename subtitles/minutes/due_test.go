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
		{"de", "am Wochenende", "am Wochenende", "2026-11-29"},
		{"de", "bis übernächsten Mittwoch", "bis übernächsten Mittwoch", "2026-12-02"},
		{"de", "Dienstag in einer Woche", "Dienstag in einer Woche", "2026-12-01"},
		{"de", "am Donnerstag in vierzehn Tagen", "am Donnerstag in vierzehn Tagen", "2026-12-10"},
		{"de", "heute in einer Woche", "heute in einer Woche", "2026-11-30"},
		{"de", "nächste Woche Mittwoch", "nächste Woche Mittwoch", "2026-12-02"},
		{"de", "Anfang nächster Woche", "Anfang nächster Woche", "2026-11-30"},
		{"de", "am ersten Montag im Mai", "am ersten Montag im Mai", "2027-05-03"},
		{"de", "am letzten Freitag im Februar", "am letzten Freitag im Februar", "2027-02-26"},
		{"de", "in der zweiten Märzwoche", "in der zweiten Märzwoche", "2027-03-12"},
		{"de", "in der 50. Kalenderwoche", "in der 50. Kalenderwoche", "2026-12-11"},
		{"de", "im Laufe der Woche", "im Laufe der Woche", "2026-11-27"},
		{"de", "bis einschließlich Freitag", "bis einschließlich Freitag", "2026-11-27"},
		{"de", "vor der Sitzung am Freitag", "vor der Sitzung am Freitag", "2026-11-27"},
		{"de", "bis zur nächsten Sitzung am 4. Dezember", "bis zur nächsten Sitzung am 4. Dezember", "2026-12-04"},
		{"de", "das wäre der zehnte Juni", "der zehnte Juni", "2027-06-10"},
		{"de", "Der zehnte Juni passt allen.", "", ""},
		{"de", "die Liste für das Fest am 12. Dezember", "", ""},
		{"de", "die Einladung zur Sitzung am 14. Januar", "", ""},
		{"de", "die Einladung zur Sitzung am Freitag", "", ""},
		{"de", "geöffnet von Freitag bis Montag", "", ""},
		{"de", "am ersten Tag", "", ""},
		{"de", "bis zum nächsten Probentag", "bis zum nächsten Probentag", ""},
		{"de", "bis zum nächsten Freitag", "bis zum nächsten Freitag", "2026-12-04"},
		{"de", "Die Sitzung ist am Freitag.", "", ""},
		{"de", "weiter mit dem Sommerfest am ersten Juli", "", ""},
		{"de", "Guten Morgen zusammen", "", ""},
		{"de", "seit Montag regnet es", "", ""},
		{"de", "der Plan vom Freitag", "", ""},
		{"en", "by Friday", "by Friday", "2026-11-27"},
		{"en", "by the 3rd of March", "by the 3rd of March", "2027-03-03"},
		{"en", "by March 3, 2028", "by March 3, 2028", "2028-03-03"},
		{"en", "by the end of the week", "by the end of the week", "2026-11-27"},
		{"en", "within two weeks", "within two weeks", "2026-12-07"},
		{"en", "over the weekend", "over the weekend", "2026-11-29"},
		{"en", "a week on Tuesday", "a week on Tuesday", "2026-12-01"},
		{"en", "Friday week", "Friday week", "2026-12-04"},
		{"en", "the Monday after next", "the Monday after next", "2026-12-07"},
		{"en", "in the first week of March", "in the first week of March", "2027-03-05"},
		{"en", "on the last Friday in February", "on the last Friday in February", "2027-02-26"},
		{"en", "next week on Wednesday", "next week on Wednesday", "2026-12-02"},
		{"en", "by close of business on Friday", "by close of business on Friday", "2026-11-27"},
		{"en", "early next week", "early next week", "2026-11-30"},
		{"en", "before the meeting on Friday", "before the meeting on Friday", "2026-11-27"},
		{"en", "the list for the fair on the 12th of December", "", ""},
		{"en", "open from Monday until Friday", "", ""},
		{"en", "by week fourteen", "by week fourteen", "2027-04-09"},
		{"en", "by noon", "by noon", "2026-11-23"},
		{"en", "as soon as it is finished", "", ""},
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
	for text, unsure := range map[string]bool{"bis Montag": true, "bis Dienstag": false, "nächsten Freitag": true, "nächste Woche": true, "bis zum 1. Mai": false, "das Treffen am Mittwoch": true} {
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

// A deed's date is one of its own clause, or one that says nothing else.
func TestDatesBelongToDeeds(t *testing.T) {
	all, err := rulebooks()
	require.NoError(t, err)
	for _, c := range []struct{ language, text, said string }{
		{"de", "Ich schicke die Liste, und zwar bis Freitag.", "bis Freitag"},
		{"de", "Am Freitag tagt der Rat, ich schicke die Liste vorher.", "vorher"},
		{"de", "Die Sitzung ist am Freitag, ich schicke die Liste.", ""},
		{"de", "Ich schicke die Liste, bevor am Freitag der Rat tagt.", "am Freitag"},
		{"de", "Bis Freitag brauchen Sie das, ich schicke die Liste.", "Bis Freitag"},
		{"de", "Der Vertrag läuft bis März, ich schicke die Liste.", ""},
		{"de", "Ich schicke die Liste Anfang Dezember, spätestens am zehnten.", "spätestens am zehnten"},
		{"de", "Das Bauamt schickt die Liste, in der 50. Kalenderwoche sind die so weit.", "in der 50. Kalenderwoche"},
		{"en", "The council meets on Friday, I'll send the list.", ""},
		{"en", "I'll send the list, by Friday at the latest.", "by Friday at the latest"},
		{"en", "The lease runs until May, I'll send the list.", ""},
		{"en", "I'll send the list on Monday, the council meets on Friday.", "on Monday"},
	} {
		k := newTalk(all, []Line{{ID: "1", Speaker: "Frau Kern", Text: c.text, Language: c.language}}, Options{Began: monday})
		tasks, err := k.tasks(t.Context())
		require.NoError(t, err)
		require.Len(t, tasks, 1, c.text)
		require.Equal(t, c.said, tasks[0].Due.Said, c.text)
	}
}
