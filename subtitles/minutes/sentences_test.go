package minutes_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/subtitles"
	"github.com/amtsleitung/amtsleitung/subtitles/minutes"
)

// talk is one meeting on Monday, 23 November 2026: "Anna: Hallo. | Ben: Ja."
func talk(t testing.TB, language, text string) minutes.Minutes {
	t.Helper()
	var lines []minutes.Line
	for i, turn := range strings.Split(text, " | ") {
		speaker, words, _ := strings.Cut(turn, ": ")
		at := time.Duration(i) * 5 * time.Second
		lines = append(lines, minutes.Line{Speaker: speaker, Text: words, Language: language, Start: at, End: at + 4*time.Second})
	}
	m, err := minutes.Write(t.Context(), lines, minutes.Options{Began: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), Participants: []string{"Frau Sommer", "Julia Kern"}})
	require.NoError(t, err)
	return m
}

func TestWhatIsNoTask(t *testing.T) {
	for _, text := range []string{
		"A: Frau Sommer hat den Entwurf schon geschickt.",
		"A: Frau Sommer schickte den Entwurf.",
		"A: Frau Sommer schickt den Entwurf nicht.",
		"A: Schickt Frau Sommer den Entwurf?",
		"A: Schickt Frau Sommer bis Freitag den Entwurf",
		"A: Wenn Frau Sommer den Entwurf schickt, sind wir fertig.",
		"A: Frau Sommer würde den Entwurf schicken.",
		"A: Vielleicht schickt Frau Sommer den Entwurf.",
		"A: Frau Sommer schickt uns immer freitags den Entwurf.",
		"A: Er sagte, Frau Sommer schickt bis Freitag den Entwurf.",
		"A: In der Zeitung stand „Frau Sommer schickt bis Freitag den Entwurf“.",
		"A: Das Amt schickt Frau Sommer die Unterlagen.",
		"A: Ich schicke voraus, dass wir wenig Zeit haben.",
		"A: Ich frage mich, ob das geht.",
		"A: Ich gebe Herrn Winter recht.",
		"A: Ich stelle den Antrag zur Abstimmung.",
		"A: Ich sage mal, das wird schon.",
		"A: Ich melde mich zu Wort.",
		"A: Ich habe den Plan geprüft.",
		"A: Ich prüfe das seit drei Wochen.",
		"A: Wer schreibt das Protokoll? | B: Ja, gute Frage.",
		"A: Können Sie das prüfen, Frau Sommer? | Frau Sommer: Das weiß ich noch nicht.",
		"A: Können Sie das prüfen, Frau Sommer? | B: Ja, das wäre schön.",
		"A: Könnten Sie den Plan schicken, Frau Sommer? | Frau Sommer: Ja, aber ich muss erst fragen.",
		"A: Ich schicke Ihnen den Plan. | A: Nein, vergessen Sie das.",
		"A: Ich schicke Ihnen den Plan. | A: War nur ein Scherz.",
		"A: Jemand sollte bis Freitag den Plan prüfen.",
		"A: Man müsste den Plan bis Freitag prüfen.",
		"A: Hätte ich Zeit, würde ich den Plan prüfen.",
		"A: Niemand schickt bis Freitag den Plan.",
		"A: Die Post schickt das Paket.",
		"A: Ich glaube, Frau Sommer schickt den Entwurf.",
		"A: Ich wollte den Plan bis Freitag schicken.",
		"A: Ich muss den Plan nicht prüfen.",
		"A: Ich rufe dann den nächsten Punkt auf.",
		"A: Ich prüfe gerade die Mails.",
		"A: Ich schreibe mir das auf.",
		"A: Ich soll den Plan prüfen, sagt der Chef.",
		"A: Nehmen wir mal an, Frau Sommer schickt bis Freitag den Plan.",
		"A: Ich lade Sie herzlich ein.",
		"A: Soll ich den Plan prüfen? | B: Nein, danke.",
		"A: Frau Sommer übernimmt das Protokoll. | Frau Sommer: Nein, das habe ich letztes Mal geschrieben.",
		"A: Ich schicke den Plan bis Freitag. | B: Zum nächsten Punkt. | A: Den Plan schicke ich doch nicht.",
		"A: Es ist schön, dass Frau Sommer den Entwurf geschickt hat.",
		"A: Wer ist dafür? | B: Alle, wie ich sehe.",
		"A: Wer ist für den Antrag? | A: Ich sehe neun Hände.",
		"A: Der Vertrag läuft bis Juli. Ich kann den Ärger verstehen.",
		"A: Guten Abend, wir sprechen heute über den Radweg.",
		"A: Wer hat die Liste? | B: Die führe ich.",
		"A: Möchten Sie den Antrag zurückziehen? | B: Ja.",
		"A: Wer kümmert sich darum? | B: Ich glaube, das Hochbauamt liefert bis Freitag.",
		"A: Wer kümmert sich darum? | B: Ich nehme an, das Amt antwortet.",
		"A: Wer kümmert sich darum? | B: Ich muss Ihnen da widersprechen.",
		"A: Ich wollte den Bericht bis Freitag schicken, aber das lasse ich jetzt.",
		"A: Ich melde mich am Freitag ab.",
		"A: Das nehme ich mit Humor.",
		"A: Die Leitung kommt irgendwann, das kann ich Ihnen zusagen.",
	} {
		require.Empty(t, talk(t, "de", text).Tasks, text)
	}
	for _, text := range []string{
		"A: Julia has sent the draft.",
		"A: Julia sends the draft every week.",
		"A: Julia won't send the draft.",
		"A: Will Julia send the draft?",
		"A: If Julia will send the draft, we are done.",
		"A: Julia might send the draft.",
		"A: He said Julia will send the draft by Friday.",
		"A: The paper wrote: \"I will send the draft by Friday\".",
		"A: I'll be brief.",
		"A: I'll ask the committee for a vote.",
		"A: Imagine Julia will check it by Friday.",
		"A: I will send it by Friday, she said.",
		"A: I'll ask Julia to speak now.",
		"A: Can I send it by Friday? | B: That is up to you.",
		"A: I'll come back to that later.",
		"A: I'll hand over to Julia.",
		"A: I would send it by Friday.",
		"A: I'll send it tomorrow. | A: Scratch that.",
		"A: Who can take the minutes? | B: Good question.",
		"A: Can you check it, Julia? | Julia: I'm afraid I can't.",
		"A: Can you check it, Julia? | B: Yes, that would be good.",
		"A: Someone should call the mayor by Friday.",
		"A: I'll eat my shoes. Just kidding.",
		"A: Unless it rains, I'll paint the fence and order the chairs.",
		"A: I don't have to send it by Friday.",
		"A: This will check itself by Friday.",
		"A: Nobody will send the draft by Friday.",
		"A: It is agreed that the playground stays closed until May.",
		"A: I take it we meet on Friday.",
		"A: We'll talk about the roof on Friday.",
		"A: Who is in favour? | B: Everybody, as I see.",
		"A: Let me see.",
		"A: Let me ask you a question.",
		"A: The library opens on Monday.",
		"A: I'm pleased to report that we are done.",
		"A: Who can do it? | B: I can imagine people complain.",
		"A: Who can do it? | B: I'll leave it there.",
		"A: I was going to write it by Friday but I was ill.",
	} {
		require.Empty(t, talk(t, "en", text).Tasks, text)
	}
}

