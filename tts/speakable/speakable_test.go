package speakable

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// The tables are lines "written<TAB>spoken", one file per language.
func TestSpokenTables(t *testing.T) {
	least := map[string]int{"de": 300, "en": 140, "fr": 25, "es": 20, "it": 20}
	for _, lang := range Languages() {
		t.Run(lang, func(t *testing.T) {
			lines := readLines(t, lang+".tsv")
			require.GreaterOrEqual(t, len(lines), least[lang])
			for _, line := range lines {
				written, spoken, ok := strings.Cut(line, "\t")
				require.True(t, ok, line)
				require.Equal(t, spoken, Text(written, lang), written)
			}
		})
	}
}

func readLines(t testing.TB, name string) []string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	require.NoError(t, err)
	defer f.Close()
	var lines []string
	for s := bufio.NewScanner(f); s.Scan(); {
		if s.Text() != "" {
			lines = append(lines, s.Text())
		}
	}
	return lines
}

func TestEasyLanguageAndUnknownLanguages(t *testing.T) {
	require.Equal(t, "am ersten Mai", Text("am 1. Mai", "de-leicht"))
	require.Equal(t, "1 Mayıs'ta, saat 14:30", Text("**1 Mayıs'ta**, saat 14:30 🙂", "tr"), "cleaned only")
	require.Equal(t, "مفتوح من 8 إلى 12", Text("مفتوح من 8 إلى 12", "ar"))
}

func TestSpokenTextHasNoDigits(t *testing.T) {
	for _, lang := range Languages() {
		for _, line := range readLines(t, lang+".tsv") {
			written, _, _ := strings.Cut(line, "\t")
			said := Text(written, lang)
			require.False(t, strings.ContainsAny(said, "0123456789€%§@*#_"), "%s: %s", written, said)
		}
	}
}

func TestSpeakingTwiceChangesNothing(t *testing.T) {
	for _, lang := range []string{"de", "en"} {
		for _, line := range readLines(t, lang+".tsv") {
			_, spoken, _ := strings.Cut(line, "\t")
			require.Equal(t, Clean(spoken), Clean(Clean(spoken)))
		}
	}
}

func TestClean(t *testing.T) {
	for written, want := range map[string]string{
		"# Titel\n\nEin Satz\nauf zwei Zeilen.":  "Titel.\nEin Satz auf zwei Zeilen.",
		"Das brauchen Sie:\n\n- Ausweis\n- Foto": "Das brauchen Sie:\nAusweis.\nFoto",
		"1. Ausweis\n2. Foto":                    "1: Ausweis.\n2: Foto",
		"1. Mai ist Feiertag.":                   "1. Mai ist Feiertag.",
		"| a | b |\n|---|---|\n| c | d |":        "a, b\nc, d",
		"**fett** und _schräg_ und `Code`":       "fett und schräg und Code",
		"[Seite](https://x.example/a \"T\") da":  "Seite da",
		"a\x00b\x1b[31mc":                        "a b [31mc",
		"Zeile\r\nZeile":                         "Zeile Zeile",
		"\u202everkehrt\u202c \ufeffherum":       "verkehrt herum",
		"Fahne 🇩🇪 Familie 👨‍👩‍👧 Daumen 👍🏽 Ende":  "Fahne Familie Daumen Ende",
		"kaputt \xff\xfe Ende":                   "kaputt Ende",
		"10\u00a0000 Euro":                       "10000 Euro",
		"A &amp; B &nbsp; C":                     "A & B C",
		"<p>Absatz</p><br/>neu":                  "Absatz neu",
		"weiches Trenn\u00adzeichen":             "weiches Trennzeichen",
		"":                                       "",
		"```\n***\n---":                          "",
	} {
		got := Clean(written)
		require.Equal(t, squeeze(want), squeeze(got), "%q", written)
	}
}

// squeeze ignores spaces and commas, which tidy settles later.
func squeeze(s string) string {
	return strings.NewReplacer(" ", "", ",", "", "[31m", "", "(31m", "").Replace(s)
}

func TestSentences(t *testing.T) {
	for _, c := range []struct {
		lang, text string
		want       []string
	}{
		{"de", "Guten Tag. Wie geht es?  Gut!", []string{"Guten Tag.", "Wie geht es?", "Gut!"}},
		{"de", "Am 1. Mai ist z. B. das Amt zu. Danke.", []string{"Am 1. Mai ist z. B. das Amt zu.", "Danke."}},
		{"de", "Der 2. Stock ist offen. Zimmer 12. Bitte warten.", []string{"Der 2. Stock ist offen.", "Zimmer 12.", "Bitte warten."}},
		{"de", "Das kostet 21.80 Euro bzw. 37,00 Euro inkl. Foto.", []string{"Das kostet 21.80 Euro bzw. 37,00 Euro inkl. Foto."}},
		{"de", "Fragen Sie Dr. Müller, Hauptstr. 5, Tel. 0228 77-0. Er hilft.", []string{"Fragen Sie Dr. Müller, Hauptstr. 5, Tel. 0228 77-0.", "Er hilft."}},
		{"de", "Ausweis, Foto usw. Bringen Sie alles mit.", []string{"Ausweis, Foto usw.", "Bringen Sie alles mit."}},
		{"de", "Seit 2024. Davor nicht.", []string{"Seit 2024.", "Davor nicht."}},
		{"de", "Wirklich?! Ja... gut.", []string{"Wirklich?!", "Ja... gut."}},
		{"de", "Siehe www.musterstadt.de. Dort steht es.", []string{"Siehe www.musterstadt.de.", "Dort steht es."}},
		{"de", "Bringen Sie mit:\n\n- Ausweis\n- Foto", []string{"Bringen Sie mit:", "Ausweis.", "Foto"}},
		{"de", "vom 1. bis 3. Juni. Ende.", []string{"vom 1. bis 3. Juni.", "Ende."}},
		{"en", "Mr. Smith is here, e.g. at 9 a.m. today. Call 115.", []string{"Mr. Smith is here, e.g. at 9 a.m. today.", "Call 115."}},
		{"en", "It costs 3.50 euros. OK?", []string{"It costs 3.50 euros.", "OK?"}},
		{"tr", "Merhaba. Nasılsınız?", []string{"Merhaba.", "Nasılsınız?"}},
		{"zh", "你好。再见！", []string{"你好。", "再见！"}},
		{"de", "", nil},
		{"de", " \n\n ", nil},
	} {
		require.Equal(t, c.want, slices.Collect(Sentences(c.text, c.lang)), c.text)
	}
}

