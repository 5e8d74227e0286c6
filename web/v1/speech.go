package v1

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"mime"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/web/body"
)

// Limits of what is spoken.
const (
	maxInput = 4096 // characters, as OpenAI has it
	minSpeed = 0.25
	maxSpeed = 4
	// charactersPerSecond estimates how long a text will be.
	charactersPerSecond = 15
)

// request is the body of /v1/audio/speech.
type request struct {
	Model        string   `json:"model"`
	Input        *string  `json:"input"`
	Voice        voiceID  `json:"voice"`
	Format       string   `json:"response_format"`
	Speed        *float64 `json:"speed"`
	StreamFormat string   `json:"stream_format"`
	// Language is an addition to OpenAI's interface; "" is guessed from the text.
	Language string `json:"language"`
}

// voiceID is a name, or an object with an id.
type voiceID string

// UnmarshalJSON implements json.Unmarshaler.
func (v *voiceID) UnmarshalJSON(data []byte) error {
	var object struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(data, &object) == nil {
		*v = voiceID(object.ID)
		return nil
	}
	return json.Unmarshal(data, (*string)(v))
}

// utterance is what is to be spoken, and how.
type utterance struct {
	text, language string
	speaker        Speaker
	speed          float64
	format         format
	events         bool
}

// speech answers with the spoken text, while it is spoken.
func (a *API) speech(c *fiber.Ctx, j *job) error {
	if a.options.Speaker == nil {
		return newProblem(fiber.StatusNotImplemented, "invalid_request_error", "not_available", "This service does not speak.")
	}
	u, err := a.utteranceOf(c)
	if err != nil {
		return err
	}
	estimate := time.Duration(float64(len([]rune(u.text))) / charactersPerSecond / u.speed * float64(time.Second))
	if left, next := j.client.audio(0); estimate > left {
		return j.client.spent(next)
	}
	s, err := a.speak(j, u)
	if err != nil {
		return err
	}
	a.sendSpeech(c, j, u, s)
	return nil
}

func (a *API) utteranceOf(c *fiber.Ctx) (utterance, error) {
	kind, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || kind != fiber.MIMEApplicationJSON {
		return utterance{}, wrongType("Send the text as application/json: {\"model\": \"tts-1\", \"voice\": \"default\", \"input\": \"Guten Tag\"}.")
	}
	var r request
	if err := body.DecodeKnown(c.Body(), &r); err != nil {
		return utterance{}, unread(err)
	}
	u := utterance{speed: 1}
	for _, take := range []func(*request, *utterance) error{a.takeText, a.takeVoice, takeFormat, takeSpeed, a.takeLanguage} {
		if err := take(&r, &u); err != nil {
			return utterance{}, err
		}
	}
	return u, nil
}

// unread names the field that is wrong, where it is one.
func unread(err error) error {
	var w *body.Wrong
	switch {
	case !errors.As(err, &w):
		return err
	case w.Field == "":
		return wrong("", "invalid_json", "The body cannot be read: %s.", w.Line)
	}
	return wrong(w.Field, "invalid_type", "The JSON field %q is wrong: %s.", w.Field, w.Line)
}

func (a *API) takeText(r *request, u *utterance) error {
	if p := known(r.Model, a.speakers()); p != nil {
		return p
	}
	if r.Input == nil {
		return wrong("input", "missing_required_parameter", "The field \"input\" is missing: the text to speak.")
	}
	if n := len([]rune(*r.Input)); n > maxInput {
		return wrong("input", "string_above_max_length", "The text has %d characters; at most %d are spoken at a time. Send it in parts.", n, maxInput)
	}
	u.text = cleanLines(*r.Input)
	if !strings.ContainsFunc(u.text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsSymbol(r) }) {
		return wrong("input", "empty_string", "There is nothing to speak in the text.")
	}
	return nil
}