func TestWhatIsATask(t *testing.T) {
	for _, c := range []struct{ language, text, owner, said, date string }{
		{"de", "A: Frau Sommer schickt bis Freitag den Entwurf.", "Frau Sommer", "bis Freitag", "2026-11-27"},
		{"de", "A: Bis Freitag schickt Frau Sommer den Entwurf.", "Frau Sommer", "Bis Freitag", "2026-11-27"},
		{"de", "A: Den Entwurf schickt Frau Sommer.", "Frau Sommer", "", ""},
		{"de", "A: Frau Dr. Sommer wird den Entwurf bis zum 3. Dezember schicken.", "Frau Dr. Sommer", "bis zum 3. Dezember", "2026-12-03"},
		{"de", "A: Frau Sommer und Herr Winter prüfen bis morgen den Plan.", "Frau Sommer und Herr Winter", "bis morgen", "2026-11-24"},
		{"de", "A: Wir halten fest, dass Frau Sommer bis Freitag den Entwurf schickt.", "Frau Sommer", "bis Freitag", "2026-11-27"},
		{"de", "A: Der Plan wird bis Freitag von Frau Sommer geprüft.", "Frau Sommer", "bis Freitag", "2026-11-27"},
		{"de", "A: Können Sie das bis zum 12. März übernehmen, Herr Winter? | Herr Winter: Ja, mache ich.", "Herr Winter", "bis zum 12. März", "2027-03-12"},
		{"de", "A: Herr Winter, können Sie den Plan prüfen? | Herr Winter: Ja. Bis Freitag.", "Herr Winter", "Bis Freitag", "2026-11-27"},
		{"de", "A: Kann Herr Winter den Plan prüfen? | Herr Winter: Gern.", "Herr Winter", "", ""},
		{"de", "A: Herr Winter, bitte schicken Sie mir die Liste. | Herr Winter: In Ordnung.", "Herr Winter", "", ""},
		{"de", "A: Wer schreibt das Protokoll? | B: Ich.", "B", "", ""},
		{"de", "A: Ich kläre bis Freitag, ob wir das dürfen.", "A", "bis Freitag", "2026-11-27"},
		{"de", "A: Das Bauamt legt bis Ende März einen Bericht vor.", "Das Bauamt", "bis Ende März", "2027-03-31"},
		{"de", "A: Ich schicke Ihnen die Liste, nicht den Plan.", "A", "", ""},
		{"de", "A: Ich schicke den Plan am Mittwoch. | A: Nein, bis Donnerstag.", "A", "bis Donnerstag", "2026-11-26"},
		{"de", "A: ja also ich schick euch das dann bis freitag", "A", "bis freitag", "2026-11-27"},
		{"de", "A: Julia bestellt bis nächste Woche die Stühle.", "Julia", "bis nächste Woche", "2026-12-04"},
		{"de", "A: Herr Winter, Sie schicken bitte bis Freitag den Entwurf. | Herr Winter: Okay.", "Herr Winter", "bis Freitag", "2026-11-27"},
		{"de", "A: Wie gesagt, ich schicke den Plan bis Freitag.", "A", "bis Freitag", "2026-11-27"},
		{"de", "A: Soll ich den Plan prüfen? | B: Ja, bitte.", "A", "", ""},
		{"de", "A: Noch einmal: Frau Sommer schickt bis Freitag den Plan. | B: Also Frau Sommer schickt den Plan bis Freitag.", "Frau Sommer", "bis Freitag", "2026-11-27"},
		{"en", "A: Julia can't be here, so I'll take the minutes.", "A", "", ""},
		{"en", "A: Would you mind checking the plan, Julia? | Julia: Not at all.", "Julia", "", ""},
		{"en", "A: I'll send it by Monday.", "A", "by Monday", "2026-11-30"},
		{"en", "A: Julia will send the draft by Friday.", "Julia", "by Friday", "2026-11-27"},
		{"en", "A: Sandra will send the draft by Friday.", "Sandra", "by Friday", "2026-11-27"},
		{"en", "A: Ms Reed needs to check the plan.", "Ms Reed", "", ""},
		{"en", "A: Julia, can you check the plan? | Julia: Sure, by Tuesday.", "Julia", "by Tuesday", "2026-11-24"},
		{"en", "A: Please check the plan by tomorrow, Julia. | Julia: Will do.", "Julia", "by tomorrow", "2026-11-24"},
		{"en", "A: Who will write the report? | B: I will.", "B", "", ""},
		{"en", "A: I'll check if we can do that by Friday.", "A", "by Friday", "2026-11-27"},
		{"en", "A: The plan is to be checked by Ms Reed.", "Ms Reed", "", ""},
	} {
		m := talk(t, c.language, c.text)
		require.Len(t, m.Tasks, 1, c.text)
		k := m.Tasks[0]
		require.Equal(t, c.owner, k.Owner, c.text)
		require.Equal(t, c.said, k.Due.Said, c.text)
		require.Equal(t, c.date, k.Due.Date, c.text)
	}
}

