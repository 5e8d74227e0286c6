package meeting

import (
	"embed"
	"fmt"

	"golang.org/x/text/language"
	"gopkg.in/yaml.v3"
)

//go:embed data
var data embed.FS

// Announcement is the usual text that a machine writes along, in a language, or
// in English where there is none in it; keeps says that what is written is kept.
func Announcement(tag string, keeps bool) string {
	var texts struct {
		Volatile string `yaml:"volatile"`
		Kept     string `yaml:"kept"`
	}
	base, _ := language.Make(tag).Base()
	raw, err := data.ReadFile("data/consent." + base.String() + ".yaml")
	if err != nil {
		if tag == "en" {
			return fmt.Sprintf("no text of consent: %v", err)
		}
		return Announcement("en", keeps)
	}
	if err := yaml.Unmarshal(raw, &texts); err != nil {
		return fmt.Sprintf("no text of consent: %v", err)
	}
	if keeps {
		return texts.Kept
	}
	return texts.Volatile
}

// Consent is what this meeting announces when it starts.
func (m *Meeting) Consent() string {
	if m.asked.Consent != "" {
		return m.asked.Consent
	}
	return Announcement(m.asked.Languages[0], m.asked.Keep)
}

// Announced is what the room was told last, or will be told when it starts.
func (m *Meeting) Announced() string {
	if state, _ := m.State(); state.Notice != "" {
		return state.Notice
	}
	return m.Consent()
}
