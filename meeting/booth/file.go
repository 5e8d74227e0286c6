package booth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/audiofile"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// Progress is told how much of a recording was played, about once a second;
// whole is a guess where the file does not say, and 0 where nobody knows. It must not block.
type Progress = func(done, whole time.Duration)

// Start plays a file as an input at its own pace, and closes input and file at
// the end. It waits while the meeting does. Input.Done and Err say when and how
// it ended; a damaged file is an error there, after what could be read.
// progress may be nil.
func (b *Booth) Start(ctx context.Context, f *audiofile.File, s Source, progress Progress) (*Input, error) {
	in, err := b.Open(ctx, s)
	if err == nil {
		err = b.spawn(ctx, func(ctx context.Context) {
			defer in.Close()
			p := player{input: in, progress: progress, whole: f.Estimate}
			if err := errors.Join(p.play(ctx, f), f.Close()); err != nil {
				in.fail(fmt.Errorf("recording: %w", err))
			}
		})
		if err == nil {
			return in, nil
		}
		_ = in.Close() // never fails
	}
	return nil, errors.Join(err, f.Close())
}

// Play is Start, and returns when the file is over and its last words are in
// the room; ctx ends it sooner.
func (b *Booth) Play(ctx context.Context, f *audiofile.File, s Source, progress Progress) error {
	in, err := b.Start(ctx, f, s, progress)
	if err != nil {
		return err
	}
	return in.wait(ctx)
}

// player writes frames of a recording at the pace of time.
type player struct {
	input    *Input
	progress Progress
	whole    func() time.Duration
	done     time.Duration
	told     time.Duration
	next     time.Time
	timer    *time.Timer
	silence  [media.FrameSamples]int16
}

var errStopped = errors.New("stopped")

func (p *player) play(ctx context.Context, f *audiofile.File) error {
	p.next = time.Now()
	p.timer = time.NewTimer(0)
	defer p.timer.Stop()
	err := f.Play(ctx, media.SinkFunc(func(fr media.Frame) error { return p.write(ctx, fr) }))
	if err == nil {
		p.tell(p.done)
	}
	if errors.Is(err, errStopped) || ctx.Err() != nil {
		return nil
	}
	return err
}

// write waits for the frame's turn.
func (p *player) write(ctx context.Context, f media.Frame) error {
	for {
		if err := p.wait(ctx); err != nil {
			return err
		}
		if p.input.booth.stage.read().life == rooms.Running {
			break
		}
		// The meeting has not begun or is paused.
		if p.input.WriteFrame(media.Frame{PCM: p.silence[:]}) != nil {
			return errStopped
		}
	}
	if p.input.WriteFrame(f) != nil {
		return errStopped
	}
	if p.done += media.FrameDuration; p.done-p.told >= time.Second {
		p.tell(p.done)
	}
	return nil
}

func (p *player) tell(done time.Duration) {
	p.told = done
	if p.progress != nil {
		p.progress(done, p.whole())
	}
}

// wait is until 20 ms after the last frame. A machine that slept does not catch up.
func (p *player) wait(ctx context.Context) error {
	late := time.Since(p.next)
	if late > time.Second {
		p.next = time.Now()
	}
	p.next = p.next.Add(media.FrameDuration)
	p.timer.Reset(time.Until(p.next))
	select {
	case <-p.timer.C:
		return nil
	case <-p.input.closing:
		return errStopped
	case <-ctx.Done():
		return errStopped
	}
}
