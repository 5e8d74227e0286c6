package stt

import "math"

func expClamped(logProbability float64) float64 {
	return min(1, max(0, math.Exp(logProbability)))
}
