package vad

// Levels of the gate as mean power per sample (full scale is 32768^2).
const (
	// Below about -66 dBFS nobody speaks on a telephone line.
	silencePower = 16 * 16
	// A window this much above the noise floor may be speech: 3 dB, so that
	// speech buried in noise is still left to the model.
	overFloor = 2
	// The floor rises by 1 dB a second, and falls at once.
	floorRise = 1.0074 // per window of 32 ms
	// Above about -40 dBFS a window is never held back: loud hum and music
	// are the model's business.
	loudPower = 330 * 330
	// After the last loud window the model hears this many more, so that it
	// sees the speech end: 15 windows are 480 ms.
	hangover = 15
)

// gate follows the noise floor of one stream. The zero value is ready.
type gate struct {
	floor float64
	left  int
}

func (g *gate) open() bool { return g.left > 0 }

// pass says whether the window may hold speech.
func (g *gate) pass(window []int16) bool {
	var sum int64
	for _, v := range window {
		sum += int64(v) * int64(v)
	}
	power := float64(sum) / float64(len(window))
	loud := power > loudPower || (power > silencePower && (g.floor == 0 || power > g.floor*overFloor))
	g.follow(power)
	switch {
	case loud:
		g.left = hangover
	case g.left > 0:
		g.left--
	}
	return g.left > 0
}

func (g *gate) follow(power float64) {
	power = max(power, 1)
	if g.floor == 0 || power < g.floor {
		g.floor = power
		return
	}
	g.floor = min(power, g.floor*floorRise)
}
