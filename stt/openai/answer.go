package openai

import (
	"math"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// answer is a verbose_json answer; servers leave out what they do not know.
type answer struct {
	Text     *string   `json:"text"`
	Language string    `json:"language"`
	Segments []segment `json:"segments"`
	Words    []word    `json:"words"`
}

type segment struct {
	Text           string  `json:"text"`
	Start          float64 `json:"start"` // seconds
	End            float64 `json:"end"`
	LogProbability float64 `json:"avg_logprob"`
	NoSpeech       float64 `json:"no_speech_prob"`
	Words          []word  `json:"words"`
}

type word struct {
	Word        string   `json:"word"`
	Start       float64  `json:"start"`
	End         float64  `json:"end"`
	Probability *float64 `json:"probability"`
}

// hypothesis translates the answer; times outside the window are clamped.
func (a answer) hypothesis(w stt.Window) stt.Hypothesis {
	length := media.Duration(len(w.PCM))
	h := stt.Hypothesis{Language: languageCode(a.Language), LanguageProbability: 1}
	if h.Language == "" {
		h.Language, h.LanguageProbability = w.Language, 0
	}
	segments := a.Segments
	if len(segments) == 0 && strings.TrimSpace(*a.Text) != "" {
		segments = []segment{{Text: *a.Text, End: length.Seconds()}}
	}
	sum, letters := 0.0, 0.0
	for _, s := range segments {
		text := strings.TrimSpace(s.Text)
		if text == "" {
			continue
		}
		out := stt.Segment{Text: text, Start: clamp(s.Start, length), End: clamp(s.End, length)}
		if w.Words {
			out.Words = wordsOf(s, a.Words, length)
		}
		h.Segments = append(h.Segments, out)
		n := float64(len(text))
		sum, letters = sum+n*s.LogProbability, letters+n
		h.NoSpeech = max(h.NoSpeech, min(1, max(0, s.NoSpeech)))
	}
	if letters > 0 {
		h.LogProbability = sum / letters
	}
	return h
}

// wordsOf takes the segment's own words, or those of the answer within its times.
func wordsOf(s segment, all []word, length time.Duration) []transcript.Word {
	own := s.Words
	if len(own) == 0 {
		for _, w := range all {
			if w.Start >= s.Start && w.Start < s.End {
				own = append(own, w)
			}
		}
	}
	var list []transcript.Word
	for _, w := range own {
		text := strings.TrimSpace(w.Word)
		if text == "" {
			continue
		}
		p := math.Exp(s.LogProbability) // OpenAI's own server sends none per word
		if w.Probability != nil {
			p = *w.Probability
		}
		list = append(list, transcript.Word{
			Text: text, Start: clamp(w.Start, length), End: clamp(w.End, length), Probability: min(1, max(0, p)),
		})
	}
	return list
}

func clamp(seconds float64, length time.Duration) time.Duration {
	if math.IsNaN(seconds) || seconds < 0 {
		return 0
	}
	if seconds >= length.Seconds() {
		return length
	}
	return time.Duration(seconds * float64(time.Second))
}

// languageCode turns OpenAI's English names into codes; servers of others send codes.
func languageCode(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	if code, ok := languageNames()[name]; ok {
		return code
	}
	return name
}

func languageNames() map[string]string {
	return map[string]string{
		"german": "de", "english": "en", "turkish": "tr", "russian": "ru", "ukrainian": "uk", "arabic": "ar", "polish": "pl",
		"romanian": "ro", "italian": "it", "french": "fr", "spanish": "es", "persian": "fa", "portuguese": "pt", "dutch": "nl",
		"greek": "el", "bulgarian": "bg", "croatian": "hr", "serbian": "sr", "bosnian": "bs", "albanian": "sq", "hungarian": "hu",
		"czech": "cs", "slovak": "sk", "vietnamese": "vi", "chinese": "zh", "japanese": "ja", "korean": "ko", "thai": "th",
		"tamil": "ta", "hindi": "hi", "urdu": "ur", "bengali": "bn", "somali": "so", "pashto": "ps",
	}
}
