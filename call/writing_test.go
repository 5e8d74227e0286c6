package call

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/turn"
)

// said are the lines of a leg in the journal.
func said(c journal.Call, leg string) []string {
	var out []string
	for _, l := range c.Lines {
		if l.Segment.Leg == leg {
			out = append(out, l.Segment.Text)
		}
	}
	return out
}

// writing has a caller by chat, without audio.
func writing(t *testing.T) (*town, writer) {
	w := newTown(t)
	w.caller.mute = true
	return w, writer{w.caller}
}

func TestAWrittenConversation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, l := writing(t)
		w.script.answer = func(e dialog.Event) []dialog.Action {
			switch e.Kind {
			case dialog.Start:
				return []dialog.Action{firm("guten Tag"), say("was kann ich tun"), listen}
			case dialog.Heard:
				return []dialog.Action{say("sie fragten " + e.Text), listen}
			}
			return nil
		}
		w.serve(l, second, func() {
			pass(time.Minute) // who writes may think
			require.Equal(t, []dialog.EventKind{dialog.Start, dialog.Spoken}, w.script.kinds())
			l.write("was kostet ein Ausweis")
			pass(second)
			require.Empty(t, w.caller.words(), "something was spoken")
			l.setVoice(true)
			l.write("und ein Pass")
			pass(3 * second)
			require.Equal(t, []string{"sie fragten und ein Pass"}, w.caller.words())
			l.write("und ein sehr langer Satz mit vielen Wörtern der lange dauert")
			pass(second)
			l.setVoice(false)
			pass(time.Minute)
			l.write("danke")
			pass(3 * second)
			require.Len(t, w.caller.words(), 1)
		})
		require.Equal(t, []bool{true, false, true}, w.script.media)
		e, _ := w.script.first(dialog.Heard)
		require.Equal(t, 1.0, e.Confidence)
		require.NotContains(t, w.script.kinds(), dialog.Silence)
		require.Equal(t, []string{"was kostet ein Ausweis", "und ein Pass", "und ein sehr langer Satz mit vielen Wörtern der lange dauert", "danke"}, said(w.record(), "caller"))
		require.Equal(t, "guten Tag was kann ich tun", said(w.record(), "bot")[0])
		require.Len(t, said(w.record(), "bot"), 5)
	})
}

func TestAWrittenCallWithAPerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, l := writing(t)
		w.serve(l, second, func() {
			s := w.desk.sought(0)
			require.True(t, s.h.Written)
			s.news <- News{Kind: Waiting, Position: 2}
			pass(second)
			require.Equal(t, []string{"verbinde", "written_wait_position position 2"}, said(w.record(), "bot"))
			l.write("ich warte")
			c := w.desk.clerk("Tina", nil)
			s.news <- News{Kind: Found, Person: c}
			pass(second)
			require.Equal(t, talking, c.last().Phase)
			require.False(t, c.last().Voice)
			require.NoError(t, c.order(Order{Kind: Write, Text: "guten Tag"}))
			l.write("guten Tag auch")
			pass(second)
			require.Equal(t, []string{"guten Tag"}, said(w.record(), "agent:Tina"))
			require.Equal(t, []string{"ich warte", "guten Tag auch"}, said(w.record(), "caller"))
			require.NoError(t, c.order(Order{Kind: Speak, Text: "ein Text", Lang: "de"}))
			require.Contains(t, said(w.record(), "bot"), "ein Text")
			require.Empty(t, w.caller.words())

			line := w.arrive("agent", "webrtc", personTone)
			c.mu.Lock()
			c.line = line
			c.mu.Unlock()
			l.setVoice(true)
			pass(second)
			require.True(t, c.last().Voice)
			_, ok := w.caller.hears(personTone)
			require.True(t, ok, "both have audio and do not hear each other")
			l.setVoice(false)
			pass(second)
			require.NoError(t, c.order(Order{Kind: Write, Text: "wir schreiben weiter"}))
			require.NoError(t, c.order(Order{Kind: Finish}))
		})
		require.Equal(t, "person", w.record().Reason)
	})
}

