package intent

// neighbours is how many of the nearest exemplars count.
const neighbours = 5

// nearest keeps the exemplars most like a sentence: emergencies, and all else.
type nearest struct {
	danger, other top
	kind          Kind // of the nearest emergency
}

// meet compares with one more exemplar.
func (n *nearest) meet(x exemplar, like float64) {
	if x.class != danger {
		n.other.add(like)
		return
	}
	if n.danger.count == 0 || like > n.danger.values[0] {
		n.kind = x.kind
	}
	n.danger.add(like)
}

// lead is by how much emergencies are nearer.
func (n *nearest) lead() float64 { return n.danger.mean() - n.other.mean() }

// top holds the largest values, largest first.
type top struct {
	values [neighbours]float64
	count  int
}

func (t *top) add(x float64) {
	if t.count == neighbours && x <= t.values[neighbours-1] {
		return
	}
	t.count = min(t.count+1, neighbours)
	at := t.count - 1
	for at > 0 && t.values[at-1] < x {
		t.values[at] = t.values[at-1]
		at--
	}
	t.values[at] = x
}

func (t *top) mean() float64 {
	sum := 0.0
	for _, x := range t.values[:t.count] {
		sum += x
	}
	return sum / float64(max(1, t.count))
}
