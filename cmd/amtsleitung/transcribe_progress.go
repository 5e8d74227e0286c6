package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
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
	whole func() time.Duration // 0: not known; of some files it is an estimate that gets better
	told  time.Time
	at    time.Duration
}

// toldEvery is how often.
const toldEvery = 500 * time.Millisecond

// read is told the length read so far.
func (p *progress) read(d time.Duration) error {
	p.at = d
	if p.out != nil && time.Since(p.told) >= toldEvery {
		p.told = time.Now()
		p.tell()
	}
	return nil
}

func (p *progress) tell() {
	_, _ = fmt.Fprintf(p.out, "\r%s: %s", filepath.Base(p.file), clock(p.at)) // nobody waits for it
	if whole := p.whole(); whole > 0 {
		_, _ = fmt.Fprintf(p.out, " of %s, %d %%", clock(whole), min(100, 100*p.at/whole))
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
