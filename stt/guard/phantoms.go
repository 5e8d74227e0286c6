package guard

import (
	"bufio"
	"embed"
	"strings"

	"github.com/amtsleitung/amtsleitung/stt"
)

//go:embed phantoms/*.txt
var phantomFiles embed.FS

// phantoms are phrases that Whisper learned from subtitles and writes when
// nobody speaks. All languages are looked up together, because a phantom
// often comes in another language than the caller's.
type phantoms struct {
	// never are said by no caller; a trailing * in the file means any continuation.
	never    map[string]bool
	prefixes []string
	// polite are said by callers too; they are phantoms only as the whole
	// text of a window in which speech is doubtful.
	polite map[string]bool
}

// politeLogProbability is how sure the model must be of a polite phrase.
const politeLogProbability = -0.5

func loadPhantoms() phantoms {
	p := phantoms{never: map[string]bool{}, polite: map[string]bool{}}
	entries, err := phantomFiles.ReadDir("phantoms")
	if err != nil {
		return p
	}
	for _, entry := range entries {
		data, err := phantomFiles.ReadFile("phantoms/" + entry.Name())
		if err != nil {
			continue
		}
		p.add(string(data))
	}
	return p
}

func (p *phantoms) add(file string) {
	lines := bufio.NewScanner(strings.NewReader(file))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "?"):
			p.polite[normal(line)] = true
		case strings.HasSuffix(line, "*"):
			p.prefixes = append(p.prefixes, normal(line))
		default:
			p.never[normal(line)] = true
		}
	}
}

func normal(text string) string { return strings.Join(normalWords(text), " ") }

// strip takes phantom sentences out of h and rejects it when nothing is left.
func (p phantoms) strip(h stt.Hypothesis, politeNoSpeech float64) stt.Hypothesis {
	whole := normal(h.Text())
	doubtful := h.NoSpeech > politeNoSpeech || h.LogProbability < politeLogProbability
	if whole == "" || p.invented(whole) || (p.polite[whole] && doubtful) {
		h.Segments, h.Rejected = nil, Phantom
		return h
	}
	var kept []stt.Segment
	for _, s := range h.Segments {
		if s, ok := p.stripSegment(s); ok {
			kept = append(kept, s)
		}
	}
	h.Segments = kept
	if len(kept) == 0 {
		h.Rejected = Phantom
	}
	return h
}

func (p phantoms) invented(text string) bool {
	if p.never[text] {
		return true
	}
	for _, prefix := range p.prefixes {
		if text == prefix || strings.HasPrefix(text, prefix+" ") {
			return true
		}
	}
	return false
}

// stripSegment takes invented sentences out of one segment.
func (p phantoms) stripSegment(s stt.Segment) (stt.Segment, bool) {
	var kept []string
	dropped, word := false, 0
	words := s.Words[:0:0]
	for _, sentence := range sentences(s.Text) {
		n := len(strings.Fields(sentence))
		if p.invented(normal(sentence)) {
			dropped = true
		} else {
			kept = append(kept, sentence)
			words = append(words, s.Words[min(word, len(s.Words)):min(word+n, len(s.Words))]...)
		}
		word += n
	}
	if !dropped {
		return s, true
	}
	s.Text, s.Words = strings.Join(kept, " "), words
	return s, len(kept) > 0
}

// sentences cuts behind end marks that a space follows.
func sentences(text string) []string {
	var list []string
	var current []string
	for _, word := range strings.Fields(text) {
		current = append(current, word)
		if strings.ContainsRune(".!?…", []rune(word)[len([]rune(word))-1]) {
			list = append(list, strings.Join(current, " "))
			current = nil
		}
	}
	if len(current) > 0 {
		list = append(list, strings.Join(current, " "))
	}
	return list
}
