package web_test

import (
	"time"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/transcript"
)

const (
	running = "01K0000000000000000000000B"
	ended   = "01K0000000000000000000000A"
)

// begin adds a call without lines.
func (s *site) begin(id, from string) {
	s.journal.Begin(journal.Call{ID: id, From: from, To: "115", Trunk: "local", Codec: "G722", Language: "de", Started: time.Now().Add(-75 * time.Second), State: "speaking"})
}

func (s *site) state(id, state string) {
	s.journal.Change(id, func(c *journal.Call) { c.State = state })
}

func (s *site) caller(id string, n int, lang, text string, confidence float64, final bool) {
	s.journal.Add(id, journal.Line{Segment: transcript.Segment{
		Call: id, Leg: "caller", ID: n, Language: lang, Text: text, Confidence: confidence, Final: final,
		Start: time.Duration(8+20*n) * time.Second, End: time.Duration(11+20*n) * time.Second,
	}})
}

func (s *site) bot(id string, n int, lang, text string, change func(*journal.Line)) {
	l := journal.Line{Segment: transcript.Segment{Call: id, Leg: "bot", ID: n, Language: lang, Text: text, Confidence: 1, Final: true}}
	if change != nil {
		change(&l)
	}
	s.journal.Add(id, l)
}

func answer(article string, confidence float64, timing *journal.Timing) func(*journal.Line) {
	return func(l *journal.Line) {
		l.Outcome, l.Article, l.Version, l.Timing = "answer", article, 3, timing
		l.Source = "https://www.musterstadt.example/buergerservice/" + article
		l.Segment.Confidence = confidence
	}
}

// timing of a turn by its stages in milliseconds since the caller's last word.
func timing(decision, recognition, search, firstAudio int) *journal.Timing {
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	return &journal.Timing{Decision: ms(decision), Recognition: ms(recognition), Search: ms(search), FirstAudio: ms(firstAudio), Inference: ms(181), Queue: ms(3), Audio: ms(3160)}
}

// fill adds a call in progress and an ended one, with every kind of line.
func (s *site) fill() {
	s.begin(ended, "0309995••••")
	s.bot(ended, 0, "de", "Guten Tag, Sie sprechen mit der künstlichen Intelligenz der Stadt Musterstadt. Was kann ich für Sie tun?", nil)
	s.caller(ended, 0, "de", "Mein Keller brennt!", 0.71, true)
	s.bot(ended, 1, "de", "Legen Sie auf und wählen Sie sofort die 112.", func(l *journal.Line) { l.Outcome = "emergency" })
	s.journal.End(ended, "caller", time.Now().Add(-20*time.Second), 4.2)

	s.begin(running, "0176555••••")
	s.bot(running, 0, "de", "Guten Tag, Sie sprechen mit der künstlichen Intelligenz der Stadt Musterstadt. Was kann ich für Sie tun?", nil)
	s.caller(running, 0, "de", "Was kostet ein neuer Personalausweis?", 0.93, true)
	s.bot(running, 1, "de", "Ein Personalausweis kostet ab 24 Jahren 46 Euro. Möchten Sie mehr wissen?", answer("personalausweis", 0.91, timing(512, 398, 527, 561)))
	s.caller(running, 1, "de", "Und wie ist es mit der Wohnung, also ummelden?", 0.52, true)
	s.bot(running, 2, "de", "Meinen Sie das Anmelden einer Wohnung oder die Abmeldung?", func(l *journal.Line) {
		l.Outcome, l.Timing = "clarify", timing(634, 1012, 1030, 1088)
	})
	s.caller(running, 2, "en", "I would like to register my new flat.", 0.77, true)
	s.bot(running, 3, "en", "You register at the citizens’ office within two weeks of moving in.", answer("wohnung-anmelden", 0.66, timing(455, 870, 886, 930)))
	s.caller(running, 3, "en", "and what do I have to", 0.4, false)
	s.state(running, "listening")
}

func parseTime(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err) // a constant of a test is wrong
	}
	return t
}
