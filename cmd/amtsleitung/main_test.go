package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
)

// execute runs the command as a shell would, with its output and exit code.
func execute(t *testing.T, stdin string, args ...string) (out string, code int, err error) {
	t.Helper()
	root := newRoot()
	var stdout bytes.Buffer
	root.SetArgs(args)
	root.SetIn(strings.NewReader(stdin))
	root.SetOut(&stdout)
	root.SetErr(&stdout)
	err = root.ExecuteContext(t.Context())
	if err != nil {
		code = exitCode(err)
	}
	return stdout.String(), code, err
}

func TestWrongUseIsTwoAndOneLine(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.yaml")
	require.NoError(t, os.WriteFile(bad, []byte("city: musterstadt\nsipp: {}\n"), 0o600))
	for name, tc := range map[string]struct {
		args []string
		code int
		want string
	}{
		"unknown command":      {[]string{"serv"}, 2, "unknown command"},
		"unknown flag":         {[]string{"serve", "--demmo"}, 2, "--demmo"},
		"superfluous argument": {[]string{"serve", "now"}, 2, "serve"},
		"no text":              {[]string{"say", "-o", filepath.Join(dir, "a.wav"), "  "}, 2, "no text"},
		"no target":            {[]string{"say", "Hallo"}, 2, "-o OUT.wav and --play"},
		"endless text":         {[]string{"say", "-o", filepath.Join(dir, "a.wav"), strings.Repeat("a", maxSpoken+1)}, 2, "at most"},
		"unknown key":          {[]string{"serve", "--config", bad}, 1, "bad.yaml: line 2: unknown key sipp"},
		"missing config":       {[]string{"serve", "--config", filepath.Join(dir, "none.yaml")}, 1, "none.yaml"},
		"bad address":          {[]string{"serve", "--http-listen", "nowhere"}, 2, "http.listen"},
		"both cities":          {[]string{"serve", "--config", bad, "--demo"}, 1, "config demo"},
		"ask without text":     {[]string{"ask"}, 2, "--batch"},
		"bad format":           {[]string{"transcribe", "--format", "pdf", "x.wav"}, 2, "none of text, json, vtt, srt, ttml"},
		"missing city":         {[]string{"kb", "check", filepath.Join(dir, "none")}, 2, "none"},
		"missing file":         {[]string{"call", "sip:115@127.0.0.1:5060", "--play", filepath.Join(dir, "none.wav")}, 2, "none.wav"},
		"unknown model":        {[]string{"models", "verify", "gpt"}, 1, "gpt"},
	} {
		t.Run(name, func(t *testing.T) {
			_, code, err := execute(t, "", tc.args...)
			require.ErrorContains(t, err, tc.want)
			require.Equal(t, tc.code, code, "%v", err)
			require.NotContains(t, strings.TrimSpace(err.Error()), "\n", "one line only")
		})
	}
}

func TestSayLeavesNothingHalfWritten(t *testing.T) {
	audiotest.Model(t, "pico/de-DE_ta.bin")
	dir := t.TempDir()
	_, _, err := execute(t, "", "say", "--voice", "pico", "--lang", "xx", "-o", filepath.Join(dir, "a.wav"), "Hallo")
	require.Error(t, err)
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
	_, _, err = execute(t, "", "say", "--voice", "pico", "-o", filepath.Join(dir, "none", "a.wav"), "Hallo")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestSayThenTranscribe(t *testing.T) {
	for _, m := range []string{"ggml-base.bin", "silero_vad.onnx", "pico/de-DE_ta.bin"} {
		audiotest.Model(t, m)
	}
	file := filepath.Join(t.TempDir(), "satz.wav")
	_, _, err := execute(t, "Ich brauche ein Führungszeugnis.", "say", "--voice", "pico", "-o", file, "-")
	require.NoError(t, err)
	out, _, err := execute(t, "", "transcribe", "--lang", "de", "--json", file)
	require.NoError(t, err)
	var got fileTranscript
	require.NoError(t, json.Unmarshal([]byte(out), &got))
	require.Contains(t, strings.ToLower(got.Text), "führungszeugnis")
	require.NotEmpty(t, got.Segments[0].Words)
	for _, w := range got.Segments[0].Words {
		require.Greater(t, w.Probability, 0.0)
		require.GreaterOrEqual(t, w.End, w.Start)
		require.GreaterOrEqual(t, w.Start, 0.0)
		require.Less(t, w.End, 4.0, "the sentence takes less than three seconds")
	}
}

func TestTranscribeNamesTheBrokenFile(t *testing.T) {
	for _, m := range []string{"ggml-base.bin", "silero_vad.onnx"} {
		audiotest.Model(t, m)
	}
	dir := t.TempDir()
	for name, data := range map[string]string{"leer.wav": "", "kaputt.wav": "RIFF\x10\x00\x00\x00WAVEfmt ", "text.txt": "Guten Tag"} {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte(data), 0o600))
		_, code, err := execute(t, "", "transcribe", file)
		require.ErrorContains(t, err, name)
		require.Equal(t, exitFailure, code)
	}
}

func TestAskBatchKeepsTheOrder(t *testing.T) {
	audiotest.Model(t, "e5-small-q4.bin")
	in := `{"id":"a","lang":"de","text":"Was kostet ein Reisepass?"}
{"id":"b","lang":"en","text":"How much is the dog tax?"}
{"id":"c","lang":"de","text":"Hilfe, es brennt in meiner Wohnung!"}
`
	out, _, err := execute(t, in, "ask", "--batch", "--demo")
	require.NoError(t, err)
	var got []answer
	d := json.NewDecoder(strings.NewReader(out))
	for d.More() {
		var a answer
		require.NoError(t, d.Decode(&a))
		got = append(got, a)
	}
	require.Len(t, got, 3)
	require.Equal(t, []string{"a", "b", "c"}, []string{got[0].ID, got[1].ID, got[2].ID})
	require.Equal(t, []string{"reisepass-beantragen"}, got[0].Articles)
	require.Equal(t, []string{"hundesteuer"}, got[1].Articles)
	require.Equal(t, "emergency", got[2].Action)
	require.NotEmpty(t, got[0].Sources)

	_, code, err := execute(t, "{\"id\":1\n", "ask", "--batch")
	require.ErrorContains(t, err, "line 1")
	require.Equal(t, exitFailure, code)
}

func TestModelsListShowsLicences(t *testing.T) {
	out, _, err := execute(t, "", "models", "list", "--dir", t.TempDir())
	require.NoError(t, err)
	require.Contains(t, out, "MISSING")
	require.Contains(t, out, "MIT")
}

func TestExitCodes(t *testing.T) {
	require.Equal(t, exitUsage, exitCode(usagef("x")))
	require.Equal(t, exitFailure, exitCode(errors.New("x")))
}
