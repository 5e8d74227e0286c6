package subtitles

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// speeches are spoken at about 14 characters a second.
func speeches() map[string]string {
	return map[string]string{
		"de": "Meine sehr geehrten Damen und Herren, ich eröffne die 12. Sitzung des Stadtrats am 3. März 2026. Frau Anna Müller hat, z. B. im Bauausschuss, vorgeschlagen, dass wir die neue Satzung, die seit 1998 gilt, um 12,5 Prozent erhöhen und 250 000 Euro für den Spielplatz in der Bahnhofstraße ausgeben. Ja. Wer ist dafür? Das ist die Mehrheit. Die Donaudampfschifffahrtsgesellschaftskapitänsmützenverordnung ist damit beschlossen.",
		"en": "Good evening, ladies and gentlemen, I open the twelfth session of the city council. Mr. John Smith, who has been a member since 1998, proposed that we raise the fee by 12 percent and spend 250,000 euros on the playground in Station Street. Who is in favour? That is the majority.",
		"ar": "أيها السيدات والسادة، أفتتح جلسة مجلس المدينة الثانية عشرة. اقترحت السيدة آنا مولر أن نرفع الرسوم بنسبة 12 في المئة، وأن ننفق 250 ألف يورو على الملعب في شارع المحطة. من يوافق؟",
		"ja": "皆様、第十二回市議会を開会いたします。ミュラー議員は手数料を12パーセント引き上げ、駅前通りの遊び場に25万ユーロを支出することを提案しました。賛成の方はいらっしゃいますか。",
		"th": "สวัสดีครับ ผมขอเปิดการประชุมสภาเทศบาลครั้งที่ 12 เราจะใช้เงิน 250,000 ยูโรสำหรับสนามเด็กเล่น",
		"tr": "Sayın Ayşe Yılmaz ücretin yüzde 12 artırılmasını ve oyun alanı için 250 bin avro harcanmasını önerdi. Kabul edenler?",
		"xx": "Wort " + strings.Repeat("ohne Zeichen und Regeln ", 12),
	}
}

func spoken(text, language string) []transcript.Word {
	return Spread(text, 0, time.Duration(len([]rune(text)))*70*time.Millisecond, language, 0.9)
}

// live is what a stream gives out that hears word by word.
func live(r Rules, language string, words []transcript.Word) []Cue {
	s := NewSegmenter(r, language)
	var out []Cue
	for i := range words {
		out = append(out, s.Add(words[i:i+1], false)...)
	}
	return append(out, s.Flush()...)
}

// letters of a text are what is left when lines, hyphens and spaces are taken away.
func lettersOf(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' {
			return -1
		}
		return r
	}, text)
}

// requireReadable holds the promises of every cue.
func requireReadable(t *testing.T, r Rules, words []transcript.Word, cues []Cue) {
	t.Helper()
	r = r.withDefaults()
	var said, texts, lines strings.Builder
	for _, w := range words {
		said.WriteString(paragraph(w.Text))
	}
	end := time.Duration(0)
	ids := map[string]bool{}
	for i, c := range cues {
		require.False(t, ids[c.ID], "the ID %s is given twice", c.ID)
		ids[c.ID] = true
		require.GreaterOrEqual(t, c.Start, end, "cue %d overlaps the one before", i)
		require.Greater(t, c.End, c.Start, "cue %d", i)
		end = c.End
		texts.WriteString(c.Text)
		if r.Scroll {
			continue
		}
		require.LessOrEqual(t, len(c.Lines), r.Lines, "%q", c.Lines)
		for _, l := range c.Lines {
			require.LessOrEqual(t, cells(l), r.Width, "%q", l)
		}
		lines.WriteString(strings.Join(c.Lines, ""))
		require.Equal(t, c.End-c.Start < r.reading(c.Text).Round(time.Millisecond), c.Fast, "cue %d, %q: %v", i, c.Text, c.End-c.Start)
	}
	require.Equal(t, lettersOf(said.String()), lettersOf(texts.String()), "words lost or doubled")
	if !r.Scroll {
		require.Equal(t, lettersOf(texts.String()), lettersOf(lines.String()), "words lost or doubled in lines")
	}
}

func TestEveryWordOnceAndReadable(t *testing.T) {
	for language, text := range speeches() {
		for name, r := range map[string]Rules{"television": Television(), "easy": Easy(), "scroll": Scroll(), "narrow": {Lines: 3, Width: 20}} {
			t.Run(language+" "+name, func(t *testing.T) {
				words := spoken(text, language)
				cues := live(r, language, words)
				require.NotEmpty(t, cues)
				requireReadable(t, r, words, cues)
				s := NewSegmenter(r, language)
				requireReadable(t, r, words, append(s.Add(words, true), s.Flush()...))
			})
		}
	}
}

