package whisper

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/amtsleitung/amtsleitung/models/ggml"
)

// vocabulary is the model's tokens: first pieces of text, then the steering
// tokens in OpenAI's order (whisper/tokenizer.py, get_encoding).
type vocabulary struct {
	text      []string // of the tokens before end
	ids       map[string]token
	languages map[string]token
	suppress  []token // never belong to what was said: symbols, notes, steering tokens

	end, start, previous, noSpeech, firstTimestamp, transcribe, translate token
}

// codes are the languages in the order of their tokens.
const codes = `en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg
	lt la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg
	sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su yue`

// Sizes of multilingual vocabularies; the second has the language yue.
const (
	vocabularySize   = 51865
	vocabularySizeV3 = 51866
	textTokens       = 50257
)

func newVocabulary(h ggml.Header) (vocabulary, error) {
	if h.Vocab != vocabularySize && h.Vocab != vocabularySizeV3 {
		return vocabulary{}, fmt.Errorf("vocabulary of %d tokens: not a multilingual model", h.Vocab)
	}
	if len(h.Tokens) < textTokens {
		return vocabulary{}, errors.New("tokens are missing")
	}
	v := vocabulary{ids: make(map[string]token, textTokens), languages: map[string]token{}, end: textTokens, start: textTokens + 1}
	for i, text := range h.Tokens[:textTokens] {
		v.text = append(v.text, string(text))
		v.ids[string(text)] = token(i)
	}
	list := strings.Fields(codes)
	if h.Vocab == vocabularySize {
		list = list[:99]
	}
	for i, code := range list {
		v.languages[code] = v.start + 1 + token(i)
	}
	v.translate = v.start + 1 + token(len(list))
	v.transcribe = v.translate + 1
	v.previous = v.translate + 3
	v.noSpeech = v.translate + 4
	v.firstTimestamp = v.translate + 6
	v.suppress = v.suppressed()
	return v, nil
}

// symbols are what Whisper writes for anything but speech: notes of music,
// brackets, speakers' names. The list is that of OpenAI's tokenizer
// (whisper/tokenizer.py, non_speech_tokens).
const symbols = "\" # ( ) * + / : ; < = > @ [ \\ ] ^ _ ` { | } ~ 「 」 『 』 << >> <<< >>> -- --- -( -[ (' (\" " +
	"(( )) ((( ))) [[ ]] {{ }} ♪♪ ♪♪♪ ♩ ♪ ♫ ♬ ♭ ♮ ♯"

func (v *vocabulary) suppressed() []token {
	var list []token
	add := func(text string) {
		if t, ok := v.ids[text]; ok {
			list = append(list, t)
		}
	}
	for _, s := range strings.Fields(symbols) {
		add(s)
		add(" " + s)
	}
	// A dash or an apostrophe within words is welcome.
	add(" -")
	add(" '")
	for t := v.end + 1; t < v.firstTimestamp; t++ {
		list = append(list, t)
	}
	return list
}

// tokenize splits text into at most limit tokens, each the longest that fits:
// whisper.cpp does the same, and a prompt needs no better.
func (v *vocabulary) tokenize(text string, limit int) []token {
	var list []token
	for _, word := range pieceWords(text) {
		for len(word) > 0 && len(list) < limit {
			n := len(word)
			for n > 0 {
				if t, ok := v.ids[word[:n]]; ok {
					list = append(list, t)
					break
				}
				n--
			}
			word = word[max(n, 1):]
		}
	}
	return list
}

// pieceWords splits before every space and between letters, digits and other signs.
func pieceWords(text string) []string {
	var list []string
	start, last := 0, 0
	for i, r := range text {
		class := classOf(r)
		if i > start && class != last && !(last == space && i == start+1) {
			list = append(list, text[start:i])
			start = i
		}
		last = class
	}
	if start < len(text) {
		list = append(list, text[start:])
	}
	return list
}

const (
	space = iota + 1
	letter
	digit
	sign
)

func classOf(r rune) int {
	switch {
	case unicode.IsSpace(r):
		return space
	case unicode.IsLetter(r) || unicode.IsMark(r):
		return letter
	case unicode.IsDigit(r):
		return digit
	}
	return sign
}
