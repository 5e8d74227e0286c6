package v1

import (
	"slices"
	"strconv"
	"strings"

	"github.com/amtsleitung/amtsleitung/recording"
)

// wish is what shall be made of a recording.
type wish struct {
	options recording.Options
	format  string // json, text, srt, verbose_json, vtt
	stream  bool
	// What verbose_json lists.
	segments, words bool
}

func hearingFormats() []string { return []string{"json", "text", "srt", "verbose_json", "vtt"} }

// wishOf reads the fields; translate is into English.
func (a *API) wishOf(f *form, translate bool) (wish, error) {
	w := wish{format: f.get("response_format"), options: recording.Options{Translate: translate, Languages: a.options.Languages}}
	if w.format == "" {
		w.format = "json"
	}
	if !slices.Contains(hearingFormats(), w.format) {
		return w, wrong("response_format", invalidValue, "response_format %q is none of %s.", shown(w.format), strings.Join(hearingFormats(), ", "))
	}
	if p := known(f.get("model"), a.hearing()); p != nil {
		return w, p
	}
	if t := f.get("temperature"); t != "" {
		if v, err := strconv.ParseFloat(t, 64); err != nil || !(v >= 0 && v <= 1) {
			return w, wrong("temperature", invalidValue, "temperature must be between 0 and 1.")
		}
	}
	if err := w.language(f.get("language")); err != nil {
		return w, err
	}
	if w.options.Prompt = clean(f.get("prompt")); len([]rune(w.options.Prompt)) > maxPrompt {
		return w, wrong("prompt", "string_above_max_length", "The prompt has over %d characters.", maxPrompt)
	}
	if err := w.granularities(f.fields["timestamp_granularities"]); err != nil {
		return w, err
	}
	var err error
	w.stream, err = f.flag("stream")
	return w, err
}

func (w *wish) language(name string) error {
	if name == "" || strings.EqualFold(name, "auto") {
		return nil
	}
	code, ok := languageCode(name)
	if !ok {
		return wrong("language", invalidValue, "The language %q is not known. Write an ISO 639-1 code like de, or leave it out: it is then detected.", shown(name))
	}
	w.options.Language = code
	return nil
}

func (w *wish) granularities(names []string) error {
	for _, n := range names {
		switch strings.TrimSpace(n) {
		case "segment":
			w.segments = true
		case "word":
			w.words = true
		default:
			return wrong("timestamp_granularities", invalidValue, "timestamp_granularities %q is none of word, segment.", shown(n))
		}
	}
	if len(names) == 0 {
		w.segments = true
	}
	return nil
}