// However words arrive and however damaged their times are, the promises hold.
func TestPromisesHoldForAnyStream(t *testing.T) {
	for seed := range uint64(60) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		language := []string{"de", "en", "ar", "ja", "th", "tr", "xx"}[rnd.IntN(7)]
		words := spoken(speeches()[language], language)
		for i := range words {
			words[i].Start += time.Duration(rnd.IntN(6000)-3000) * time.Millisecond
			words[i].End = words[i].Start + time.Duration(rnd.IntN(3000)-500)*time.Millisecond
		}
		r := []Rules{Television(), Easy(), Scroll()}[rnd.IntN(3)]
		s := NewSegmenter(r, language)
		var cues []Cue
		for from := 0; from < len(words); {
			to := min(len(words), from+1+rnd.IntN(9))
			before := fmt.Sprint(cues)
			got := s.Add(words[from:to], rnd.IntN(4) == 0)
			require.Equal(t, before, fmt.Sprint(cues), "a cue that was given out has changed")
			cues, from = append(cues, got...), to
		}
		requireReadable(t, r, words, append(cues, s.Flush()...))
	}
}

func TestScrolledLinesFit(t *testing.T) {
	for language, text := range speeches() {
		words := spoken(text, language)
		lines := unscroll(live(Scroll(), language, words))
		said := ""
		for _, l := range lines {
			require.LessOrEqual(t, cells(l.Text), Scroll().Width, "%s: %q", language, l.Text)
			said += l.Text
		}
		require.Equal(t, lettersOf(text), lettersOf(said))
	}
}

// Spaces stand where they were, however a scroll is cut.
func TestScrollKeepsSpaces(t *testing.T) {
	for language, text := range speeches() {
		said := ""
		for _, c := range live(Scroll(), language, spoken(text, language)) {
			require.Equal(t, strings.TrimSpace(c.Text), c.Text)
			said += c.Lead() + c.Text
		}
		want := strings.Join(strings.Fields(text), " ")
		if Unspaced(language) {
			want, said = strings.ReplaceAll(want, " ", ""), strings.ReplaceAll(said, " ", "")
		}
		require.Equal(t, want, strings.TrimSpace(said), language)
	}
}

func TestWordsInTwoParts(t *testing.T) {
	for name, r := range map[string]Rules{"scroll": Scroll(), "block": Television()} {
		s := NewSegmenter(r, "de")
		at := time.Duration(0)
		add := func(text string, joined, sentence bool) []Cue {
			at += time.Second
			return s.Add([]transcript.Word{{Text: text, Start: at - time.Second, End: at, Joined: joined}}, sentence)
		}
		cues := slices.Concat(add("Der", false, false), add("Spiel", false, true), add("platz", true, false), add("wird", false, false), add("er", false, false), add("öffnet.", true, true))
		said := ""
		for _, c := range cues {
			said += c.Lead() + c.Text
		}
		require.Equal(t, " Der Spielplatz wird eröffnet.", said, name)
		var b strings.Builder
		require.NoError(t, WriteText(&b, Meeting{Languages: []string{"de"}, Tracks: map[string][]Cue{"de": cues}}))
		require.Contains(t, b.String(), "Der Spielplatz wird eröffnet.", name)
	}
}

func TestUnitsStayTogether(t *testing.T) {
	for language, units := range map[string][]string{
		"de": {"die 12. Sitzung", "des Stadtrats", "3. März 2026", "Anna Müller", "z. B. im Bauausschuss", "12,5 Prozent", "250 000 Euro", "den Spielplatz", "der Bahnhofstraße"},
		"en": {"the twelfth", "the city", "Mr. John Smith", "12 percent", "250,000 euros", "the playground", "Station Street"},
		"ar": {"السيدة آنا", "250 ألف يورو", "في شارع"},
		"tr": {"Sayın Ayşe Yılmaz", "yüzde 12", "250 bin avro"},
	} {
		words := spoken(speeches()[language], language)
		for name, cues := range map[string][]Cue{"live": live(Television(), language, words), "scroll": unscroll(live(Scroll(), language, words))} {
			for _, unit := range units {
				found := false
				for _, c := range cues {
					for _, l := range c.shown() {
						found = found || strings.Contains(l, unit)
					}
				}
				require.True(t, found, "%s, %s: %q is torn apart", language, name, unit)
			}
		}
	}
}