func TestOrdersToTwoPeople(t *testing.T) {
	m := talk(t, "de", "Anna: Herr Winter, prüfen Sie bitte die Zahlen bis Freitag, und Frau Sommer, schicken Sie den Plan.")
	require.Len(t, m.Tasks, 2)
	require.Equal(t, "Herr Winter, prüfen Sie bitte die Zahlen bis Freitag", m.Tasks[0].Text)
	require.Equal(t, "Herr Winter", m.Tasks[0].Owner)
	require.Equal(t, "Frau Sommer", m.Tasks[1].Owner)
	require.Empty(t, m.Tasks[1].Due)
	require.Equal(t, []minutes.Doubt{minutes.Asked}, m.Tasks[1].Unsure, "she did not answer")
}

func TestDecisions(t *testing.T) {
	for text, outcome := range map[string]minutes.Outcome{
		"Damit ist der Antrag einstimmig angenommen.":             minutes.Adopted,
		"Der Antrag ist mit großer Mehrheit abgelehnt.":           minutes.Rejected,
		"Wir einigen uns darauf, dass der Saal zu bleibt.":        minutes.Agreed,
		"Der Punkt wird vertagt.":                                 minutes.Postponed,
		"Das ist hiermit beschlossen.":                            minutes.Adopted,
		"Das wurde noch nicht beschlossen.":                       "",
		"Ist das schon beschlossen?":                              "",
		"Wenn der Antrag angenommen wird, bauen wir.":             "",
		"Das haben wir im letzten Jahr schon einmal beschlossen.": "",
		"Wir könnten uns darauf einigen.":                         "",
		"Er sagte, es ist beschlossen.":                           "",
		"Dann stimmt der Rat dem Kauf einstimmig zu.":             minutes.Adopted,
		"Gut, dann ist das Konsens, wir kaufen das Zelt.":         minutes.Agreed,
		"Der Rat stimmt dem Kauf nicht einstimmig zu.":            "",
	} {
		m := talk(t, "de", "A: "+text)
		if outcome == "" {
			require.Empty(t, m.Decisions, text)
			continue
		}
		require.Len(t, m.Decisions, 1, text)
		require.Equal(t, outcome, m.Decisions[0].Outcome, text)
	}
	for text, outcome := range map[string]minutes.Outcome{
		"It is agreed that we close at six.":      minutes.Agreed,
		"We have decided to close at six.":        minutes.Agreed,
		"The motion is carried unanimously.":      minutes.Adopted,
		"The motion is rejected.":                 minutes.Rejected,
		"The item is deferred to May.":            minutes.Postponed,
		"It has not been agreed.":                 "",
		"Have we agreed that?":                    "",
		"If it is agreed, we close.":              "",
		"The motion was carried three years ago.": "",
	} {
		m := talk(t, "en", "A: "+text)
		if outcome == "" {
			require.Empty(t, m.Decisions, text)
			continue
		}
		require.Len(t, m.Decisions, 1, text)
		require.Equal(t, outcome, m.Decisions[0].Outcome, text)
	}
}

