package meeting

import (
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/meeting/booth"
	"github.com/amtsleitung/amtsleitung/subtitles"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// easyTag is what is put behind a language for its easy form.
const easyTag = "-leicht"

// room are the options of a meeting's room.
func (h *Hall) room(m *Meeting) rooms.Options {
	n := m.asked
	var o rooms.Options
	if h.o.Room != nil {
		o = h.o.Room(n.clone())
	}
	o.Title, o.Languages, o.Speakers, o.Glossary = n.Title, slices.Clone(n.Languages), slices.Clone(n.Speakers), slices.Clone(n.Glossary)
	o.Fast, o.Delay = n.Fast, time.Duration(n.Delay*float64(time.Second))
	if n.Easy {
		o.Easy = n.Languages[0] + easyTag
	}
	if n.Scroll {
		o.Segmenter = func(language string) rooms.Segmenter {
			return subtitles.NewSegmenter(subtitles.Scroll(), language)
		}
	}
	if o.Now == nil {
		o.Now = h.o.Now
	}
	if o.Log == nil {
		o.Log = h.o.Log
	}
	return o
}

// booth are the options of a meeting's booth: who does not say what they speak
// speaks a language of the meeting.
func (h *Hall) booth(n New) booth.Options {
	o := h.o.Booth
	var spoken []string
	for _, l := range n.Languages {
		if len(o.Languages) == 0 || slices.Contains(o.Languages, l) {
			spoken = append(spoken, l)
		}
	}
	if len(spoken) == 0 {
		spoken = n.Languages[:1:1]
	}
	o.Languages = spoken
	if o.Now == nil {
		o.Now = h.o.Now
	}
	if o.Log == nil {
		o.Log = h.o.Log
	}
	return o
}
