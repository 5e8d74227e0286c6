package minutes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/subtitles/minutes"
)

// What a chair sums up is decided; what somebody else says, asks or supposes is not.
func TestChairsDecideInPassing(t *testing.T) {
	const de, en = "date 2027-02-01\nlanguage de\nLeitung: Guten Tag zusammen.\n", "date 2027-02-01\nlanguage en\nChair: Good evening, everyone.\n"
	for name, text := range map[string]string{
		"which one": de + `Herr Berg: Der rote Bus kostet weniger.
			Leitung: Gut, dann nehmen wir den roten Bus.
			= decision den roten Bus`,
		"which one, by another": de + `Herr Berg: Dann nehmen wir den roten Bus, ja?
			Leitung: Das weiß ich noch nicht.`,
		"taken along": de + `Leitung: Dann nehmen wir das in die nächste Runde mit.`,
		"none": de + `Herr Berg: Eine Verlängerung kostet nur Geld.
			Leitung: Also keine Verlängerung.
			= decision keine Verlängerung`,
		"none of something else": de + `Leitung: Gibt es Wortmeldungen?
			Herr Berg: Nein.
			Leitung: Also keine Wortmeldungen.`,
		"no": de + `Herr Berg: Die Firma will einen Vorschuss.
			Leitung: Nein, das machen wir nicht.
			~ decision machen wir nicht`,
		"with the old": de + `Herr Berg: Der neue Name gefällt keinem.
			Leitung: Dann bleiben wir beim alten Namen.
			= decision beim alten Namen`,
		"open": de + `Herr Berg: Die Zahlen fehlen noch.
			Leitung: Dann bleibt das erst mal offen.`,
		"off the table": de + `Leitung: Und der Umzug ist damit vom Tisch.
			= decision Umzug`,
		"off the table, as told": de + `Herr Berg: Ursprünglich wollten wir das über die Bank machen, aber das ist vom Tisch.`,
		"is it off the table": de + `Herr Berg: Ist der Umzug jetzt vom Tisch?
			Leitung: Das entscheidet der Rat.`,
		"an act of the office": de + `Frau Kern: Und die Gebühr?
			Leitung: Die erhöhen wir, aber erst im Herbst.
			= decision erhöhen wir`,
		"an act, supposed":  de + `Leitung: Wenn das Geld nicht reicht, erhöhen wir die Gebühr.`,
		"an act, as a wish": de + `Leitung: Vielleicht verschieben wir das Fest.`,
		"an act, long ago":  de + `Leitung: Letztes Jahr haben wir die Gebühr erhöht.`,
		"an act, proposed": de + `Herr Berg: Ich schlage vor, wir streichen den Empfang.
			Frau Kern: Dazu habe ich keine Meinung.`,
		"that is to say": de + `Frau Kern: Die Linde ist krank, die Eiche nicht.
			Leitung: Das heißt, die Linde kommt weg und die Eiche bleibt stehen.
			= decision die Linde kommt weg`,
		"agreed again": de + `Leitung: Dann streichen wir den Empfang im Mai. Einverstanden?
			Frau Kern: Ja.
			Leitung: Gut, so beschlossen.
			= decision Empfang im Mai`,
		"agreed twice": de + `Leitung: Wir einigen uns auf den roten Bus für die Ausflüge. Beschlossen.
			= decision den roten Bus`,
		"agreed, and all asked": de + `Leitung: Wir einigen uns auf den roten Bus für die Ausflüge. Alle einverstanden?
			Frau Kern: Ja.
			Leitung: Gut.
			= decision den roten Bus`,
		"what is voted on, and not what was proposed before": de + `Herr Berg: Ich schlage vor, wir treffen uns früher.
			Frau Kern: Ich komme aus der Schule. Das wird nichts.
			Herr Berg: Gut. Schon recht. Es war nur so eine Idee.
			Frau Kern: Die Kinder sind um vier fertig. Danach kommt der Bus. Der Bus hält am Markt. Der Markt ist voll.
			Herr Berg: So ist es. Das ist jeden Tag so.
			Leitung: Wer ist dafür, dass wir die Rampe bauen? Das sind alle. Einstimmig, danke.
			= vote - - -
			= decision Rampe`,
		"at the end of a sentence": de + `Leitung: Zwei zu drei, also keine Kamera.
			= decision keine Kamera`,
		"from a day on": de + `Leitung: Ab ersten März keine Sticks mehr.
			= decision keine Sticks`,
		"off for today": de + `Leitung: Dann sind die Hallenzeiten für heute abgesetzt.
			= decision Hallenzeiten`,
		"resolved": en + `Chair: The Board will bear the cost at both schools. Is anyone unhappy with that? Then it is so resolved.
			= decision bear the cost`,
		"referred": en + `Chair: That is referred to Parks.
			= decision referred`,
		"rejected": en + `Chair: The request is rejected.
			= decision request`,
		"taken after a vote": en + `Chair: For taking the hall? So three for, one against. We take it.
			= vote 3 1 -
			= decision take it`,
		"taken, as told": en + `Mr Hill: We take it every day.`,
		"a share": de + `Herr Berg: Der Verein hätte gern etwas dazu.
			Leitung: Dann geben wir dem Verein dreihundert Euro.
			= decision dreihundert Euro`,
		"after a vote": de + `Leitung: Wer ist für den Umbau der Halle?
			Herr Berg: Sieben.
			Leitung: Und dagegen?
			Herr Berg: Zwei.
			Leitung: Dann ist das so.
			= vote 7 2 -
			= decision Umbau der Halle`,
		"which one, in English": en + `Mr Hill: The blue paint is cheaper.
			Chair: Then we'll go for the blue paint.
			= decision blue paint`,
		"which one, wished": en + `Mr Hill: Maybe we could go for the blue paint.
			Chair: I don't know.`,
		"somebody objects": de + `Leitung: Dann streichen wir den Empfang.
			Frau Kern: Moment, der ist schon bezahlt.
			Leitung: Ach so.`,
		"somebody objects, in English": en + `Chair: Then we'll go for the blue paint.
			Mr Hill: Hang on, that's twice the price.
			Chair: Oh.`,
		"none, in English": en + `Mr Hill: A hatch would cost a fortune.
			Chair: No hatch, then.
			= decision No hatch`,
		"no problem": en + `Mr Hill: I'm sorry I'm late.
			Chair: No problem, then.`,
		"put later": en + `Mr Hill: The thirteenth is the week of the weddings.
			Chair: Okay, we push it to the tenth of January.
			= decision tenth of January`,
		"pushed on": en + `Mr Hill: That is all.
			Chair: Okay, let's push on.`,
		"stays": en + `Mr Hill: Nobody can build before Easter.
			Chair: Then the sale stays where it is.
			= decision sale stays`,
		"stays, as told": en + `Mr Hill: The sale stays open until four on Saturdays.`,
		"how old it is":  en + `Mr Hill: The urn is older than the curate. That's how old it is.`,
		"what all agreed to in a question": en + `Chair: Are we agreed that the library opens on Sundays from May?
			Mr Hill: I can live with it.
			Chair: Then that is what we'll do.
			= decision library opens on Sundays`,
		"settled": en + `Chair: Is the last Saturday in June all right for everybody? No objections? Then that's settled.
			= decision last Saturday in June`,
		"settled on, long ago": en + `Chair: We settled on oak last year.`,
		"not settled":          en + `Mr Hill: That's not settled yet.`,
		"agreed after a vote": en + `Chair: Shall we say yes to the trial? All those in favour. Five, and one against. Agreed.
			= vote 5 1 -
			= decision trial`,
		"agreed to a task": en + `Chair: Mr Hill, could you call the bank?
			Mr Hill: Agreed.
			= task Hill | | | bank`,
		"hands": en + `Chair: Are we happy to ask for a grant? Hands up. That's five of us. Mr Hill?
			Mr Hill: I'm not putting my hand up.
			Chair: Five for, nobody against, one abstention.
			= vote 5 0 1
			~ decision grant`,
		"by hands": de + `Leitung: Wer will die neue Farbe? Bitte die Hand heben.
			Herr Berg: Ich zähle sieben Hände.
			Leitung: Gegenstimmen? Keine.
			= vote 7 0 -
			~ decision Farbe`,
		"numbers alone answer a vote": de + `Leitung: Dann stimmen wir ab. Wer ist dafür?
			Herr Berg: Sechs zu drei, bei einer Enthaltung.
			= vote 6 3 1`,
		"numbers of a game": de + `Herr Berg: Wir haben drei zu zwei, nein, vier zu zwei gewonnen.`,
		"a form is no vote": de + `Herr Berg: Ich drucke dafür eine Liste.
			= task Berg | | | Liste`,
	} {
		t.Run(name, func(t *testing.T) {
			s := parse(t, name, text)
			m := s.minutes(t)
			tasks, rest := judge(s, m)
			require.Empty(t, tasks.words)
			require.Empty(t, rest.words)
			nothingInvented(t, s.lines, m)
		})
	}
}

