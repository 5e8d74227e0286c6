package subtitles

import "github.com/amtsleitung/amtsleitung/transcript"

// Cues makes the cues of a recording that was written down: each segment is settled, each leg is a speaker of its own.
func Cues(r Rules, segments []transcript.Segment) []Cue {
	var order []string
	speakers := map[string]*Segmenter{}
	tracks := map[string][]Cue{}
	for _, seg := range segments {
		s, ok := speakers[seg.Leg]
		if !ok {
			s = NewSegmenter(r, seg.Language)
			if s.Speaker = seg.Leg; seg.Leg != "" {
				s.Prefix = seg.Leg + "-"
			}
			speakers[seg.Leg], order = s, append(order, seg.Leg)
		}
		words := seg.Words
		if len(words) == 0 {
			words = Spread(seg.Text, seg.Start, seg.End, seg.Language, seg.Confidence)
		}
		got := append(s.Speak(seg.Language), s.Add(words, true)...)
		tracks[seg.Leg] = append(tracks[seg.Leg], got...)
	}
	var all [][]Cue
	for _, leg := range order {
		all = append(all, tracks[leg])
	}
	return Merge(all...)
}
