package web

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// citizenLanguages have texts of the citizens' pages.
var citizenLanguages = [...]string{"de", "en", "tr", "uk", "ru", "ar", "pl", "fr", "es", "it", "ro"}

// citizenTexts reads the texts of the languages that are wanted and known, with
// the city's name in its places, and returns them in order.
func citizenTexts(wanted []string, city string) ([]string, map[string]map[string]string, error) {
	var offered []string
	for _, l := range wanted {
		if slices.Contains(citizenLanguages[:], l) && !slices.Contains(offered, l) {
			offered = append(offered, l)
		}
	}
	if len(offered) == 0 {
		offered = citizenLanguages[:]
	}
	texts := map[string]map[string]string{}
	for _, l := range offered {
		t, err := citizenText(l)
		if err != nil {
			return nil, nil, err
		}
		for key, text := range t {
			t[key] = strings.ReplaceAll(text, "{city}", city)
		}
		t["languages"] = strings.Join(offered, " ")
		texts[l] = t
	}
	return offered, texts, nil
}

func citizenText(language string) (map[string]string, error) {
	name := "texts/anruf-" + language + ".yaml"
	data, err := textFiles.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("page texts: %w", err)
	}
	var t map[string]string
	if err := yaml.Unmarshal(data, &t); err != nil {
		return nil, fmt.Errorf("page texts %s: %w", name, err)
	}
	return t, nil
}
