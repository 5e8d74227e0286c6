package subtitles

import (
	"encoding/json"
	"io"
	"math"
	"time"
)

// record is the JSON of a meeting; times are seconds.
type record struct {
	Title     string        `json:"title,omitempty"`
	Code      string        `json:"code,omitempty"`
	Began     *time.Time    `json:"began,omitempty"`
	Label     string        `json:"label"`
	Machine   bool          `json:"machine_made"`
	Languages []string      `json:"languages"`
	Speakers  []string      `json:"speakers"`
	Consent   []Consent     `json:"consent,omitempty"`
	Quality   recordQuality `json:"quality"`
	Tracks    []recordTrack `json:"tracks"`
}

type recordQuality struct {
	LagP50        float64 `json:"lag_p50"`
	LagP95        float64 `json:"lag_p95"`
	Erasure       float64 `json:"erasure"`
	LowConfidence float64 `json:"low_confidence"`
	TooFast       int     `json:"too_fast"`
	Gaps          int     `json:"gaps"`
	RealTime      float64 `json:"real_time"`
}

type recordTrack struct {
	Language  string      `json:"language"`
	Direction string      `json:"direction"`
	Label     string      `json:"label"`
	Cues      []recordCue `json:"cues"`
}

type recordCue struct {
	ID         string   `json:"id,omitempty"`
	Start      float64  `json:"start"`
	End        float64  `json:"end"`
	Speaker    string   `json:"speaker,omitempty"`
	Language   string   `json:"language"`
	Text       string   `json:"text"`
	Lines      []string `json:"lines"`
	Confidence float64  `json:"confidence"`
	Corrected  bool     `json:"corrected"`
	Machine    bool     `json:"machine"`
	Fast       bool     `json:"fast"`
	Glued      bool     `json:"glued,omitempty"` // no space stands between the cue before it and its text
}

// WriteJSON writes all tracks with all that is known of their cues. Characters of HTML are escaped, so that it
// may stand in a page.
func WriteJSON(w io.Writer, m Meeting) error {
	language, _ := m.first()
	r := record{
		Title: paragraph(m.Title), Code: m.Code, Label: label(language), Machine: true, Consent: m.Consent,
		Languages: m.order(), Speakers: []string{}, Tracks: []recordTrack{},
		Quality: recordQuality{round(m.Quality.LagP50.Seconds()), round(m.Quality.LagP95.Seconds()), round(m.Quality.Erasure),
			round(m.Quality.LowConfidence), m.Quality.TooFast, m.Quality.Gaps, round(m.Quality.RealTime)},
	}
	if !m.Began.IsZero() {
		r.Began = &m.Began
	}
	if r.Languages == nil {
		r.Languages = []string{}
	}
	for _, l := range m.order() {
		r.Tracks = append(r.Tracks, trackOf(l, arrange(m.Tracks[l])))
	}
	r.Speakers = append(r.Speakers, speakers(m.Speakers, arrange(m.Tracks[language]))...)
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	return enc.Encode(r)
}

func trackOf(language string, cues []Cue) recordTrack {
	t := recordTrack{Language: language, Direction: "ltr", Label: label(language), Cues: []recordCue{}}
	if RightToLeft(language) {
		t.Direction = "rtl"
	}
	for _, c := range cues {
		t.Cues = append(t.Cues, recordCue{
			ID: paragraph(c.ID), Start: round(c.Start.Seconds()), End: round(c.End.Seconds()), Speaker: paragraph(c.Speaker),
			Language: c.Language, Text: paragraph(c.Text), Lines: c.shown(), Confidence: round(c.Confidence),
			Corrected: c.Corrected, Machine: c.Machine, Fast: c.Fast, Glued: c.Glued,
		})
	}
	return t
}

// round keeps three digits; JSON has no infinities.
func round(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return math.Round(x*1000) / 1000
}
