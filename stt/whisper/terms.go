package whisper

// termBonus is added to the logit of a piece that goes on with a term whose
// beginning was just said. The table in docs/recognition.md shows why: the
// beginning of a word gets none, since the model hears beginnings well and
// goes wrong in the middle of long German compounds.
const termBonus = 2

// maxTermPiece is the longest piece of a term that is looked for, in bytes.
const maxTermPiece = 16

// maxTermTries bounds the lists that are kept: one for each language of a service.
const maxTermTries = 16

// terms keeps a trie for each list of words that windows bring along.
type terms struct {
	tries map[*string]*trie // by the first word's address: lists are shared, not copied
}

// trie is a prefix tree over the bytes of words with a space before them.
type trie struct {
	next   map[byte]*trie
	pieces []token // that lead on from here; nil: not looked for yet
}

// hearing follows the words of one window through a trie.
type hearing struct {
	words *vocabulary
	root  *trie
	live  []*trie // where the text just said may stand
}

// begin follows a window's words; without terms it does nothing at all.
func (t *terms) begin(v *vocabulary, list []string) *hearing {
	if len(list) == 0 {
		return &hearing{words: v}
	}
	root, ok := t.tries[&list[0]]
	if !ok {
		if t.tries == nil || len(t.tries) >= maxTermTries {
			t.tries = map[*string]*trie{}
		}
		root = &trie{}
		for _, w := range list {
			root.add(" " + w)
		}
		t.tries[&list[0]] = root
	}
	return &hearing{words: v, root: root}
}

// fork is a copy that goes its own way.
func (h *hearing) fork() *hearing {
	if h.root == nil {
		return h // it never changes
	}
	f := *h
	f.live = append([]*trie(nil), h.live...)
	return &f
}

// heard goes on with one token; a term begins with a token that begins with a space.
func (h *hearing) heard(t token) {
	if h.root == nil {
		return
	}
	text := h.words.text[t]
	live := h.live[:0]
	for _, n := range h.live {
		if n = n.walk(text); n != nil {
			live = append(live, n)
		}
	}
	if n := h.root.walk(text); n != nil {
		live = append(live, n)
	}
	h.live = live
}

// prefer makes the pieces more probable that go on with a term.
func (h *hearing) prefer(logits []float32) {
	for _, n := range h.live {
		for _, t := range n.leading(h.words) {
			logits[t] += termBonus
		}
	}
}

func (n *trie) add(text string) {
	for i := range len(text) {
		if n.next == nil {
			n.next = map[byte]*trie{}
		}
		c := n.next[text[i]]
		if c == nil {
			c = &trie{}
			n.next[text[i]] = c
		}
		n = c
	}
}

func (n *trie) walk(text string) *trie {
	for i := 0; i < len(text) && n != nil; i++ {
		n = n.next[text[i]]
	}
	return n
}

// leading looks once for the tokens that are written along the branches below.
func (n *trie) leading(v *vocabulary) []token {
	if n.pieces == nil {
		n.pieces = []token{}
		n.collect(v, n, make([]byte, 0, maxTermPiece))
	}
	return n.pieces
}

func (n *trie) collect(v *vocabulary, at *trie, path []byte) {
	if len(path) == maxTermPiece {
		return
	}
	for b, c := range at.next {
		longer := append(path, b)
		if t, ok := v.ids[string(longer)]; ok {
			n.pieces = append(n.pieces, t)
		}
		n.collect(v, c, longer)
	}
}
