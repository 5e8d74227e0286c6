package whisper

import "slices"

// draft is a text that is being written down.
type draft struct {
	text   []said
	opened bool // a timestamp has begun a segment that none has ended yet
	at     int  // position of the last timestamp
	terms  *hearing
	sum    float64 // log probability of all tokens, those of times, too
	tokens int
	// lost: it did not come to its end, but went round in circles or back to
	// audio that it had written down already.
	lost bool
}

// choice is a token that may go on with a draft.
type choice struct {
	token token
	logP  float64
	place int // that it listened to
}

// bounds of a window.
type bounds struct {
	tokens int
	audio  int // positions
}

// add goes on with a token and says whether the text is over with it.
func (e *Engine) add(d *draft, c choice, limits bounds) (over bool) {
	d.sum, d.tokens = d.sum+c.logP, d.tokens+1
	switch {
	case c.token == e.words.end:
		return true
	case c.token >= e.words.firstTimestamp:
		d.at = int(c.token - e.words.firstTimestamp)
		d.opened = !d.opened
		return d.at+lastPositions >= limits.audio
	}
	d.terms.heard(c.token)
	d.text = append(d.text, said{c.token, c.logP, e.words.text[c.token], c.place})
	if n := beforeReturn(d.text); n < len(d.text) {
		d.text, d.lost = d.text[:n], true
		return true
	}
	d.lost = looping(d.text)
	return d.lost || len(d.text) >= limits.tokens
}

// fork is a copy that goes its own way.
func (d *draft) fork() *draft {
	f := *d
	f.text = slices.Clone(d.text)
	f.terms = d.terms.fork()
	return &f
}

// score is the mean log probability of its tokens: longer texts are not worse for being long.
func (d *draft) score() float64 { return d.sum / float64(max(1, d.tokens)) }
