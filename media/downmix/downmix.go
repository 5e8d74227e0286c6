// Package downmix makes one channel of several: interleaved samples flow in,
// and their mean flows out, or the loudest channel alone while the others would
// cancel it out.
package downmix

import (
	"math"
	"time"
)

const (
	// window is about how much of the past is looked at.
	window = 200 * time.Millisecond
	// blend is how long a change of channels takes, so that it does not click.
	blend = 10 * time.Millisecond

	// The mean is given up when it has less than a tenth of the power of the
	// loudest channel, and taken again from a fifth. One of two channels that
	// speaks alone leaves a quarter; one turned against the other nothing.
	lost  = 0.1
	found = 0.2
	// louder is how much more power another channel needs to be taken instead.
	louder = 2
)

// mean stands for all channels together.
const mean = -1

// Mixer is the state of one stream. It is not safe for concurrent use.
type Mixer struct {
	channels int
	window   float64 // samples
	step     float64 // of a weight per sample

	power  []float64 // of each channel, smoothed
	mixed  float64   // power of the mean, smoothed
	weight []float64
	chosen int // channel, or mean
	steady bool
}

// New makes a mixer for a number of channels at a sampling rate.
func New(channels, rate int) *Mixer {
	m := &Mixer{
		channels: channels, window: float64(rate) * window.Seconds(), step: 1 / (float64(rate) * blend.Seconds()),
		power: make([]float64, channels), weight: make([]float64, channels), chosen: mean, steady: true,
	}
	for c := range m.weight {
		m.weight[c] = m.wanted(c)
	}
	return m
}

// wanted is the weight that a channel shall have.
func (m *Mixer) wanted(channel int) float64 {
	switch m.chosen {
	case mean:
		return 1 / float64(m.channels)
	case channel:
		return 1
	}
	return 0
}

// Append appends one sample to dst for each whole frame of pcm. It decides
// anew each 20 ms at most, looking at the samples before it mixes them.
func (m *Mixer) Append(dst, pcm []int16) []int16 {
	if m.channels == 1 {
		return append(dst, pcm...)
	}
	piece := max(1, int(m.window/10)) * m.channels
	for len(pcm) >= m.channels {
		n := min(piece, len(pcm)/m.channels*m.channels)
		m.listen(pcm[:n])
		m.choose()
		dst = m.mix(dst, pcm[:n])
		pcm = pcm[n:]
	}
	return dst
}

// listen measures a piece.
func (m *Mixer) listen(pcm []int16) {
	keep := max(0, 1-float64(len(pcm)/m.channels)/m.window)
	m.mixed *= keep
	for c := range m.power {
		m.power[c] *= keep
	}
	share := 1 / float64(m.channels)
	for i := 0; i < len(pcm); i += m.channels {
		sum := int64(0)
		for c, s := range pcm[i : i+m.channels] {
			sum += int64(s)
			m.power[c] += float64(int64(s) * int64(s))
		}
		v := float64(sum) * share
		m.mixed += v * v
	}
}

// choose takes the mean or a channel, with hysteresis. Silence changes nothing.
func (m *Mixer) choose() {
	best := 0
	for c, p := range m.power {
		if p > m.power[best] {
			best = c
		}
	}
	before := m.chosen
	switch loudest := m.power[best]; {
	case loudest <= 0:
	case m.mixed > found*loudest:
		m.chosen = mean
	case m.chosen == mean && m.mixed < lost*loudest, m.chosen != mean && loudest > louder*m.power[m.chosen]:
		m.chosen = best
	}
	m.steady = m.steady && m.chosen == before
}

func (m *Mixer) mix(dst, pcm []int16) []int16 {
	if m.steady && m.chosen == mean {
		return m.even(dst, pcm)
	}
	for i := 0; i < len(pcm); i += m.channels {
		if !m.steady {
			m.move()
		}
		sum := 0.0
		for c, s := range pcm[i : i+m.channels] {
			sum += float64(s) * m.weight[c]
		}
		dst = append(dst, int16(max(math.MinInt16, min(math.MaxInt16, math.Round(sum)))))
	}
	return dst
}

// even is the mean alone, which is what nearly always is wanted.
func (m *Mixer) even(dst, pcm []int16) []int16 {
	if m.channels == 2 {
		for i := 0; i+1 < len(pcm); i += 2 {
			dst = append(dst, int16((int32(pcm[i])+int32(pcm[i+1]))>>1))
		}
		return dst
	}
	for i := 0; i < len(pcm); i += m.channels {
		sum := int32(0)
		for _, s := range pcm[i : i+m.channels] {
			sum += int32(s)
		}
		dst = append(dst, int16(sum/int32(m.channels)))
	}
	return dst
}

// move brings the weights one sample nearer to what is wanted.
func (m *Mixer) move() {
	m.steady = true
	for c := range m.weight {
		d := m.wanted(c) - m.weight[c]
		if math.Abs(d) <= m.step {
			m.weight[c] += d
			continue
		}
		m.weight[c] += math.Copysign(m.step, d)
		m.steady = false
	}
}
