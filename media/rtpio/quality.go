package rtpio

import "time"

// Values of ITU-T G.107 and G.113 appendix I for G.711 with concealment; G.722
// is judged on the same narrowband scale.
const (
	baseR      = 93.2 // defaults of G.107: no loss, no delay
	robustness = 25.1 // Bpl: packet loss robustness factor
	codecDelay = 25 * time.Millisecond
)

// opinion estimates the mean opinion score (1..4.41) by the E-model, ITU-T
// G.107, reduced to delay (Id) and loss (Ie-eff).
func opinion(loss float64, oneWay time.Duration) float64 {
	d := float64((oneWay + codecDelay).Milliseconds())
	id := 0.024 * d
	if d > 177.3 {
		id += 0.11 * (d - 177.3)
	}
	percent := 100 * max(0, min(1, loss))
	ie := 95 * percent / (percent + robustness)
	return fromR(baseR - id - ie)
}

// fromR is ITU-T G.107 annex B.
func fromR(r float64) float64 {
	switch {
	case r <= 0:
		return 1
	case r >= 100:
		return 4.5
	}
	return max(1, 1+0.035*r+r*(r-60)*(100-r)*7e-6)
}