func TestVotesAreAsSaid(t *testing.T) {
	for text, want := range map[string]string{
		"A: Angenommen mit einundzwanzig zu drei Stimmen bei zwei Enthaltungen.": "21 3 2",
		"A: Wir haben 12 Ja-Stimmen und keine Gegenstimmen.":                     "12 0 -",
		"A: Dafür: 14. Dagegen: 5. Enthaltungen: 1.":                             "14 5 1",
		"A: Wer ist dafür? | B: 12. | A: Wer ist dagegen? | B: Niemand.":         "12 0 -",
		"A: Wer ist dafür? Eine Stimme. Dagegen? Vier. Enthaltungen? Null.":      "1 4 0",
	} {
		m := talk(t, "de", text)
		require.Len(t, m.Votes, 1, text)
		require.Equal(t, want, number(m.Votes[0].For)+" "+number(m.Votes[0].Against)+" "+number(m.Votes[0].Abstained), text)
	}
	for _, text := range []string{"A: Ich bin dafür.", "A: Wer ist dafür?", "A: Letztes Jahr waren 12 Stimmen dafür.", "A: Wenn zwölf dafür sind, reicht es."} {
		require.Empty(t, talk(t, "de", text).Votes, text)
	}
}

func TestWhatWasHardToHearIsMarked(t *testing.T) {
	m, err := minutes.Write(t.Context(), minutes.Of([]subtitles.Cue{{ID: "de-7", Speaker: "Frau Sommer", Text: "Ich schicke den Plan bis Freitag.", Language: "de-DE", Start: time.Second, End: 3 * time.Second, Confidence: 0.3}}), minutes.Options{})
	require.NoError(t, err)
	require.Len(t, m.Tasks, 1)
	require.Equal(t, []minutes.Doubt{minutes.Misheard}, m.Tasks[0].Unsure)
	require.Equal(t, []string{"de-7"}, m.Tasks[0].Cues)
	require.Equal(t, time.Second, m.Tasks[0].Start)
	require.Equal(t, minutes.Due{Said: "bis Freitag"}, m.Tasks[0].Due, "without the meeting's day there is no date")
}