// Words of a chair that decide, and such that only sound like it.
func TestWordsThatDecide(t *testing.T) {
	for language, all := range map[string]map[string]minutes.Outcome{
		"de": {
			"Gut, dann nehmen wir den zwölften Mai.":        minutes.Agreed,
			"Also gut, wir verschieben das Fest.":           minutes.Agreed,
			"Dann machen wir den Markt eben ohne Musik.":    minutes.Agreed,
			"Dann gibt es keine Verlängerung.":              minutes.Agreed,
			"Das Fest fällt also aus.":                      minutes.Agreed,
			"Dann kommt der Zaun weg.":                      minutes.Agreed,
			"Dann gilt ab Mai die neue Ordnung.":            minutes.Agreed,
			"Dann öffnen wir ab Mai auch sonntags.":         minutes.Agreed,
			"Also bleibt alles beim Alten.":                 minutes.Agreed,
			"Das lehnen wir ab.":                            minutes.Rejected,
			"Abgelehnt.":                                    minutes.Rejected,
			"Dann stimmen wir dem zu.":                      minutes.Adopted,
			"Wir verweisen das in den Ausschuss.":           minutes.Adopted,
			"Das schieben wir in die nächste Sitzung.":      minutes.Postponed,
			"Dann machen wir weiter.":                       "",
			"Dann lassen wir uns überraschen.":              "",
			"Dann nehmen wir uns die Zeit.":                 "",
			"Dann bleiben noch zehn Minuten.":               "",
			"Also keine Ahnung.":                            "",
			"Wenn es regnet, fällt das Fest also aus.":      "",
			"Der Rat lehnt so etwas meistens ab.":           "",
			"Dann sehen wir uns im März.":                   "",
			"Vielleicht schließen wir dann auch im Sommer.": "",
		},
		"en": {
			"So we're keeping the old name.":          minutes.Agreed,
			"We'll stick with the old name.":          minutes.Agreed,
			"We'll keep the old name then.":           minutes.Agreed,
			"That's a no to the hatch.":               minutes.Agreed,
			"So no renewal this year.":                minutes.Agreed,
			"So the fair moves to May.":               minutes.Agreed,
			"Then we open on Sundays from May.":       minutes.Agreed,
			"We'll give them five hundred pounds.":    minutes.Agreed,
			"The ayes have it.":                       minutes.Agreed,
			"We approve the grant.":                   minutes.Adopted,
			"I declare the motion carried.":           minutes.Adopted,
			"We refer it to the committee.":           minutes.Adopted,
			"That's rejected.":                        minutes.Rejected,
			"Let's park that until May.":              minutes.Postponed,
			"Then we'll move on.":                     "",
			"So we keep waiting.":                     "",
			"Then we'll keep an eye on it.":           "",
			"So we'll see.":                           "",
			"If it rains, the fair is off.":           "",
			"Perhaps we'll stick with the old name.":  "",
			"We'll have a break then.":                "",
			"He said that's rejected.":                "",
			"No worries, then.":                       "",
			"We could give them five hundred pounds.": "",
		},
	} {
		for text, outcome := range all {
			m := talk(t, language, "Chair: Hello. | B: Yes. | Chair: "+text)
			if outcome == "" {
				require.Empty(t, m.Decisions, text)
				continue
			}
			require.Len(t, m.Decisions, 1, text)
			require.Equal(t, outcome, m.Decisions[0].Outcome, text)
		}
	}
}

