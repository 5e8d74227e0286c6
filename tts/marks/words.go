package marks

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/amtsleitung/amtsleitung/tts/speakable"
)

// word is one of the text as it is written.
type word struct {
	at, length int
	text       string  // without the marks around it, in small letters
	weight     float64 // how long it lasts, about in seconds
	stop       float64 // how surely a pause follows: 0, 1 comma, 3 end of a sentence
}

// split finds the words: what stands between spaces and has something to say.
func split(text string) []word {
	var words []word
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		if unicode.IsSpace(r) {
			at += size
			continue
		}
		end := at + strings.IndexFunc(text[at:]+" ", unicode.IsSpace)
		w := text[at:end]
		switch bare := bareWord(w); {
		case strings.IndexFunc(w, said) >= 0:
			words = append(words, word{at: at, length: end - at, text: bare, stop: stopOf(w)})
		case len(words) > 0: // a dash or a mark that stands alone
			words[len(words)-1].stop = max(words[len(words)-1].stop, 1)
		}
		at = end
	}
	return words
}

func said(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsSymbol(r) || strings.ContainsRune("%&§@#", r))
}

func bareWord(w string) string {
	return strings.ToLower(strings.TrimFunc(w, func(r rune) bool { return !said(r) }))
}

// stopOf looks at the marks after a word.
func stopOf(w string) float64 {
	w = strings.TrimRight(w, `"'“”’»«)]`)
	switch r, _ := utf8.DecodeLastRuneInString(w); {
	case strings.ContainsRune(".!?…。！？؟۔।", r):
		return 3
	case strings.ContainsRune(",;:،؛、，–—", r):
		return 1
	}
	return 0
}

// maxAligned bounds the table of the alignment: written times spoken words.
const maxAligned = 1 << 19

// weigh gives each word how long it lasts when it is read out: "12" by the
// letters of "zwölf".
func weigh(words []word, text, language string) {
	spoken := strings.Fields(speakable.Text(text, language))
	for i := range words {
		words[i].weight = duration(words[i].text)
	}
	if len(words)*len(spoken) > maxAligned {
		return
	}
	bare := make([]string, len(spoken))
	for i, s := range spoken {
		bare[i] = bareWord(s)
	}
	w, s := 0, 0
	for _, pair := range append(common(words, bare), [2]int{len(words), len(bare)}) {
		replaced(words[w:pair[0]], bare[s:pair[1]])
		w, s = pair[0]+1, pair[1]+1
	}
}

// replaced shares the length of what is said instead of some words.
func replaced(words []word, spoken []string) {
	var whole, own float64
	for _, s := range spoken {
		whole += duration(s)
	}
	for _, w := range words {
		own += w.weight
	}
	if whole == 0 || own == 0 {
		return
	}
	for i := range words {
		words[i].weight *= whole / own
	}
}

// common is the longest common subsequence of written and spoken words.
func common(words []word, spoken []string) [][2]int {
	n, m := len(words), len(spoken)
	length := make([]uint16, (n+1)*(m+1))
	at := func(i, j int) *uint16 { return &length[i*(m+1)+j] }
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if words[i].text == spoken[j] {
				*at(i, j) = *at(i+1, j+1) + 1
			} else {
				*at(i, j) = max(*at(i+1, j), *at(i, j+1))
			}
		}
	}
	var pairs [][2]int
	for i, j := 0, 0; i < n && j < m; {
		switch {
		case words[i].text == spoken[j]:
			pairs = append(pairs, [2]int{i, j})
			i, j = i+1, j+1
		case *at(i+1, j) >= *at(i, j+1):
			i++
		default:
			j++
		}
	}
	return pairs
}

// Seconds that sounds last in read speech at normal rate; only their
// proportions count.
const (
	everyWord = 0.04
	vowel     = 0.085
	consonant = 0.065
	digit     = 0.32 // where nothing says how it is read
	sign      = 0.40
)

// duration of a word by its letters.
func duration(w string) float64 {
	d := everyWord
	was := rune(0)
	for _, r := range w {
		switch {
		case unicode.IsDigit(r):
			d += digit
		case strings.ContainsRune(vowels, r):
			if strings.ContainsRune(vowels, was) {
				d += vowel / 3 // a long vowel or a diphthong
			} else {
				d += vowel
			}
		case unicode.IsLetter(r):
			if r == was || silent(was, r) {
				d += consonant / 4
			} else {
				d += consonant
			}
		case unicode.IsSymbol(r) || strings.ContainsRune("%&§@#", r):
			d += sign
		}
		was = r
	}
	return d
}

const vowels = "aeiouyäöüàâáãåæéèêëíìîïóòôõøœúùûůýÿışаеёиоуыэюяіїєαεηιουω"

// silent pairs are one sound.
func silent(was, r rune) bool {
	switch string([]rune{was, r}) {
	case "ch", "ck", "th", "ph", "sh", "sz", "cz", "ng", "tz", "qu", "gh", "gn", "rh":
		return true
	}
	return false
}
