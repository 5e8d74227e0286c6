package live

import (
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// tape is the audio that may still be needed; times are those of the stream.
type tape struct {
	pcm   []int16
	first int // sample of the stream that pcm begins with
}

func (t *tape) write(pcm []int16) { t.pcm = append(t.pcm, pcm...) }

func (t *tape) begin() time.Duration { return media.Duration(t.first) }
func (t *tape) end() time.Duration   { return media.Duration(t.first + len(t.pcm)) }

// at is the index of a time, within the tape.
func (t *tape) at(d time.Duration) int {
	return min(max(media.Samples(d)-t.first, 0), len(t.pcm))
}

// cut copies a stretch and says where it really begins.
func (t *tape) cut(from, to time.Duration) (pcm []int16, start time.Duration) {
	i := t.at(from)
	j := max(i, t.at(to))
	return append([]int16(nil), t.pcm[i:j]...), media.Duration(t.first + i)
}

// trim forgets what lies before a time, when enough has gathered to be worth
// the copy.
func (t *tape) trim(before time.Duration) {
	n := t.at(before)
	if n < 5*media.SampleRate {
		return
	}
	rest := t.pcm[n:]
	if cap(t.pcm) > 4*len(rest)+60*media.SampleRate {
		t.pcm = append(make([]int16, 0, len(rest)+10*media.SampleRate), rest...)
	} else {
		t.pcm = t.pcm[:copy(t.pcm, rest)]
	}
	t.first += n
}

// quietest is the middle of the least loud stretch of that length between two
// times, or the middle of them if they are closer.
func (t *tape) quietest(from, to, length time.Duration) time.Duration {
	i, j, n := t.at(from), t.at(to), media.Samples(length)
	if j-i <= n {
		return media.Duration(t.first + (i+j)/2)
	}
	var sum int64
	best, place := int64(-1), i
	for k := i; k < j; k++ {
		sum += int64(t.pcm[k]) * int64(t.pcm[k])
		if k-i >= n {
			sum -= int64(t.pcm[k-n]) * int64(t.pcm[k-n])
		}
		if k-i >= n-1 && (best < 0 || sum < best) {
			best, place = sum, k-n/2
		}
	}
	return media.Duration(t.first + place)
}