// Votes in the words that people use for them, in one sentence or several.
func TestVotesAsPeopleTakeThem(t *testing.T) {
	for language, all := range map[string]map[string]string{
		"de": {
			"A: Wer dafür ist, hebt bitte die Hand. | B: Sieben. | A: Wer ist dagegen? | B: Zwei.": "7 2 -",
			"A: Handzeichen bitte. Fünf. Gegenprobe. Drei.":                                        "5 3 -",
			"A: Sechs sind dafür, vier dagegen, einer enthält sich.":                               "6 4 1",
			"A: Sieben zu zwei, angenommen.":                                                       "7 2 -",
			"A: Wer ist dafür? Sechs. Und dagegen? Vier, damit ist es knapp durch.":                "6 4 -",
			"A: Wer ist dafür? Neun. Wer dagegen? Niemand. Enthaltungen auch keine.":               "9 0 0",
			"A: Neun dafür, keine Gegen Stimme, eine Enthaltung.":                                  "9 0 1",
			"A: Wir haben sieben zu zwei gewonnen.":                                                "",
			"A: Ich brauche dafür ein Formular.":                                                   "",
		},
		"en": {
			"A: Seven yes, two no.":                                     "7 2 -",
			"A: Seven to two, carried.":                                 "7 2 -",
			"A: Hands up if you agree. Seven. Against? Two.":            "7 2 -",
			"A: Who's for it? | B: Six. | A: Who's against? | B: One.":  "6 1 -",
			"A: All in favour. Five, and one against.":                  "5 1 -",
			"A: Can I see hands for the motion? Six. And against? One.": "6 1 -",
			"A: If all those in favour come, seven is enough.":          "",
			"A: We need a hand. | B: Seven chairs are missing.":         "",
		},
	} {
		for text, want := range all {
			m := talk(t, language, text)
			if want == "" {
				require.Empty(t, m.Votes, text)
				continue
			}
			require.Len(t, m.Votes, 1, text)
			require.Equal(t, want, number(m.Votes[0].For)+" "+number(m.Votes[0].Against)+" "+number(m.Votes[0].Abstained), text)
		}
	}
}
