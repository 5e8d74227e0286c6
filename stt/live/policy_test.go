package live

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const ms = time.Millisecond

// said are words of 300 ms each, in a row from a time on.
func said(from time.Duration, text string) []Word {
	var out []Word
	for i, f := range strings.Fields(text) {
		at := from + time.Duration(i)*300*ms
		out = append(out, Word{Text: f, Start: at, End: at + 300*ms, Probability: 0.9})
	}
	return out
}

// unsure are the same words, none of them certain.
func unsure(from time.Duration, text string) []Word {
	out := said(from, text)
	for i := range out {
		out[i].Probability = 0.3
	}
	return out
}

// window is a hypothesis whose audio ends with its last word.
func window(words []Word) Heard {
	return Heard{Words: words, To: words[len(words)-1].End, Language: "de"}
}

var agreement = Rules{Behind: -1, Touching: 150 * ms}

func TestTwoMustAgree(t *testing.T) {
	p := NewPolicy(agreement)
	require.Empty(t, p.Hear(window(said(0, "Wo ist das Rat"))))
	require.Equal(t, "Wo ist das Rat", p.Tail())
	require.Equal(t, "Wo ist das", Text(p.Hear(window(said(0, "Wo ist das Rathaus in")))))
	require.Equal(t, "Rathaus in", p.Tail())
	require.Equal(t, "Rathaus", Text(p.Hear(window(said(0, "Wo ist das Rathaus im Norden")))))
	require.Equal(t, "im Norden der Stadt", Text(p.Settle(window(said(0, "Wo ist das Rathaus im Norden der Stadt")))))
	require.Empty(t, p.Tail())
}

func TestSureWordsFarFromTheEndNeedNoSecondHearing(t *testing.T) {
	p := NewPolicy(Rules{Behind: 600 * ms})
	require.Equal(t, "Wo ist das", Text(p.Hear(window(said(0, "Wo ist das Rathaus in")))))
	words := said(0, "Wo ist das Rathaus in der Stadt heute")
	words[5].Probability = 0.5
	require.Equal(t, "Rathaus in", Text(p.Hear(window(words))), "stops at the first unsure word")
}

func TestTheLastWordMayBeHalfOfOne(t *testing.T) {
	p := NewPolicy(agreement)
	p.Hear(window(said(0, "Das Rat")))
	require.Equal(t, "Das", Text(p.Hear(window(said(0, "Das Rat")))), "both end with the window")
	h := window(said(0, "Das Rat"))
	h.To += agreement.Touching
	require.Equal(t, "Rat", Text(p.Hear(h)), "now it is quiet behind it")
}

func TestADoubtedWordWaitsForMore(t *testing.T) {
	p := NewPolicy(Rules{Behind: -1, Touching: 150 * ms, Doubted: 750 * ms})
	words := said(0, "Wo ist das Rathaus")
	words[2].Probability = 0.3
	behind := func(quiet time.Duration) Heard {
		h := window(words)
		h.To += quiet
		return h
	}
	p.Hear(behind(0))
	require.Equal(t, "Wo ist", Text(p.Hear(behind(400*ms))), "two agree, but one word is doubted")
	require.Equal(t, "das Rathaus", Text(p.Hear(behind(450*ms))), "750 ms behind it")

	words[2].Probability = 0.6
	p = NewPolicy(Rules{Behind: -1, Touching: 150 * ms, Doubted: 750 * ms})
	p.Hear(behind(0))
	require.Equal(t, "Wo ist", Text(p.Hear(behind(140*ms))))
	require.Equal(t, "das Rathaus", Text(p.Hear(behind(160*ms))), "half a doubt, 450 ms")
}

func TestFlickerAtTheEndIsNeverCommitted(t *testing.T) {
	p := NewPolicy(Rules{})
	var got []Word
	for i, end := range []string{"Vielen", "Vielleicht wird", "Fiel es", "Viel", "Vieles war"} {
		got = append(got, p.Hear(window(append(said(0, "Der Rat tagt heute."), said(1200*ms, end)...)))...)
		if i > 0 {
			require.Equal(t, "Der Rat tagt heute.", Text(got))
		}
	}
}

