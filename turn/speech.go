package turn

import (
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// Thresholds of Silero's own iterator: speech begins at enter and lasts until
// the probability falls below leave.
const (
	enter    = 0.5
	enterBot = 0.65 // over the bot's voice, for echo and breathing into the receiver
	leave    = 0.35
	// Below certain a burst shorter than minUtterance was a cough or a click.
	certain = 0.8
)

// Times in samples of 16 kHz; windows are 32 ms.
const (
	startAfter    = 3 * WindowSamples // voiced until Started
	startAfterBot = 4 * WindowSamples // 128 ms, so that the bot is silent within 200 ms
	onsetGap      = 5 * WindowSamples // quiet that voids a beginning
	pauseAfter    = 6 * WindowSamples // 192 ms of silence until Paused
	resumeAfter   = 2 * WindowSamples // voiced until Resumed
)

const (
	preRoll      = 600 * time.Millisecond
	minUtterance = 200 * time.Millisecond
	sustained    = 800 * time.Millisecond
	maxUtterance = 28 * time.Second
)

type phase int

const (
	idle     phase = iota
	onset          // voiced, not yet long enough to be a start
	speaking       // Started or Resumed was told
	paused         // Paused was told
)

// speech is where the turn stands; counts are samples since the first frame.
type speech struct {
	phase     phase
	active    bool  // the last window was voiced
	seen      int64 // given to Voice
	from      int64 // first sample of the utterance, pre-roll included
	first     int64 // first voiced sample
	last      int64 // end of the last voiced window
	sum       int64 // voiced samples
	run       int64 // voiced samples since the pause
	taken     int64 // end of the last utterance; its words must not come twice
	peak      float32
	sustained bool
}

func (s *speech) voiced() time.Duration { return media.Duration(int(s.sum)) }

// hear applies the hysteresis to one window's probability.
func (s *speech) hear(p float32, bot bool) bool {
	threshold := float32(enter)
	if s.phase <= onset && bot {
		threshold = enterBot
	}
	if s.active {
		threshold = leave
	}
	s.active = p >= threshold
	return s.active
}

// step moves the turn on by the window that ends at d.seen.
func (d *Detector) step(p float32) {
	voiced := d.hear(p, d.bot.Load())
	if voiced {
		d.peak = max(d.peak, p)
	}
	switch d.phase {
	case idle:
		if voiced {
			d.begin(p)
		}
	case onset:
		d.stepOnset(voiced)
	case speaking:
		d.stepSpeaking(voiced)
	case paused:
		d.stepPaused(voiced)
	}
	if d.phase == idle {
		d.audio.forget(d.seen - int64(media.Samples(preRoll)))
	}
}

func (d *Detector) begin(p float32) {
	d.phase = onset
	d.first = d.seen - WindowSamples
	d.from = max(d.first-int64(media.Samples(preRoll)), d.taken, d.audio.first)
	d.last = d.seen
	d.sum = WindowSamples
	d.peak = p
	d.sustained = false
}

func (d *Detector) stepOnset(voiced bool) {
	if !voiced {
		if d.seen-d.last >= onsetGap {
			d.phase = idle
		}
		return
	}
	d.last = d.seen
	d.sum += WindowSamples
	need := int64(startAfter)
	if d.bot.Load() {
		need = startAfterBot
	}
	if d.sum >= need {
		d.phase = speaking
		d.tell(Started, d.utterance(), false)
	}
}

func (d *Detector) stepSpeaking(voiced bool) {
	if voiced {
		d.last = d.seen
		d.sum += WindowSamples
		if !d.sustained && d.voiced() >= sustained {
			d.sustained = true
			d.tell(Sustained, d.utterance(), false)
		}
	}
	switch {
	case d.tooLong():
		d.pause(false)
		d.finish()
	case d.seen-d.last >= pauseAfter:
		d.pause(d.endIsUnsure())
	}
}

func (d *Detector) stepPaused(voiced bool) {
	if voiced {
		d.run += WindowSamples
		if d.run >= resumeAfter {
			d.last = d.seen
			d.sum += d.run
			d.phase = speaking
			d.tell(Resumed, d.utterance(), false)
			return
		}
	} else {
		d.run = 0
	}
	if d.tooLong() || (d.run == 0 && media.Duration(int(d.seen-d.last)) >= d.endSilence()) {
		d.finish()
	}
}

func (d *Detector) tooLong() bool {
	return media.Duration(int(d.seen-d.from)) >= maxUtterance
}

func (d *Detector) pause(unsure bool) {
	d.phase = paused
	d.run = 0
	d.serial++
	d.taken = d.seen
	d.tell(Paused, d.said(), unsure)
}

// finish ends the turn with the utterance of the last pause.
func (d *Detector) finish() {
	d.phase = idle
	d.active = false
	k := Ended
	if d.voiced() < minUtterance && d.peak < certain {
		k = Discarded
	}
	d.tell(k, d.said(), false)
}

func (d *Detector) utterance() Utterance {
	return Utterance{
		Serial: d.serial, Start: d.audio.time(d.from), SpeechStart: d.audio.time(d.first),
		SpeechEnd: d.audio.time(d.last), Speech: d.voiced(),
	}
}

// said is the utterance with its audio up to the last pause.
func (d *Detector) said() Utterance {
	u := d.utterance()
	u.PCM = d.audio.share(d.from, d.taken)
	return u
}

// endIsUnsure says whether it is worth asking the end-of-turn model.
func (d *Detector) endIsUnsure() bool {
	return unsure(d.waitsFor(), d.voiced())
}
