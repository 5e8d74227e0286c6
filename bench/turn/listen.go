package main

import (
	"context"
	"fmt"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/turn"
)

// pause is one silence in or after a turn, with all that is known of it.
type pause struct {
	at     time.Duration // end of the speech before it, as heard
	length time.Duration // until speech goes on; 0 at the end of the turn
	speech time.Duration // voiced so far
	voice  float64       // Smart Turn's probability of the end
	text   string        // the recogniser's words so far
}

// heardTurn is a turn with its pauses, the last of which is the end.
type heardTurn struct {
	spokenTurn
	pauses []pause
}

// hearAll lets the real detector and models hear every turn once.
func (e *engines) hearAll(ctx context.Context, turns []spokenTurn) ([]heardTurn, error) {
	var all []heardTurn
	for _, t := range turns {
		pauses, err := e.pauses(ctx, t)
		if err != nil {
			return nil, fmt.Errorf("hear %q: %w", t.text, err)
		}
		all = append(all, heardTurn{t, pauses})
	}
	return all, nil
}

// resumeLag is how late Resumed comes after the speech.
const resumeLag = 64 * time.Millisecond

// pauses lists the silences of a turn without ever ending it.
func (e *engines) pauses(ctx context.Context, t spokenTurn) ([]pause, error) {
	events, err := e.listen(t.pcm, turn.Options{Patience: 100}, nil)
	if err != nil {
		return nil, err
	}
	var all []pause
	for _, ev := range events {
		switch ev.Kind {
		case turn.Paused:
			p := pause{at: ev.Utterance.SpeechEnd, speech: ev.Utterance.Speech}
			if p.voice, err = e.smart.Complete(ev.Utterance.PCM); err != nil {
				return nil, err
			}
			if p.text, err = e.understand(ctx, ev.Utterance.PCM, t.language); err != nil {
				return nil, err
			}
			all = append(all, p)
		case turn.Resumed:
			last := &all[len(all)-1]
			last.length = ev.At - resumeLag - last.at
		}
	}
	return all, nil
}

// listen runs a detector over the audio; before is called ahead of each frame.
func (e *engines) listen(pcm []int16, o turn.Options, before func(*turn.Detector, time.Duration)) ([]turn.Event, error) {
	s, err := e.voice.Stream()
	if err != nil {
		return nil, err
	}
	defer s.Close()
	var events []turn.Event
	o.Voice = s
	o.Notify = func(ev turn.Event) { events = append(events, ev) }
	d := turn.NewDetector(o)
	for i := 0; i+media.FrameSamples <= len(pcm); i += media.FrameSamples {
		if before != nil {
			before(d, media.Duration(i))
		}
		if err := d.WriteFrame(media.Frame{PCM: pcm[i : i+media.FrameSamples], At: media.Duration(i)}); err != nil {
			return nil, err
		}
	}
	return events, nil
}