func TestInsertionsIntoWhatIsCommitted(t *testing.T) {
	p := NewPolicy(agreement)
	p.Hear(window(said(0, "Der Antrag ist angenommen worden heute")))
	require.Equal(t, "Der Antrag ist angenommen worden", Text(p.Hear(window(said(0, "Der Antrag ist angenommen worden heute")))))
	for _, again := range []string{
		"Der Antrag ist ja angenommen worden heute früh schon",
		"Der Antrag angenommen worden heute früh schon",
		"Der Antrag ist angenommen wurden heute früh schon",
		"Und der Antrag ist angenommen worden heute früh schon",
	} {
		q := *p
		got := q.Hear(window(said(0, again)))
		got = append(got, q.Hear(window(said(0, again)))...)
		require.Equal(t, "heute früh", Text(got), again)
	}
}

func TestEqualWordsAreToldApartByTheirTimes(t *testing.T) {
	p := NewPolicy(agreement)
	p.Hear(window(said(0, "ja ja ja ja")))
	require.Len(t, p.Hear(window(said(0, "ja ja ja ja"))), 3)
	require.Len(t, p.Hear(window(said(0, "ja ja ja ja ja ja"))), 1, "the fourth, heard twice")
	require.Len(t, p.Hear(window(said(0, "ja ja ja ja ja ja"))), 1)
}

// TestSentencesBeginWithACapital: the mark and the word behind it may come from
// two hypotheses, of which only one knew that a sentence ended there.
func TestSentencesBeginWithACapital(t *testing.T) {
	for text, want := range map[string]string{
		"guten Abend. wir beginnen.":         "Guten Abend. Wir beginnen.",
		"das kostet ca. drei Euro, z. B. so": "Das kostet ca. drei Euro, z. B. so",
		"am 3. mai? ja! eBay zahlt":          "Am 3. mai? Ja! eBay zahlt",
		"добрый вечер. начинаем":             "Добрый вечер. Начинаем",
		"你好。 今天":                             "你好。 今天",
	} {
		p := NewPolicy(agreement)
		var got []Word
		for _, w := range said(0, text) { // word by word
			got = append(got, p.commit([]Word{w}, w.End)...)
		}
		require.Equal(t, strings.Fields(want), strings.Fields(spaced(got)))
	}
	p := NewPolicy(agreement)
	p.language = "tr"
	require.Equal(t, "İyi günler", Text(p.commit(said(0, "iyi günler"), time.Second)))
}

func spaced(words []Word) string {
	var texts []string
	for _, w := range words {
		texts = append(texts, w.Text)
	}
	return strings.Join(texts, " ")
}

func TestWrongTimesNeedAgreement(t *testing.T) {
	nowhere := said(0, "Das ist alles gar nicht wahr und auch nicht wichtig")
	for i := range nowhere {
		nowhere[i].Start, nowhere[i].End = 0, 10*ms
	}
	backwards := said(0, "Eins zwei drei vier fünf sechs")
	backwards[1].Start, backwards[3].Start = 900*ms, 100*ms
	for name, words := range map[string][]Word{"no room": nowhere, "backwards": backwards} {
		p := NewPolicy(Rules{})
		h := Heard{Words: words, To: 6 * time.Second, Language: "de"}
		require.Empty(t, p.Hear(h), name)
		got := p.Hear(h)
		require.Equal(t, Text(words), Text(got), name)
		requireForward(t, got)
	}
}

