package lexical

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func small() *Index {
	return Build(Source{Language: "de", Documents: []Document{
		{Title: "Personalausweis beantragen", Questions: []string{"Was kostet ein neuer Ausweis?"}, Keywords: []string{"Perso"}, Answer: "Den Antrag stellen Sie im Bürgeramt."},
		{Title: "Führungszeugnis", Questions: []string{"Wie bekomme ich ein Führungszeugnis?"}, Answer: "Es kostet 13 Euro."},
		{Title: "Hundesteuer", Questions: []string{"Wie melde ich meinen Hund an?"}, Keywords: []string{"Hund", "Steuer"}, Answer: "Melden Sie den Hund beim Steueramt an."},
		{Title: "Straßenlaterne defekt", Answer: "Melden Sie die Laterne."},
		{Title: "Wohngeld", Answer: "Zuschuss zur Miete."},
		{Title: "Reisepass", Answer: "Für Reisen."},
		{Title: "Sperrmüll", Answer: "Wir holen Möbel ab."},
	}})
}

func TestCologne(t *testing.T) {
	for word, code := range map[string]string{
		// Postel's own and the commonly published examples.
		"mullerludenscheidt": "65752682", "wikipedia": "3412", "breschnew": "17863",
		"fuhrung": Cologne("vuhrunk"), "wohngeld": Cologne("vongelt"), "phillip": Cologne("filip"), "": "", "aeiou": "0",
	} {
		require.Equal(t, code, Cologne(word), word)
	}
}

func TestFoldMakesSpellingsEqual(t *testing.T) {
	for _, same := range [][]string{{"straße", "strasse"}, {"führung", "fuehrung", "fuhrung"}, {"müll", "muell"}, {"öffnung", "oeffnung"}} {
		for _, word := range same {
			require.Equal(t, fold(same[0]), fold(word))
		}
	}
}

func best(r Result, value func(Evidence) float64) int {
	top := -1
	for i, d := range r.Documents {
		if v := value(d); v > 0 && (top < 0 || v > value(r.Documents[top])) {
			top = i
		}
	}
	return top
}

func bm25(e Evidence) float64 { return e.BM25 }

func TestSearchForgives(t *testing.T) {
	x := small()
	for question, want := range map[string]int{
		"Was kosten neue Ausweise?":           0, // inflection
		"Ausweisantrag":                       0, // compound of known words
		"Pudelsteuer":                         2, // known head after an unknown word
		"Fuehrungszeugnis":                    1, // typed umlaut
		"fürungszeugniss":                     1, // typing error
		"ein führungs zeug nis bitte":         1, // torn by the recogniser
		"vürunks zeugnis":                     1, // by sound
		"strassenlaterne":                     3,
		"hudn anmelden":                       2, // swapped letters
		"ich möchte meinen personal aus weis": 0,
		"vongelt":                             4,
	} {
		require.Equal(t, want, best(x.Search(question), bm25), question)
	}
}

func TestFuzzyEvidenceIsMarked(t *testing.T) {
	x := small()
	right, wrong := x.Search("Führungszeugnis"), x.Search("fürungszeugniss")
	require.Zero(t, right.Documents[1].Sound)
	require.InDelta(t, 1, right.Documents[1].Cover, 1e-9)
	require.Positive(t, wrong.Documents[1].Sound)
	require.Zero(t, wrong.Documents[1].Cover)
}

func TestUnknownWordsLowerWhatIsKnown(t *testing.T) {
	x := small()
	require.InDelta(t, 1, x.Search("Hundesteuer").Known, 1e-9)
	require.Less(t, x.Search("Hundesteuer Pizza Quantenphysik").Known, 0.7)
	require.Zero(t, x.Search("Pizza").Known)
	require.Zero(t, x.Search("und was ist das").Words)
}

func TestEvidenceStaysInItsBounds(t *testing.T) {
	x := small()
	for _, q := range []string{"Hund Hund Hund Hund", "Perso Ausweis Personalausweis beantragen", "führungs zeugnis führungszeugnis"} {
		for _, d := range x.Search(q).Documents {
			for _, v := range []float64{d.Cover, d.Phrase, d.Sound} {
				require.GreaterOrEqual(t, v, 0.0, q)
				require.LessOrEqual(t, v, 1+1e-9, q)
			}
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b  string
		limit int
		want  int
	}{{"hund", "hudn", 2, 1}, {"hund", "hund", 0, 0}, {"hund", "katze", 2, 3}, {"", "ab", 2, 2}, {"a", "abcd", 2, 3}} {
		require.Equal(t, c.want, distance(c.a, c.b, c.limit), c.a+" "+c.b)
	}
}

func FuzzSearch(f *testing.F) {
	x := small()
	for _, s := range []string{"Was kostet der Perso?", "ÄÖÜß", "\xff\x00", strings.Repeat("sperrmüll", 40), "á́ ẞ ı İ", "合同 договор عقد"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, question string) {
		r := x.Search(question)
		require.LessOrEqual(t, r.Words, maxTokens)
		for _, d := range r.Documents {
			require.LessOrEqual(t, d.Cover, 1+1e-9)
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	x := small()
	b.ReportAllocs()
	for b.Loop() {
		x.Search("Ich bräuchte dann auch noch ein fürungs zeugnis für meinen neuen Arbeitgeber")
	}
}
