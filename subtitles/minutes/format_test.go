package minutes_test

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/subtitles/minutes"
)

// hostile minutes hold what formats trip over.
func hostile() minutes.Minutes {
	item := minutes.Item{Text: `<script>alert(1)</script> =1+1, "zwei"; *drei* \ vier ` + strings.Repeat("ä", 100) + "\nBEGIN:VEVENT", Speaker: "<b>Eve</b>", Cues: []string{`"><img src=x>`, "c2"}, Start: 3723 * time.Second, End: 3724 * time.Second, Unsure: []minutes.Doubt{minutes.Misheard}}
	three := 3
	return minutes.Minutes{Title: "Rat & <Tat>", Code: "ABC234", Began: time.Date(2026, 11, 23, 9, 0, 0, 0, time.FixedZone("CET", 3600)), Language: "de",
		Topics:    []minutes.Topic{{Item: item, Number: "3.", Title: "# Haushalt"}},
		Decisions: []minutes.Decision{{Item: item, Outcome: minutes.Adopted}},
		Votes:     []minutes.Vote{{Item: item, For: &three}},
		Tasks: []minutes.Task{{Item: item, Owner: "=cmd|' /C calc'!A0", Due: minutes.Due{Said: "bis Freitag", Date: "2026-11-27"}},
			{Item: item, Owner: "@SUM(A1)", Due: minutes.Due{Said: "nächste Woche", Date: "2026-12-04", Unsure: true}}},
	}
}

func text(t testing.TB, f minutes.Format, m minutes.Minutes) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, f(&b, m))
	return b.String()
}

func TestEveryFormatSaysThatAMachineMadeIt(t *testing.T) {
	for name, f := range minutes.Formats() {
		got := strings.ReplaceAll(text(t, f, hostile()), "\r\n ", "")
		require.Contains(t, got, "Automatisch erstellt von Amtsleitung", name)
	}
}

func TestHTMLHoldsNoMarkupOfSpeakers(t *testing.T) {
	got := text(t, minutes.WriteHTML, hostile())
	require.NotContains(t, got, "<script")
	require.NotContains(t, got, "<img")
	require.NotContains(t, got, "<b>")
	require.Contains(t, got, "01:02:03")
	d := xml.NewDecoder(strings.NewReader(got))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
	}
}

func TestPageIsWholeAndLinksWithinItself(t *testing.T) {
	lines := []minutes.Line{
		{ID: "c1", Speaker: "Eva", Text: "Wer prüft den Plan?", Start: time.Second, End: 2 * time.Second},
		{ID: "c2", Speaker: "Max", Text: "Das mache ich bis zum 30. November.", Start: 61 * time.Second, End: 63 * time.Second},
	}
	m, err := minutes.Write(t.Context(), lines, minutes.Options{Title: "Runde", Began: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), LeftOut: []string{"<i>Ida</i>"}})
	require.NoError(t, err)
	m.Refused = "no server"
	got := text(t, minutes.WriteHTML, m)
	for _, want := range []string{"<!DOCTYPE html>", `<html lang="de">`, "<title>Protokoll: Runde, 23. November 2026</title>", "@media print", "(30. November 2026)",
		`href="#line-1" aria-label="In der Mitschrift bei 00:00:01"`, `id="line-2"`, "&lt;i&gt;Ida", "no server"} {
		require.Contains(t, got, want)
	}
	for _, outside := range []string{"http:", "https:", "//", "src=", "url(", "<script", "@import"} {
		require.NotContains(t, got, outside)
	}
	m.Transcript, m.Language = nil, "en"
	got = text(t, minutes.WriteHTML, m)
	require.Contains(t, got, "(00:00:01)")
	require.Contains(t, got, "(30 November 2026)")
	require.NotContains(t, got, "href=")
	md := text(t, minutes.WriteMarkdown, m)
	for _, want := range []string{"30 November 2026", "&lt;i&gt;Ida", "no server"} {
		require.Contains(t, md, want)
	}
}

// "das" points back at the question; what was said, and when, is the answer.
func TestTimeIsOfTheItemAndNotOfItsContext(t *testing.T) {
	lines := []minutes.Line{
		{ID: "c1", Speaker: "Eva", Text: "Der Plan muss noch geprüft werden.", Start: time.Second, End: 2 * time.Second},
		{ID: "c2", Speaker: "Max", Text: "Das erledige ich bis Freitag.", Start: 61 * time.Second, End: 63 * time.Second},
	}
	m, err := minutes.Write(t.Context(), lines, minutes.Options{Began: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)})
	require.NoError(t, err)
	k := m.Tasks[len(m.Tasks)-1]
	require.Equal(t, "Max", k.Owner)
	require.NotEmpty(t, k.Context)
	require.Equal(t, "c2", k.Cues[0])
	require.Equal(t, 61*time.Second, k.Start)
}

func TestMarkdownHoldsNoMarkupOfSpeakers(t *testing.T) {
	got := text(t, minutes.WriteMarkdown, hostile())
	require.NotContains(t, got, "<script")
	require.NotContains(t, got, " *drei*")
	require.NotContains(t, got, "\nBEGIN:VEVENT")
	require.Contains(t, got, `- 3\.: \# Haushalt`)
	empty := text(t, minutes.WriteMarkdown, minutes.Minutes{Language: "en"})
	require.Equal(t, 4, strings.Count(empty, "None recognised."))
}

