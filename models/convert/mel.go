package convert

import "math"

const (
	sampleRate = 16000
	fftSize    = 400
)

// melFilters computes Whisper's mel filter bank: librosa's Slaney scale and area normalisation, with librosa's
// roundings, so that the numbers are those of OpenAI's mel_filters.npz.
func melFilters(bands int) [][]float32 {
	edges := make([]float64, bands+2)
	top := hzToMel(sampleRate / 2)
	step := top / float64(bands+1)
	for i := range edges {
		edges[i] = melToHz(float64(i) * step)
	}
	edges[bands+1] = melToHz(top)

	filters := make([][]float32, bands)
	for band := range filters {
		low, mid, high := edges[band], edges[band+1], edges[band+2]
		norm := 2 / (high - low)
		row := make([]float32, fftSize/2+1)
		for bin := range row {
			hz := float64(bin) * (float64(sampleRate) / fftSize)
			slope := min(-(low-hz)/(mid-low), (high-hz)/(high-mid))
			if slope < 0 { // not max: it would turn the -0 of librosa into +0, and the file's checksum would differ
				slope = 0
			}
			row[bin] = float32(float64(float32(slope)) * norm)
		}
		filters[band] = row
	}
	return filters
}

// Slaney's scale is linear up to 1 kHz (mel 15) and logarithmic above.
const (
	hzPerMel     = 200.0 / 3
	logFromHz    = 1000.0
	logFromMel   = logFromHz / hzPerMel
	logSpanRatio = 6.4
	logSpanMels  = 27.0
)

func hzToMel(hz float64) float64 {
	if hz < logFromHz {
		return hz / hzPerMel
	}
	return logFromMel + math.Log(hz/logFromHz)/(math.Log(logSpanRatio)/logSpanMels)
}

func melToHz(mel float64) float64 {
	if mel < logFromMel {
		return hzPerMel * mel
	}
	return logFromHz * math.Exp(math.Log(logSpanRatio)/logSpanMels*(mel-logFromMel))
}