func TestLanguageFlips(t *testing.T) {
	p := NewPolicy(Rules{})
	for i, language := range []string{"de", "nl", "de", "nl", "en"} {
		h := window(unsure(0, "we gaan naar huis toe nu"))
		h.Language, h.Unsure = language, i == 0
		require.Empty(t, p.Hear(h), "no two in a row are of one language")
	}
	h := window(said(0, "Wir gehen nach Hause jetzt"))
	h.Unsure = true
	require.Empty(t, p.Hear(h), "another language may be right")
	require.Equal(t, Text(h.Words), Text(p.Settle(h)))
}

func TestRejectedWindowsCommitNothing(t *testing.T) {
	p := NewPolicy(Rules{})
	nothing := Heard{To: 3 * time.Second, Language: "de"}
	for range 10 {
		require.Empty(t, p.Hear(nothing))
	}
	require.Empty(t, p.Settle(nothing), "silence")

	p.Begin(0)
	p.Hear(window(unsure(0, "Vielen Dank fürs Zuschauen")))
	require.Empty(t, p.Settle(nothing), "a phantom of a look is dropped")

	p.Begin(4 * time.Second)
	h := window(said(4*time.Second, "Wir kommen jetzt"))
	require.Len(t, p.Hear(h), 1)
	require.Equal(t, "kommen jetzt", Text(p.Settle(Heard{To: h.To, Looped: true})), "the loop hides what was said")
}

func TestLoopsAtTheEnd(t *testing.T) {
	p := NewPolicy(agreement)
	p.Hear(window(said(0, "Das ist gut so")))
	require.Equal(t, "Das ist gut so", Text(p.Hear(window(said(0, "Das ist gut so dass")))))
	require.Empty(t, p.Hear(window(said(0, "Das ist gut so und das ist gut so und das ist gut so"))))
	require.Empty(t, p.Hear(Heard{To: 5 * time.Second, Language: "de", Looped: true}))
	require.Empty(t, p.Hear(window(said(0, "Das ist gut so, wir machen"))))
	require.Equal(t, "wir machen", Text(p.Hear(window(said(0, "Das ist gut so, wir machen weiter")))))
}

func TestACutForgetsAudioNotWords(t *testing.T) {
	p := NewPolicy(Rules{Behind: 600 * ms, Sentence: 3 * time.Second, Prompt: 80})
	var all []Word
	all = append(all, p.Hear(window(said(0, "Das Rathaus ist zu. Morgen ist")))...)
	_, ok := p.Cut(1800 * ms)
	require.False(t, ok, "short")
	h := window(said(0, "Das Rathaus ist zu. Morgen ist es wieder offen für alle"))
	all = append(all, p.Hear(h)...)
	c, ok := p.Cut(h.To)
	require.True(t, ok)
	require.Equal(t, 4, c.Words)
	require.LessOrEqual(t, c.Low, 1200*ms)
	require.GreaterOrEqual(t, c.High, 1200*ms)
	p.Shorten(c, 1150*ms)
	require.Equal(t, "Das Rathaus ist zu.", p.Prompt())
	require.Equal(t, 1150*ms, p.From())
	require.Empty(t, NewPolicy(Rules{}).Prompt())
	all = append(all, p.Settle(window(said(1200*ms, "Morgen ist es wieder offen für alle.")))...)
	require.Equal(t, "Das Rathaus ist zu. Morgen ist es wieder offen für alle.", Text(all))
}

func TestTheRestOfAWordBehindACut(t *testing.T) {
	for _, rest := range []string{"Rathaus.", "haus"} {
		p := NewPolicy(Rules{})
		p.Settle(window(said(0, "Wo ist das Rathaus?")))
		p.Begin(1150 * ms)
		words := append([]Word{{Text: rest, Start: 1150 * ms, End: 1250 * ms, Probability: 1}}, said(1250*ms, "Dort drüben.")...)
		require.Equal(t, "Dort drüben.", Text(p.Settle(window(words))), rest)
	}
	p := NewPolicy(Rules{})
	p.Settle(window(said(0, "Ja, ja.")))
	p.Begin(2 * time.Second)
	require.Len(t, p.Settle(window(said(2*time.Second, "Ja, gut."))), 2, "said again later")
}

