package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/meeting"
)

// Every language has the same texts with the same places, and no page asks for
// a text that is not there.
func TestViewerTexts(t *testing.T) {
	all, err := viewerTexts("Musterstadt")
	require.NoError(t, err)
	german := all["de"]
	places := regexp.MustCompile(`\{\w+\}`)
	for _, l := range citizenLanguages {
		require.Len(t, all[l], len(german), l)
		for key, text := range german {
			require.NotEmpty(t, all[l][key], "%s lacks %s", l, key)
			require.ElementsMatch(t, places.FindAllString(text, -1), places.FindAllString(all[l][key], -1), "%s of %s", key, l)
		}
		require.Equal(t, l == "ar", all[l]["dir"] == "rtl", l)
		if l != "en" {
			require.NotEqual(t, all["en"]["machine"], all[l]["machine"], "%s is translated", l)
		}
	}
	asked := regexp.MustCompile(`\.T\.(\w+)|\bT\.(\w+)`)
	used := map[string]bool{}
	for _, file := range viewerFiles(t, "html", "js") {
		for _, m := range asked.FindAllStringSubmatch(file.text, -1) {
			require.NotEmpty(t, german[m[1]+m[2]], "%s asks for %q", file.name, m[1]+m[2])
			used[m[1]+m[2]] = true
		}
	}
	for key := range german {
		made := regexp.MustCompile(`^(life|why|listen|code)_|^(dir|name)$`) // asked for by a name that is put together, or by Go
		require.True(t, used[key] || made.MatchString(key) || key == "untitled", "nobody asks for %s", key)
	}
}

type viewerFile struct{ name, text string }

// viewerFiles are those of the page, with the modules of others that it loads.
func viewerFiles(t *testing.T, kinds ...string) []viewerFile {
	t.Helper()
	var out []viewerFile
	for _, kind := range kinds {
		fsys, patterns := fs.FS(static), []string{"static/viewer*." + kind}
		if kind == "html" {
			fsys, patterns = adminFiles, []string{"templates/viewer*.html"}
		}
		if kind == "js" {
			patterns = append(patterns, "static/conversation-a*.js", "static/request.js")
		}
		for _, pattern := range patterns {
			names, err := fs.Glob(fsys, pattern)
			require.NoError(t, err)
			for _, name := range names {
				data, err := fs.ReadFile(fsys, name)
				require.NoError(t, err)
				out = append(out, viewerFile{name, string(data)})
			}
		}
	}
	require.NotEmpty(t, out)
	return out
}

// All scripts and sheets together stay below 40 kB on the wire, also for those
// who read over a weak network.
func TestViewerIsLight(t *testing.T) {
	total := 0
	for _, file := range viewerFiles(t, "js", "css") {
		var b bytes.Buffer
		w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
		require.NoError(t, err)
		_, err = w.Write([]byte(file.text))
		require.NoError(t, err)
		require.NoError(t, w.Close())
		total += b.Len()
	}
	require.Less(t, total, 40<<10)
}

// newer are words that Chrome 95, Safari 15.0 and Firefox 95 do not know: in a
// script one of them ends it, in a sheet it ends what stands around it.
func newer() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"js": regexp.MustCompile(`\.at\(-|structuredClone|\.findLast|\.to(Sorted|Reversed|Spliced)\(|Object\.(hasOwn|groupBy)\b|Map\.groupBy|Array\.fromAsync|AbortSignal\.(any|timeout)|` +
			`URL\.(parse|canParse)|URLPattern|Promise\.(try|withResolvers)|crypto\.randomUUID|Intl\.(Segmenter|DurationFormat)|\.(union|intersection|difference|symmetricDifference|isSubsetOf|isSupersetOf|isDisjointFrom)\(|` +
			`\(\?<[=!]|^\s*static \{|\.requestSubmit\(|\.checkVisibility\(|\.(show|hide|toggle)Popover\(|\.showPicker\(|\.setHTML\(|\.replaceAll\(.*\(\?<|type="importmap"`),
		"css": regexp.MustCompile(`^\s*&|@(container|layer|scope|property|starting-style)\b|@media[^{]*[<>]|color-mix\(|(oklch|oklab|lch|lab)\(|:user-(in)?valid|:popover-open`),
	}
}

