package web

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func newCitizenServer(t *testing.T, c Citizens) *Server {
	t.Helper()
	return newServer(t, func(o *Options) { o.Citizens = &c })
}

func TestCitizensReadTheirLanguage(t *testing.T) {
	s := newCitizenServer(t, Citizens{Phone: "115"})
	for name, tc := range map[string]struct{ path, header, value, want string }{
		"default":      {"/anruf", "", "", `<html lang="de" dir="ltr">`},
		"browser":      {"/anruf", "Accept-Language", "nl, uk-UA;q=0.8", `<html lang="uk" dir="ltr">`},
		"address":      {"/anruf?lang=tr", "Accept-Language", "de", `<html lang="tr" dir="ltr">`},
		"right left":   {"/anruf?lang=ar", "", "", `<html lang="ar" dir="rtl">`},
		"easy":         {"/anruf?lang=de-leicht", "Accept-Language", "en", `<html lang="de" dir="ltr">`},
		"unknown":      {"/kiosk?lang=xx", "", "", `<html lang="de" dir="ltr">`},
		"not a markup": {"/chat?lang=%3Cscript%3E", "", "", `<html lang="de" dir="ltr">`},
		"cookies":      {"/anruf", "Cookie", "lang=en", `<html lang="de" dir="ltr">`},
	} {
		t.Run(name, func(t *testing.T) {
			code, body, head := get(t, s, tc.path, tc.header, tc.value)
			require.Equal(t, 200, code)
			require.Contains(t, body, tc.want)
			require.Empty(t, head.Get("Set-Cookie"))
			require.Equal(t, "no-store", head.Get("Cache-Control"))
		})
	}
}

func TestLanguagesOfTheLineOnly(t *testing.T) {
	s := newCitizenServer(t, Citizens{Languages: []string{"en", "de", "de-leicht", "vo", "en"}})
	_, body, _ := get(t, s, "/anruf")
	require.Contains(t, body, `<html lang="en"`)
	require.Equal(t, 2, strings.Count(body, "hreflang="))
	code, _, _ := get(t, s, "/anruf/texts/tr")
	require.Equal(t, 404, code)
	code, body, _ = get(t, s, "/anruf/texts/de")
	require.Equal(t, 200, code)
	require.Contains(t, body, "Musterstadt", "the city is in its place")
}

// Every language has the same texts with the same places, and no page asks for
// a text that is not there.
func TestCitizenTexts(t *testing.T) {
	german, err := citizenText("de")
	require.NoError(t, err)
	places := regexp.MustCompile(`\{\w+\}`)
	for _, l := range citizenLanguages {
		texts, err := citizenText(l)
		require.NoError(t, err)
		require.Len(t, texts, len(german), l)
		for key, text := range german {
			require.NotEmpty(t, texts[key], "%s lacks %s", l, key)
			require.ElementsMatch(t, places.FindAllString(text, -1), places.FindAllString(texts[key], -1), "%s of %s", key, l)
		}
		require.Equal(t, l == "ar", texts["dir"] == "rtl", l)
		if l != "en" {
			english, err := citizenText("en")
			require.NoError(t, err)
			require.NotEqual(t, english["ai"], texts["ai"], "%s is translated", l)
		}
	}
	asked := regexp.MustCompile(`\.T\.(\w+)|\bT\.(\w+)|data-t(?:-\w+)?="(\w+)"|["'](wrong_\w+)["']`)
	inCode := []string{"languages", "hasOwnProperty"} // what is no text of a file
	for _, files := range []struct {
		fsys    fs.FS
		pattern string
	}{{adminFiles, "templates/anruf*.html"}, {adminFiles, "templates/kiosk*.html"}, {adminFiles, "templates/chat*.html"},
		{static, "static/anruf.js"}, {static, "static/kiosk.js"}, {static, "static/chat-frame.js"}, {static, "static/conversation*.js"}} {
		names, err := fs.Glob(files.fsys, files.pattern)
		require.NoError(t, err)
		require.NotEmpty(t, names, files.pattern)
		for _, name := range names {
			data, err := fs.ReadFile(files.fsys, name)
			require.NoError(t, err)
			for _, m := range asked.FindAllStringSubmatch(string(data), -1) {
				key := m[1] + m[2] + m[3] + m[4]
				require.True(t, german[key] != "" || slices.Contains(inCode, key), "%s asks for %q", name, key)
			}
		}
	}
}

func TestKioskHoldsAllItNeeds(t *testing.T) {
	s := newCitizenServer(t, Citizens{Phone: "115"})
	_, body, _ := get(t, s, "/kiosk")
	all := regexp.MustCompile(`(?s)<script type="application/json" id="texts-all">(.*?)</script>`).FindStringSubmatch(body)
	require.Len(t, all, 2)
	var texts map[string]map[string]string
	require.NoError(t, json.Unmarshal([]byte(all[1]), &texts))
	require.Len(t, texts, len(citizenLanguages))
	require.Contains(t, body, `data-idle="45" data-waiting="120" data-countdown="15" data-after="10"`)
	require.NotContains(t, body, "<a ", "no link leads away")
	require.NotContains(t, body, "tel:")
}