func TestSentenceEnds(t *testing.T) {
	for text, want := range map[string]bool{
		"Rathaus.": true, "wirklich?": true, "„zu.“": true, "3.": false, "Dr.": false, "z.": false, "B.": false, "so": false, "und...": true, "": false, ".": false, "是。": true,
	} {
		require.Equal(t, want, endsSentence(text), text)
	}
	require.Equal(t, "我们 go 是。不", Text(said(0, "我 们 go 是。 不")))
}

func requireForward(t testing.TB, words []Word) {
	t.Helper()
	at := time.Duration(0)
	for _, w := range words {
		require.GreaterOrEqual(t, w.Start, at, "%v", words)
		require.GreaterOrEqual(t, w.End, w.Start)
		at = w.End
	}
}

// decoder invents hypotheses of a script: it drops, changes and inserts words,
// most near the end, and gets times wrong.
type decoder struct {
	*rand.Rand
	script []Word
}

func (d decoder) hear(from, to time.Duration) Heard {
	h := Heard{To: to, Language: []string{"de", "de", "de", "nl"}[d.IntN(4)], Unsure: d.IntN(8) == 0, Looped: d.IntN(20) == 0}
	if h.Looped {
		return h
	}
	for _, w := range d.script {
		if w.Start < from-100*ms || w.Start > to {
			continue
		}
		wrong := 40
		if to-w.End < 500*ms {
			wrong = 3
		}
		if d.IntN(wrong) == 0 {
			w.Text = []string{"", "Bahn", "die", "Die.", "ja"}[d.IntN(5)]
		}
		if d.IntN(wrong) == 0 {
			w.Start, w.End = w.Start+time.Duration(d.IntN(2000)-1000)*ms, w.End+time.Duration(d.IntN(2000)-1000)*ms
		}
		w.Probability = d.Float64()
		if w.Text != "" {
			h.Words = append(h.Words, w)
		}
		for range d.IntN(wrong) / max(1, wrong-1) {
			h.Words = append(h.Words, w)
		}
	}
	return h
}

// FuzzAppendOnly holds whatever the recogniser says: what is committed is never
// taken back (the erasure of calm viewers is 0), its times go forward and lie
// before the end of the window, and the policy's own copy is what it told.
func FuzzAppendOnly(f *testing.F) {
	for seed := range uint64(5) {
		f.Add(seed, "Wo ist das Rathaus? Es ist am Markt, ja ja ja, und das Amt ist zu. Am 3. Mai ist offen.")
	}
	f.Fuzz(func(t *testing.T, seed uint64, text string) {
		d := decoder{rand.New(rand.NewPCG(seed, 1)), said(0, text)}
		if len(d.script) > 200 {
			t.Skip()
		}
		p := NewPolicy(Rules{Sentence: 2 * time.Second, Clause: 3 * time.Second, Word: 4 * time.Second})
		told, copied := []Word{}, []Word{}
		take := func(words []Word) {
			told = append(told, words...)
			copied = append(copied, append([]Word(nil), words...)...)
			require.Equal(t, copied, told, "words told before have changed")
			requireForward(t, told)
			n := len(p.done)
			require.GreaterOrEqual(t, len(told), n)
			require.Equal(t, append([]Word{}, told[len(told)-n:]...), append([]Word{}, p.done...))
		}
		end := time.Duration(len(d.script)) * 300 * ms
		for at := 500 * ms; at < end; at += time.Duration(200+d.IntN(900)) * ms {
			words := p.Hear(d.hear(p.From(), at))
			for _, w := range words {
				require.LessOrEqual(t, w.Start, at)
			}
			take(words)
			if c, ok := p.Cut(at); ok {
				require.LessOrEqual(t, c.Low, c.High)
				p.Shorten(c, c.Low+time.Duration(d.Float64()*float64(c.High-c.Low)))
			}
			if d.IntN(10) == 0 {
				take(p.Settle(d.hear(p.From(), at)))
				p.Begin(at)
			}
		}
		take(p.Settle(d.hear(p.From(), end)))
		require.Empty(t, p.Tail())
	})
}

