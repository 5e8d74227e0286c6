package audiofile

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// report takes what ffmpeg says while it works, line by line: the length of the
// file, and what went wrong first. The zero value is ready.
type report struct {
	mu     sync.Mutex
	line   []byte // not finished
	wrong  string
	other  string // without a level: not of ffmpeg's own log
	length time.Duration
}

// mostLine is what is kept of a line, in bytes.
const mostLine = 4096

var (
	// speaker is who says a line, which is nothing to people.
	speaker      = regexp.MustCompile(`^(?:\[[^\]]* @ 0x[0-9a-f]+\] )+`)
	saidLine     = regexp.MustCompile(`^\[(\w+)\] (.*)$`)
	saidDuration = regexp.MustCompile(`^\s*Duration: (\d{1,5}):(\d\d):(\d\d)\.(\d\d)`)
)

// Write implements io.Writer.
func (r *report) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range p {
		switch {
		case b == '\n' || b == '\r':
			r.take()
		case len(r.line) < mostLine:
			r.line = append(r.line, b)
		}
	}
	return len(p), nil
}

// take reads the line that is finished.
func (r *report) take() {
	line := speaker.ReplaceAllString(strings.TrimSpace(string(r.line)), "")
	r.line = r.line[:0]
	said := saidLine.FindStringSubmatch(line)
	switch {
	case said == nil:
		if r.other == "" {
			r.other = line
		}
	case said[1] == "error" || said[1] == "fatal" || said[1] == "panic":
		if r.wrong == "" {
			r.wrong = said[2]
		}
	case r.length == 0:
		r.length = durationOf(said[2])
	}
}

// durationOf is hours:minutes:seconds.hundredths of a line; 0 where it says none.
func durationOf(line string) time.Duration {
	parts := saidDuration.FindStringSubmatch(line)
	if parts == nil {
		return 0
	}
	var d time.Duration
	for i, unit := range []time.Duration{time.Hour, time.Minute, time.Second, 10 * time.Millisecond} {
		n, err := strconv.Atoi(parts[i+1])
		if err != nil {
			return 0
		}
		d += time.Duration(n) * unit
	}
	if d > mostStated {
		return 0
	}
	return d
}

func (r *report) duration() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.length
}

// failed says that ffmpeg itself found something wrong.
func (r *report) failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.take()
	return r.wrong != ""
}

// first is what went wrong first.
func (r *report) first() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.take() // what has no line end
	if r.wrong != "" {
		return r.wrong
	}
	return r.other
}
