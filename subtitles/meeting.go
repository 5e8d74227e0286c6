package subtitles

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// Meeting is all that was said in a session, ready for export.
type Meeting struct {
	Title string // names and titles are text of strangers: every format escapes them
	Code  string // of the room; "" without one
	Began time.Time
	// Languages of Tracks, the language that was spoken first; a track that is not named here comes after them.
	Languages []string
	Tracks    map[string][]Cue
	Speakers  []string
	Consent   []Consent
	Quality   Quality
}

// Consent is what one person, or the whole room, was told and answered.
type Consent struct {
	Who     string    `json:"who"`
	At      time.Time `json:"at"`
	Text    string    `json:"text,omitempty"` // what was announced
	Refused bool      `json:"refused"`        // nothing of this person was written down
}

// Quality is how well a session was heard; see Meter for what the figures mean.
type Quality struct {
	LagP50        time.Duration `json:"lag_p50_ns"`
	LagP95        time.Duration `json:"lag_p95_ns"`
	Erasure       float64       `json:"erasure"`
	LowConfidence float64       `json:"low_confidence"`
	TooFast       int           `json:"too_fast"`
	Gaps          int           `json:"gaps"`
	RealTime      float64       `json:"real_time"`
}

// Format writes a meeting in a format of files. All of them say that a machine wrote the text.
// Subtitle files and plain text hold the first track, JSON and Word all of them.
type Format func(w io.Writer, m Meeting) error

// Formats by the name of the command line.
func Formats() map[string]Format {
	return map[string]Format{"vtt": WriteWebVTT, "srt": WriteSubRip, "ttml": WriteTTML, "txt": WriteText, "json": WriteJSON, "docx": WriteWord}
}

// MediaTypes of the formats, for answers of a web server.
func MediaTypes() map[string]string {
	return map[string]string{
		"vtt": "text/vtt; charset=utf-8", "srt": "application/x-subrip; charset=utf-8", "ttml": "application/ttml+xml; charset=utf-8; codecs=im1t",
		"txt": "text/plain; charset=utf-8", "json": "application/json; charset=utf-8",
		"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	}
}

// Of is the meeting of one list of cues, in the language of the first.
func Of(cues []Cue) Meeting {
	m := Meeting{Tracks: map[string][]Cue{}}
	if len(cues) > 0 {
		m.Languages = []string{cues[0].Language}
		m.Tracks[cues[0].Language] = cues
	}
	return m
}

// In is the meeting in one of its languages only.
func (m Meeting) In(language string) (Meeting, error) {
	track, ok := m.Tracks[language]
	if !ok {
		return m, fmt.Errorf("meeting %s has no subtitles in %q, only in %v", m.Code, language, m.order())
	}
	m.Languages, m.Tracks = []string{language}, map[string][]Cue{language: track}
	return m, nil
}

// order is the languages of the tracks, first the one that was spoken.
func (m Meeting) order() []string {
	var out []string
	for _, l := range m.Languages {
		if _, ok := m.Tracks[l]; ok && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	for _, l := range slices.Sorted(maps.Keys(m.Tracks)) {
		if !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

// first is the track of the language that was spoken.
func (m Meeting) first() (language string, cues []Cue) {
	if order := m.order(); len(order) > 0 {
		return order[0], arrange(m.Tracks[order[0]])
	}
	if len(m.Languages) > 0 {
		language = m.Languages[0]
	}
	return language, nil
}
