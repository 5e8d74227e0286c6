package transcript

import "strings"

// Primary is the language of a BCP 47 tag without script, region and variant,
// in lower case: "de" of "de-leicht" and "DE-AT".
func Primary(tag string) string {
	language, _, _ := strings.Cut(strings.TrimSpace(tag), "-")
	return strings.ToLower(language)
}