// The pages of staff work in browsers of five years ago, if not with all they have.
func TestPagesAreForBrowsersOfFiveYears(t *testing.T) {
	for kind, words := range newer() {
		names, err := filepath.Glob("static/*." + kind)
		require.NoError(t, err)
		require.NotEmpty(t, names)
		for _, name := range names {
			text, err := static.ReadFile(name)
			require.NoError(t, err)
			for i, line := range strings.Split(string(text), "\n") {
				if code, _, _ := strings.Cut(line, "// "); words.MatchString(code) {
					t.Errorf("%s:%d is too new: %s", name, i+1, words.FindString(code))
				}
			}
		}
	}
	require.True(t, newer()["js"].MatchString("/(?<!a)b/") && newer()["css"].MatchString("@media (width > 40rem) {"), "too new is found")
}

// What Chrome 80 and Safari 13.1 do not know would leave a white page there.
func TestViewerIsForOldPhones(t *testing.T) {
	late := map[string]*regexp.Regexp{
		"js": regexp.MustCompile(`\.at\(|replaceChildren|\.replaceAll\(|structuredClone|Object\.hasOwn\b|\.findLast|\.toSorted|\|\|=|&&=|\?\?=|^\s*(static )?#\w+|this\.#|^\s*static \w+ =|^await |URL\.parse|crypto\.randomUUID|Promise\.any|import\.meta|\.showModal`),
		// Chrome 80 has no gap in flex boxes and none of these shorthands.
		"css": regexp.MustCompile(`:has\(|@layer|@container|(margin|padding|inset)-(inline|block):|\binset:|(^|[ ;{])gap:|color-mix|light-dark|:is\(|:where\(|&[ :.]|@property`),
	}
	for kind, words := range late {
		for _, file := range viewerFiles(t, kind) {
			for i, line := range strings.Split(file.text, "\n") {
				if code, _, _ := strings.Cut(line, "// "); words.MatchString(code) {
					t.Errorf("%s:%d is too new: %s", file.name, i+1, words.FindString(code))
				}
			}
		}
	}
	require.True(t, late["css"].MatchString(".a { display: flex; gap: 1rem; }") && late["js"].MatchString("list.at(-1)"), "too new is found")
}

// The door works without scripts.
func TestViewerDoor(t *testing.T) {
	c := newCouncil(t, func(_ *Options, h *meeting.HallOptions) { h.Lobby.Wrong = 3 })
	ask := func(path string, header ...string) (int, string, string) {
		t.Helper()
		r, err := http.NewRequest(http.MethodGet, "http://"+c.addr+path, nil)
		require.NoError(t, err)
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		resp, err := http.DefaultTransport.RoundTrip(r) // follows nothing
		require.NoError(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.Empty(t, resp.Header.Get("Set-Cookie"))
		return resp.StatusCode, string(body), resp.Header.Get("Location")
	}
	m, err := c.hall.Create(meeting.New{Title: "Rat & <b>Ausschuss</b>", Languages: []string{"de"}})
	require.NoError(t, err)
	code := m.Room.Code()
	spaced := strings.ToLower(code[:2]) + "%20" + code[2:4] + "-" + code[4:]

	status, body, _ := ask("/s", "Accept-Language", "tr-TR, en;q=0.5")
	require.Equal(t, 200, status)
	require.Contains(t, body, `<html lang="tr"`)
	status, _, to := ask("/s?code=" + spaced + "&lang=ar&view=projector&secret=1")
	require.Equal(t, 303, status)
	require.Equal(t, "/s/"+code+"?lang=ar&view=projector", to)
	status, _, to = ask("/s/" + spaced + "?size=200")
	require.Equal(t, 303, status)
	require.Equal(t, "/s/"+code+"?size=200", to)
	status, body, _ = ask("/s/" + code + "?lang=ar")
	require.Equal(t, 200, status)
	require.Contains(t, body, `<html lang="ar" dir="rtl">`)
	require.Contains(t, body, `Rat &amp; &lt;b&gt;Ausschuss&lt;/b&gt;`)
	require.NotContains(t, body, m.Keys().Secret)
	require.NotContains(t, body, m.Keys().PIN)

	for path, want := range map[string]int{"/s?code=12": 400, "/s/%22%3E%3Cb%3E": 400, "/s?code=" + strings.Repeat("x", 1000): 400} {
		status, body, _ := ask(path)
		require.Equal(t, want, status, path)
		require.Contains(t, body, `aria-invalid="true"`)
		require.NotContains(t, body, "<b>")
	}
	for range 3 {
		status, _, _ := ask("/s?code=777777")
		require.Equal(t, 404, status)
	}
	status, _, _ = ask("/s/" + code)
	require.Equal(t, 429, status, "who guesses has to wait")
}
