package playout

// Frames below quietFloor (mean square; about -50 dBFS) or 20 dB below the
// loudest of the history count as a place between words.
const (
	quietFloor = 100 * 100
	quietRatio = 0.01
)

// quietPlace finds the frame to resume from: the last quiet one before the
// pause, else the quietest of the history. Called with mu held.
func (q *Queue) quietPlace() uint64 {
	from := max(q.base, q.read-min(q.read, history))
	if q.write > slots {
		from = max(from, q.write-slots)
	}
	var loudest float64
	for i := from; i < q.read; i++ {
		loudest = max(loudest, q.power[i%slots])
	}
	threshold := max(quietFloor, loudest*quietRatio)
	best := q.read
	for i := q.read; i > from; i-- {
		p := q.power[(i-1)%slots]
		if p <= threshold {
			return i - 1
		}
		if best == q.read || p < q.power[best%slots] {
			best = i - 1
		}
	}
	return best
}

func power(pcm []int16) float64 {
	var sum float64
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return sum / float64(len(pcm))
}

// rampUp fades in over 8 ms.
func rampUp(pcm []int16) {
	n := min(fade, len(pcm))
	for i := range pcm[:n] {
		pcm[i] = int16(int32(pcm[i]) * int32(i) / int32(n))
	}
}
