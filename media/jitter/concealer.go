package jitter

import "github.com/amtsleitung/amtsleitung/media"

// Lengths in inner samples.
const (
	pastLen   = 60 * media.SampleRate / 1000
	template  = 10 * media.SampleRate / 1000
	minLag    = media.SampleRate / 400 // highest voice
	maxLag    = media.SampleRate / 50  // lowest voice
	holdLen   = 10 * media.SampleRate / 1000
	fadeLen   = 50 * media.SampleRate / 1000
	blendLen  = 5 * media.SampleRate / 1000
	smoothLen = 2 * media.SampleRate / 1000
)

// Concealer makes up audio for lost packets, in the way of ITU-T G.711
// appendix I: the last pitch period is repeated, at full level for 10 ms, then
// fading to silence at 60 ms.
type Concealer struct {
	past  [pastLen]int16
	cycle [maxLag]int16
	lag   int
	at    int // in the cycle
	made  int // samples since the last good frame
	jump  int32
}

// Good remembers a frame that came, and blends its start with what was made
// up before, in place.
func (c *Concealer) Good(pcm []int16) {
	if c.made > 0 {
		n := min(blendLen, len(pcm))
		for i := range pcm[:n] {
			pcm[i] = int16((int32(c.sample())*int32(n-i) + int32(pcm[i])*int32(i)) / int32(n))
		}
		c.made = 0
	}
	c.keep(pcm)
}

// Fill makes up a frame. It returns false once the fade has reached silence.
func (c *Concealer) Fill(pcm []int16) bool {
	if c.made == 0 {
		c.begin()
	}
	sounding := c.made < holdLen+fadeLen
	for i := range pcm {
		pcm[i] = c.sample()
	}
	return sounding
}

// Quiet remembers that silence was played on purpose.
func (c *Concealer) Quiet(pcm []int16) {
	c.made = 0
	c.keep(pcm)
}

func (c *Concealer) keep(pcm []int16) {
	n := min(len(pcm), pastLen)
	copy(c.past[:], c.past[n:])
	copy(c.past[pastLen-n:], pcm[len(pcm)-n:])
}

// begin cuts the last pitch period out and smooths its seam.
func (c *Concealer) begin() {
	c.lag, c.at = c.pitch(), 0
	end := c.past[pastLen-c.lag:]
	copy(c.cycle[:c.lag], end)
	seam := c.lag / 4
	before := c.past[pastLen-c.lag-seam : pastLen-c.lag]
	for i := range seam {
		j := c.lag - seam + i
		c.cycle[j] = int16((int32(c.cycle[j])*int32(seam-i) + int32(before[i])*int32(i)) / int32(seam))
	}
	c.jump = int32(c.past[pastLen-1]) - int32(c.cycle[0])
}

// sample is the next one of the repetition, with its gain.
func (c *Concealer) sample() int16 {
	v := int32(0)
	if c.made < holdLen+fadeLen {
		v = int32(c.cycle[c.at])
		if c.made < smoothLen {
			v += c.jump * int32(smoothLen-c.made) / smoothLen
		}
		if c.made > holdLen {
			v = v * int32(holdLen+fadeLen-c.made) / fadeLen
		}
	}
	c.made++
	if c.at++; c.at == c.lag {
		c.at = 0
	}
	return int16(max(-32768, min(32767, v)))
}

// pitch is the lag at which the last 10 ms resemble the past best.
func (c *Concealer) pitch() int {
	last := c.past[pastLen-template:]
	best, at := -1.0, maxLag
	for lag := minLag; lag <= maxLag; lag++ {
		old := c.past[pastLen-template-lag : pastLen-lag]
		var cross, energy int64
		for i := range last {
			cross += int64(last[i]) * int64(old[i])
			energy += int64(old[i]) * int64(old[i])
		}
		if cross <= 0 {
			continue
		}
		if score := float64(cross) * float64(cross) / float64(energy+1); score > best*1.02 {
			best, at = score, lag
		}
	}
	return at
}
