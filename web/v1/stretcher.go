package v1

import "github.com/amtsleitung/amtsleitung/media"

// What the engines themselves do well; the rest is stretched.
const (
	slowestVoice = 0.55
	fastestVoice = 2
)

// enginesShare splits a speed into what the voice does and what remains.
func enginesShare(speed float64) (rate, rest float64) {
	rate = min(max(speed, slowestVoice), fastestVoice)
	return rate, speed / rate
}

// stretcher makes speech faster or slower at the same pitch: overlapping
// pieces are put together where they resemble each other most (WSOLA, Verhelst
// and Roelands, ICASSP 1993).
type stretcher struct {
	factor float64 // above 1 is faster
	in     []int16
	at     float64 // where in in the next piece would lie
	tail   []int16 // the second half of the last piece, to be faded out
}

const (
	half   = 15 * media.SampleRate / 1000 // 15 ms: half a piece
	search = 10 * media.SampleRate / 1000 // how far a piece may move
)

func newStretcher(factor float64) *stretcher { return &stretcher{factor: factor} }

// append takes samples and adds those that are ready to dst.
func (s *stretcher) append(dst, pcm []int16) []int16 {
	if s.factor == 1 {
		return append(dst, pcm...)
	}
	s.in = append(s.in, pcm...)
	for {
		at := int(s.at)
		if at+search+2*half > len(s.in) {
			return dst
		}
		dst = s.piece(dst, s.best(at))
		s.at += float64(half) * s.factor
		if drop := int(s.at) - search; drop > 0 {
			s.in = append(s.in[:0], s.in[drop:]...)
			s.at -= float64(drop)
		}
	}
}

// best is the place around at that goes on most like the last piece would.
func (s *stretcher) best(at int) int {
	if s.tail == nil {
		return at
	}
	place, most := at, -1e18
	for i := max(0, at-search); i <= at+search; i++ {
		var alike, power float64
		for k := 0; k < half; k += 2 {
			v := float64(s.in[i+k])
			alike += float64(s.tail[k]) * v
			power += v * v
		}
		if alike = alike * max(alike, -alike) / (power + 1); alike > most {
			place, most = i, alike
		}
	}
	return place
}

// piece fades from the last one into this one.
func (s *stretcher) piece(dst []int16, at int) []int16 {
	head := s.in[at : at+half]
	if s.tail == nil {
		dst = append(dst, head...)
	} else {
		for k, v := range head {
			dst = append(dst, int16((int(s.tail[k])*(half-k)+int(v)*k)/half))
		}
	}
	s.tail = append(s.tail[:0], s.in[at+half:at+2*half]...)
	return dst
}

// end adds what is left.
func (s *stretcher) end(dst []int16) []int16 {
	if s.factor == 1 {
		return dst
	}
	return append(dst, s.tail...)
}