func TestLongSentencesAreCutWhereOneBreathes(t *testing.T) {
	text := strings.Repeat("Wenn Sie umziehen, melden Sie sich an, ", 30) + "bitte."
	pieces := slices.Collect(Sentences(text, "de"))
	require.Greater(t, len(pieces), 3)
	for _, p := range pieces[:len(pieces)-1] {
		require.LessOrEqual(t, len(p), longest)
		require.True(t, strings.HasSuffix(p, ","), p)
	}
	require.Equal(t, strings.Join(strings.Fields(text), " "), strings.Join(pieces, " "))
	for p := range Sentences(strings.Repeat("ä", 10_000), "de") {
		require.LessOrEqual(t, len(p), longest)
		require.True(t, utf8.ValidString(p))
	}
}

func TestNumbersOfEveryLanguageAreComplete(t *testing.T) {
	for name, l := range tables() {
		seen := map[string]int64{}
		for n := int64(0); n < 12_000; n++ {
			said := l.spellout.spell("cardinal", n)
			require.NotContains(t, said, "<", "%s %d", name, n)
			require.False(t, strings.ContainsAny(said, "0123456789"), "%s %d", name, n)
			before, twice := seen[said]
			require.False(t, twice, "%s: %d and %d are both %q", name, before, n, said)
			seen[said] = n
		}
		for _, symbol := range []string{"@", ".", "-", "_", "/", "+", "&", "=", "%", "°", "#", "*", "§", "€", "$", "£"} {
			require.NotEmpty(t, l.Symbols[symbol], "%s %s", name, symbol)
		}
	}
}

func TestBrokenTablesAreRefused(t *testing.T) {
	for _, bad := range []string{
		"numbers: {cardinal: ['x: y']}", "numbers: {cardinal: ['1: <a']}", "numbers: {cardinal: ['2: a', '1: b']}",
		"numbers: {cardinal: ['1/1: b']}", "unknown: 1", "months: [Januar]", "[]",
	} {
		_, err := parseTable([]byte(bad))
		require.Error(t, err, bad)
	}
}

func FuzzText(f *testing.F) {
	for _, lang := range []string{"de", "en", "fr"} {
		for _, line := range readLines(f, lang+".tsv") {
			written, _, _ := strings.Cut(line, "\t")
			f.Add(written, lang)
		}
	}
	f.Add("((((((1.1.1.1.1,,,,", "de")
	f.Add("0-0-0-0-0/0/0 + +49", "it")
	f.Add("[[[[](((((](", "en")
	f.Fuzz(func(t *testing.T, text, lang string) {
		said := Text(text, lang)
		if !utf8.ValidString(said) {
			t.Fatalf("broken UTF-8 from %q", text)
		}
		if len(said) > 200+60*len(text) {
			t.Fatalf("%d bytes became %d: %q", len(text), len(said), text)
		}
		n := 0
		for s := range Sentences(text, lang) {
			if len(s) > longest || strings.TrimSpace(s) == "" {
				t.Fatalf("piece %q", s)
			}
			if n++; n > len(text)+1 {
				t.Fatal("more sentences than characters")
			}
		}
	})
}

// hostile texts are long and made to be slow.
func hostile() map[string]string {
	out := map[string]string{}
	for name, part := range map[string]string{
		"digits": "1", "dots": "1.", "dashes": "1-", "spaces": " ", "brackets": "[(", "stars": "*_`", "letters": "a", "ats": "a@", "slashes": "/a",
		"plus": "+4 ", "capitals": "A-1-", "prose": "Am 1. Mai kostet es z. B. 21,80 €. ", "weekdays": "Mo-", "amp": "&amp;", "zeros": "0 ", "tags": "<b", "lists": "\n1. ",
	} {
		out[name] = strings.Repeat(part, 100_000/len(part))
	}
	return out
}

func TestHostileTextsAreFinite(t *testing.T) {
	for name, text := range hostile() {
		said := Text(text, "de")
		require.LessOrEqual(t, len(said), 200+60*len(text), name)
		n := 0
		for s := range Sentences(text, "de") {
			n += len(s)
		}
		require.LessOrEqual(t, n, 2*len(text), name)
	}
}

func BenchmarkText(b *testing.B) {
	const text = "Der Ausweis kostet 37,00 €, Mo-Fr 8:00-16:00, Tel. 0228 77-0, ab dem 1. Mai 2026."
	b.Run("sentence", func(b *testing.B) {
		for b.Loop() {
			Text(text, "de")
		}
	})
	b.Run("per-KB-of-100KB", func(b *testing.B) {
		long := strings.Repeat(text+" ", 100_000/len(text))
		for b.Loop() {
			Text(long, "de")
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/100, "µs/KB")
	})
}
