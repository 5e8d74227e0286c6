package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/playout"
	"github.com/amtsleitung/amtsleitung/turn"
)

// botText is what the bot says in every scene: some 20 s.
const botText = "Den Personalausweis beantragen Sie persönlich im Bürgerbüro. Bringen Sie bitte Ihren alten Ausweis, ein biometrisches Passfoto " +
	"und die Geburtsurkunde mit. Der Ausweis kostet siebenunddreißig Euro, für Personen unter vierundzwanzig Jahren zweiundzwanzig Euro achtzig. " +
	"Die Herstellung dauert etwa zwei bis drei Wochen. Sie bekommen einen Brief, sobald Sie ihn abholen können. Das Bürgerbüro ist montags bis freitags ab acht Uhr geöffnet."

// play is what a scene came to, in media time.
type play struct {
	pauses   int
	texts    []string // what was recognised while the bot spoke
	stopped  bool
	answered bool          // the words reached the dialog
	silentAt time.Duration // the bot first fell silent after the sound began
	audible  time.Duration // the bot was last heard
	resumed  time.Duration // longest silence of the bot after a sound that was none
	end      time.Duration
	done     bool // the bot has said all
}

// silentForEver says that the bot neither speaks nor was given anything to answer.
func (p play) silentForEver() bool {
	return !p.answered && !p.done && p.end-p.audible > 2*time.Second
}

// stage plays a scene frame by frame against the real detector, barge-in and
// playout, as call.session wires them.
type stage struct {
	e     *engines
	scene scene
	line  []int16 // what comes from the caller, without echo
	bot   []int16
	queue *playout.Queue
	fed   int // of bot

	detector *turn.Detector
	barge    *turn.BargeIn
	now      time.Duration
	speaking bool
	mouth    [][]int16 // every frame sent, for the echo

	pending *hearing // a recognition that has not come back
	heard   *hearing // the one that has, of the last pause
	ended   bool
	err     error
	result  play
	stopped bool // for the rest of the scene
}

// hearing is a recognition of one pause.
type hearing struct {
	serial int
	speech time.Duration
	text   string
	due    time.Duration
}

// shortNoise is what call takes for a cough when no words were found.
const shortNoise = 350 * time.Millisecond

func (e *engines) act(ctx context.Context, s scene, bot, greeting []int16) (play, error) {
	line := make([]int16, media.Samples(soundFrom+afterward)+len(s.sound))
	if s.known {
		mix(line[media.Samples(greetFrom):][:len(greeting)], greeting, 0, 1)
	}
	if len(s.sound) > 0 {
		mix(line[media.Samples(soundFrom):][:len(s.sound)], s.sound, 0, 1)
	}
	addHiss(rand.New(rand.NewPCG(seed, uint64(len(s.sound)))), line)
	line, err := phone(line)
	if err != nil {
		return play{}, err
	}
	voice, err := e.voice.Stream()
	if err != nil {
		return play{}, err
	}
	defer voice.Close()
	g := &stage{e: e, scene: s, line: line, bot: bot, queue: playout.New(), barge: turn.NewBargeIn(e.backchannels)}
	g.detector = turn.NewDetector(turn.Options{Voice: voice, Notify: func(ev turn.Event) { g.onTurn(ctx, ev) }})
	for i := 0; i+media.FrameSamples <= len(line) && g.err == nil; i += media.FrameSamples {
		g.now = media.Duration(i)
		g.step(i)
	}
	g.result.end = g.now
	g.result.done = g.fed+media.FrameSamples > len(g.bot)
	return g.result, g.err
}

// step is 20 ms of the call.
func (g *stage) step(at int) {
	if g.now == botFrom {
		g.speaking = true
		g.detector.SetBotSpeaking(true)
		g.barge.BotSpeaks(false, turn.Free)
	}
	g.speak()
	frame := slices.Clone(g.line[at : at+media.FrameSamples])
	if back := len(g.mouth) - 1 - int(g.scene.delay/media.FrameDuration); g.scene.echo > 0 && back >= 0 {
		mix(frame, g.mouth[back], 0, g.scene.echo)
	}
	if p := g.pending; p != nil && g.now >= p.due {
		g.pending, g.heard = nil, p
		g.do(g.barge.Heard(p.serial, g.scene.language, p.text))
		g.decide()
	}
	if err := g.detector.WriteFrame(media.Frame{PCM: frame, At: g.now}); err != nil {
		g.err = err
	}
	g.do(g.barge.Tick(g.now))
}

// speak sends one frame of the bot.
func (g *stage) speak() {
	frame := make([]int16, media.FrameSamples)
	for g.speaking && g.fed+media.FrameSamples <= len(g.bot) && g.queue.Buffered() < 200*time.Millisecond {
		g.err = g.queue.WriteFrame(media.Frame{PCM: g.bot[g.fed : g.fed+media.FrameSamples]})
		g.fed += media.FrameSamples
	}
	if g.queue.ReadFrame(frame) {
		if !g.stopped && g.now > soundFrom && g.result.pauses > 0 {
			g.result.resumed = max(g.result.resumed, g.now-max(g.result.audible, g.soundEnd()))
		}
		g.result.audible = g.now
	} else if g.speaking && g.now > soundFrom && g.result.silentAt == 0 {
		g.result.silentAt = g.now
	}
	g.mouth = append(g.mouth, frame)
}

func (g *stage) soundEnd() time.Duration { return soundFrom + media.Duration(len(g.scene.sound)) }

func (g *stage) onTurn(ctx context.Context, e turn.Event) {
	g.do(g.barge.Handle(e))
	switch e.Kind {
	case turn.Started:
		g.pending, g.heard, g.ended = nil, nil, false
	case turn.Paused:
		text, err := g.e.understand(ctx, e.Utterance.PCM, g.scene.language)
		if err != nil {
			g.err = err
		}
		if g.speaking {
			g.result.texts = append(g.result.texts, fmt.Sprintf("%s (%s)", text, e.Utterance.Speech))
		}
		g.pending = &hearing{e.Utterance.Serial, e.Utterance.Speech, text, g.now + textTook}
		g.heard = nil
	case turn.Resumed:
		g.pending, g.heard = nil, nil
	case turn.Ended:
		g.ended = true
		g.decide()
	case turn.Discarded:
		g.pending, g.heard = nil, nil
	}
}

// decide is what call does once the turn is over and its words are known.
func (g *stage) decide() {
	if g.heard == nil || !g.ended {
		return
	}
	h := g.heard
	g.heard, g.ended = nil, false
	if g.now < botFrom || g.barge.Backchannel() || h.text == "" && h.speech < shortNoise {
		return
	}
	if g.speaking || g.stopped {
		g.result.answered = true
	}
	if g.speaking {
		g.stop()
	}
}

func (g *stage) do(d turn.Decision) {
	switch d {
	case turn.Pause:
		g.result.pauses++
		g.queue.Pause()
	case turn.Resume:
		g.queue.Resume()
	case turn.Stop:
		g.stop()
	}
}

// stop is an interruption that counts: the rest is not said.
func (g *stage) stop() {
	g.queue.Flush()
	g.speaking, g.stopped, g.result.stopped = false, true, true
	g.detector.SetBotSpeaking(false)
	g.barge.BotSilent()
}
