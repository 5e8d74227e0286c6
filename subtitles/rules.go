package subtitles

import "time"

// Rules say how much text a viewer can read. The zero value is Television.
type Rules struct {
	Lines int // of a cue
	Width int // of a line, in cells: a letter is one, a wide East Asian character two, a combining mark none
	// CPS is the most cells a second a viewer is asked to read.
	CPS   float64
	Least time.Duration // a cue is shown
	Most  time.Duration // a cue is shown
	// Scroll gives words out as they come, line after line, instead of whole cues.
	Scroll bool
}

// Television is how ARD, ORF, SRF and ZDF subtitle: two lines of 37 characters, 13 to 15 characters a second, at least a
// second (their common standards of 2015).
func Television() Rules {
	return Rules{Lines: 2, Width: 37, CPS: 15, Least: time.Second, Most: 7 * time.Second}
}

// Easy is for easy language: 9 to 11 characters a second, and longer on the screen.
func Easy() Rules {
	return Rules{Lines: 2, Width: 37, CPS: 10, Least: 1500 * time.Millisecond, Most: 10 * time.Second}
}

// Scroll is live subtitling word by word, as the BBC does it: a line of 37 characters fills and rolls up.
func Scroll() Rules {
	r := Television()
	r.Lines, r.Scroll = 1, true
	return r
}

const (
	// slack is how much later than spoken a cue may be so that the one before it can be read.
	slack = 2 * time.Second
	// flash is the least a cue is shown however fast people talk.
	flash = 400 * time.Millisecond
	// bridge closes pauses between two cues that would only flicker.
	bridge = 500 * time.Millisecond
	// pause between two words parts cues.
	pause = 2 * time.Second
)

// withDefaults fills what was left open from Television.
func (r Rules) withDefaults() Rules {
	d := Television()
	if r.Lines <= 0 {
		r.Lines = d.Lines
	}
	if r.Width <= 0 {
		r.Width = d.Width
	}
	r.Lines = min(r.Lines, 4)
	r.Width = min(max(2*widest, r.Width), 100) // narrower nothing can be broken, and nobody reads wider lines
	if r.CPS <= 0 {
		r.CPS = d.CPS
	}
	if r.Least <= 0 {
		r.Least = d.Least
	}
	if r.Most <= 0 {
		r.Most = d.Most
	}
	return r
}

// reading is how long text must be shown.
func (r Rules) reading(text string) time.Duration {
	return max(r.Least, time.Duration(float64(cells(text))/r.CPS*float64(time.Second)))
}
