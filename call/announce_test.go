package call

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/leg"
)

// bell rings once.
type bell struct{ rung chan struct{} }

func (b *bell) Changed() <-chan struct{} {
	select {
	case <-b.rung:
		return nil // and never again
	default:
		return b.rung
	}
}

// ringing plays a call in which an announcement is switched on at a time, and
// returns the call and when the dialog was told of a pause, 0 for never.
func ringing(t *testing.T, l *line, s *script, at, limit time.Duration) time.Duration {
	t.Helper()
	b := &bell{rung: make(chan struct{})}
	defer time.AfterFunc(at, func() { close(b.rung) }).Stop()
	begun, told := time.Now(), time.Duration(0)
	before := s.answer
	s.answer = func(e dialog.Event) []dialog.Action {
		if e.Kind == dialog.Announce {
			require.Zero(t, told, "told twice")
			told = time.Since(begun)
			return []dialog.Action{say("wichtige Mitteilung der Stadt"), listen}
		}
		return before(e)
	}
	converse(t, l, fixed("was kostet das"), s, limit, func(bot *Bot) { bot.Announcements = b })
	return told
}

func TestAnnouncementWhileNobodySpeaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := ringing(t, newLine(), greetAndAnswer(), 2*second, 6*second)
		require.InDelta(t, 2, told.Seconds(), 0.05)
	})
}

func TestAnnouncementWaitsForTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(span{2 * second, 12 * second})
		s := greetAndAnswer()
		told := ringing(t, l, s, 3*second, 20*second)
		_, heard := s.first(dialog.Heard)
		require.True(t, heard, "the caller's words were lost")
		require.Greater(t, told, 12*second, "the caller was interrupted")
		require.Contains(t, s.kinds(), dialog.Spoken, "the answer was not spoken first")
	})
}

// long speaks for 30 s.
func long(first dialog.Action) *script {
	words := ""
	for range 100 {
		words += "wort "
	}
	return &script{answer: func(e dialog.Event) []dialog.Action {
		if e.Kind == dialog.Start {
			return []dialog.Action{first, say(words), listen}
		}
		return nil
	}}
}

func TestTheBotBreaksOffForAnAnnouncement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := long(say("hallo"))
		told := ringing(t, newLine(), s, 2*second, 20*second)
		require.InDelta(t, 7, told.Seconds(), 0.1, "5 s after it was switched on")
		require.Contains(t, s.kinds(), dialog.Interrupted, "the dialog does not know where it broke off")
	})
}

func TestFirmWordsAreNotBrokenOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		words := ""
		for range 40 { // 12 s
			words += "wort "
		}
		told := ringing(t, newLine(), long(firm(words)), second, 30*second)
		require.InDelta(t, 12.4, told.Seconds(), 0.5)
	})
}

func TestNoAnnouncementWhileHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine()
		defer time.AfterFunc(second, func() { l.events <- leg.Event{Kind: leg.Hold} }).Stop()
		require.Zero(t, ringing(t, l, greetAndAnswer(), 2*second, 15*second))
	})
}
