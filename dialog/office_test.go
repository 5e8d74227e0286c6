package dialog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/dialogtest"
)

func offices() []dialog.Department {
	both := func(de, en string) map[string]string { return map[string]string{"de": de, "en": en} }
	return []dialog.Department{
		{Name: "buergeramt", Titles: both("Bürgeramt", "citizens' office, Bürgeramt"), Facts: map[string]map[string]string{
			"hours": both("Montag bis Mittwoch von 7 bis 11 Uhr", "Monday to Wednesday from 7 to 11"), "phone": both("0999 115-20", "0999 115-20"),
			"address": both("Rathausplatz 1, Erdgeschoss", "Rathausplatz 1, ground floor"),
		}},
		{Name: "steueramt", Titles: both("Steueramt", "tax office"), Facts: map[string]map[string]string{"hours": both("Freitag von 9 bis 10 Uhr", "Friday from 9 to 10")}},
	}
}

// withoutHours is a base in which articles name the office, and none is about its hours.
func withoutHours() *dialogtest.Searcher {
	s := dialogtest.Musterstadt()
	s.Articles = s.Articles[:4]
	for language, name := range map[string]string{"de": "Bürgeramt", "en": "citizens' office"} {
		v := s.Articles[0].Variants[language]
		v.Keywords = append(v.Keywords, name)
		s.Articles[0].Variants[language] = v
	}
	return s
}

func TestOfficesAreAskedForByName(t *testing.T) {
	for text, want := range map[string]string{
		"Wann hat das Bürgeramt offen?":               "Montag bis Mittwoch von 7 bis 11 Uhr",
		"Wie ist die Telefonnummer vom Bürgeramt?":    "0999 115-20",
		"Wo finde ich das Bürgeramt?":                 "Rathausplatz 1, Erdgeschoss",
		"Hat das Bürgeramt heute noch auf?":           "Montag bis Mittwoch von 7 bis 11 Uhr",
		"Ist das Bürgeramt schuld?":                   "",
		"Hat das Bürgeramt am Samstag geöffnet?":      "Montag bis Mittwoch von 7 bis 11 Uhr",
		"When is the citizens' office open today?":    "Monday to Wednesday from 7 to 11",
		"Wann hat das Steueramt offen?":               "", // no article tells who is responsible for it
		"Wo beantrage ich im Bürgeramt den Ausweis?":  "",
		"Wann wird im Bürgeramt der Ausweis fertig?":  "",
		"Wie lange dauert die Anmeldung im Bürgeramt": "",
	} {
		o := dialog.Options{City: "Musterstadt", Search: withoutHours(), Departments: offices()}
		a, err := dialog.Ask(t.Context(), o, text, "", friday)
		require.NoError(t, err)
		if want == "" {
			require.NotContains(t, a.Answer, "11 Uhr", text)
			require.NotContains(t, a.Answer, "Erdgeschoss", text)
			continue
		}
		require.Equal(t, dialog.OutcomeAnswer, a.Outcome, text)
		require.Contains(t, a.Answer, want, text)
		require.NotEmpty(t, a.Sources, text)
	}
}

// An article that tells the same tells more.
func TestArticlesOfHoursStayThem(t *testing.T) {
	o := dialog.Options{City: "Musterstadt", Search: dialogtest.Musterstadt(), Departments: offices()}
	o.Departments[0].Facts["hours"]["de"] = "montags bis freitags von 8 bis 12 Uhr, donnerstags bis 18 Uhr"
	a, err := dialog.Ask(t.Context(), o, "Wann hat das Bürgeramt geöffnet?", "", friday)
	require.NoError(t, err)
	require.Equal(t, "Das Bürgeramt ist montags bis freitags von 8 bis 12 Uhr geöffnet, donnerstags bis 18 Uhr.", a.Answer)
}

func TestTheOfficeIsNamedFirst(t *testing.T) {
	c := dialog.New(dialog.Options{City: "Musterstadt", Search: withoutHours(), Departments: offices()})
	converse(t, c, dialog.Event{Kind: dialog.Start, Language: "de"})
	said := converse(t, c, dialog.Event{Kind: dialog.Heard, Text: "Wann hat das Bürgeramt offen?", Language: "de", Confidence: 1})
	require.Contains(t, said[0].Text, "Bürgeramt. Die Öffnungszeiten: Montag bis Mittwoch von 7 bis 11 Uhr.")
}
