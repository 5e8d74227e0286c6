package minutes_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/subtitles/minutes"
)

// words of a text without marks.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
}

// nothingInvented holds every word of an item against the cues that it names.
func nothingInvented(t testing.TB, lines []minutes.Line, m minutes.Minutes) {
	t.Helper()
	check := func(i minutes.Item, texts ...string) {
		t.Helper()
		require.NotEmpty(t, i.Cues)
		var said []string
		for _, l := range lines {
			if slices.Contains(i.Cues, l.ID) {
				said = append(said, words(l.Text)...)
				said = append(said, words(l.Speaker)...)
			}
		}
		for _, text := range append(texts, i.Text) {
			for _, w := range words(text) {
				require.Contains(t, said, w, "in %q", text)
			}
		}
		require.LessOrEqual(t, i.Start, i.End)
	}
	for _, k := range m.Tasks {
		check(k.Item, k.Owner, k.Due.Said, k.Context)
	}
	for _, d := range m.Decisions {
		check(d.Item, d.About)
	}
	for _, v := range m.Votes {
		check(v.Item)
	}
	for _, p := range m.Topics {
		check(p.Item, p.Title, p.Number)
	}
}

func TestNothingIsInvented(t *testing.T) {
	for _, folder := range []string{"seen", "unseen", "second", "held", "third", "drill", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "turns", "tenth", "eleventh", "twelfth"} {
		for _, s := range scripts(t, folder) {
			nothingInvented(t, s.lines, s.minutes(t))
		}
	}
}

func TestOtherMeetingsPutTogetherInventNothing(t *testing.T) {
	all := append(scripts(t, "seen"), scripts(t, "unseen")...)
	for i := range all {
		a, b := all[i], all[(i+5)%len(all)]
		var lines []minutes.Line
		for k := range max(len(a.lines), len(b.lines)) {
			for _, s := range []script{a, b} {
				if k < len(s.lines) {
					l := s.lines[k]
					l.ID = s.name + l.ID
					l.Start, l.End = time.Duration(len(lines))*time.Second, time.Duration(len(lines)+1)*time.Second
					lines = append(lines, l)
				}
			}
		}
		m, err := minutes.Write(t.Context(), lines, minutes.Options{Began: a.began})
		require.NoError(t, err)
		nothingInvented(t, lines, m)
	}
}

// FuzzWrite feeds whole meetings, a line each.
func FuzzWrite(f *testing.F) {
	for _, s := range append(scripts(f, "seen"), scripts(f, "unseen")...) {
		var b strings.Builder
		for _, l := range s.lines {
			b.WriteString(l.Speaker + ": " + l.Text + "\n")
		}
		f.Add(b.String(), s.lang)
	}
	f.Add("a: Frau \nb: „\nc: 31. Februar bis zum 31.2. in 99999 Monaten bis KW 54", "de")
	f.Fuzz(func(t *testing.T, text, language string) {
		if len(text) > 4000 {
			return
		}
		var lines []minutes.Line
		for line := range strings.Lines(text) {
			speaker, words, _ := strings.Cut(line, ": ")
			at := time.Duration(len(lines)) * time.Second
			lines = append(lines, minutes.Line{Speaker: speaker, Text: words, Language: language, Start: at, End: at + time.Second})
		}
		m, err := minutes.Write(t.Context(), lines, minutes.Options{Began: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)})
		require.NoError(t, err)
		for i := range lines {
			lines[i].ID = number(ptr(i + 1))
		}
		nothingInvented(t, lines, m)
	})
}

func ptr(n int) *int { return &n }
