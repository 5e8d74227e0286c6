package subtitles

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

var golden = flag.Bool("golden", false, "write golden files anew")

// meeting has two speakers, two languages, a correction, overlaps, markup in every text that strangers can
// write, and a refusal.
func meeting() Meeting {
	mayor := NewSegmenter(Television(), "de")
	mayor.Speaker, mayor.Prefix = "OB <i>Meier</i> & Co --> 1", "m"
	track := mayor.Add(spoken("Guten Abend, ich eröffne die Sitzung des Stadtrats. Es geht um {\\an8} den Spielplatz und um <script>alert(1)</script>.", "de"), true)
	guest := NewSegmenter(Television(), "de")
	guest.Speaker, guest.Prefix = "Frau Müller", "g"
	track = Merge(track, guest.Add(Spread("Wir brauchen 250 000 Euro & Mut!", 2*time.Second, 5*time.Second, "de", 0.4), true))
	track[len(track)-1].Corrected = true
	arabic := NewSegmenter(Television(), "ar")
	return Meeting{
		Title: "Stadtrat <b>März</b> -->\n\nNOTE", Code: "H7K2QX", Began: time.Date(2026, 3, 3, 18, 0, 0, 0, time.UTC),
		Languages: []string{"de", "ar"},
		Tracks:    map[string][]Cue{"de": track, "ar": arabic.Add(spoken("مساء الخير، أفتتح جلسة مجلس المدينة. COVID-19 انتهى.", "ar"), true)},
		Speakers:  []string{"OB <i>Meier</i> & Co --> 1", "Frau Müller"},
		Consent:   []Consent{{Who: "Alle", At: time.Date(2026, 3, 3, 17, 58, 0, 0, time.UTC), Text: "Es wird <mitgeschrieben>."}, {Who: "Herr X", Refused: true}},
		Quality:   Quality{LagP50: 1200 * time.Millisecond, LagP95: 2400 * time.Millisecond, LowConfidence: 0.05, RealTime: 0.4},
	}
}

