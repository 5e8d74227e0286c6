package web

import (
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"
	"gopkg.in/yaml.v3"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// viewerTexts are the texts of the viewer by language, with the city's name in
// its places.
func viewerTexts(city string) (map[string]map[string]string, error) {
	all := map[string]map[string]string{}
	for _, lang := range citizenLanguages {
		name := "texts/viewer-" + lang + ".yaml"
		data, err := textFiles.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("page texts: %w", err)
		}
		var t map[string]string
		if err := yaml.Unmarshal(data, &t); err != nil {
			return nil, fmt.Errorf("page texts %s: %w", name, err)
		}
		for key, text := range t {
			t[key] = strings.ReplaceAll(text, "{city}", city)
		}
		all[lang] = t
	}
	return all, nil
}

// viewerLanguage is the one in the address, then the browser's, then German.
func viewerLanguage(c *fiber.Ctx) string {
	if l := knownTag(citizenLanguages[:], transcript.Primary(c.Query("lang"))); l != "" {
		return l
	}
	for part := range strings.SplitSeq(c.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(part, ";")
		if l := knownTag(citizenLanguages[:], transcript.Primary(tag)); l != "" {
			return l
		}
	}
	return citizenLanguages[0]
}