func TestOtherLanguagesAreCounted(t *testing.T) {
	m := talk(t, "tr", "A: Yarın gönderirim.")
	require.Equal(t, 1, m.Unread)
	require.Empty(t, m.Tasks)
}

// BenchmarkWrite makes the minutes of about three hours.
func BenchmarkWrite(b *testing.B) {
	var lines []minutes.Line
	for len(lines) < 3000 {
		for _, s := range scripts(b, "seen") {
			for _, l := range s.lines {
				l.ID, l.Start, l.End = "", time.Duration(len(lines))*4*time.Second, time.Duration(len(lines))*4*time.Second+3*time.Second
				lines = append(lines, l)
			}
		}
	}
	for b.Loop() {
		if _, err := minutes.Write(b.Context(), lines, minutes.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// TestStrangers: somebody who is no participant may own a task, by their whole name.
func TestStrangers(t *testing.T) {
	for text, owner := range map[string]string{
		"Anna will write the report by Friday.":         "Anna",
		"Anna Miller will write the report by Friday.":  "Anna Miller",
		"Anna van Dyck will call the school by Friday.": "Anna van Dyck",
		"The report will be sent by Friday.":            "",
		"The Town Hall will check the roof by Friday.":  "",
	} {
		m := talk(t, "en", "A: "+text)
		if owner == "" {
			for _, task := range m.Tasks {
				require.NotContains(t, task.Unsure, minutes.Stranger, text)
			}
			continue
		}
		require.Len(t, m.Tasks, 1, text)
		require.Equal(t, owner, m.Tasks[0].Owner)
		require.Equal(t, []minutes.Doubt{minutes.Stranger}, m.Tasks[0].Unsure)
	}
}

func TestOwnersThatNobodyIntroduced(t *testing.T) {
	for text, owner := range map[string]string{
		"Frau Dr. Winkler vom Rechtsamt prüft das bis Freitag.":             "Frau Dr. Winkler vom Rechtsamt",
		"Das Team Grünflächen legt bis Freitag einen Plan vor.":             "Das Team Grünflächen",
		"Herr von und zu Berg schickt die Liste bis Freitag.":               "",
		"Herr van der Vaart schickt die Liste bis Freitag.":                 "Herr van der Vaart",
		"Die Einladung schreibt Clara Maria Holt bis Freitag.":              "Clara Maria Holt",
		"Die Kollegin aus dem Einwohnermeldeamt schickt die Liste.":         "Die Kollegin aus dem Einwohnermeldeamt",
		"Bis Freitag wird der Plan vom Tiefbauamt überarbeitet.":            "Tiefbauamt",
		"Laut Zeitplan schickt niemand etwas bis Freitag.":                  "",
		"Letzte Woche hat Clara Maria Holt die Einladung geschrieben.":      "",
		"Die Kollegin aus dem Einwohnermeldeamt würde die Liste schicken.":  "",
		"Wenn Clara Maria Holt zusagt, schreibt sie bis Freitag die Liste.": "",
	} {
		m := talk(t, "de", "A: "+text)
		if owner == "" {
			require.Empty(t, m.Tasks, text)
			continue
		}
		require.Len(t, m.Tasks, 1, text)
		require.Equal(t, owner, m.Tasks[0].Owner, text)
	}
}

func TestVotesWithoutMarksAreReadFromOneSide(t *testing.T) {
	for text, want := range map[string]string{
		"A: those in favour nine against five abstentions one":                       "9 5 1",
		"A: all in favour five against two no abstentions":                           "5 2 0",
		"A: Wer ist dafür acht wer ist dagegen drei wer enthält sich einer":          "8 3 1",
		"A: Wer stimmt der Vorlage zu das sind neun Gegenstimmen eine":               "9 1 -",
		"A: nine in favour five against one abstention":                              "9 5 1",
		"A: Ja-Stimmen fünf Nein-Stimmen acht Enthaltungen zwei":                     "5 8 2",
		"A: elf Ja-Stimmen zwei Nein-Stimmen keine Enthaltungen":                     "11 2 0",
		"A: Wer ist dafür vier wer ist dagegen niemand Enthaltungen eine ich selbst": "4 0 1",
	} {
		language := "de"
		if strings.Contains(text, "favour") {
			language = "en"
		}
		m := talk(t, language, text)
		require.Len(t, m.Votes, 1, text)
		require.Equal(t, want, number(m.Votes[0].For)+" "+number(m.Votes[0].Against)+" "+number(m.Votes[0].Abstained), text)
	}
}
