package bridge

// weave gives each party one strand to each voice it could hear, keeping those
// that exist.
func (b *Bridge) weave() {
	for _, p := range b.parties {
		strands := make([]*strand, 0, len(b.voices))
		for _, v := range b.voices {
			if v != p.voice {
				strands = append(strands, p.strandTo(v))
			}
		}
		p.strands = strands
		p.inputs = p.inputs[:0]
		p.grow(len(strands))
	}
	b.aim()
}

// aim recomputes how loud each party shall hear each voice.
func (b *Bridge) aim() {
	for _, v := range b.voices {
		if v.party != nil {
			v.party.ear.mute(b.sets[v.name].Muted)
		}
	}
	for _, p := range b.parties {
		for _, s := range p.strands {
			s.target = toGain(b.loudness(s.from, p))
		}
	}
}

func (b *Bridge) loudness(from *voice, to *party) float64 {
	if from.ending {
		return 0
	}
	if from.party == nil {
		return from.played(to.Name)
	}
	c := b.sets[from.name]
	if c.Muted || b.sets[to.Name].Deaf {
		return 0
	}
	gain := 1.0
	if c.Gain != 0 {
		gain = c.Gain
	}
	if g, ok := b.between[pair{from.name, to.Name}]; ok {
		gain *= g
	}
	return gain
}

// sweep takes voices out that have ended and, by now, faded out.
func (b *Bridge) sweep() {
	over := false
	for _, v := range b.voices {
		over = over || v.over()
	}
	if !over {
		return
	}
	kept := make([]*voice, 0, len(b.voices))
	for _, v := range b.voices {
		if v.over() {
			v.finish()
			continue
		}
		kept = append(kept, v)
	}
	b.voices = kept
	b.weave()
}
