package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestImportIsAllOrNothing(t *testing.T) {
	dir := t.TempDir()
	write := func(name, data string) string {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte(data), 0o600))
		return file
	}
	good := write("faq.csv", "titel;frage;antwort\nFlohmarkt;Wann ist Flohmarkt?;Am ersten Samstag.\n")
	bad := write("bad.xml", "<leistungen>\n<leistung></x>")
	data := filepath.Join(dir, "data")

	out, code, err := execute(t, "", "kb", "import", bad, good, "--data", data)
	require.ErrorContains(t, err, "nothing was imported")
	require.Equal(t, exitFailure, code)
	require.Contains(t, out, "bad.xml:2: broken: is no well-formed XML")
	_, err = os.Stat(data)
	require.ErrorIs(t, err, os.ErrNotExist, "not even a database")

	out, _, err = execute(t, "", "kb", "import", good, "--data", data)
	require.NoError(t, err)
	require.Contains(t, out, "1 new drafts")
	published, drafts := filepath.Join(dir, "a.jsonl"), filepath.Join(dir, "b.jsonl")
	_, _, err = execute(t, "", "kb", "export", published, "--data", data)
	require.NoError(t, err)
	_, _, err = execute(t, "", "kb", "export", drafts, "--drafts", "--data", data)
	require.NoError(t, err)
	a, err := os.ReadFile(published)
	require.NoError(t, err)
	require.NotContains(t, string(a), "Flohmarkt", "a draft is not published")
	b, err := os.ReadFile(drafts)
	require.NoError(t, err)
	require.Contains(t, string(b), "Flohmarkt")

	other := filepath.Join(dir, "other")
	_, _, err = execute(t, "", "kb", "import", drafts, "--data", other)
	require.NoError(t, err)
	again := filepath.Join(dir, "c.jsonl")
	_, _, err = execute(t, "", "kb", "export", again, "--drafts", "--data", other)
	require.NoError(t, err)
	c, err := os.ReadFile(again)
	require.NoError(t, err)
	require.Equal(t, string(b), string(c), "imported again to the byte")
}

func TestPasswordBecomesAHash(t *testing.T) {
	out, _, err := execute(t, "ein langes Kennwort\n", "kb", "password")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(out, "$argon2id$"))
	_, code, err := execute(t, "kurz\n", "kb", "password")
	require.Error(t, err)
	require.Equal(t, exitUsage, code)
}
