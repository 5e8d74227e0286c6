package main

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/audiofile"
	"github.com/amtsleitung/amtsleitung/media/vad"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/live"
)

// hearing opens what live recognition of a recording needs, and says at once
// when the recogniser does not know the language; "" is detected.
func hearing(ctx context.Context, e *engines, lang string) (live.Options, error) {
	if lang == "" {
		e.config.Languages.Offered = nil // a recording may be in any language
	}
	r, err := e.recognizer()
	if err != nil {
		return live.Options{}, err
	}
	if e.config.Recognition.Engine != "openai" { // asking a server for nothing costs a request
		if _, err := r.Recognize(ctx, stt.Window{Language: lang}); err != nil {
			return live.Options{}, usageError{err}
		}
	}
	activity, err := e.activity()
	if err != nil {
		return live.Options{}, err
	}
	return live.Options{Recognizer: r, Language: lang, Log: e.log, Voice: liveVoice(activity)}, nil
}

// liveVoice opens voice activity detection for one live stream after the other.
func liveVoice(activity *vad.Model) func() (live.Voice, func(), error) {
	return func() (live.Voice, func(), error) {
		stream, err := activity.Stream()
		if err != nil {
			return nil, nil, err
		}
		return live.Cleared(stream), stream.Close, nil
	}
}

// hear plays a whole recording to a live stream. frame is told each frame
// before it is heard, update all that became known; each has a goroutine. A
// recording that breaks off is heard until then.
func hear(ctx context.Context, o live.Options, in *audiofile.File,
	frame func(context.Context, media.Frame) error, update func(context.Context, live.Update) error,
) error {
	updates := make(chan live.Update, 256)
	group, ctx := errgroup.WithContext(ctx)
	o.Update = func(u live.Update) {
		select {
		case updates <- u:
		case <-ctx.Done():
		}
	}
	stream := live.NewStream(o)
	var broken error // of the recording: what was said before it is written
	group.Go(func() error {
		defer close(updates)
		return stream.Run(ctx)
	})
	group.Go(func() error {
		defer stream.Close()
		var refused error
		err := in.Play(ctx, media.SinkFunc(func(f media.Frame) error {
			if refused = frame(ctx, f); refused == nil {
				refused = stream.WriteFrame(f)
			}
			return refused
		}))
		if refused == nil && ctx.Err() == nil {
			broken, err = err, nil
		}
		return err
	})
	group.Go(func() error {
		for u := range updates {
			if err := update(ctx, u); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(group.Wait(), broken); err != nil {
		return err
	}
	if lost := stream.Stats().Lost; lost > 0 {
		return fmt.Errorf("%.1f s of speech could not be recognised; see the warnings above", lost.Seconds())
	}
	return nil
}