func (a *API) takeVoice(r *request, u *utterance) error {
	name := strings.ToLower(string(r.Voice))
	u.speaker = a.options.Speaker
	if name == "" || slices.Contains(voiceAliases(), name) {
		return nil
	}
	if s := a.options.Voices[name]; s != nil {
		u.speaker = s
		return nil
	}
	own := strings.Join(slices.Sorted(maps.Keys(a.options.Voices)), ", ")
	return wrong("voice", invalidValue, "The voice %q is not here. There are default (also by the names of OpenAI's voices) and %s.", shown(name), own)
}

func takeFormat(r *request, u *utterance) error {
	name := r.Format
	if name == "" {
		name = "wav"
	}
	var ok bool
	if u.format, ok = formats()[name]; !ok {
		return wrong("response_format", invalidValue, "response_format %q is not made here. Take one of wav, pcm, flac, opus.", shown(name))
	}
	switch r.StreamFormat {
	case "", "audio":
	case "sse":
		u.events = true
	default:
		return wrong("stream_format", invalidValue, "stream_format %q is none of audio, sse.", shown(r.StreamFormat))
	}
	return nil
}

func takeSpeed(r *request, u *utterance) error {
	if r.Speed == nil {
		return nil
	}
	if u.speed = *r.Speed; !(u.speed >= minSpeed && u.speed <= maxSpeed) || math.IsNaN(u.speed) {
		return wrong("speed", invalidValue, "speed must be between %v and %v.", minSpeed, maxSpeed)
	}
	return nil
}

// languageTag is a primary language, with a country or "leicht".
var languageTag = regexp.MustCompile(`^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,2}$`)

func (a *API) takeLanguage(r *request, u *utterance) error {
	if u.language = r.Language; u.language == "" {
		u.language = a.guess(u.text)
		return nil
	}
	if !languageTag.MatchString(u.language) {
		return wrong("language", invalidValue, "The language %q is no code like de, de-leicht or pt-BR.", shown(u.language))
	}
	return nil
}

// guess is the language of a text: what the city's own guess says, else what
// its letters say, else the city's language.
func (a *API) guess(text string) string {
	if a.options.Language != nil {
		if l := a.options.Language(text); l != "" {
			return l
		}
	}
	if l := byScript(text); l != "" {
		return l
	}
	return a.options.SpokenLanguage
}

// byScript names the best-known language of the script that most letters are
// of; Latin letters say nothing.
func byScript(text string) string {
	scripts := []struct {
		table    *unicode.RangeTable
		language string
	}{
		{unicode.Cyrillic, "ru"}, {unicode.Arabic, "ar"}, {unicode.Greek, "el"}, {unicode.Hebrew, "he"}, {unicode.Hangul, "ko"},
		{unicode.Hiragana, "ja"}, {unicode.Katakana, "ja"}, {unicode.Han, "zh"}, {unicode.Devanagari, "hi"}, {unicode.Thai, "th"},
		{unicode.Georgian, "ka"}, {unicode.Armenian, "hy"}, {unicode.Bengali, "bn"}, {unicode.Tamil, "ta"}, {unicode.Ethiopic, "am"},
	}
	counts, letters := map[string]int{}, 0
	for _, r := range text {
		if !unicode.IsLetter(r) {
			continue
		}
		letters++
		for _, s := range scripts {
			if unicode.Is(s.table, r) {
				counts[s.language]++
				break
			}
		}
	}
	if strings.ContainsAny(text, "іїєґІЇЄҐ") {
		counts["uk"], counts["ru"] = counts["ru"], 0
	}
	if strings.ContainsAny(text, "پچژگ") {
		counts["fa"], counts["ar"] = counts["ar"], 0
	}
	if counts["ja"] > 0 {
		counts["ja"], counts["zh"] = counts["ja"]+counts["zh"], 0
	}
	for language, n := range counts {
		if 2*n > letters {
			return language
		}
	}
	return ""
}

// notSpoken is a language without a voice.
func notSpoken(language string) error {
	return wrong("language", invalidValue, "Nobody here speaks the language %s.", fmt.Sprintf("%q", shown(language)))
}
