package subtitles

import (
	"encoding/json"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
)

// heard is a file as a parser of others understood it.
type heard struct {
	Errors []string
	Cues   []struct {
		Start, End  float64
		Text, Voice string
	}
	Title                      string
	Paragraphs, Styles, Footer []string
}

// validators is where the parsers are installed; without them the test is skipped.
func validators(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "testdata/validators/install.sh", "--where").Output()
	if err != nil {
		t.Skip("the parsers of subtitles are not installed: run subtitles/testdata/validators/install.sh")
	}
	return strings.TrimSpace(string(out))
}

// exported writes the meeting in both languages and has the files read.
func exported(t *testing.T, name string, parser ...string) []heard {
	t.Helper()
	dir := t.TempDir()
	arabic, err := meeting().In("ar")
	require.NoError(t, err)
	for i, m := range []Meeting{meeting(), arabic} {
		file := filepath.Join(dir, string(rune('a'+i))+"."+name)
		require.NoError(t, os.WriteFile(file, export(t, name, m), 0o600))
		parser = append(parser, file)
	}
	cmd := exec.CommandContext(t.Context(), parser[0], parser[1:]...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	var got []heard
	require.NoError(t, json.Unmarshal(out, &got))
	require.Len(t, got, 2)
	return got
}

// requireSame compares what was read with what was to be shown; clean undoes what a format cannot say.
func requireSame(t *testing.T, got heard, cues []Cue, clean func(string) string) {
	t.Helper()
	require.Empty(t, got.Errors)
	require.Len(t, got.Cues, len(cues))
	for i, c := range cues {
		require.InDelta(t, c.Start.Seconds(), got.Cues[i].Start, 0.0011)
		require.InDelta(t, c.End.Seconds(), got.Cues[i].End, 0.0011)
		require.Equal(t, strings.Join(c.shown(), "\n"), clean(got.Cues[i].Text))
	}
}

func TestWebVTTByTheParserOfTheW3C(t *testing.T) {
	place := validators(t)
	for i, got := range exported(t, "vtt", "node", "testdata/validators/webvtt.cjs", place) {
		cues := arrange(meeting().Tracks[[]string{"de", "ar"}[i]])
		requireSame(t, got, cues, func(s string) string { return strings.ReplaceAll(s, "\u200f", "") })
		for j, c := range cues {
			require.Equal(t, c.Speaker, html.UnescapeString(got.Cues[j].Voice))
		}
	}
}

func TestTTMLByTtconv(t *testing.T) {
	place := validators(t)
	for i, got := range exported(t, "ttml", "python3", "testdata/validators/read.py", place+"/python") {
		requireSame(t, got, arrange(meeting().Tracks[[]string{"de", "ar"}[i]]), func(s string) string { return s })
	}
}

func TestSubRipByTtconv(t *testing.T) {
	place := validators(t)
	got := exported(t, "srt", "python3", "testdata/validators/read.py", place+"/python")[0]
	cues := arrange(meeting().Tracks["de"])
	require.Len(t, got.Cues, len(cues)+1, "and the label")
	for i, c := range cues {
		require.InDelta(t, c.Start.Seconds(), got.Cues[i].Start, 0.0011)
		require.True(t, strings.HasSuffix(got.Cues[i].Text, plain(strings.Join(c.shown(), "\n"))), got.Cues[i].Text)
	}
	require.Equal(t, "Maschinell erstellt von Amtsleitung;\nkann Fehler enthalten.", got.Cues[len(cues)].Text)
}

func TestWordByPythonDocx(t *testing.T) {
	place := validators(t)
	got := exported(t, "docx", "python3", "testdata/validators/read.py", place+"/python")[0]
	require.Equal(t, "Stadtrat <b>März</b> --> NOTE", got.Title)
	require.Equal(t, got.Title, got.Paragraphs[0])
	require.Equal(t, "Title", got.Styles[0])
	require.Equal(t, []string{"Maschinell erstellt von Amtsleitung; kann Fehler enthalten."}, got.Footer)
	require.Contains(t, got.Paragraphs, "[00:00:02] Frau Müller: Wir brauchen 250 000 Euro & Mut!")
	require.True(t, slices.Contains(got.Styles, "Heading 1"))
}

// The Word file opens in LibreOffice, where it is installed.
func TestWordByLibreOffice(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice (soffice) is not installed")
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.docx"), export(t, "docx", meeting()), 0o600))
	out, err := exec.CommandContext(t.Context(), office, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "txt:Text (encoded):UTF8", "--outdir", dir, filepath.Join(dir, "a.docx")).CombinedOutput()
	require.NoError(t, err, string(out))
	text, err := os.ReadFile(filepath.Join(dir, "a.txt"))
	require.NoError(t, err)
	require.Contains(t, string(text), "Frau Müller: Wir brauchen 250 000 Euro & Mut!")
}

// ffmpeg reads what players read, where it is installed.
func TestSubtitlesByFFmpeg(t *testing.T) {
	ffmpeg := audiotest.FFmpeg(t)
	for name, want := range map[string]int{"vtt": 3, "srt": 4} {
		file := filepath.Join(t.TempDir(), "a."+name)
		require.NoError(t, os.WriteFile(file, export(t, name, meeting()), 0o600))
		out, err := exec.CommandContext(t.Context(), ffmpeg, "-v", "warning", "-i", file, "-f", "srt", "-").CombinedOutput()
		require.NoError(t, err, string(out))
		require.Equal(t, want, strings.Count(string(out), " --> "), string(out))
		require.Contains(t, string(out), "Wir brauchen 250 000 Euro & Mut!")
	}
}
