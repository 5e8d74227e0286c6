package web

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// mostBroken are told of at once in one meeting.
const mostBroken = 5

// playing is a recording that is an input, and how far it has got; or one that
// broke off there.
type playing struct {
	Input string  `json:"input"`
	Name  string  `json:"name"`
	Done  float64 `json:"done_s"`
	Whole float64 `json:"whole_s"` // 0 is not known
	Error string  `json:"error,omitempty"`
}

// files are the recordings that play, by meeting.
type files struct {
	mu      sync.Mutex
	playing map[string][]*file
}

// file is one of them. It is in files from when its input is known.
type file struct {
	name        string
	input       string
	done, whole time.Duration
	broken      string // why it ended before its end
}

func newFiles() *files { return &files{playing: map[string][]*file{}} }

// progress is told by who plays it, often.
func (f *files) progress(of *file, done, whole time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	of.done, of.whole = done, whole
}

func (f *files) add(code string, one *file, input string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	one.input = input
	f.playing[code] = append(f.playing[code], one)
}

func (f *files) remove(code string, one *file) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.playing[code] = slices.DeleteFunc(f.playing[code], func(o *file) bool { return o == one })
	if len(f.playing[code]) == 0 {
		delete(f.playing, code)
	}
}

// breakOff keeps one that was damaged in the list, since whoever sent it hears of
// it nowhere else; why is one line.
func (f *files) breakOff(code string, one *file, why string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	one.broken = strings.Join(strings.Fields(why), " ")
	broken := 0
	for i := len(f.playing[code]) - 1; i >= 0; i-- {
		if f.playing[code][i].broken == "" {
			continue
		}
		if broken++; broken > mostBroken {
			f.playing[code] = slices.Delete(f.playing[code], i, i+1)
		}
	}
}

// of are those of a meeting.
func (f *files) of(code string) []playing {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := []playing{}
	for _, o := range f.playing[code] {
		out = append(out, playing{Input: o.input, Name: o.name, Done: o.done.Seconds(), Whole: o.whole.Seconds(), Error: o.broken})
	}
	return out
}
