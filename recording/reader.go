package recording

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt/live"
)

// reader gives the frames of one recording to its stream, which lets it wait.
// It has a goroutine of its own; its fields are for others when that has ended.
type reader struct {
	to       *live.Stream
	progress func(time.Duration) error // nil: nobody asks
	stop     context.CancelFunc
	end      time.Duration // media time behind the last frame
	told     time.Duration
	broken   error // of the recording
	failed   error // of who is told the progress
}

func (r *reader) read(ctx context.Context, in Source) {
	defer r.to.Close()
	defer func() {
		if p := recover(); p != nil {
			r.fail(fmt.Errorf("reading a recording panicked: %v\n%s", p, debug.Stack()))
		}
	}()
	r.broken = in.Play(ctx, media.SinkFunc(r.frame))
	if r.broken == nil && r.end > r.told {
		r.tell()
	}
}

func (r *reader) frame(f media.Frame) error {
	r.end = f.At + media.Duration(len(f.PCM))
	if r.end-r.told >= time.Second {
		r.tell()
	}
	if r.failed != nil {
		return r.failed
	}
	return r.to.WriteFrame(f)
}

func (r *reader) tell() {
	r.told = r.end
	if r.progress == nil {
		return
	}
	if err := r.progress(r.end); err != nil {
		r.fail(err)
	}
}

// fail ends the hearing, too.
func (r *reader) fail(err error) {
	r.failed = err
	r.stop()
}
