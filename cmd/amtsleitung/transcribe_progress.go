package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// isTerminal says that a person looks at it.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// progress tells how much of a file was heard, in one line that is written over.
type progress struct {
	out   io.Writer // nil: nothing is told
	file  string
	whole time.Duration // 0: not known
	told  time.Time
	at    time.Duration
}

// toldEvery is how often.
const toldEvery = 500 * time.Millisecond

func (p *progress) frame(ctx context.Context, f media.Frame) error {
	p.at = f.At + media.Duration(len(f.PCM))
	if p.out != nil && time.Since(p.told) >= toldEvery {
		p.told = time.Now()
		p.tell()
	}
	return ctx.Err()
}

func (p *progress) tell() {
	_, _ = fmt.Fprintf(p.out, "\r%s: %s", filepath.Base(p.file), clock(p.at)) // nobody waits for it
	if p.whole > 0 {
		_, _ = fmt.Fprintf(p.out, " of %s, %d %%", clock(p.whole), min(100, 100*p.at/p.whole))
	}
}

// end leaves the line.
func (p *progress) end() {
	if p.out != nil {
		p.tell()
		_, _ = fmt.Fprintln(p.out)
	}
}

// clock is a length as 1:02:03.
func clock(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}
