package knowledge_test

import (
	"flag"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/cities"
	"github.com/amtsleitung/amtsleitung/knowledge"
)

var golden = flag.Bool("golden", false, "write golden files anew")

func TestCheckNamesFileAndLine(t *testing.T) {
	var b strings.Builder
	for _, p := range knowledge.Check("testdata/broken", reviewed()) {
		b.WriteString(p.Error() + "\n")
	}
	const file = "testdata/broken.golden"
	if *golden {
		require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String())
}

func TestCheckOfNothing(t *testing.T) {
	problems := knowledge.Check(t.TempDir(), reviewed())
	require.Len(t, problems, 2)
	require.Contains(t, problems[0].Error()+problems[1].Error(), "city.yaml: cannot be read")
}

func TestMusterstadtIsComplete(t *testing.T) {
	require.Empty(t, knowledge.Check("../cities/musterstadt", reviewed()))
	set, problems := knowledge.Load(cities.Musterstadt())
	require.Empty(t, problems)
	for _, language := range set.City.Languages {
		if language != "de-leicht" { // pages have none
			require.NotEmpty(t, set.City.Notice[language], language)
		}
	}
	require.Contains(t, set.City.Notice["de"], "erfunden")
	require.GreaterOrEqual(t, len(set.Articles), 56)
	for _, a := range set.Articles {
		for _, language := range []string{"de", "de-leicht", "en"} {
			v, ok := a.Variants[language]
			require.True(t, ok, "%s lacks %s", a.ID, language)
			require.NotEmpty(t, v.Facts["hours"], "%s %s: hours of the department", a.ID, language)
		}
		require.GreaterOrEqual(t, len(a.Variants["de"].Questions), 5, a.ID)
		require.Contains(t, a.Source, ".example/", "%s: a fictional city has no real pages", a.ID)
		requireEasy(t, a)
	}
}

// requireEasy holds the rules of easy language that can be counted: one thought
// a line, at most twelve words in it.
func requireEasy(t *testing.T, a *knowledge.Article) {
	t.Helper()
	v := a.Variants["de-leicht"]
	for _, line := range strings.Split(v.Answer+"\n"+v.More, "\n") {
		require.LessOrEqual(t, len(strings.Fields(line)), 14, "%s: %q", a.ID, line)
		for _, word := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" .,?!:", r) }) {
			if !strings.Contains(word, "-") {
				require.LessOrEqual(t, len([]rune(word)), 16, "%s: long word without hyphen in %q", a.ID, line)
			}
		}
	}
}

func TestExpiredArticlesAreNotSpoken(t *testing.T) {
	now := time.Date(2027, 12, 31, 23, 59, 0, 0, time.UTC)
	base, err := knowledge.Open(t.Context(), knowledge.Options{FS: cities.Musterstadt(), Now: func() time.Time { return now }})
	require.NoError(t, err)
	_, ok := base.Article("hundesteuer")
	require.True(t, ok, "the last day counts in full")
	now = now.Add(time.Minute)
	_, ok = base.Article("hundesteuer")
	require.False(t, ok)
	hits, err := base.Search(t.Context(), knowledge.Query{Text: "Was kostet die Hundesteuer?", Language: "de"})
	require.NoError(t, err)
	require.Empty(t, hits)
	require.Empty(t, base.Articles())
}

func FuzzArticle(f *testing.F) {
	seed := func(name string) {
		data, err := fs.ReadFile(cities.Musterstadt(), name)
		require.NoError(f, err)
		f.Add(string(data), "version: 1\nsource: https://a.example/\n")
	}
	seed("articles/hundesteuer/de.md")
	seed("articles/wohngeld/de-leicht.md")
	f.Add("---\ntitle: x\n---\ny", "a: &a [*a]")
	f.Add("---\n? [a]: b\n---\n", "<<: {}\n- x")
	f.Add("---\n---", "---\n---\n")
	f.Fuzz(func(t *testing.T, variant, article string) {
		set, problems := knowledge.Load(fstest.MapFS{
			"city.yaml":               {Data: []byte("name: x\nphone: '1'\nlanguages: [de]\ndepartments: {amt: {name: {de: Amt}}}\n")},
			"articles/a/article.yaml": {Data: []byte(article)},
			"articles/a/de.md":        {Data: []byte(variant)},
		})
		for _, p := range problems {
			require.NotEmpty(t, p.File)
			require.GreaterOrEqual(t, p.Line, 0)
		}
		if len(problems) == 0 { // what passes can be spoken
			v := set.Articles[0].Variants["de"]
			require.NotEmpty(t, v.Title)
			require.NotEmpty(t, v.Answer)
			require.LessOrEqual(t, len(strings.Fields(v.Answer)), 60)
			require.NotContains(t, v.Answer, "http://")
		}
	})
}

func TestNoticeMayBeInOneLanguage(t *testing.T) {
	const city = "name: x\nphone: '1'\nlanguages: [en, de]\ndepartments: {amt: {name: {de: Amt}}}\n"
	for notice, want := range map[string]map[string]string{
		"":                               nil,
		"notice: Made up.\n":             {"en": "Made up."},
		"notice: {de: Nein, en: 'No'}\n": {"de": "Nein", "en": "No"},
	} {
		c, problems := knowledge.LoadCity(fstest.MapFS{"city.yaml": {Data: []byte(city + notice)}})
		require.Empty(t, problems)
		require.Equal(t, want, c.Notice)
	}
	_, problems := knowledge.LoadCity(fstest.MapFS{"city.yaml": {Data: []byte(city + "notice: [x]\n")}})
	require.Len(t, problems, 1)
}

func FuzzQuestions(f *testing.F) {
	f.Add(`{"id":"a","lang":"de","kind":"k","text":"Was?","expect":["x"]}`)
	f.Fuzz(func(t *testing.T, data string) {
		questions, err := knowledge.ParseQuestions("f", []byte(data))
		if err != nil {
			return
		}
		for _, q := range questions {
			require.NotEmpty(t, q.ID)
		}
	})
}
