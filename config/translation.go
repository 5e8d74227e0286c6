package config

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Translation is how texts and spoken words get into other languages.
type Translation struct {
	// Engines are tried in this order for each direction: bergamot, whisper
	// (speech into English only), openai, libretranslate. Empty: nothing is translated.
	Engines []string `yaml:"engines"`
	// Pairs choose other engines for a direction ("de-tr") or for all into or
	// out of a language ("*-tr", "tr-*").
	Pairs   map[string][]string `yaml:"pairs"`
	Through string              `yaml:"through"` // the language on the way where there is no direct model
	Folder  string              `yaml:"folder"`  // of bergamot, one folder per direction ("deen"); "" is bergamot below the models
	Memory  int                 `yaml:"memory"`  // MB of loaded models
	// Timeout bounds each engine's try; then comes the next one.
	Timeout        time.Duration `yaml:"timeout"`
	OpenAI         Endpoint      `yaml:"openai"`
	LibreTranslate Endpoint      `yaml:"libretranslate"`
	// Mirror is the address of a Remote Settings server, for `models fetch --pair`.
	Mirror string `yaml:"mirror"`
}

// Interpretation is how calls between people of different languages are interpreted.
type Interpretation struct {
	Enabled bool `yaml:"enabled"`
	// Automatic begins it by itself when a caller meets somebody who does not
	// speak their language.
	Automatic bool    `yaml:"automatic"`
	Mode      string  `yaml:"mode"`     // consecutive, simultaneous
	Original  float64 `yaml:"original"` // how loud the speaker is heard underneath, 0 to 1
	// Confidence below which words are not translated but asked for again.
	Confidence float64 `yaml:"confidence"`
	// Confirm repeats numbers and dates to the speaker.
	Confirm bool `yaml:"confirm"`
}

// API is the OpenAI-compatible interface to the local engines, for other
// software of the city.
type API struct {
	Enabled bool     `yaml:"enabled"`
	Keys    []APIKey `yaml:"keys"`
	// ReadAloud serves the script that reads web pages aloud; Sites are the
	// origins it may be used on, "*" is any.
	ReadAloud bool     `yaml:"read_aloud"`
	Sites     []string `yaml:"sites"`
}

// APIKey is one program that may use the engines.
type APIKey struct {
	Name string `yaml:"name"`
	// SHA256 of the key in hexadecimal digits, or KeyEnv, the environment
	// variable that holds the key.
	SHA256   string `yaml:"sha256"`
	KeyEnv   string `yaml:"key_env"`
	Requests int    `yaml:"requests_per_minute"` // 0: 60
	// AudioMinutes per day, of what is recognised and spoken; 0: 600.
	AudioMinutes int `yaml:"audio_minutes_per_day"`
	Concurrent   int `yaml:"concurrent"` // 0: 2
}

func translationEngines() []string {
	return []string{"bergamot", "whisper", "openai", "libretranslate"}
}

func defaultTranslation() Translation {
	return Translation{Engines: []string{"bergamot", "whisper"}, Through: "en", Memory: 400, Timeout: 2 * time.Second}
}

func defaultInterpretation() Interpretation {
	return Interpretation{Enabled: true, Automatic: true, Mode: "consecutive", Original: 0.15, Confidence: 0.4, Confirm: true}
}

func defaultAPI() API { return API{} }

func (t Translation) validate(bad func(key, format string, args ...any)) {
	check := func(key string, engines []string) {
		for _, e := range engines {
			if !slices.Contains(translationEngines(), e) {
				bad(key, "%q is none of %s", e, strings.Join(translationEngines(), ", "))
			}
		}
	}
	check("translation.engines", t.Engines)
	used := slices.Clone(t.Engines)
	for pair, engines := range t.Pairs {
		key := "translation.pairs." + pair
		check(key, engines)
		used = append(used, engines...)
		if from, to, ok := strings.Cut(pair, "-"); !ok || from == "" || to == "" {
			bad(key, `write a direction as "de-tr", "*-tr" or "tr-*"`)
		}
	}
	if slices.Contains(used, "openai") && t.OpenAI.URL == "" {
		bad("translation.openai.url", "is needed by the engine openai")
	}
	if slices.Contains(used, "libretranslate") && t.LibreTranslate.URL == "" {
		bad("translation.libretranslate.url", "is needed by the engine libretranslate")
	}
	if t.Through == "" {
		bad("translation.through", "must be a language, like en")
	}
	if t.Memory < 1 {
		bad("translation.memory", "must be at least 1 MB")
	}
	if t.Timeout < 100*time.Millisecond || t.Timeout > time.Minute {
		bad("translation.timeout", "must be between 100ms and 1m")
	}
}

func (i Interpretation) validate(bad func(key, format string, args ...any)) {
	if i.Mode != "consecutive" && i.Mode != "simultaneous" {
		bad("interpretation.mode", "%q is none of consecutive, simultaneous", i.Mode)
	}
	if i.Original < 0 || i.Original > 1 {
		bad("interpretation.original", "must be between 0 and 1")
	}
	if i.Confidence < 0 || i.Confidence > 1 {
		bad("interpretation.confidence", "must be between 0 and 1")
	}
}

// sha256Digits is the length of a SHA-256 in hexadecimal digits.
const sha256Digits = 64

func (a API) validate(bad func(key, format string, args ...any)) {
	seen := map[string]bool{}
	for i, k := range a.Keys {
		key := fmt.Sprintf("api.keys[%d]", i)
		if k.Name == "" || seen[k.Name] {
			bad(key+".name", "is missing or there twice")
		}
		seen[k.Name] = true
		switch {
		case (k.SHA256 == "") == (k.KeyEnv == ""):
			bad(key, "needs either sha256 or key_env")
		case k.SHA256 != "" && (len(k.SHA256) != sha256Digits || strings.Trim(strings.ToLower(k.SHA256), "0123456789abcdef") != ""):
			bad(key+".sha256", "must be 64 hexadecimal digits")
		}
		if k.Requests < 0 || k.AudioMinutes < 0 || k.Concurrent < 0 {
			bad(key, "limits must not be below 0; 0 is the default")
		}
	}
}
