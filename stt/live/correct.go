package live

import "time"

// Correction replaces words that were committed and that nobody has read yet.
type Correction struct {
	Old, New []Word
}

// correct compares a committed sentence with a later hearing of it with more
// context around. Only the words at the end that are all unread may change,
// and only if the later hearing is not less sure of them.
func correct(committed, heard []Word, unread func(Word) bool) (Correction, bool) {
	read := len(committed)
	for read > 0 && unread(committed[read-1]) {
		read--
	}
	if read == len(committed) {
		return Correction{}, false
	}
	heard = heard[before(heard, committed[0].Start):]
	old, again := committed[read:], heard[cover(committed[:read], heard):]
	if len(again) == 0 || Text(old) == Text(again) || mean(again) < mean(old) || fits(old, again) > mostChanged {
		return Correction{}, false
	}
	return Correction{Old: old, New: within(again, old[0].Start, committed[len(committed)-1].End)}, true
}

// mostChanged is the share of words that a correction may change: more is
// another text, and the context has led the recogniser astray.
const mostChanged = 0.5

// fits is the share of words that differ.
func fits(a, b []Word) float64 {
	row := distances(a, b)
	return row[len(b)] / float64(max(len(a), len(b)))
}

// within copies words with times that go forward between two.
func within(words []Word, from, to time.Duration) []Word {
	out := make([]Word, 0, len(words))
	for _, w := range words {
		w.Start = min(max(w.Start, from), to)
		w.End = min(max(w.End, w.Start), to)
		from = w.End
		out = append(out, w)
	}
	return out
}
