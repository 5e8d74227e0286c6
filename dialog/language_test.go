package dialog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/dialogtest"
)

// changedTo is the language the bot has changed to in a turn, "" if it has not.
func changedTo(actions []dialog.Action) string {
	for _, a := range actions {
		if a.Kind == dialog.Language {
			return a.Lang
		}
	}
	return ""
}

// everywhere is a German call in which every language may be spoken.
func everywhere(t *testing.T) *dialog.Conversation {
	c := dialog.New(options())
	collect(t, c, dialog.Event{Kind: dialog.Start})
	return c
}

func TestFirstSentenceTellsTheLanguage(t *testing.T) {
	for language, text := range map[string]string{
		"en": "I have moved and want to register my address",
		"tr": "Yeni taşındım ve adresimi kaydettirmek istiyorum",
		"uk": "Я переїхав і хочу зареєструвати нову адресу",
		"ru": "Я переехал и хочу зарегистрировать новый адрес",
		"ar": "انتقلت الى شقة جديدة واريد تسجيل عنواني",
		"pl": "Przeprowadziłem się i chcę się zameldować",
		"fr": "J'ai déménagé et je voudrais déclarer mon adresse",
	} {
		e := say(text)
		e.Language, e.LanguageProbability = language, 0.95
		actions := collect(t, everywhere(t), e)
		require.Equal(t, language, changedTo(actions), text)
		require.Equal(t, language, actions[1].Lang, "confirmed in that language")
	}
}

func TestWishForALanguageAtAnyTime(t *testing.T) {
	for text, language := range map[string]string{
		"English please": "en", "Do you speak English?": "en", "Türkçe konuşabilir miyiz": "tr", "Türkçe": "tr",
		"Parlez-vous français ?": "fr", "en français s'il vous plaît": "fr", "Czy mówi pan po polsku?": "pl",
		"Говорите по-русски?": "ru", "Українською, будь ласка": "uk", "هل تتكلم العربية": "ar",
		"Können wir Englisch sprechen?": "en", "auf Türkisch bitte": "tr",
	} {
		c := everywhere(t)
		collect(t, c, say("Wann wird der Sperrmüll abgeholt?"))
		require.Equal(t, language, changedTo(collect(t, c, say(text))), text)
	}
}

// A foreign name, a single word, a street, a thing with a foreign name: the
// language stays, however sure the recogniser is.
func TestLanguageStays(t *testing.T) {
	for _, text := range []string{
		"Giovanni Esposito", "Mehmet Yılmaz", "Kowalski", "John Smith", "Okay", "Sorry", "Ciao", "Merci", "Pizza Margherita",
		"Main Street 14", "Ich heiße Oleksandr Schewtschenko", "Mein Name ist Jean-Pierre Dupont", "Hello Kitty Museum",
		"Brauche ich für den Englischkurs einen Ausweis?", "Ich habe eine türkische Geburtsurkunde", "Yes",
	} {
		for _, language := range []string{"it", "tr", "en", "fr", "pl"} {
			e := say(text)
			e.Language, e.LanguageProbability = language, 0.97
			require.Empty(t, changedTo(collect(t, everywhere(t), e)), "%s as %s", text, language)
		}
	}
}

// The key 9 goes round all languages and comes back.
func TestKeyForLanguages(t *testing.T) {
	c := everywhere(t)
	seen := map[string]bool{}
	for range 30 {
		l := changedTo(collect(t, c, dialog.Event{Kind: dialog.Digit, Digit: '9'}))
		require.NotEmpty(t, l)
		if seen[l] {
			require.True(t, seen["de"])
			break
		}
		seen[l] = true
	}
	require.GreaterOrEqual(t, len(seen), 8)
}

// Who writes is understood by the spelling of the first message, where few of
// its words serve only the sentence.
func TestFirstMessageTellsTheLanguage(t *testing.T) {
	for text, want := range map[string]string{
		"Zgubiłem dowód osobisty": "pl", "Pasaportum doldu, ne yapmalıyım?": "tr", "He perdido mi pasaporte": "es",
		"Personalausweis für Yıldız Çelik": "", "Handy im Bus verloren": "",
	} {
		c := dialog.New(dialog.Options{City: "Musterstadt", Search: dialogtest.Musterstadt(), Written: true, Languages: []string{"de", "en", "tr", "pl", "es"}})
		converse(t, c, dialog.Event{Kind: dialog.Start, Language: "de"})
		said := converse(t, c, dialog.Event{Kind: dialog.Heard, Text: text, Language: "de", Confidence: 1})
		require.Equal(t, want, changedTo(said), "%s: %+v", text, said)
	}
}
