package minutes_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Small dialogues in which only the turns together tell the task, or that there is none.
func TestExchanges(t *testing.T) {
	const de, en = "date 2027-02-01\nlanguage de\n", "date 2027-02-01\nlanguage en\n" // a Monday
	for name, text := range map[string]string{
		"an office answers who": de + `Leitung: Wer liefert den Lageplan?
			Herr Berg: Das Katasteramt, bis Freitag, das ist zugesagt.
			= task Katasteramt | bis Freitag | 2027-02-05 | Lageplan`,
		"the question's verb answers who": de + `Leitung: Wer verhandelt mit der Kirche?
			Herr Berg: Mit der Kirche verhandelt Frau Kern.
			= task Kern | | | Kirche`,
		"who could do it is no question": de + `Leitung: Wer baut die Bühne auf?
			Herr Berg: Das kann der Hausmeister machen.
			= task Hausmeister | | | baut`,
		"a vote asks who": de + `Leitung: Wer ist dagegen?
			Herr Berg: Frau Kern.`,
		"who it was before": de + `Leitung: Wer war das?
			Herr Berg: Das Bauamt, letzte Woche.`,
		"a name before another request is no answer": de + `Leitung: Wer prüft die Rechnung?
			Herr Berg: Frau Kern, können Sie das machen?
			Frau Kern: Nein.`,
		"a date that is proposed and agreed to": de + `Leitung: Frau Kern, können Sie die Liste aktualisieren?
			Frau Kern: Ja.
			Leitung: Ende nächster Woche?
			Frau Kern: Das passt.
			= task Kern | Ende nächster Woche | 2027-02-12 | Liste`,
		"a date that is proposed and refused": de + `Leitung: Frau Kern, können Sie die Liste aktualisieren?
			Frau Kern: Ja.
			Leitung: Bis morgen?
			Frau Kern: Nein, das ist zu früh.
			= task Kern | | | Liste`,
		"a date that is wished": de + `Herr Berg: Ich rufe den Verein an.
			Leitung: Bitte bis Freitag, wegen der Plakate.
			Herr Berg: In Ordnung.
			= task Berg | bis Freitag | 2027-02-05 | Verein`,
		"a date that answers a wish": en + `Ivy: I'll redo the worksheets.
			Chair: By Friday, if you can.
			Ivy: By Thursday then.
			= task Ivy | by Thursday | 2027-02-04 | worksheets`,
		"a date that the owner asks for stands": en + `Chair: Would you print the posters, Ivy?
			Ivy: Yes. Next Wednesday?
			Chair: There will be cake.
			= task Ivy | Next Wednesday | 2027-02-10 | posters`,
		"a date that the owner asks for and nobody wants": en + `Chair: Would you print the posters, Ivy?
			Ivy: Yes. Next Wednesday?
			Chair: No, that's too late.
			= task Ivy | | | posters`,
		"until when somebody needs it": de + `Leitung: Frau Kern, können Sie die Kopien machen?
			Frau Kern: Ja.
			Herr Roth: Die alten Pläne habe ich gestern gefunden.
			Herr Berg: Die Kopien brauchen wir spätestens am Donnerstag, sonst wird es mit dem Ausschuss nichts.
			= task Kern | spätestens am Donnerstag | 2027-02-04 | Kopien`,
		"until when somebody needs something else": de + `Leitung: Frau Kern, können Sie die Kopien machen?
			Frau Kern: Ja.
			Herr Berg: Den Schlüssel brauche ich spätestens am Donnerstag zurück, sonst wird es knapp.
			= task Kern | | | Kopien`,
		"before then it is too early": de + `Leitung: Herr Berg, können Sie das mit dem Notar klären?
			Herr Berg: Kann ich machen. Vor Weihnachten krieg ich da aber keinen Termin, sagen wir bis zum 20. Januar.
			= task Berg | bis zum 20. Januar | 2028-01-20 | Notar`,
		"who tells them": de + `Frau Kern: Wer sagt dem Gärtner Bescheid?
			Herr Berg: Den ruf ich an.
			Leitung: Noch etwas. Ich lobe die Feuerwehr.
			= task Berg | | | ruf`,
		"I'd rather you did": en + `Chair: Could you write to the school, Ivy?
			Ivy: I'd rather it came from you.
			Chair: Fine, I'll email them today.
			= task Chair | today | 2027-02-01 | email`,
		"until when, in a question of its own": de + `Leitung: Schreiben Sie bitte die Einladung neu, Herr Berg. Schaffen Sie das bis zum zehnten?
			Herr Berg: Bis zum zehnten, ja.
			= task Berg | bis zum zehnten | 2027-02-10 | Einladung`,
		"needed from somebody": de + `Herr Berg: Ich brauche von Frau Kern noch die Maße, spätestens am Mittwoch.
			Frau Kern: Bekommen Sie.
			= task Kern | spätestens am Mittwoch | 2027-02-03 | Maße`,
		"needed from somebody who answers with a date": en + `Chair: I need the spare keys from Ivy.
			Ivy: You'll have them by noon.
			= task Ivy | by noon | 2027-02-01 | keys`,
		"needed from somebody who is not there": de + `Herr Berg: Ich brauche von Herrn Lutz die Maße.
			Frau Kern: Ja.`,
		"a joke that another tells to be one": en + `Ivy: I'll paint the door with zebra stripes.
			Chair: Very funny.`,
		"a joke that another answers in earnest": de + `Herr Berg: Ich backe einen Kuchen aus Beton.
			Frau Kern: Klar. Im Ernst, hat jemand ein Rezept?`,
		"who laughs and is pleased": en + `Ivy: I'll paint the door with zebra stripes.
			Chair: Haha, great, thanks.
			= task Ivy | | | zebra`,
		"no joke": en + `Ivy: I'll paint the door with primer.
			Chair: Lovely.
			= task Ivy | | | primer`,
		"who it is, in words of its own": de + `Leitung: Wer prüft den Brandschutz?
			Herr Berg: Das Bauamt prüft die Brandschutztüren bis Freitag.
			= task Bauamt | bis Freitag | 2027-02-05 | Brandschutztüren`,
		"a task without a verb": de + `Leitung: Also, Reinigung der Zelte durch Herrn Berg bis Freitag.
			= task Berg | bis Freitag | 2027-02-05 | Zelte`,
		"a deed of the past": de + `Leitung: Die Zelte wurden durch Herrn Berg gereinigt.`,
		"whose work it is": de + `Leitung: Für die Technik sind Frau Kern und Herr Berg zuständig. Frau Kern ist dafür verantwortlich, die Kabel zu prüfen, und zwar bis Freitag.
			= task Berg | | | Technik
			= task Kern | bis Freitag | 2027-02-05 | Kabel`,
		"everybody": en + `Chair: Everybody, please label your boxes by Friday.
			= task everybody | by Friday | 2027-02-05 | boxes`,
		"a motion is no task": de + `Herr Berg: Wer macht das? Ich beantrage, dass der Verein ein Zelt bestellt.`,
		"who reckons with something": de + `Leitung: Was brauchen wir noch?
			Herr Berg: Der Verein rechnet mit hundert Gästen.`,
		"just in case is no condition": en + `Ivy: I'll bring a torch tomorrow, just in case.
			= task Ivy | tomorrow | 2027-02-02 | torch`,
		"in case of something": en + `Ivy: In case it rains tomorrow, I'll bring a tent.`,
		"logs": en + `Chair: Ivy, please go through the bookings and report back tomorrow.
			Ivy: Will do.
			= task Ivy | tomorrow | 2027-02-02 | bookings`,
		"a reminder": de + `Leitung: Herr Berg, Sie wollten sich noch um die Parkausweise kümmern.
			Herr Berg: Richtig, die habe ich nächste Woche fertig.
			= task Berg | nächste Woche | 2027-02-12 | Parkausweise`,
		"a reminder of what is done": de + `Leitung: Herr Berg, Sie wollten sich noch um die Parkausweise kümmern.
			Herr Berg: Die habe ich schon fertig.`,
		"not to be forgotten": en + `Chair: Ivy, don't forget to lock the shed.
			Ivy: I won't.
			= task Ivy | | | shed`,
		"expected from somebody": de + `Leitung: Den Bericht erwarte ich am Freitag, Frau Kern.
			Frau Kern: In Ordnung.
			= task Kern | am Freitag | 2027-02-05 | Bericht`,
		"needed, and nobody's task": de + `Leitung: Ich brauche einen Kaffee, Herr Berg.
			Herr Berg: Ja.`,
		"it would be good if somebody did it": de + `Leitung: Es wäre gut, wenn Sie das Dach bis Freitag prüfen, Herr Berg.
			Herr Berg: Gut.
			= task Berg | bis Freitag | 2027-02-05 | Dach`,
		"it would be good if it were so": de + `Leitung: Es wäre gut, wenn Sie mehr Zeit hätten, Herr Berg.
			Herr Berg: Ja.`,
		"who said yes before": de + `Leitung: Frau Kern hat sich bereit erklärt, die Führung zu übernehmen.
			= task Kern | | | Führung`,
		"asked in the third person": de + `Leitung: Wir bitten das Bauamt, bis Ende März eine Schätzung vorzulegen.
			= task Bauamt | bis Ende März | 2027-03-31 | Schätzung`,
		"a plan": de + `Herr Berg: Ich habe vor, die Liste am Dienstag zu verschicken.
			= task Berg | am Dienstag | 2027-02-02 | Liste`,
		"a plan for life": de + `Herr Berg: Ich habe vor, nach Spanien zu ziehen.`,
		"each of them": de + `Leitung: Jeder bringt bis Mittwoch einen Vorschlag mit.
			= task Jeder | bis Mittwoch | 2027-02-03 | Vorschlag`,
		"each of them, in general": de + `Leitung: Jeder bringt etwas mit. Alle warten bis Mittwoch auf eine Antwort.`,
		"nominal English": en + `Chair: Ivy to circulate the rota.
			Ivy: Fine.
			= task Ivy | | | rota`,
		"could we have it": en + `Chair: Could we have the accounts by the tenth, Ivy?
			Ivy: You could.
			= task Ivy | by the tenth | 2027-02-10 | accounts`,
		"could we have a break": en + `Chair: Could we have a break, Ivy?
			Ivy: Sure.`,
		"when it may be expected": en + `Chair: When can we expect the survey, Ivy?
			Ivy: End of March.
			= task Ivy | End of March | 2027-03-31 | survey`,
		"a name alone": de + `Leitung: Die Broschüre müssen wir überarbeiten. Herr Berg?
			Herr Berg: Ja, bis Ostern.
			= task Berg | bis Ostern | | Broschüre`,
		"a name alone that is refused": de + `Leitung: Die Broschüre müssen wir überarbeiten. Herr Berg?
			Herr Berg: Nein, das kann ich nicht.`,
		"a weak verb and its noun": de + `Frau Kern: Ich setze mich mit dem Verein in Verbindung. Frau Roth bringt das im Ausschuss zur Sprache.
			= task Kern | | | Verein
			= task Roth | | | Ausschuss`,
		"when it arrives": en + `Ivy: The invitation will be with you by Wednesday.
			= task Ivy | by Wednesday | 2027-02-03 | invitation`,
		"a date of something else": en + `Ivy: I'll redo the worksheets.
			Chair: The shop closes on Friday.
			= task Ivy | | | worksheets`,
		"an offer is taken by asking when": de + `Frau Kern: Ich könnte die Kisten mit der Gruppe packen.
			Leitung: Bis wann?
			Frau Kern: Bis Donnerstag.
			= task Kern | bis Donnerstag | 2027-02-04 | Kisten`,
		"an offer is praised": en + `Ivy: Shall I call the printers?
			Chair: That would be great.
			= task Ivy | | | printers`,
		"an offer is praised and put off": en + `Ivy: Shall I call the printers?
			Chair: That would be great, but not this year.`,
		"an offer is refused by one who does it": en + `Ivy: Should I draft the letter?
			Chair: No, I'll do that.
			= task Chair | | | letter`,
		"two orders and one yes": de + `Leitung: Rufen Sie bitte den Makler an. Und bestellen Sie bitte den Schlüssel.
			Herr Berg: Mache ich.
			= task Berg | | | Makler
			= task Berg | | | Schlüssel`,
		"an order in the infinitive": de + `Leitung: Und den Sand bitte gleich mit austauschen.
			Herr Berg: Notiert.
			= task Berg | | | Sand`,
		"an order that nobody answers": de + `Leitung: Und den Sand bitte gleich mit austauschen.
			Herr Berg: Der Zaun ist neu.`,
		"a date between order and yes": de + `Leitung: Dann setzen Sie denen bitte eine Frist. Sagen wir, bis zum 19. Februar.
			Herr Berg: Geht in Ordnung.
			= task Berg | bis zum 19. Februar | 2027-02-19 | Frist`,
		"somebody else stops it": de + `Frau Kern: Ich miete ein Zelt.
			Leitung: Tun Sie das nicht, die Halle ist frei.`,
		"one who is not asked stops it": en + `Ivy: I'll order a tent.
			Chair: Don't bother, the hall is free.`,
		"hearing of a task is no second one": en + `Ms Reed: Let me look into that leak.
			Chair: Let us know before the next meeting, would you?
			Ms Reed: Will do.
			= task Reed | before the next meeting | | leak`,
		"the answer's own words are no second task": en + `Chair: Ms Reed, please ask the bus company about the diversion.
			Ms Reed: I'll phone them tomorrow.
			= task Reed | tomorrow | 2027-02-02 | diversion`,
		"a question without words of its own": de + `Leitung: Letzter Punkt, die Rufbereitschaft an Pfingsten. Wer kann?
			Herr Berg: Ich bin verreist.
			Frau Kern: Na gut, dann ich.
			= topic Rufbereitschaft
			= task Kern | | | Rufbereitschaft`,
		"a request with a condition that will come": de + `Leitung: Kannst du mir Bescheid geben, wenn die Pumpe läuft?
			Ole: Logisch.
			= task Ole | | | Bescheid`,
		"a request with a condition that will not": de + `Leitung: Könntest du das machen, wenn wir mehr Geld hätten?
			Ole: Klar.`,
		"a date question opens no task of its own": de + `Leitung: Uwe, formulierst du was?
			Uwe: Meinetwegen. Aber unterschreiben musst du.
			Leitung: Mach ich. Bis wann hast du den?
			Uwe: Mitte der Woche.
			= task Uwe | Mitte der Woche | 2027-02-03 | formulierst
			= task Leitung | | | unterschreiben`,
		"what would be done if it came to that": en + `Chair: And if it isn't there?
			Dev: Then I'll borrow one from the gallery.`,
		"an order without please": en + `Chair: Order the lamps, Paul.
			Paul: Sure.
			= task Paul | | | lamps`,
		"an order of the moment": en + `Chair: Look at the figures on page two.
			Ms Reed: Sure.`,
		"a need that somebody fills": en + `Paul: I'd need the script by Friday to do the set.
			Rosa: I'll get it to you.
			= task Rosa | by Friday | 2027-02-05 | script`,
		"a need that nobody fills": en + `Paul: I need the truth, that's all.
			Rosa: Yes.`,
		"asked whether it is all right": de + `Leitung: Wer schreibt den Artikel?
			Frau Kern: Ich.
			Leitung: Das schaffen Sie?
			Frau Kern: Sicher.
			= task Kern | | | Artikel`,
		"when another thing comes": de + `Frau Kern: Ich rufe den Verein an.
			Herr Berg: Wann kommt eigentlich der neue Drucker?
			Leitung: Am Freitag.
			= task Kern | | | Verein`,
		"the chair asks all and goes on": en + `Chair: In that case I suggest we leave the decision until May. Are we agreed? Good.
			= decision leave the decision`,
		"all say yes to the chair": en + `Chair: Then we say the help desk is eight till four for now. Everyone all right with that?
			Gareth: I'll live.
			Bex: Yep.
			Chair: On to the registrars.
			= decision help desk
			~ topic registrars`,
		"a yes to another question": en + `Chair: Then we say the help desk is eight till four for now. Everyone all right with that?
			Gareth: What about Tuesdays?
			Bex: Yep.
			Chair: On to the registrars.
			~ topic registrars`,
		"the chair asks all and somebody objects": en + `Chair: In that case I suggest we leave the decision until May. Are we agreed?
			Ms Reed: No, I'm not happy with that.
			Chair: Right.`,
		"a promise that is proposed a date and gets another": de + `Frau Kern: Ich erstelle ein Formular.
			Leitung: Kriegen Sie das bis morgen hin?
			Frau Kern: Morgen wird knapp. Mittwoch.
			= task Kern | Mittwoch | 2027-02-03 | Formular`,
		"done already": de + `Leitung: Schrauben Sie es bitte fest, Herr Berg.
			Herr Berg: Das habe ich schon.`,
		"who asked names one": en + `Chair: Who'll write to them?
			Mrs Pratt: The clerk normally does that.
			Chair: Right, the clerk then.
			= task clerk | | | write`,
		"what is left out was just named": de + `Leitung: Ach, und Frau Ebert, das Kondolenzbuch?
			Frau Ebert: Bestelle ich nach der Sitzung.
			= task Ebert | | | Kondolenzbuch`,
		"an offer with its date later": en + `Mrs Pratt: I can ask the trust.
			Chair: Please do, and soon.
			Mrs Pratt: I'll ring on Wednesday.
			= task Pratt | on Wednesday | 2027-02-03 | ask`,
		"another's date behind and": en + `Mr Gill: The parks team will be planting ninety trees, and residents can suggest places until Friday.
			~ task parks team | | | planting`,
		"the owner asks whether a date will do": en + `Chair: And photographs?
			Len: I'll print the photographs. Saturday morning suit?
			Chair: Perfect.
			= task Len | Saturday morning | 2027-02-06 | photographs`,
		"a date for the one who spoke, not for who says it": de + `Leitung: Frau Kern, setzen Sie bitte zwei Zeilen auf, ich unterschreib das dann.
			Frau Kern: Mach ich. Morgen, oder reicht Donnerstag?
			Leitung: Donnerstag reicht.
			= task Kern | Donnerstag | 2027-02-04 | Zeilen
			~ task Leitung | | | unterschreib`,
		"a yes but not yet": de + `Leitung: Würden Sie's raussuchen?
			Herr Berg: Na gut. Aber nicht vor nächster Woche, morgen bin ich auf Lehrgang.
			Leitung: Nächste Woche ist in Ordnung.
			= task Berg | Nächste Woche | 2027-02-12 | raussuchen`,
		"who, after a date": de + `Leitung: Ein Zettel in die Briefkästen. Dann eben bis Freitag. Wer?
			Frau Kern: Ich schreib ihn, aber austragen tu ich ihn nicht.
			= task Kern | bis Freitag | 2027-02-05 | schreib`,
		"away until a date": de + `Frau Kern: Ich lege es dem Rat vor. Er ist bis Dienstag im Urlaub, danach.
			= task Kern | | | lege`,
		"a meeting beside a promise": en + `Chair: I see her on Tuesday for assembly. I'll bring it up.
			= task Chair | on Tuesday | 2027-02-02 | bring`,
		"a promise without words of its own": en + `Dilip: All right, leave it with me, I'll find out who reads the inbox.
			= task Dilip | | | inbox`,
		"all of something is not everybody": de + `Herr Berg: Die Firma kommt am Freitag und macht alle Schulen auf einmal.
			~ task Firma | am Freitag | 2027-02-05 | `,
		"a date of what was done": en + `Ivy: I'll redo the worksheets.
			Chair: Did we ever do the risk register?
			Ivy: I sent that round on the twelfth.
			= task Ivy | | | worksheets`,
		"who has the word": de + `Leitung: Frau Kern trägt vor.
			Frau Kern: Danke. Der Pool ist voll.`,
		"who presents it by a date": de + `Leitung: Frau Kern stellt das Konzept bis Freitag vor.
			= task Kern | bis Freitag | 2027-02-05 | Konzept`,
		"what is pointed at is not spoken to": de + `Leitung: Nimm das Standesamt.
			Ole: Das ist im Umbau.`,
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