// Without errors of the recogniser nothing is lost and nothing doubled,
// wherever windows are cut.
func FuzzNothingLost(f *testing.F) {
	for seed := range uint64(5) {
		f.Add(seed, "Wo ist das Rathaus? Es ist am Markt, ja ja ja, und das Amt ist zu. Am dritten Mai ist offen, ja ja.")
	}
	f.Fuzz(func(t *testing.T, seed uint64, text string) {
		script := said(0, text)
		if len(script) == 0 || len(script) > 200 {
			t.Skip()
		}
		r := rand.New(rand.NewPCG(seed, 2))
		p := NewPolicy(Rules{Sentence: 2 * time.Second, Clause: 3 * time.Second, Word: 4 * time.Second})
		var told []Word
		hear := func(to time.Duration) Heard {
			h := Heard{To: to, Language: "de"}
			for _, w := range script {
				if w.Start >= p.From() && w.Start < to {
					w.End = min(w.End, to)
					h.Words = append(h.Words, w)
				}
			}
			return h
		}
		end := time.Duration(len(script)) * 300 * ms
		for at := 300 * ms; at < end; at += time.Duration(1+r.IntN(4)) * 300 * ms {
			told = append(told, p.Hear(hear(at))...)
			if c, ok := p.Cut(at); ok {
				p.Shorten(c, p.done[c.Words-1].End)
			}
		}
		told = append(told, p.Settle(hear(end))...)
		require.Equal(t, Text(script), Text(told))
	})
}

func BenchmarkHear(b *testing.B) {
	words := said(0, strings.Repeat("Der Rat der Stadt hat den Antrag angenommen und ", 5))
	b.ReportAllocs()
	for b.Loop() {
		p := NewPolicy(Rules{})
		p.Hear(window(words[:30]))
		p.Hear(window(words))
	}
}

func TestTwoHearingsOfAWordAreOneWord(t *testing.T) {
	for _, tc := range []struct{ committed, again, want string }{
		{"Peru Littland Ungarn", "Peru Lötland Ungern, Somalia Ghana", "Somalia"},
		{"der Rat tagt im Mai", "der Rat tagte im Mai und Juni", "und"},
		{"wir danken den Gästen", "wir danken den Gesten und Rednern", "und"},
	} {
		p := NewPolicy(agreement)
		for range 2 {
			h := window(said(0, tc.committed))
			h.To += agreement.Touching
			p.Hear(h)
		}
		again := said(0, tc.again)
		for i := range again { // what is heard later is often placed later
			again[i].Start += 250 * ms
			again[i].End += 250 * ms
		}
		p.Hear(window(again))
		require.Equal(t, tc.want, Text(p.Hear(window(again))), tc.again)
	}
}

func TestTheSecondPartOfAHyphenatedWord(t *testing.T) {
	hear := func(again ...Word) string {
		p := NewPolicy(agreement)
		for range 2 {
			p.Hear(window(said(0, "nach Französisch Gu")))
		}
		return Text(p.Settle(window(append(said(0, "nach"), again...))))
	}
	long := Word{Text: "Französisch-Guyana", Start: 300 * ms, End: 1000 * ms, Probability: 0.9}
	require.Equal(t, "-Guyana", hear(long))
	require.Equal(t, "-Guyana heute", hear(long, Word{Text: "heute", Start: 1000 * ms, End: 1300 * ms}))
	require.Equal(t, "Französisch-Guyana", Text(append(said(0, "Französisch"), Word{Text: "-Guyana", Joined: true})))
	require.Empty(t, hear(Word{Text: "Französisch-", Start: 300 * ms, End: 1000 * ms}))
}
