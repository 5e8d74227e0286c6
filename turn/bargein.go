package turn

import "time"

// Decision is what the bot's speech shall do.
type Decision int

// Decisions.
const (
	Continue Decision = iota // nothing changes
	Pause                    // hold the playout: somebody may be breaking in
	Stop                     // flush the playout: somebody is
	Resume                   // go on: it was a cough, "mhm" or noise
)

var decisionNames = [...]string{"continue", "pause", "stop", "resume"}

func (d Decision) String() string {
	if d < 0 || int(d) >= len(decisionNames) {
		return "unknown"
	}
	return decisionNames[d]
}

// Times of the barge-in decision.
const (
	// textWait is how long after Paused (192 ms of silence) the recogniser may
	// take: with it the bot is back 1.4 s after the sound.
	textWait = 1200 * time.Millisecond
	// longBurst decides without text: a "mhm" is shorter.
	longBurst = 450 * time.Millisecond
	// neverSilent ends a pause that nothing else has ended, so that the bot
	// is never silent for ever.
	neverSilent = 4 * time.Second
)

// BargeIn decides whether somebody who makes a sound while the bot speaks
// wants to speak: pause, decide, resume. Events, texts and the passing of
// media time flow in, decisions flow out. It is for one goroutine.
type BargeIn struct {
	words *Backchannels

	bot      bool
	firm     bool
	expect   Expect
	doubt    bool          // paused and not decided
	since    time.Duration // when the pause began
	quiet    bool          // the caller has fallen silent again
	quietAt  time.Duration // since then
	speech   time.Duration
	faint    bool
	serial   int  // of the last Paused that still holds
	long     bool // the sound is no mere "mhm"
	listened bool // the turn was decided to be a backchannel
}

// NewBargeIn uses the given lists, which calls may share.
func NewBargeIn(words *Backchannels) *BargeIn { return &BargeIn{words: words} }

// BotSpeaks says that the bot has begun to speak, whether firmly
// (uninterruptible), and what it will wait for then. A new text ends any doubt.
func (b *BargeIn) BotSpeaks(firm bool, next Expect) {
	b.bot, b.firm, b.expect = true, firm, next
	b.doubt = false
}

// BotSilent says that the bot has finished or was stopped.
func (b *BargeIn) BotSilent() { b.bot, b.doubt = false, false }

// Undecided says whether the bot is paused now.
func (b *BargeIn) Undecided() bool { return b.doubt }

// Backchannel says that the caller's current or last turn was none: it began
// while the bot spoke and the bot went on. Its Ended asks for no answer.
func (b *BargeIn) Backchannel() bool { return b.listened }

// Handle takes the detector's events. However long somebody speaks, the bot
// is only held: what was said decides whether it goes on from there.
func (b *BargeIn) Handle(e Event) Decision {
	switch e.Kind {
	case Started:
		b.listened, b.long = false, false
		b.quiet = false
		b.serial = 0
		return b.pause(e)
	case Sustained:
		b.long = true
		if !b.doubt {
			return b.pause(e) // it began as a backchannel, or under a firm text
		}
	case Paused:
		b.quiet, b.quietAt = true, e.At
		b.speech, b.faint, b.serial = e.Utterance.Speech, e.Utterance.Faint, e.Utterance.Serial
	case Resumed:
		b.quiet = false
		b.serial = 0
		if !b.doubt && b.listened {
			b.listened = false
			return b.pause(e)
		}
	case Discarded:
		if b.doubt {
			return b.resume()
		}
	}
	return Continue
}

// Heard takes what the recogniser made of the Paused or Ended of that serial.
func (b *BargeIn) Heard(serial int, language, text string) Decision {
	if !b.doubt && !b.listened || serial != b.serial {
		return Continue
	}
	switch {
	case len(tokens(text)) == 0 && b.long && !b.faint && b.doubt:
		return b.stop() // somebody has spoken, though unintelligibly
	case b.words.Is(language, text, b.expect != Free), // it was no more than that, or
		b.faint && !b.words.Interrupts(language, text): // the bot's echo, or others in the room
		if !b.doubt {
			return Continue // the bot has gone on already
		}
		return b.resume()
	}
	return b.stop() // also when the words came so late that the bot had gone on
}

// Tick says how late it is, in the detector's media time; a few times a second will do.
func (b *BargeIn) Tick(at time.Duration) Decision {
	switch {
	case !b.doubt:
		return Continue
	case b.quiet && at-b.quietAt >= textWait && b.speech >= longBurst && !b.faint:
		return b.stop()
	case b.quiet && at-b.quietAt >= textWait:
		return b.resume()
	case at-b.since >= neverSilent && b.long && !b.quiet:
		return b.stop() // somebody who speaks for so long wants to
	case at-b.since >= neverSilent:
		return b.resume()
	}
	return Continue
}

func (b *BargeIn) pause(e Event) Decision {
	if !b.bot || b.firm {
		return Continue
	}
	if !b.doubt {
		b.doubt, b.since = true, e.At
	}
	return Pause
}

func (b *BargeIn) stop() Decision {
	b.bot, b.doubt, b.listened = false, false, false
	return Stop
}

func (b *BargeIn) resume() Decision {
	b.doubt, b.listened = false, true
	return Resume
}
