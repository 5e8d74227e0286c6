// Package whisper translates speech into English in one pass: PCM of a known
// language flows in, English text flows out. Recognition is given as a
// function, since translation and recognition do not know each other.
package whisper

import (
	"context"
	"fmt"
	"strings"

	"github.com/amtsleitung/amtsleitung/translate"
)

// Heard is what the recogniser makes of a window when it is asked for English.
type Heard struct {
	Text       string
	Confidence float64 // 0 to 1
	Rejected   string  // why its guards threw the text away; "": they did not
}

// Hear recognises at most 30 s of 16 kHz mono with Whisper's second task:
// stt.Recognizer with Window.Translate. It obeys its context.
type Hear func(ctx context.Context, pcm []int16, from string) (Heard, error)

// Translator is a translate.SpeechTranslator.
type Translator struct{ hear Hear }

var _ translate.SpeechTranslator = (*Translator)(nil)

// New takes how to hear; it must not be nil.
func New(hear Hear) *Translator { return &Translator{hear} }

// TranslatesSpeech into English, from all languages that Whisper knows.
func (t *Translator) TranslatesSpeech(from string) bool {
	return from != "" && from != "en" && strings.Contains(known, " "+from+" ")
}

// known are the languages of the multilingual models.
const known = " af am ar as az ba be bg bn bo br bs ca cs cy da de el es et eu fa fi fo fr gl gu ha haw he hi hr ht hu hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo zh "

const (
	rate = 16_000
	// longest window: Whisper hears 30 s, and its last words are the worst.
	longest = 28 * rate
	// A cut is made at the quietest tenth of a second of the last eight.
	search = 8 * rate
	quiet  = rate / 10
	// leastConfidence below which the words are invented more often than heard.
	leastConfidence = 0.15
)

// TranslateSpeech hears one window after the other.
func (t *Translator) TranslateSpeech(ctx context.Context, pcm []int16, from string) (string, error) {
	if !t.TranslatesSpeech(from) {
		return "", translate.NoPair(from, "en")
	}
	var all []string
	for len(pcm) > 0 {
		end := cut(pcm)
		h, err := t.hear(ctx, pcm[:end], from)
		if err != nil {
			return "", fmt.Errorf("translate speech: %w", err)
		}
		if text := strings.TrimSpace(h.Text); h.Rejected == "" && text != "" {
			if h.Confidence < leastConfidence {
				return "", translate.ErrUnsure
			}
			all = append(all, text)
		} else if h.Rejected != "" && h.Rejected != "no-speech" {
			return "", fmt.Errorf("%w: %s", translate.ErrUnsure, h.Rejected)
		}
		pcm = pcm[end:]
	}
	if len(all) == 0 {
		return "", translate.ErrUnsure
	}
	return strings.Join(all, " "), nil
}

// cut is where the next window ends.
func cut(pcm []int16) int {
	if len(pcm) <= longest {
		return len(pcm)
	}
	best, least := longest, int64(1)<<62
	for at := longest - search; at+quiet <= longest; at += quiet {
		sum := int64(0)
		for _, s := range pcm[at : at+quiet] {
			sum += int64(s) * int64(s)
		}
		if sum < least {
			best, least = at+quiet/2, sum
		}
	}
	return best
}
