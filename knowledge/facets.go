package knowledge

import "strings"

// facets are the words people ask for a fact with. Every article that has the
// fact is found by them, so that "Öffnungszeiten" alone does not outweigh the
// name of the office beside it.
func facets(language string, facts map[string]string) string {
	words := map[string]map[string]string{
		"de": {
			"fee": "Kosten Gebühr Preis teuer kostenlos", "documents": "Unterlagen Dokumente Papiere mitbringen", "deadline": "Frist",
			"duration": "Dauer dauert lange", "hours": "Öffnungszeiten geöffnet offen", "address": "Adresse Anschrift", "online": "online Internet",
		},
		"en": {
			"fee": "cost fee price expensive free", "documents": "documents papers bring", "deadline": "deadline",
			"duration": "long", "hours": "opening hours open", "address": "address", "online": "online",
		},
	}[language]
	var b strings.Builder
	for _, key := range factKeys {
		if facts[key] != "" && words[key] != "" {
			b.WriteString(words[key] + " ")
		}
	}
	return b.String()
}
