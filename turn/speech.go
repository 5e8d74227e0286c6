package turn

import (
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// Thresholds of Silero's own iterator: speech begins at enter and lasts until
// the probability falls below leave.
const (
	enter    = 0.5
	enterBot = 0.6 // over the bot's voice, for echo and breathing into the receiver
	// enterClear is for windows as loud as the caller: the model takes some
	// 100 ms to be sure after silence, and the bot shall be silent by then.
	enterClear = 0.15
	leave      = 0.35
	// Below certain a burst shorter than minUtterance was a cough or a click.
	certain = 0.8
)

// Times in samples of 16 kHz; windows are 32 ms.
const (
	startAfter    = 3 * WindowSamples // voiced until Started
	startAfterBot = 4 * WindowSamples // 128 ms; clear and loud windows count twice
	onsetGap      = 5 * WindowSamples // quiet that voids a beginning
	pauseAfter    = 6 * WindowSamples // 192 ms of silence until Paused
	resumeAfter   = 2 * WindowSamples // voiced until Resumed
)

const (
	preRoll      = 600 * time.Millisecond
	minLevel     = 400 * time.Millisecond // of speech tell how loud a caller is
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
	active    bool    // the last window was voiced
	seen      int64   // given to Voice
	from      int64   // first sample of the utterance, pre-roll included
	first     int64   // first voiced sample
	last      int64   // end of the last voiced window
	sum       int64   // voiced samples
	loud      int64   // samples that count towards a start over the bot
	loudAt    int64   // end of the last of them
	lasting   int64   // voiced samples since the onset, loud or not
	energy    float64 // sum of the mean squares of the voiced windows
	over      bool    // the turn began while the bot spoke
	run       int64   // voiced samples since the pause
	taken     int64   // end of the last utterance; its words must not come twice
	peak      float32
	sustained bool
}

func (s *speech) voiced() time.Duration { return media.Duration(int(s.sum)) }

// hear applies the hysteresis to one window's probability.
func (s *speech) hear(p float32, bot, clearly bool) bool {
	threshold := float32(enter)
	if s.phase <= onset && bot {
		threshold = enterBot
	}
	if s.active {
		threshold = leave
	}
	if s.phase <= onset && bot && clearly {
		threshold = enterClear
	}
	s.active = p >= threshold
	return s.active
}

// step moves the turn on by the window that ends at d.seen; power is its mean square.
func (d *Detector) step(p float32, power float64) {
	bot := d.bot.Load()
	voiced := d.hear(p, bot, d.level.clearly(power))
	if voiced {
		d.peak = max(d.peak, p)
	}
	switch d.phase {
	case idle:
		if voiced {
			d.phase, d.lasting, d.loud = onset, 0, 0
			d.begin()
			d.stepOnset(p, power, bot)
		}
	case onset:
		if voiced {
			d.stepOnset(p, power, bot)
		} else if d.seen-d.last >= onsetGap {
			d.phase = idle
		}
	case speaking:
		d.stepSpeaking(voiced, power)
	case paused:
		d.stepPaused(voiced, d.goingOn(p, power, bot), power)
	}
	switch d.phase {
	case idle:
		d.audio.forget(d.seen - int64(media.Samples(preRoll)))
	case onset:
		d.audio.forget(d.from)
	}
}

// begin lets the utterance start with this window.
func (d *Detector) begin() {
	d.first = d.seen - WindowSamples
	d.from = max(d.first-int64(media.Samples(preRoll)), d.taken, d.audio.first)
	d.sum, d.energy, d.peak = 0, 0, 0
	d.sustained = false
}

// stepOnset takes a voiced window before the start.
func (d *Detector) stepOnset(p float32, power float64, bot bool) {
	d.last = d.seen
	if !bot {
		d.count(p, power)
		if d.sum >= startAfter {
			d.start(false)
		}
		return
	}
	if d.loud > 0 && d.seen-d.loudAt >= onsetGap {
		d.loud = 0
	}
	w := d.level.weight(p, power)
	if w > 0 {
		if d.loud == 0 {
			d.begin() // what was softer before was not the caller
		}
		d.loud += int64(w) * WindowSamples
		d.loudAt = d.seen
	}
	if w > 0 || d.level.soft(power) {
		d.lasting += WindowSamples
	}
	d.count(p, power)
	if d.loud >= d.level.need() || d.lasting >= lasts {
		d.start(true)
	}
}

// count adds a voiced window to the utterance.
func (d *Detector) count(p float32, power float64) {
	d.sum += WindowSamples
	d.energy += power
	d.peak = max(d.peak, p)
}

func (d *Detector) start(over bool) {
	d.phase, d.over = speaking, over
	d.tell(Started, d.utterance(), false)
}

func (d *Detector) stepSpeaking(voiced bool, power float64) {
	if voiced {
		d.last = d.seen
		d.sum += WindowSamples
		d.energy += power
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

// goingOn is how many times a voiced window counts towards Resumed. Over the
// bot's voice its echo must not, else it would go on for ever.
func (d *Detector) goingOn(p float32, power float64, bot bool) int64 {
	if d.over && bot {
		return int64(d.level.weight(p, power))
	}
	return 1
}

func (d *Detector) resumeNeed() int64 {
	if d.over && d.bot.Load() {
		return d.level.need() - startAfterBot + resumeAfter
	}
	return resumeAfter
}

func (d *Detector) stepPaused(voiced bool, weight int64, power float64) {
	if voiced && weight > 0 {
		d.run += weight * WindowSamples
		d.energy += power
		if d.run >= d.resumeNeed() {
			d.last = d.seen
			d.sum += d.run
			d.phase = speaking
			d.tell(Resumed, d.utterance(), false)
			return
		}
	} else if !voiced || d.seen-d.last >= onsetGap {
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
	said := d.said()
	if d.over && d.bot.Load() {
		d.level.mistook(d.power())
	}
	d.tell(Paused, said, unsure)
}

// finish ends the turn with the utterance of the last pause.
func (d *Detector) finish() {
	d.phase = idle
	d.active = false
	k := Ended
	if d.voiced() < minUtterance && d.peak < certain {
		k = Discarded
	}
	d.learn(k)
	d.tell(k, d.said(), false)
}

// learn takes from a turn how loud the caller is.
func (d *Detector) learn(k Kind) {
	if !d.over && k == Ended && d.voiced() >= minLevel {
		d.level.spoke(d.power())
	}
}

// power is the mean square of the voiced windows.
func (d *Detector) power() float64 { return d.energy / float64(max(1, d.sum/WindowSamples)) }

func (d *Detector) utterance() Utterance {
	return Utterance{
		Serial: d.serial, Start: d.audio.time(d.from), SpeechStart: d.audio.time(d.first),
		SpeechEnd: d.audio.time(d.last), Speech: d.voiced(), Faint: d.level.faint(d.power()),
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
