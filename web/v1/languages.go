package v1

import (
	"maps"
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// languages are those of Whisper, by the names that OpenAI's interface uses.
func languages() map[string]string {
	return map[string]string{
		"en": "english", "zh": "chinese", "de": "german", "es": "spanish", "ru": "russian", "ko": "korean", "fr": "french", "ja": "japanese",
		"pt": "portuguese", "tr": "turkish", "pl": "polish", "ca": "catalan", "nl": "dutch", "ar": "arabic", "sv": "swedish", "it": "italian",
		"id": "indonesian", "hi": "hindi", "fi": "finnish", "vi": "vietnamese", "he": "hebrew", "uk": "ukrainian", "el": "greek", "ms": "malay",
		"cs": "czech", "ro": "romanian", "da": "danish", "hu": "hungarian", "ta": "tamil", "no": "norwegian", "th": "thai", "ur": "urdu",
		"hr": "croatian", "bg": "bulgarian", "lt": "lithuanian", "la": "latin", "mi": "maori", "ml": "malayalam", "cy": "welsh", "sk": "slovak",
		"te": "telugu", "fa": "persian", "lv": "latvian", "bn": "bengali", "sr": "serbian", "az": "azerbaijani", "sl": "slovenian", "kn": "kannada",
		"et": "estonian", "mk": "macedonian", "br": "breton", "eu": "basque", "is": "icelandic", "hy": "armenian", "ne": "nepali", "mn": "mongolian",
		"bs": "bosnian", "kk": "kazakh", "sq": "albanian", "sw": "swahili", "gl": "galician", "mr": "marathi", "pa": "punjabi", "si": "sinhala",
		"km": "khmer", "sn": "shona", "yo": "yoruba", "so": "somali", "af": "afrikaans", "oc": "occitan", "ka": "georgian", "be": "belarusian",
		"tg": "tajik", "sd": "sindhi", "gu": "gujarati", "am": "amharic", "yi": "yiddish", "lo": "lao", "uz": "uzbek", "fo": "faroese",
		"ht": "haitian creole", "ps": "pashto", "tk": "turkmen", "nn": "nynorsk", "mt": "maltese", "sa": "sanskrit", "lb": "luxembourgish",
		"my": "myanmar", "bo": "tibetan", "tl": "tagalog", "mg": "malagasy", "as": "assamese", "tt": "tatar", "haw": "hawaiian", "ln": "lingala",
		"ha": "hausa", "ba": "bashkir", "jw": "javanese", "su": "sundanese",
	}
}

func languageCodes() []string { return slices.Sorted(maps.Keys(languages())) }

// languageCode takes "de", "de-DE" or "German".
func languageCode(name string) (code string, ok bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	all := languages()
	primary := transcript.Primary(strings.ReplaceAll(name, "_", "-"))
	if _, ok := all[primary]; ok {
		return primary, true
	}
	for code, n := range all {
		if n == name {
			return code, true
		}
	}
	return "", false
}

// languageName is what verbose_json shows.
func languageName(code string) string {
	if n, ok := languages()[code]; ok {
		return n
	}
	return code
}
