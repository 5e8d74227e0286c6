package call

import (
	"time"

	"github.com/amtsleitung/amtsleitung/dialog"
)

// Announcements tell calls in progress that everybody must hear something;
// what it is, and who has heard it, is the dialog's.
type Announcements interface {
	Changed() <-chan struct{} // closed at the next change
}

// announcePatience is how long the bot may finish what it is saying before it
// breaks off for an announcement: with the words that lead to it, everybody
// hears it within 10 s unless they speak themselves.
const announcePatience = 5 * time.Second

// notice is an announcement that waits for a pause.
type notice struct {
	changed <-chan struct{}
	late    *time.Timer
	due     bool
	overdue bool // the bot breaks off
}

func newNotice(b *Bot) notice {
	n := notice{late: time.NewTimer(time.Hour)}
	n.late.Stop()
	if b.Announcements != nil {
		n.changed = b.Announcements.Changed()
	}
	return n
}

// noticed begins to wait for a pause.
func (s *session) noticed() {
	s.notice.changed = s.bot.Announcements.Changed()
	s.notice.due, s.notice.overdue = true, false
	s.notice.late.Reset(announcePatience)
}

// announce tells the dialog of a pause if something waits for one. The caller
// is never interrupted; the bot is when it would be too late, but not in its
// firm words.
func (s *session) announce() error {
	if !s.notice.due || s.reason != "" || s.transfer != nil || s.held || s.ending || s.caller.active || len(s.pending) > 0 {
		return nil
	}
	if s.voice.active && (!s.notice.overdue || s.voice.firm) {
		return nil
	}
	s.notice.due = false
	s.notice.late.Stop()
	if err := s.interrupt(); err != nil {
		return err
	}
	return s.handle(dialog.Event{Kind: dialog.Announce})
}