func TestLinesBreakWhereASenseUnitEnds(t *testing.T) {
	lines := func(text, language string) []string {
		cues := NewSegmenter(Television(), language).Add(spoken(text, language), true)
		require.Len(t, cues, 1)
		return cues[0].Lines
	}
	require.Equal(t, []string{"Wir haben lange beraten,", "ob das noch bezahlbar ist."}, lines("Wir haben lange beraten, ob das noch bezahlbar ist.", "de"))
	require.Equal(t, []string{"Wir treffen uns am Montag", "und sprechen über den Haushalt."}, lines("Wir treffen uns am Montag und sprechen über den Haushalt.", "de"))
	require.Equal(t, []string{"The committee met on Monday", "and talked about the budget."}, lines("The committee met on Monday and talked about the budget.", "en"))
}

func TestFastSpeechIsMarkedAndNeverDrifts(t *testing.T) {
	text := strings.Repeat("Alle diese Wörter werden viel zu schnell gesprochen und hören nicht auf. ", 40)
	words := Spread(text, 0, time.Minute, "de", 0.5) // 49 characters a second
	cues := live(Television(), "de", words)
	requireReadable(t, Television(), words, cues)
	require.True(t, cues[len(cues)/2].Fast)
	require.InDelta(t, time.Minute.Seconds(), cues[len(cues)-1].End.Seconds(), (slack + time.Second).Seconds())
	require.InDelta(t, 0.5, cues[0].Confidence, 1e-9)
}

func TestAPauseEndsACue(t *testing.T) {
	s := NewSegmenter(Television(), "de")
	require.Empty(t, s.Add([]transcript.Word{{Text: " Guten", Start: 0, End: 300 * time.Millisecond}, {Text: " Tag", Start: 300 * time.Millisecond, End: 600 * time.Millisecond}}, false))
	cues := s.Add([]transcript.Word{{Text: " Wir", Start: 9 * time.Second, End: 9300 * time.Millisecond}}, false)
	require.Len(t, cues, 1)
	require.Equal(t, "Guten Tag", cues[0].Text)
	require.Equal(t, time.Second, cues[0].End, "shown for the least time, not until the next word")
}

func TestTheLanguageMayChange(t *testing.T) {
	s := NewSegmenter(Television(), "de")
	s.Speaker, s.Prefix = "Frau Müller", "m-"
	s.Add([]transcript.Word{{Text: "Hallo", End: time.Second}}, false)
	require.Empty(t, s.Speak("de"))
	cues := s.Speak("en")
	require.Len(t, cues, 1)
	require.Equal(t, Cue{ID: "m-1", End: time.Second, Text: "Hallo", Lines: []string{"Hallo"}, Language: "de", Speaker: "Frau Müller", Machine: true}, cues[0])
	require.Equal(t, "en", s.Add([]transcript.Word{{Text: "Hello", Start: time.Second, End: 2 * time.Second}}, true)[0].Language)
}

func TestSentences(t *testing.T) {
	for text, want := range map[string]int{
		"Am 3. März kommt Dr. Müller. Gut!":             2,
		"Das gilt z. B. für Hunde, d. h. auch für uns.": 1,
		"Das war 2024. Danach nicht mehr.":              2,
		"J. R. Meier sagt „Nein.“ Alle lachen.":         2,
		"Wirklich?! Ja … und nein.":                     2,
		"ohne Punkt":                                    1,
	} {
		require.Len(t, Sentences(spoken(text, "de"), "de"), want, text)
	}
	require.Empty(t, Sentences(nil, "de"))
}

func FuzzSegmenter(f *testing.F) {
	for language, text := range speeches() {
		f.Add(text, language, 37, 2, false, int64(70))
	}
	f.Add("a\u0301\u0301\u0301 \u200f\u202e<b> \x00 👨‍👩‍👧‍👦", "he", 1, 1, true, int64(-5))
	f.Fuzz(func(t *testing.T, text, language string, width, lines int, scroll bool, step int64) {
		if len(text) > 600 || lines > 4 || width > 200 {
			t.Skip()
		}
		r := Rules{Width: width, Lines: lines, Scroll: scroll}
		words := strings.SplitAfter(text, " ")
		stream := make([]transcript.Word, len(words))
		for i, w := range words {
			at := time.Duration(i) * time.Duration(step%10_000) * time.Millisecond
			stream[i] = transcript.Word{Text: w, Start: at, End: at + time.Duration(step%777)*time.Millisecond}
		}
		requireReadable(t, r, stream, live(r, language, stream))
	})
}
