package minutes_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/subtitles/minutes"
)

// owners are who does what until when, in the order of the minutes: "Ben bis Freitag; Eva".
func owners(m minutes.Minutes) string {
	var all []string
	for _, k := range m.Tasks {
		all = append(all, strings.TrimSpace(k.Owner+" "+k.Due.Said))
	}
	return strings.Join(all, "; ")
}

// How people give tasks to one another, take them and hand them on.
func TestTasksGivenAndTaken(t *testing.T) {
	for language, all := range map[string]map[string]string{
		"de": {
			"A: Der Hersteller antwortet nicht. | B: Dann ruf da doch bitte noch mal an. | A: Mach ich gleich heute Nachmittag.":                  "A heute Nachmittag",
			"A: Guck doch mal, ob die noch dicht sind, Ben. | Ben: Ja, mach ich.":                                                                 "Ben",
			"A: Wer fährt da raus? | B: Ich. | A: Lieber nicht. Dann übernimmt das Ben, und zwar heute noch. | Ben: Gut.":                         "Ben heute noch",
			"A: Ich brauche von euch allen die Wünsche, und zwar bis zum 30. November.":                                                           "euch allen bis zum 30. November",
			"A: Wir sollten einen Brief schreiben. | B: Den kann ich aufsetzen. Bis Sonntag habt ihr einen Vorschlag von mir.":                    "B Bis Sonntag",
			"A: Es fehlt noch jemand, der das Zelt bestellt. | B: Das kann die Frau Sommer machen.":                                               "Frau Sommer",
			"Frau Sommer: Ich muss die Liste neu sortieren, das schaffe ich aber nicht vor Weihnachten. | B: Bis Mitte Januar dann, Frau Sommer.": "Frau Sommer Bis Mitte Januar",
			"A: Das nächste Treffen bereiten Frau Sommer und Julia Kern vor.":                                                                     "Frau Sommer und Julia Kern",
			"A: Ich müsste den Maler noch antreiben. | B: Tun Sie das, gleich diese Woche.":                                                       "A diese Woche",
			"A: Wir bräuchten Zahlen zum Radweg. | B: Das nehme ich mit.":                                                                         "B",
			"A: Julia Kern, Sie sind doch morgen im Haus, können Sie den Schlüssel abholen? | Julia Kern: Nein, da bin ich im Urlaub.":            "",
			"A: Julia Kern, ließe sich das organisieren? | Julia Kern: Gern, ich suche bis Freitag einen Termin.":                                 "Julia Kern bis Freitag",
			"A: Frau Sommer, binden Sie Julia Kern da bitte ein.":                                                                                 "Frau Sommer",
			"A: Ich habe mit Herrn Winter vom Friedhofsamt gesprochen. Er lässt den Weg bis Freitag schottern.":                                   "Herrn Winter bis Freitag",
			"A: Frau Sommer war bei Herrn Winter. Sie schickt bis Freitag den Plan.":                                                              "Frau Sommer bis Freitag",
			"A: Frau Sommer gibt den Beschluss an die Verwaltung weiter.":                                                                         "Frau Sommer",
			"A: Frau Sommer lehnt den Beschluss der Verwaltung ab.":                                                                               "",
			"A: Der Knopf ist zu klein. | B: Dann macht ihn bitte größer. Bis wann geht das? | A: Freitag.":                                       "A Freitag",
			"A: Und gib Julia Kern danach Rückmeldung. | B: Klar.":                                                                                "B",
			"Frau Sommer: Gut. | A: Frau Sommer, sobald er da ist, schicken Sie ihn bitte allen.":                                                 "Frau Sommer",
			"A: Den Estrich legt das Bauamt in der ersten Novemberwoche.":                                                                         "das Bauamt in der ersten Novemberwoche",
			"A: Plakate muss noch jemand drucken lassen. | B: Kann ich machen. Bis wann brauchst du die? | A: Anfang Januar.":                     "B Anfang Januar",
			"A: Frau Sommer im Büro bereitet das vor.":                                                                                            "Frau Sommer im Büro",
			"A: Das Gebäudemanagement tauscht am Donnerstag das Ventil aus.":                                                                      "Das Gebäudemanagement am Donnerstag",
			"A: Ich hör mich mal bei den Jungen um.":                                                                                              "A",
			"A: Das möchte ich bitte schriftlich. | B: Bekommen Sie.":                                                                             "B",
			"A: Ich möchte bitte ausreden. | B: Ja.":                                                                                              "",
			"A: Den Antrag füllst du aus. | B: Alles klar.":                                                                                       "B",
			"A: Das weißt du doch. | B: Ja.":                                                                                                      "",
			"A: Bring die zwei bitte auch noch hin. | B: Mach ich, wenn ich die anderen hole.":                                                    "B",
			"A: Den Antrag prüft gerade Frau Sommer.":                                                                                             "",
		},
		"en": {
			"A: Julia, would you draw up a rota? | Julia: Not at all. You'll have it by Monday.":                                            "Julia by Monday",
			"A: Could you write it this week? | B: Sure. | C: I took photos, I can send you those.":                                         "B this week; C",
			"A: Do you want me to set up the page? | B: Yes please, by Friday if you can.":                                                  "A by Friday",
			"A: Couldn't the council send a warden? | B: I'd have to ask them. Leave it with me.":                                           "B",
			"A: Facilities are sending someone on Wednesday to look at it.":                                                                 "Facilities on Wednesday",
			"A: Our energy officer's finishing that now. She'll send it over by Friday.":                                                    "Our energy officer by Friday",
			"A: The council office will put the next meeting in the diary.":                                                                 "The council office",
			"A: The council will make a loss.":                                                                                              "",
			"A: Julia, you're on the early shift, can you let them in? | Julia: I can't. | B: I'll let them in.":                            "B",
			"A: I'm putting a number on the website tomorrow. | B: Who cares? | A: I can arrange for the street to be swept twice a week.":  "A tomorrow; A",
			"A: I ask the two schools on Friday.":                                                                                           "A on Friday",
			"Julia: Hello. | A: Julia, once it's in, circulate it to all members please.":                                                   "Julia",
			"A: I'll place the notice by Thursday, and if nobody objects it starts in May.":                                                 "A by Thursday",
			"A: If nobody objects, I'll place the notice by Thursday.":                                                                      "",
			"A: I'd need copies from you, Julia, by Monday. | Julia: No worries.":                                                           "Julia by Monday",
			"A: I can't, ask Julia. | B: Julia, would you? | Julia: Go on then.":                                                            "Julia",
			"A: I expect to have a summary for you by Friday.":                                                                              "A by Friday",
			"A: Julia, you'll get the chairs ordered? | Julia: This week, A.":                                                               "Julia This week",
			"A: Somebody should tell the traders. | B: I'll drop in on them next week.":                                                     "B next week",
			"A: Have the fishermen been told? | B: I'll tell them.":                                                                         "B",
			"A: Chase them, please. | B: Okay.":                                                                                             "B",
			"A: Yes, get one made, would you, Julia? | Julia: Sure.":                                                                        "Julia",
			"A: It's seven so I'll open the meeting.":                                                                                       "",
			"A: I'll send you the bill. | B: Have you booked the hall? | C: Oh dear. | B: Really. | D: No. | A: I'll do it this afternoon.": "A; A this afternoon",
			"A: Julia, would you swap the shifts? | Julia: Leave it with me, I'll sort it by tomorrow.":                                     "Julia by tomorrow",
		},
	} {
		for text, want := range all {
			require.Equal(t, want, owners(talk(t, language, text)), text)
		}
	}
}