func TestACallbackIsWished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, l := writing(t)
		w.bot.WantsCallback = func(text, _ string) bool { return text == "Rückruf bitte" }
		w.serve(l, second, func() {
			s := w.desk.sought(0)
			s.news <- News{Kind: Waiting, Position: 2, CallBack: true}
			l.write("wie lange noch")
			pass(second)
			require.Equal(t, journal.Waiting, w.record().State)
			l.write("Rückruf bitte")
		})
		require.Equal(t, []Leaving{WantsCallback}, w.desk.sought(0).left)
		require.Contains(t, said(w.record(), "bot"), "rückruf")
	})
}

// The dialog has a word for those who wait, too.
func TestWhoWaitsHearsTheCity(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bell{rung: make(chan struct{})}
		w := newTown(t)
		w.bot.Announcements = b
		w.script.answer = func(e dialog.Event) []dialog.Action {
			if e.Kind == dialog.Announce {
				return []dialog.Action{firm("Hochwasser"), listen}
			}
			return w.converse(e)
		}
		w.serve(w.caller, second, func() {
			w.desk.sought(0).news <- News{Kind: Waiting, Position: 2}
			pass(10 * second)
			close(b.rung)
			pass(2 * second)
			require.Equal(t, "Hochwasser", w.caller.words()[2])
			_, music := w.caller.hears(musicTone)
			require.True(t, music)
		})
	})
}

// Who was with a person meanwhile hears it when they are back.
func TestWhoTalksHearsTheCityLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bell{rung: make(chan struct{})}
		w := newTown(t)
		w.bot.Announcements = b
		w.script.answer = func(e dialog.Event) []dialog.Action {
			if e.Kind == dialog.Announce {
				return []dialog.Action{firm("Hochwasser"), listen}
			}
			return w.converse(e)
		}
		w.serve(w.caller, second, func() {
			_, c, _ := served(w)
			close(b.rung)
			pass(8 * second)
			require.NotContains(t, w.caller.words(), "Hochwasser")
			require.NoError(t, c.order(Order{Kind: BackToBot}))
			pass(8 * second)
			require.Equal(t, []string{"zurück", "Hochwasser"}, w.caller.words()[len(w.caller.words())-2:])
		})
	})
}

// The bot joins in for one question, which both hear the answer to.
func TestTheBotJoinsIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		w.bot.Recognizer = hears(func(stt.Window) (string, error) { return "was kostet das", nil })
		w.bot.Detect = func(emit func(turn.Event)) (*turn.Detector, func(), error) {
			return turn.NewDetector(turn.Options{Voice: loudness{}, Notify: emit}), func() {}, nil
		}
		w.bot.Scribe = func(o Scribing) Scribe { return &dictation{o: o, j: w.bot.Journal} }
		helper := &script{answer: func(e dialog.Event) []dialog.Action {
			switch e.Kind {
			case dialog.Start:
				return []dialog.Action{say("willkommen"), listen}
			case dialog.Heard:
				return []dialog.Action{say("siebenunddreißig Euro"), say("noch etwas"), {Kind: dialog.Transfer, Target: "amt"}}
			}
			return nil
		}}
		made := 0
		w.bot.Converse = func(leg.Info) (Conversation, error) {
			if made++; made > 1 {
				return helper, nil
			}
			return w.script, nil
		}
		w.caller.tone = 0
		w.serve(w.caller, second, func() {
			_, c, line := served(w)
			require.NoError(t, c.order(Order{Kind: WithBot}))
			pass(5 * second)
			for _, p := range []*party{w.caller, line} {
				require.Contains(t, p.words(), "siebenunddreißig Euro")
				require.NotContains(t, p.words(), "willkommen")
			}
			require.Len(t, w.desk.searches, 1)
			require.Equal(t, 1, count(helper.kinds(), dialog.Heard), "it answers one question")
			require.Equal(t, talking, c.last().Phase)
		})
		require.True(t, slices.Contains(said(w.record(), "bot"), "siebenunddreißig Euro noch etwas"))
		require.NotEmpty(t, said(w.record(), "agent:Tina"))
	})
}