func TestTableIsSafeInSpreadsheets(t *testing.T) {
	got := text(t, minutes.WriteCSV, hostile())
	require.Contains(t, got, "\r\n")
	rows, err := csv.NewReader(strings.NewReader(got)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 3)
	require.Equal(t, "'=cmd|' /C calc'!A0", rows[1][1])
	require.Equal(t, "2026-11-27", rows[1][3])
	for _, row := range rows {
		require.Len(t, row, 10)
		for _, c := range row {
			require.NotContains(t, "=+-@", (c + "a")[:1])
		}
	}
}

func TestCalendar(t *testing.T) {
	got := text(t, minutes.WriteCalendar, hostile())
	for line := range strings.SplitSeq(strings.TrimSuffix(got, "\r\n"), "\r\n") {
		require.LessOrEqual(t, len(line), 75)
		require.True(t, utf8.ValidString(line))
		require.NotContains(t, line, "\n")
	}
	open := strings.ReplaceAll(got, "\r\n ", "")
	require.Equal(t, 2, strings.Count(open, "\r\nBEGIN:VTODO\r\n"))
	require.NotContains(t, open, "\r\nBEGIN:VEVENT")
	require.Contains(t, open, "\r\nDUE;VALUE=DATE:20261127\r\n")
	require.Equal(t, 1, strings.Count(open, "DUE;"), "an unsure day is no due date")
	require.Contains(t, open, "\r\nDTSTAMP:20261123T080000Z\r\n")
	require.Contains(t, open, `\, "zwei"\; *drei* \\ vier`)
	require.NotContains(t, open, "TZID")
	require.Equal(t, got, text(t, minutes.WriteCalendar, hostile()), "the same file again")
	var uids []string
	for line := range strings.SplitSeq(open, "\r\n") {
		if id, ok := strings.CutPrefix(line, "UID:"); ok {
			require.NotContains(t, uids, id)
			uids = append(uids, id)
		}
	}
	require.Len(t, uids, 2)
}

func TestJSONCanBeReadBack(t *testing.T) {
	var back struct {
		Machine bool
		minutes.Minutes
	}
	require.NoError(t, json.Unmarshal([]byte(text(t, minutes.WriteJSON, hostile())), &back))
	require.True(t, back.Machine)
	require.Equal(t, hostile().Tasks, back.Tasks)
	require.Equal(t, hostile().Votes, back.Votes)
}

// FuzzFormats: whatever was said, each format stays what it is.
func FuzzFormats(f *testing.F) {
	f.Add("<b>", "=1", "c;1,\\\n")
	f.Add("\xff\x00ü", "@a\r\nBEGIN:VTODO", "\u2028")
	f.Fuzz(func(t *testing.T, said, owner, cue string) {
		m := minutes.Minutes{Language: "en", Tasks: []minutes.Task{{Item: minutes.Item{Text: said, Cues: []string{cue}}, Owner: owner, Due: minutes.Due{Said: said}}}}
		for line := range strings.SplitSeq(strings.TrimSuffix(text(t, minutes.WriteCalendar, m), "\r\n"), "\r\n") {
			require.LessOrEqual(t, len(line), 75)
			require.True(t, utf8.ValidString(line))
			require.NotContains(t, line, "\n")
			require.NotContains(t, line, "\r")
		}
		require.Equal(t, 1, strings.Count(text(t, minutes.WriteCalendar, m), "\r\nBEGIN:VTODO\r\n"))
		rows, err := csv.NewReader(strings.NewReader(text(t, minutes.WriteCSV, m))).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 2)
		for _, c := range rows[1] {
			require.NotContains(t, "=+-@\t\r", (c + "a")[:1])
		}
		require.Equal(t, strings.Count(text(t, minutes.WriteHTML, minutes.Minutes{Language: "en", Tasks: []minutes.Task{{Item: minutes.Item{Text: "a", Cues: []string{"a"}}, Owner: "a", Due: minutes.Due{Said: "a"}}}}), "<"),
			strings.Count(text(t, minutes.WriteHTML, m), "<"), "a tag more or less")
		require.NotContains(t, strings.ReplaceAll(text(t, minutes.WriteMarkdown, m), "\\", ""), "<")
		require.True(t, json.Valid([]byte(text(t, minutes.WriteJSON, m))))
	})
}

// Strange words in every format: right to left, emoji, arrows of WebVTT, controls.
func TestStrangeWordsStayWords(t *testing.T) {
	item := minutes.Item{Text: "שלום \u202eمرحبا 👩‍👩‍👧 00:01 --> 00:02 \x1b[31m\x00\x07 " + strings.Repeat("👍", 40), Speaker: "\t=cmd", Cues: []string{"c1"}}
	m := minutes.Minutes{Title: "=cmd\r\nX-EVIL:1", Language: "de", Tasks: []minutes.Task{{Item: item, Owner: "\u200e+1"}}}
	for line := range strings.SplitSeq(strings.TrimSuffix(text(t, minutes.WriteCalendar, m), "\r\n"), "\r\n") {
		require.LessOrEqual(t, len(line), 75)
		require.True(t, utf8.ValidString(line))
		require.NotContains(t, line, "\x1b")
		require.False(t, strings.HasPrefix(line, "X-EVIL"))
	}
	for name, f := range map[string]minutes.Format{"html": minutes.WriteHTML, "md": minutes.WriteMarkdown, "csv": minutes.WriteCSV} {
		got := text(t, f, m)
		require.NotContains(t, got, "\x00", name)
		require.NotContains(t, got, "\x1b", name)
		require.Contains(t, got, "👍", name)
	}
}
