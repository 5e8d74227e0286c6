package v1

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// Names by which OpenAI's own models go: programs that know no other names
// get the local engines under them.
func hearingAliases() []string {
	return []string{"whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe"}
}

func speakingAliases() []string { return []string{"tts-1", "tts-1-hd", "gpt-4o-mini-tts"} }

// voiceAliases are OpenAI's voices; each is the city's voice of the language.
func voiceAliases() []string {
	return []string{"default", "alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer", "verse"}
}

// hearing is the recogniser's name, and then its aliases.
func (a *API) hearing() []string {
	if a.transcriber == nil {
		return nil
	}
	name := strings.ReplaceAll(strings.ToLower(a.options.Recognizer.Name()), " ", "-")
	return append([]string{name}, hearingAliases()...)
}

func (a *API) speakers() []string {
	if a.options.Speaker == nil {
		return nil
	}
	return append([]string{"amtsleitung-speech"}, speakingAliases()...)
}

type model struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Created int64  `json:"created"`
	OwnedBy string `json:"owned_by"`
}

func newModel(id string) model { return model{ID: id, Object: "model", OwnedBy: "amtsleitung"} }

func (a *API) models(c *fiber.Ctx) error {
	list := []model{}
	for _, id := range append(a.hearing(), a.speakers()...) {
		list = append(list, newModel(id))
	}
	return c.JSON(fiber.Map{"object": "list", "data": list})
}

func (a *API) model(c *fiber.Ctx) error {
	id := string([]byte(c.Params("model")))
	if p := known(id, append(a.hearing(), a.speakers()...)); p != nil {
		return p
	}
	return c.JSON(newModel(id))
}

// known says what is wrong with a model's name; none is the first.
func known(id string, names []string) *problem {
	if id == "" || slices.Contains(names, id) {
		return nil
	}
	p := newProblem(fiber.StatusNotFound, "invalid_request_error", "model_not_found", "The model %q is not here. There are %s.", shown(id), strings.Join(names, ", "))
	param := "model"
	p.Param = &param
	return p
}

// shown is a value of a request in an answer: short, and of letters only.
func shown(s string) string {
	s = clean(s)
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return s
}
