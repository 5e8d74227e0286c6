package dialog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
)

func TestMask(t *testing.T) {
	for text, want := range map[string]string{
		"Meine Nummer ist 0171 2345678, bitte":                  "Meine Nummer ist [number], bitte",
		"rufen Sie +49 (228) 77-3456 an":                        "rufen Sie [number] an",
		"null eins sieben eins zwei drei vier, danke":           "[number], danke",
		"die IBAN ist DE89 3704 0044 0532 0130 00":              "die IBAN ist [iban]",
		"anna.muster@example.org bitte":                         "[email] bitte",
		"anna punkt muster at example punkt de":                 "[email]",
		"mein Kennzeichen ist MU-AB 123":                        "mein Kennzeichen ist [plate]",
		"geboren am 3.5.1960 in Bonn":                           "geboren am [date] in Bonn",
		"Ich bin geboren am dritten Mai neunzehnhundertsechzig": "Ich bin geboren am [date]",
		"Ich heiße Anna Muster und brauche einen Pass":          "Ich heiße [name] und brauche einen Pass",
		"Mein Name ist Müller, ich wohne hier":                  "Mein Name ist [name], ich wohne hier",
		"My name is John Smith":                                 "My name is [name]",
		"Меня зовут Иван Петров":                                "Меня зовут [name]",
		"Benim adım Ayşe Yılmaz":                                "Benim adım [name]",
		"Je m'appelle Marie Dupont, bonjour":                    "Je m'appelle [name], bonjour",
		"Was kostet ein Reisepass für 2 Personen?":              "Was kostet ein Reisepass für 2 Personen?",
		"Die Laterne in der Lindenstraße 14 ist aus":            "Die Laterne in der Lindenstraße 14 ist aus",
		"Haben Sie am 24.12. offen?":                            "Haben Sie am 24.12. offen?",
		"":                                                      "",
	} {
		require.Equal(t, want, dialog.Mask(text))
	}
}

// What is masked stays so, and no long number survives.
func FuzzMask(f *testing.F) {
	f.Add("Ich heiße Anna, 0171 2345678, geboren am 3.5.60, a@b.de, MU-AB 123")
	f.Add("\xff\x00 [name] ich heiße")
	f.Fuzz(func(t *testing.T, text string) {
		once := dialog.Mask(text)
		require.NotRegexp(t, `[0-9]{7}`, once)
		dialog.Mask(once)
	})
}
