package call

import (
	"context"
	"time"

	"github.com/amtsleitung/amtsleitung/call/bridge"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/media"
)

// soundscape is what a caller hears besides people: music, and over it one
// sentence at a time.
type soundscape struct {
	background media.Source // nil is none
	playing    media.Source // the part of it that plays now
	stop       func()
	speaking   context.CancelFunc // nil: nothing is said
	serial     int                // of what is said
	queue      []remark
}

// remark is a sentence to the caller, and what follows it.
type remark struct {
	phrase
	then func()
}

// enter brings the caller into the bridge, or out of it, as audio begins and ends.
func (x *exchange) enter() {
	voice := voiced(x.caller)
	switch {
	case voice && !x.joined:
		err := x.bridge.Join(bridge.Party{Name: theCaller, Leg: x.caller, Tap: &x.ear})
		if err != nil {
			x.fail(err)
			return
		}
		x.interpreting.renew()
	case !voice && x.joined:
		x.bridge.Leave(theCaller)
	}
	x.joined = voice
	x.play()
	if !voice {
		x.unsaid()
	}
}

// surround sets the background; nil is silence.
func (x *exchange) surround(src media.Source) {
	x.sound.background = src
	x.play()
}

// music is what is heard while waiting.
func (x *exchange) music() media.Source {
	if x.bot.Music != nil {
		return x.bot.Music()
	}
	return &lonelyTone{}
}

// play starts or stops the background as it should be now.
func (x *exchange) play() {
	s := &x.sound
	want := s.background
	if !x.joined || s.speaking != nil {
		want = nil
	}
	if want == s.playing {
		return
	}
	if s.stop != nil {
		s.stop()
		s.stop = nil
	}
	if s.playing = want; want != nil {
		s.stop, _ = x.bridge.Play(x.ctx, []string{theCaller}, want, 1)
	}
}

// tell says a sentence of the prompts to the caller, who may read it; then
// runs once it was said.
func (x *exchange) tell(key prompts.Key, then func(), pairs ...string) {
	x.say(phrase{text: x.line(key, pairs...), language: x.h.Language}, then)
}

// line is a sentence for the caller: for those who read there may be another one.
func (x *exchange) line(key prompts.Key, pairs ...string) string {
	if x.bot.Lines == nil {
		return ""
	}
	if !voiced(x.caller) {
		if text := x.bot.Lines(x.h.Language, prompts.Written(key), pairs...); text != "" {
			return text
		}
	}
	return x.bot.Lines(x.h.Language, key, pairs...)
}

// say queues a sentence; without audio it was said as soon as it is written.
func (x *exchange) say(p phrase, then func()) {
	if p.text != "" {
		x.record.said(p.text, p.language)
	}
	if p.text == "" || !x.joined {
		if then != nil {
			then()
		}
		return
	}
	x.sound.queue = append(x.sound.queue, remark{p, then})
	if x.sound.speaking == nil {
		x.sayNext()
	}
}

func (x *exchange) sayNext() {
	s := &x.sound
	if len(s.queue) == 0 {
		s.speaking = nil
		x.play()
		return
	}
	ctx, cancel := context.WithCancel(x.ctx)
	s.speaking = cancel
	s.serial++
	serial, p := s.serial, s.queue[0].phrase
	x.play()
	x.spawn("remark", func() {
		defer cancel()
		x.speak(ctx, p, theCaller)
		x.post(x.ctx, func() { x.wasSaid(serial) })
	})
}

func (x *exchange) wasSaid(serial int) {
	s := &x.sound
	if serial != s.serial || s.speaking == nil {
		return // it was broken off
	}
	then := s.queue[0].then
	s.queue = s.queue[1:]
	x.sayNext()
	if then != nil {
		then()
	}
}

// hush breaks off what is said to the caller, and what was to follow.
func (x *exchange) hush() {
	s := &x.sound
	if s.speaking == nil {
		return
	}
	s.speaking()
	s.speaking, s.queue = nil, nil
	x.play()
}

// unsaid goes on after sentences that nobody can hear: they were read.
func (x *exchange) unsaid() {
	queue := x.sound.queue
	x.hush()
	for _, r := range queue {
		if r.then != nil {
			r.then()
		}
	}
}

// roomTime is how much audio may lie between the bridge and who hears it.
const roomTime = 120 * time.Millisecond

// speak says a sentence to parties of the bridge, or to all, and returns when
// they have heard it. A voice that fails leaves a gap and nothing worse.
func (x *exchange) speak(ctx context.Context, p phrase, to ...string) {
	out := x.bridge.Voice(to...)
	defer out.Close()
	freed := context.AfterFunc(ctx, out.Close) // a writer may wait
	defer freed()
	m := mouth{voice: x.bot.Voice}
	err := m.utter(ctx, p, 1, out)
	if err == nil {
		err = out.Drain(ctx)
	}
	pause(ctx, roomTime)
	if err != nil && ctx.Err() == nil {
		x.log.Warn("a sentence was not spoken", "err", err)
	}
}

// proclaim tells a caller who waits what the city wants everybody to hear.
func (x *exchange) proclaim() error {
	if _, waits := x.stage.(*waiting); !waits || x.tidings == nil {
		x.missed = true
		return nil
	}
	texts, err := x.tidings()
	for _, t := range texts {
		x.say(t, nil)
	}
	return err
}
