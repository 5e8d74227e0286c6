package turn

import (
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// history is the audio from the pre-roll on. Samples are counted from the
// first one of the stream. Slices once given out are never written again.
type history struct {
	pcm    []int16
	first  int64         // count of pcm[0]
	end    int64         // count after the last sample
	origin time.Duration // media time of sample 0
	shared bool          // slices of pcm were given out
}

// idleSamples is the room for quiet audio: 3 s, so that trimming is rare.
const idleSamples = 3 * media.SampleRate

func (h *history) write(f media.Frame) {
	if drift := f.At - h.time(h.end); h.end == 0 || drift > media.FrameDuration || drift < -media.FrameDuration {
		// The leg was held, or the stream began later than at 0.
		h.origin = f.At - media.Duration(int(h.end))
	}
	h.pcm = append(h.pcm, f.PCM...)
	h.end += int64(len(f.PCM))
}

func (h *history) time(sample int64) time.Duration { return h.origin + media.Duration(int(sample)) }

// window is for reading during the call only.
func (h *history) window(from int64, n int) []int16 {
	i := int(from - h.first)
	return h.pcm[i : i+n]
}

// share gives out a slice that stays as it is.
func (h *history) share(from, to int64) []int16 {
	h.shared = true
	i, j := int(from-h.first), int(to-h.first)
	return h.pcm[i:j:j]
}

// forget drops what lies before from, when enough has gathered.
func (h *history) forget(from int64) {
	if from <= h.first || (len(h.pcm) < idleSamples-media.FrameSamples && !h.shared) {
		return
	}
	tail := h.pcm[from-h.first:]
	if h.shared || cap(h.pcm) > 2*idleSamples {
		h.pcm = append(make([]int16, 0, max(idleSamples, len(tail))), tail...)
		h.shared = false
	} else {
		h.pcm = h.pcm[:copy(h.pcm, tail)]
	}
	h.first = from
}
