package main

import "time"

// journal is what viewers saw of a session, update by update.
type journal struct {
	words  []stood
	tail   []string
	erased int // settled words that were taken away again
	waved  int // words of the tail, or settled ones, that were
	behind time.Duration
	note   string
}

// stood is a settled word and since when it stands.
type stood struct {
	text  string
	since time.Duration
}

func (j *journal) add(at time.Duration, u update) {
	if u.summary != "" {
		j.note = u.summary
		return
	}
	j.behind = max(j.behind, u.behind)
	same, before, after := 0, append(texts(j.words[u.keep:]), j.tail...), append(append([]string(nil), u.add...), u.tail...)
	for same < min(len(before), len(after)) && before[same] == after[same] {
		same++
	}
	j.waved += len(before) - same
	same = 0
	for same < len(u.add) && u.keep+same < len(j.words) && j.words[u.keep+same].text == u.add[same] {
		same++
	}
	j.erased += len(j.words) - u.keep - same
	j.words = j.words[:u.keep+same]
	for _, w := range u.add[same:] {
		j.words = append(j.words, stood{w, at})
	}
	j.tail = u.tail
}

func (j *journal) final() []stood { return j.words }

func texts(words []stood) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.text
	}
	return out
}