func export(t testing.TB, name string, m Meeting) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Formats()[name](&b, m))
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	for name := range Formats() {
		m := meeting()
		arabic, err := m.In("ar")
		require.NoError(t, err)
		for file, got := range map[string][]byte{"meeting." + name: export(t, name, m), "arabic." + name: export(t, name, arabic)} {
			if name == "docx" { // a package: its text is compared
				got = unzipped(t, got, "word/document.xml")
				file += ".xml"
			}
			path := filepath.Join("testdata", file)
			if *golden {
				require.NoError(t, os.WriteFile(path, got, 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(want), string(got), path)
		}
	}
}

func unzipped(t testing.TB, docx []byte, name string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	require.NoError(t, err)
	f, err := z.Open(name)
	require.NoError(t, err)
	defer f.Close()
	text, err := io.ReadAll(f)
	require.NoError(t, err)
	return text
}

func TestTheLabelCanBeRead(t *testing.T) {
	for _, language := range []string{"de", "en", "el", "fa", "cs", "fr", "ru", "zh"} {
		for _, c := range labelled(time.Minute, language) {
			require.LessOrEqual(t, len(c.Lines), 2, language)
			for _, l := range c.shown() {
				require.LessOrEqual(t, cells(l), Television().Width, language)
			}
			require.GreaterOrEqual(t, c.End-c.Start, Television().reading(c.Text)-time.Millisecond, language)
		}
	}
}

func TestEveryExportSaysAMachineWroteIt(t *testing.T) {
	for name := range Formats() {
		got := export(t, name, meeting())
		if name == "docx" {
			require.Contains(t, string(unzipped(t, got, "word/footer1.xml")), "Maschinell erstellt")
			got = unzipped(t, got, "word/document.xml")
		}
		if name == "srt" {
			require.Contains(t, string(got), "\nMaschinell erstellt von Amtsleitung;\nkann Fehler enthalten.\n", "in lines that can be read")
			got = bytes.ReplaceAll(got, []byte(";\n"), []byte("; "))
		}
		require.Contains(t, string(got), "Maschinell erstellt von Amtsleitung; kann Fehler enthalten.", name)
		require.NotEmpty(t, MediaTypes()[name])
	}
}

func TestStrangersWriteNoMarkup(t *testing.T) {
	for name := range Formats() {
		got := export(t, name, meeting())
		if name == "docx" {
			got = unzipped(t, got, "word/document.xml")
		}
		if name == "txt" {
			continue // has no markup
		}
		for _, bad := range []string{"<i>", "<b>", "<script", "März</b>"} {
			require.NotContains(t, string(got), bad, name)
		}
		if name == "vtt" || name == "srt" {
			require.Len(t, regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d[.,]\d{3} --> `).FindAllString(string(got), -1), strings.Count(string(got), "-->"), name)
		}
		if name == "srt" {
			require.NotContains(t, string(got), "{", name)
		}
	}
}

func TestInAnotherLanguage(t *testing.T) {
	_, err := meeting().In("fr")
	require.ErrorContains(t, err, `no subtitles in "fr", only in [de ar]`)
}

func TestEveryLanguageFileIsComplete(t *testing.T) {
	files, err := languages.ReadDir("languages")
	require.NoError(t, err)
	require.Len(t, files, 19)
	for _, f := range files {
		g := grammarOf(strings.TrimSuffix(f.Name(), ".yaml"))
		for _, prose := range []string{g.Machine, g.Corrected, g.Speakers, g.Informed, g.Refused, g.Lag, g.Doubtful} {
			require.NotEmpty(t, prose, f.Name())
		}
		require.NotEmpty(t, g.articles, f.Name())
		require.NotEmpty(t, g.conjunctions, f.Name())
		require.GreaterOrEqual(t, len(g.months), 12, f.Name())
	}
}

func TestDamagedTimesAreMended(t *testing.T) {
	cues := arrange([]Cue{
		{Text: "vier", Start: 9 * time.Second, End: 8 * time.Second},
		{Text: "eins", Start: -time.Second, End: 3 * time.Second},
		{Text: "zwei", Start: 2 * time.Second, End: 4 * time.Second},
		{Text: "andere", Speaker: "B", Start: 2 * time.Second, End: 4 * time.Second},
		{Text: " \n\x00", Start: time.Second, End: 2 * time.Second},
		{Text: "drei", Start: 2 * time.Second, End: 4 * time.Second},
	})
	var got []string
	for _, c := range cues {
		got = append(got, c.Text+" "+clock(c.Start, ".")[7:]+" "+clock(c.End, ".")[7:])
	}
	require.Equal(t, []string{"eins 0.000 2.000", "zwei 2.000 4.000", "andere 2.000 4.000", "drei 4.000 6.000", "vier 9.000 0.000"}, got)
}

// FuzzFormats feeds texts of strangers to every format; what comes out is well-formed and holds one cue.
func FuzzFormats(f *testing.F) {
	f.Add("Guten Tag", "Müller", "de", int64(0), int64(1000))
	f.Add("a --> b\n\n2\n00:00:00,000 --> 00:00:01,000\nx", "<v>\n\n]]>", "ar", int64(-5), int64(-9))
	f.Add("\xff\x00\ufffe&lt;\r<!-- {\\b1}", "\"'><script>", "zz-<", int64(1)<<62, int64(1)<<62)
	f.Fuzz(func(t *testing.T, text, name, language string, start, end int64) {
		m := Of([]Cue{{Text: text, Speaker: name, Language: language, Start: time.Duration(start), End: time.Duration(end)}})
		m.Title, m.Speakers = name, []string{text}
		cues := 1
		if paragraph(text) == "" {
			cues = 0
		}
		vtt := string(export(t, "vtt", m))
		require.Equal(t, cues, strings.Count(vtt, "-->"))
		srt := string(export(t, "srt", m))
		require.Equal(t, 2*cues, strings.Count(srt, "-->"))
		require.Equal(t, 2*cues, strings.Count(srt, "\n\n"))
		require.True(t, utf8.ValidString(vtt+srt))
		require.True(t, json.Valid(export(t, "json", m)))
		wellFormed(t, export(t, "ttml", m))
		docx := export(t, "docx", m)
		for _, p := range []string{"word/document.xml", "word/footer1.xml", "word/styles.xml", "docProps/core.xml"} {
			wellFormed(t, unzipped(t, docx, p))
		}
	})
}

func wellFormed(t *testing.T, text []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
	}
}
