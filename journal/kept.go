package journal

// kept is a call as it is kept.
type kept struct {
	Call
	next map[string]int // id of the next segment by leg, where one was asked for
}

// line is the index of a line, or -1. What is revised is near the end.
func (k *kept) line(leg string, id int) int {
	for i := len(k.Lines) - 1; i >= 0; i-- {
		if s := &k.Lines[i].Segment; s.ID == id && s.Leg == leg {
			return i
		}
	}
	return -1
}

// append drops the first lines of a long call, a tenth at a time.
func (k *kept) append(l Line) {
	if len(k.Lines) >= maxLines {
		const drop = maxLines / 10
		k.Lines = append(make([]Line, 0, maxLines), k.Lines[drop:]...)
		k.Omitted += drop
	}
	k.Lines = append(k.Lines, l)
}

func (k *kept) copy() Call {
	c := k.Call
	c.Lines = append([]Line(nil), k.Lines...)
	return c
}
