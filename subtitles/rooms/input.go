package rooms

import (
	"cmp"
	"time"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// Kind of an input: what brings the sound.
type Kind string

// Kinds.
const (
	Telephone  Kind = "telephone"
	Bridge     Kind = "bridge" // dialled out into a conference
	Broadcast  Kind = "whip"
	Microphone Kind = "microphone"
	File       Kind = "file"
	Stream     Kind = "rtp"
)

// Warning is what is wrong with an input.
type Warning string

// Warnings.
const (
	Silent  Warning = "silence"
	Clipped Warning = "clipping"
	Lost    Warning = "lost"
)

// When there is a warning.
const (
	silentBelow = -60.0 // dBFS, mean of a report
	silentAfter = 15 * time.Second
	clipsAbove  = -0.1 // dBFS, peak of a report
	clipsShown  = 5 * time.Second
	lostAfter   = 5 * time.Second
	// resync is how far an input's own time may be off before it counts as
	// having missed a stretch.
	resync = time.Second
)

// Source says what an input is.
type Source struct {
	Name string `json:"name"` // "Saalmikrofon"
	Kind Kind   `json:"kind"`
	// Speaker is whose voice it is; "" is the name of a telephone, and of any
	// other input nobody knows who: microphones of a room, senders, bridges and
	// files have names that are nobody's.
	Speaker string `json:"speaker"`
	// Closed: it begins muted.
	Closed bool `json:"-"`
}

// Report is how an input sounds, some times a second.
type Report struct {
	At   time.Duration // time of the stream
	RMS  float64       // dBFS since the last report
	Peak float64       // dBFS since the last report
}

// Input is an input as the organiser sees it.
type Input struct {
	ID string `json:"id"`
	Source
	RMS       float64       `json:"rms_dbfs"`
	LastHeard time.Time     `json:"last_heard"` // the last report that was not silent
	Warnings  []Warning     `json:"warnings"`
	Muted     bool          `json:"muted"`
	Refused   bool          `json:"refused"`
	Told      bool          `json:"told"`
	Gone      bool          `json:"gone,omitempty"` // it left; sent once
	Behind    time.Duration `json:"behind_ns"`
}

// span is a stretch of time; it is open when until is zero.
type span struct{ from, until time.Time }

// mostSpans bounds what is remembered of pauses; older ones are of hours ago.
const mostSpans = 200

// input is the owner's side of it.
type input struct {
	id         string
	source     Source
	zero       time.Time // when its stream began
	rms        float64
	reported   time.Duration // the stream's time of the last report
	lastReport time.Time
	lastHeard  time.Time // sound above silence
	clipped    time.Time
	lost       bool
	muted      bool
	refused    bool
	closed     bool // muted besides having refused
	told       bool
	behind     time.Duration
	silences   []span // when it was muted
	open       *sentence
	language   string // of the segmenter
	segmenter  Segmenter
	tail       string // what viewers see of the open sentence in fast mode
	loose      string // what of that is not settled
}

// who speaks there, for the ledger.
func (in *input) who() string { return cmp.Or(in.source.Speaker, in.source.Name) }

// by says whether it is of the same speaker as another: of a voice that
// nobody knows, whether it comes from a source of the same kind and name.
func (in *input) by(other Source) bool {
	if in.source.Speaker == "" {
		return other.Speaker == "" && in.source.Kind == other.Kind && in.source.Name == other.Name
	}
	return in.source.Speaker == other.Speaker
}

// report takes how it sounds and returns how much audio came since the last one.
func (in *input) report(r Report, now time.Time) (heard time.Duration) {
	if missed := now.Sub(in.zero.Add(r.At)); in.lost && missed > resync {
		in.zero = in.zero.Add(missed) // the stream stood still while it was lost
	}
	if !in.lost {
		heard = max(0, r.At-in.reported)
	}
	in.lost, in.lastReport, in.rms = false, now, r.RMS
	in.reported = max(in.reported, r.At)
	if r.RMS > silentBelow {
		in.lastHeard = now
	}
	if r.Peak >= clipsAbove {
		in.clipped = now
	}
	return heard
}

// missing says whether it stopped reporting; what never reports its level is
// only silent.
func (in *input) missing(now time.Time) bool {
	return !in.lastReport.IsZero() && now.Sub(in.lastReport) >= lostAfter
}

// warnings in the order of their weight.
func (in *input) warnings(now time.Time) []Warning {
	out := []Warning{}
	switch {
	case in.lost:
		out = append(out, Lost)
	case now.Sub(in.lastHeard) >= silentAfter:
		out = append(out, Silent)
	}
	if !in.clipped.IsZero() && now.Sub(in.clipped) < clipsShown {
		out = append(out, Clipped)
	}
	return out
}

// mute opens or closes a stretch in which nothing is taken down.
func (in *input) mute(on bool, now time.Time) {
	if on != in.muted {
		in.muted = on
		in.silences = toggle(in.silences, on, now)
	}
}

// toggle opens a stretch or ends the open one.
func toggle(silences []span, open bool, now time.Time) []span {
	n := len(silences)
	switch {
	case open && (n == 0 || !silences[n-1].until.IsZero()):
		silences = append(silences, span{from: now})
	case !open && n > 0 && silences[n-1].until.IsZero():
		silences[n-1].until = now
	}
	if len(silences) > mostSpans {
		silences = append(silences[:0], silences[len(silences)-mostSpans:]...)
	}
	return silences
}

// covered says whether any part of a word lies in a stretch, however late the
// recogniser brings it.
func (in *input) covered(silences []span, w transcript.Word) bool {
	start, end := in.zero.Add(w.Start), in.zero.Add(w.End)
	for i := len(silences) - 1; i >= 0; i-- {
		s := silences[i]
		if !s.until.IsZero() && !start.Before(s.until) {
			return false // those before are earlier still
		}
		if end.After(s.from) {
			return true
		}
	}
	return false
}

// view is what the organiser sees.
func (in *input) view(now time.Time) Input {
	return Input{
		ID: in.id, Source: in.source, RMS: in.rms, LastHeard: in.lastHeard, Warnings: in.warnings(now),
		Muted: in.muted || in.refused, Refused: in.refused, Told: in.told, Behind: in.behind,
	}
}
