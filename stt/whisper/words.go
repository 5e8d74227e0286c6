package whisper

import (
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// fill writes the text into h: one segment, with words if they are wanted.
func fill(h *stt.Hypothesis, text []said, w stt.Window) {
	var b strings.Builder
	sum := 0.0
	for _, s := range text {
		b.WriteString(s.text)
		sum += s.logP
	}
	line := strings.TrimSpace(strings.ToValidUTF8(b.String(), ""))
	if line == "" {
		return
	}
	h.LogProbability = sum / float64(len(text))
	start, end := sounding(w.PCM)
	segment := stt.Segment{Text: line, Start: start, End: end}
	if w.Words {
		list, places := words(text)
		if placed(places) {
			align(list, places, start, end)
		} else {
			transcript.Spread(list, start, end)
		}
		segment.Words = list
	}
	h.Segments = []stt.Segment{segment}
}

// words joins tokens to words: a token that begins with a space begins a
// word, and in scripts without spaces every whole character does. The places
// are those of the words' first tokens.
func words(text []said) (list []transcript.Word, places []int) {
	var current strings.Builder
	sum, n, place := 0.0, 0, -1
	flush := func() {
		word := strings.TrimSpace(strings.ToValidUTF8(current.String(), ""))
		if word != "" {
			list = append(list, transcript.Word{Text: word, Probability: math.Exp(sum / float64(n))})
			places = append(places, place)
		}
		current.Reset()
		sum, n = 0, 0
	}
	for _, s := range text {
		if strings.HasPrefix(s.text, " ") || (utf8.ValidString(current.String()) && unspaced(s.text)) {
			flush()
		}
		if n == 0 {
			place = s.place
		}
		current.WriteString(s.text)
		sum += s.logP
		n++
	}
	flush()
	return list, places
}

func placed(places []int) bool {
	return !slices.Contains(places, -1)
}

// align lets each word begin where the decoder began to listen to it, and
// end where the next begins. A place that does not fit between its
// neighbours is a glance elsewhere; the word then shares the gap by letters.
func align(list []transcript.Word, places []int, start, end time.Duration) {
	kept := rising(places)
	from := 0
	begin := start
	for i := 1; i <= len(list); i++ {
		limit := end
		if i < len(list) {
			if !kept[i] {
				continue
			}
			limit = max(begin, min(end, time.Duration(places[i])*samplesPerPosition*time.Second/media.SampleRate))
		}
		transcript.Spread(list[from:i], begin, limit)
		from, begin = i, limit
	}
}

// rising marks the longest series of places that never go back.
func rising(places []int) []bool {
	length, before := make([]int, len(places)), make([]int, len(places))
	last := -1
	for i, p := range places {
		length[i], before[i] = 1, -1
		for j, q := range places[:i] {
			if q <= p && length[j] >= length[i] {
				length[i], before[i] = length[j]+1, j
			}
		}
		if last < 0 || length[i] >= length[last] {
			last = i
		}
	}
	kept := make([]bool, len(places))
	for i := last; i >= 0; i = before[i] {
		kept[i] = true
	}
	return kept
}

// unspaced says that a token begins with a character of a script that
// writes no spaces: Chinese, Japanese, Thai.
func unspaced(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return (r >= 0x0E00 && r < 0x0E80) || (r >= 0x3040 && r < 0xA000)
}

// sounding is the stretch between the first and the last 20 ms that are less
// than 30 dB below the loudest.
func sounding(pcm []int16) (start, end time.Duration) {
	const below = 1000 // 30 dB in energy
	var loudest int64
	energy := make([]int64, 0, len(pcm)/media.FrameSamples+1)
	for i := 0; i < len(pcm); i += media.FrameSamples {
		var sum int64
		for _, s := range pcm[i:min(i+media.FrameSamples, len(pcm))] {
			sum += square(s)
		}
		energy = append(energy, sum)
		loudest = max(loudest, sum)
	}
	first, last := 0, len(energy)-1
	for first < last && energy[first] < loudest/below {
		first++
	}
	for last > first && energy[last] < loudest/below {
		last--
	}
	return time.Duration(first) * media.FrameDuration, min(time.Duration(last+1)*media.FrameDuration, media.Duration(len(pcm)))
}
