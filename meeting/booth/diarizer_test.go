package booth

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// byTale knows who says what: sentence one and three are of the first voice.
type byTale struct {
	bounds []time.Duration
	lens   *[]int
}

func (d byTale) Label(pcm []int16) (int, float64) {
	*d.lens = append(*d.lens, len(pcm))
	for _, s := range pcm {
		if s < base {
			continue
		}
		at := time.Duration(s-base) * 20 * ms
		for i, b := range d.bounds {
			if at < b {
				return []int{1, 2, 1, 3}[i], []float64{0.9, 0.8, 0.9, 0.2}[i]
			}
		}
	}
	return 0, 0
}

func TestVoicesOfOneMicrophone(t *testing.T) {
	r := &reader{tale: tell("de", time.Second, council...), took: 100 * ms}
	o := hearsBy(r)
	var lens []int
	o.Diarizer = func() Diarizer {
		return byTale{[]time.Duration{r.words[7].Start, r.words[15].Start, r.words[18].Start, time.Hour}, &lens}
	}
	meet(t, rooms.Options{}, o, func(h *hall) {
		in := h.open("Saal", "de")
		time.Sleep(5 * time.Second) // its times are those of the stream
		h.say(in, r.tale, 0, r.length()+2*time.Second)
		var who []string
		for _, l := range h.lines(rooms.Original) {
			who = append(who, l.Speaker)
		}
		require.Equal(t, []string{"Sprecher 1", "Sprecher 2", "Sprecher 1", "Saal"}, who, "who is not sure is the microphone")
		require.Equal(t, council, h.texts(rooms.Original))
		require.Len(t, lens, 4, "once a sentence")
	})
}
