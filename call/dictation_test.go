package call

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/amtsleitung/amtsleitung/call/scribe"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// dictation is a scribe that writes one line for each second of sound.
type dictation struct {
	o      Scribing
	j      *journal.Journal
	paused atomic.Bool
	frames atomic.Int64
}

func (d *dictation) WriteFrame(f media.Frame) error {
	if !d.paused.Load() && (f.PCM[5] != 0 || f.PCM[7] != 0) {
		d.frames.Add(1)
	}
	return nil
}

func (d *dictation) Pause(on bool)      { d.paused.Store(on) }
func (d *dictation) SetLanguage(string) {}
func (d *dictation) Often(bool)         {}

func (d *dictation) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
		if d.frames.Swap(0) < 40 {
			continue
		}
		l := journal.Line{Segment: transcript.Segment{
			Call: d.o.Call, Leg: d.o.Leg, ID: d.j.Next(d.o.Call, d.o.Leg), Language: "de", Text: "was kostet das", Final: true,
		}}
		d.j.Add(d.o.Call, l)
		d.o.Heard(scribe.Utterance{Line: l})
	}
}
