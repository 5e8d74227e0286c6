package marks

// Costs of a division of the words among the stretches between pauses.
const (
	spread    = 0.02  // seconds² of error per second of speech that are usual
	spreadMin = 0.003 // seconds²
	strange   = 1.5   // a pause where the text has none,
	stranger  = 12.0  // and for each second of it
	hasty     = 8.0   // for each second that a pause is shorter than usual where the text has one
	usual     = 0.25  // seconds
	unheard   = 0.10  // seconds: a pause inside a stretch costs (length/unheard)²
	longPause = 0.12  // seconds: surely no part of a word
)

// fitting finds which pause stands after which word.
type fitting struct {
	words   []word
	sound   sound
	weights []float64 // of the words before
	stops   []float64 // costs of marks without a pause before
	missed  []float64 // costs of pauses inside a stretch before
	scale   float64
	best    [][]choice
}

// choice is the cheapest way to a pause after a word, and what came before it.
type choice struct {
	cost        float64
	pause, word int // -1: the beginning
}

// fit divides the words into stretches.
func fit(words []word, s sound) []stretch {
	f := &fitting{words: words, sound: s}
	f.prepare()
	n := len(words)
	last := choice{cost: f.stretch(-1, 0, len(s.pauses), n), pause: -1}
	f.best = make([][]choice, len(s.pauses))
	for p := range s.pauses {
		f.best[p] = make([]choice, n)
		for w := 1; w < n; w++ {
			f.best[p][w] = f.to(p, w)
			if c := f.best[p][w].cost + f.stretch(p, w, len(s.pauses), n); c < last.cost {
				last = choice{cost: c, pause: p, word: w}
			}
		}
	}
	return f.way(last)
}

func (f *fitting) prepare() {
	f.weights, f.stops = []float64{0}, []float64{0}
	for i, w := range f.words {
		stop := w.stop
		if i == len(f.words)-1 {
			stop = 0
		}
		f.weights = append(f.weights, f.weights[i]+w.weight)
		f.stops = append(f.stops, f.stops[i]+stop)
	}
	speech := f.sound.end - f.sound.start
	f.missed = []float64{0}
	for i, p := range f.sound.pauses {
		if p.length() >= longPause {
			speech -= p.length()
		}
		f.missed = append(f.missed, f.missed[i]+p.length()*p.length()/(unheard*unheard))
	}
	f.scale = speech / f.weights[len(f.words)]
}

// to is the cheapest way to pause p after w words.
func (f *fitting) to(p, w int) choice {
	length := f.sound.pauses[p].length()
	here := max(0, usual-length) * hasty
	if f.words[w-1].stop == 0 {
		here = strange + stranger*length
	}
	found := choice{cost: f.stretch(-1, 0, p, w), pause: -1}
	for q := range p {
		for v := 1; v < w; v++ {
			if !f.likely(q, v, p, w) {
				continue
			}
			if c := f.best[q][v].cost + f.stretch(q, v, p, w); c < found.cost {
				found = choice{cost: c, pause: q, word: v}
			}
		}
	}
	found.cost += here
	return found
}

// likely spares the look at what cannot be.
func (f *fitting) likely(q, v, p, w int) bool {
	have, want := f.sound.pauses[p].start-f.sound.pauses[q].end, (f.weights[w]-f.weights[v])*f.scale
	return have < 1+1.6*want && want < 1+1.6*have
}

// stretch costs between the pauses q and p (-1 the beginning, len the end)
// with the words [v, w).
func (f *fitting) stretch(q, v, p, w int) float64 {
	start, end := f.bounds(q, p)
	want := (f.weights[w] - f.weights[v]) * f.scale
	off := end - start - want
	c := off * off / (spread*want + spreadMin)
	c += f.missed[p] - f.missed[q+1]
	return c + f.stops[w-1] - f.stops[v] // the stop of the last word has its pause
}

func (f *fitting) bounds(q, p int) (start, end float64) {
	start, end = f.sound.start, f.sound.end
	if q >= 0 {
		start = f.sound.pauses[q].end
	}
	if p < len(f.sound.pauses) {
		end = f.sound.pauses[p].start
	}
	return start, end
}

// way goes back from the end.
func (f *fitting) way(last choice) []stretch {
	var found []stretch
	p, w := len(f.sound.pauses), len(f.words)
	for s := last; ; s = f.best[p][w] {
		start, end := f.bounds(s.pause, p)
		found = append([]stretch{{first: s.word, last: w, start: start, end: end}}, found...)
		if s.pause < 0 {
			return found
		}
		p, w = s.pause, s.word
	}
}
