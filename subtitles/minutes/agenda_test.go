package minutes_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/subtitles/minutes"
)

func TestTitlesBeginWithoutAnArticle(t *testing.T) {
	for text, want := range map[string]string{
		"Wir kommen zum ersten Punkt, dem Spielplatz am Lindenweg.": "Spielplatz am Lindenweg",
		"Nächster Punkt ist die Beleuchtung in der Bahnhofstraße.":  "Beleuchtung in der Bahnhofstraße",
		"Nächster Punkt ist Beleuchtung in der Bahnhofstraße.":      "Beleuchtung in der Bahnhofstraße",
		"Tagesordnungspunkt 3: Das.":                                "Das",
	} {
		m, err := minutes.Write(t.Context(), []minutes.Line{{Speaker: "Vorsitz", Text: text, Language: "de"}}, minutes.Options{})
		require.NoError(t, err)
		require.Len(t, m.Topics, 1, text)
		require.Equal(t, want, m.Topics[0].Title)
	}
	m, err := minutes.Write(t.Context(), []minutes.Line{{Speaker: "Chair", Text: "Next item is the noise at the market.", Language: "en"}}, minutes.Options{Language: "en"})
	require.NoError(t, err)
	require.Equal(t, "noise at the market", m.Topics[0].Title)
}

// Few words open a topic where the chair says them; asking to begin does too.
func TestTopicsOfFewWords(t *testing.T) {
	for text, want := range map[string]string{
		"A: Willkommen. | A: Dann noch der Winterdienst.":                    "Winterdienst",
		"A: Willkommen. | B: Dann noch der Winterdienst.":                    "",
		"A: Willkommen. | A: Dann noch der ist kaputt.":                      "",
		"A: Fangen wir mit dem Winterdienst an.":                             "Winterdienst",
		"A: Wollen wir mit dem Winterdienst anfangen?":                       "Winterdienst",
		"A: Herr Kern, fangen Sie bitte mit dem Winterdienst an.":            "",
		"A: Guten Abend, wir sprechen heute Abend über den neuen Radweg.":    "neuen Radweg",
		"A: Nächstes Thema der Winterdienst.":                                "Winterdienst",
		"A: Wir haben gestern über den Winterdienst gesprochen.":             "",
		"A: Willkommen. | A: Gut, dann zur Bücherei. | B: Dann zum Bahnhof.": "Bücherei",

		"A: Willkommen. | A: Dann die Plakate. Herr Berg?":                          "Plakate",
		"A: Willkommen. | B: Dann die Plakate.":                                     "",
		"A: Willkommen. | B: Die Plakate fehlen. | A: Dann die Plakate.":            "",
		"A: Willkommen. | A: Dann die Plakate drucken.":                             "",
		"A: Willkommen. | A: Dann hätten wir noch den Spielplatz, da fehlt Sand.":   "Spielplatz",
		"A: Willkommen. | A: Zum zweiten, der Notfallordner.":                       "Notfallordner",
		"A: Willkommen. | A: Zum zweiten Mal fehlt der Ordner.":                     "",
		"A: Thema eins ist der Umzug.":                                              "Umzug",
		"A: Willkommen. | A: Dann kommen wir zum Punkt drei, der Heizung.":          "Heizung",
		"A: Willkommen. | A: Kommen Sie bitte zum Punkt.":                           "",
		"A: Willkommen. | A: Gehen wir ins Treppenhaus.":                            "Treppenhaus",
		"A: Willkommen. | A: Gehen wir zum Essen.":                                  "",
		"A: Willkommen. | A: Letzter Raum, der Dachboden.":                          "Dachboden",
		"A: Willkommen. | A: Gut, dann Datenschutz. Wie weit sind wir?":             "Datenschutz",
		"A: Willkommen. | A: Gut, dann Donnerstag. Wie weit sind wir?":              "",
		"A: Willkommen. | A: Das wäre prima. Noch diese Woche?":                     "",
		"A: Willkommen. | A: Damit zum ersten richtigen Punkt, der Heizung.":        "Heizung",
		"A: Willkommen. | A: Bleibt Verschiedenes.":                                 "Verschiedenes",
		"A: Willkommen. | A: Heute geht es um die Heizung.":                         "Heizung",
		"A: Willkommen. | A: So, die Heizung. Wie weit sind wir?":                   "Heizung",
		"A: Willkommen. | A: Das stimmt. Wie weit sind wir?":                        "",
		"A: Willkommen. | A: Die Heizung. | B: Wie weit sind wir?":                  "",
		"A: Ich würde gern mit der Kapelle anfangen.":                               "Kapelle",
		"A: Willkommen. | A: Damit sind wir beim Thema Parken.":                     "Parken",
		"A: Willkommen. | A: Auf der Liste steht noch der Zaun. | B: Auf der Bank.": "Zaun",
	} {
		require.Equal(t, want, titles(talk(t, "de", text)), text)
	}
	for text, want := range map[string]string{
		"A: Hello. | A: Now, the winter service.":         "winter service",
		"A: Hello. | A: Finally the fountain.":            "fountain",
		"A: Hello. | B: Now, the winter service.":         "",
		"A: Hello. | A: We'll take the bus review first.": "bus review",
		"A: Hello. | A: Let's look at the fountain.":      "fountain",
		"A: Hello. | A: Then we can go.":                  "",
		"A: Shall we start with the fountain?":            "fountain",
		"A: Turning now to the fountain.":                 "fountain",
		"A: Hello. | A: The fountain, first of all.":      "fountain",
		"A: Can we start with what you did on the roof?":  "",
		"A: Hello. | A: Thanks. Next, please. It rained.": "",

		"A: Hello. | A: Which brings us to the garden.":               "garden",
		"A: Hello. | A: Next on my list is the fence.":                "fence",
		"A: Hello. | A: Right, on to the fence.":                      "fence",
		"A: Hello. | A: So, the laptops first.":                       "laptops",
		"A: Hello. | A: The winter lectures next.":                    "winter lectures",
		"A: Hello. | A: Okay, phones. B, good news or bad? | B: Bad.": "phones",
		"A: Hello. | A: Fine, thanks. B, good news or bad? | B: Bad.": "",
		"A: Hello. | A: Good points. B, good news? | B: Yes.":         "",
		"A: Hello. | A: The fence. Where are we with that?":           "fence",
		"A: Hello. | A: The fence. It fell down.":                     "",
		"A: Hello. | A: Now, Mr Hill. | Mr Hill: Yes.":                "",
		"A: Hello. | A: Then chase them, please.":                     "",
		"A: Hello. | A: Then go ahead and order them.":                "",
		"A: Hello. | A: Next up is the fence.":                        "fence",
		"A: Hello. | A: Point two, the fence.":                        "fence",
		"A: Hello. | A: It is four point two percent.":                "",
		"A: Hello. | A: Any other business?":                          "other business",
		"A: Hello. | A: Can we talk about the fence?":                 "fence",
	} {
		require.Equal(t, want, titles(talk(t, "en", text)), text)
	}
}

