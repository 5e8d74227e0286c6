package marks

import (
	"cmp"
	"math"
	"slices"

	"github.com/amtsleitung/amtsleitung/media"
)

// listen finds speech and its pauses by the level of each 10 ms.
func listen(pcm []int16, most int) sound {
	levels := make([]float64, 0, len(pcm)/step+1)
	loudest := 1.0
	for at := 0; at < len(pcm); at += step {
		l := level(pcm[at:min(at+step, len(pcm))])
		levels = append(levels, l)
		loudest = max(loudest, l)
	}
	all := float64(len(pcm)) / media.SampleRate
	s := sound{end: all}
	from, begun := 0, false
	for i := range levels {
		if levels[i] < quiet*loudest {
			continue
		}
		gap := pause{float64(from) / 100, float64(i) / 100}
		switch {
		case !begun:
			s.start, begun = gap.end, true
		case gap.length() >= shortPause:
			s.pauses = append(s.pauses, gap)
		}
		from = i + 1
		s.end = min(float64(from)/100, all)
	}
	s.pauses = longest(s.pauses, most)
	return s
}

func level(pcm []int16) float64 {
	var sum float64
	for _, v := range pcm {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum / float64(len(pcm)))
}

// longest keeps as many pauses as can be weighed against the text.
func longest(all []pause, most int) []pause {
	if len(all) <= most {
		return all
	}
	slices.SortFunc(all, func(a, b pause) int { return cmp.Compare(b.length(), a.length()) })
	all = all[:most]
	slices.SortFunc(all, func(a, b pause) int { return cmp.Compare(a.start, b.start) })
	return all
}
