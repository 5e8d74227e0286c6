package scribe

import (
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// idleTape is what is kept while nobody speaks: more than the turn
// detector's pre-roll and the speech it needs to be sure of a beginning.
const idleTape = 1500 * time.Millisecond

// trimSlack is how much more may gather, so that trimming is rare.
const trimSlack = 3 * time.Second

// tape is the audio from a media time on.
type tape struct {
	pcm   []int16
	start time.Duration
}

func (t *tape) reset(at time.Duration) { t.pcm, t.start = t.pcm[:0], at }

func (t *tape) write(pcm []int16) { t.pcm = append(t.pcm, pcm...) }

func (t *tape) end() time.Duration { return t.start + media.Duration(len(t.pcm)) }

// trim forgets what lies before from.
func (t *tape) trim(from time.Duration) {
	if from-t.start < trimSlack {
		return
	}
	n := min(media.Samples(from-t.start), len(t.pcm))
	t.pcm = t.pcm[:copy(t.pcm, t.pcm[n:])]
	t.start += media.Duration(n)
}

// cut copies a stretch, as far as it is there, and says where it begins.
func (t *tape) cut(from, to time.Duration) ([]int16, time.Duration) {
	i := min(max(0, media.Samples(from-t.start)), len(t.pcm))
	j := min(max(i, media.Samples(to-t.start)), len(t.pcm))
	return append([]int16(nil), t.pcm[i:j]...), t.start + media.Duration(i)
}