func titles(m minutes.Minutes) string {
	var all []string
	for _, p := range m.Topics {
		all = append(all, p.Title)
	}
	return strings.Join(all, " | ")
}

func TestPostponingIsADecision(t *testing.T) {
	for language, all := range map[string]map[string]minutes.Outcome{
		"de": {
			"Dann vertagen wir den Punkt auf Mai.":                   minutes.Postponed,
			"Wir verschieben die Sache auf die nächste Sitzung.":     minutes.Postponed,
			"Dann stellen wir den Antrag zurück.":                    minutes.Postponed,
			"Wir nehmen das heute von der Tagesordnung.":             minutes.Postponed,
			"Dann legen wir den Beginn auf neun Uhr fest.":           minutes.Agreed,
			"Einstimmig also.":                                       minutes.Adopted,
			"Vertagen wir den Punkt auf Mai?":                        "",
			"Wir vertagen den Punkt nicht.":                          "",
			"Wir verschieben den Schrank ins andere Zimmer.":         "",
			"Vielleicht vertagen wir den Punkt.":                     "",
			"Letzte Woche haben wir gesagt, wir vertagen den Punkt.": "",
			"Der Stadtrat hat die Erhöhung im Februar beschlossen.":  "",
		},
		"en": {
			"Then we put that off until next year.":   minutes.Postponed,
			"We'll defer the item to May.":            minutes.Postponed,
			"Let's leave the fence until the spring.": minutes.Postponed,
			"Right, agreed.":                          minutes.Agreed,
			"Good, that's decided.":                   minutes.Agreed,
			"Shall we defer the item?":                "",
			"We put off the meeting last year.":       "",
			"We could defer it.":                      "",
		},
	} {
		for text, outcome := range all {
			m := talk(t, language, "A: "+text)
			if outcome == "" {
				require.Empty(t, m.Decisions, text)
				continue
			}
			require.Len(t, m.Decisions, 1, text)
			require.Equal(t, outcome, m.Decisions[0].Outcome, text)
		}
	}
	m := talk(t, "en", "A: We're moving the launch to May. Everybody okay? Good, that's decided.")
	require.Len(t, m.Decisions, 1)
	require.Equal(t, "We're moving the launch to May.", m.Decisions[0].About)
}

func TestVotesThatAreAskedForInOtherWords(t *testing.T) {
	for _, text := range []string{
		"A: Wer stimmt der neuen Vorlage zu? Das sind neun. Gegenstimmen? Eine.",
		"A: Wer möchte dem zustimmen? Neun. Und wer nicht? Eine.",
	} {
		m := talk(t, "de", text)
		require.Len(t, m.Votes, 1, text)
		require.Equal(t, "9 1 -", number(m.Votes[0].For)+" "+number(m.Votes[0].Against)+" "+number(m.Votes[0].Abstained), text)
	}
}
