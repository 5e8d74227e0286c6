package main

import (
	"time"

	"github.com/amtsleitung/amtsleitung/turn"
)

// What the models take until they have answered, after the 192 ms of silence
// that ask them: 45 ms and 100 ms on two cores, with a short queue.
const (
	askAfter  = 192 * time.Millisecond
	voiceTook = 60 * time.Millisecond
	textTook  = 140 * time.Millisecond
	window    = 32 * time.Millisecond
)

// rule says after how much silence the pause would end the turn; scale
// stretches its patience (1 as shipped). earlier are the pauses before it.
type rule struct {
	name    string
	silence func(t heardTurn, earlier []pause, p pause, scale float64) time.Duration
}

func plain(name string, d time.Duration) rule {
	return rule{name, func(_ heardTurn, _ []pause, _ pause, scale float64) time.Duration {
		return stretch(d, scale)
	}}
}

// smartAlone is Smart Turn as pipecat uses it: an end when the model says so,
// after 3 s if it does not.
func smartAlone() rule {
	return rule{"Smart Turn alone", func(_ heardTurn, _ []pause, p pause, scale float64) time.Duration {
		if p.voice > 0.5 {
			return max(askAfter+voiceTook, stretch(300*time.Millisecond, scale))
		}
		return 3 * time.Second
	}}
}

// ours decides window by window, as the detector does, with what is known by then.
func ours(name string, hint bool, words *turn.OpenEnds) rule {
	return rule{name, func(t heardTurn, earlier []pause, p pause, scale float64) time.Duration {
		e := turn.Free
		if hint {
			e = t.expect
		}
		return decide(scale, limits{
			silent: turn.EndSilence(e, -1, p.speech),
			voice:  turn.EndSilence(e, complete(words, t, p, false), p.speech),
			text:   turn.EndSilence(e, complete(words, t, p, true), p.speech),
		})
	}}
}

// limits of one pause: before anything is known, with the voice, with the words too.
type limits struct{ silent, voice, text time.Duration }

func decide(scale float64, l limits) time.Duration {
	for s := askAfter + window; ; s += window {
		limit := l.silent
		switch {
		case s >= askAfter+textTook:
			limit = l.text
		case s >= askAfter+voiceTook:
			limit = l.voice
		}
		if s >= stretch(limit, scale) {
			return s
		}
	}
}

func stretch(d time.Duration, scale float64) time.Duration {
	return time.Duration(float64(d) * scale)
}

// complete is what a call would tell the detector of a pause.
func complete(words *turn.OpenEnds, t heardTurn, p pause, text bool) float64 {
	e := turn.Evidence{Voice: p.voice}
	if text {
		e.Words = words.Words(t.language, p.text)
	}
	return e.Complete(p.speech)
}
