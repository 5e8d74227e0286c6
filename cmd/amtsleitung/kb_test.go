package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/cities"
)

// TestCheckNamesBadForms spoils a copy of the demo city.
func TestCheckNamesBadForms(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "city")
	require.NoError(t, os.CopyFS(dir, cities.Musterstadt()))
	out, _, err := execute(t, "", "kb", "check", dir)
	require.NoError(t, err, out)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "forms", "kaputt.yaml"), []byte("id: kaputt\nslots: 3\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "streets.txt"), []byte("Lindenstraße\nLindenstr.\n"), 0o600))
	out, code, err := execute(t, "", "kb", "check", dir)
	require.ErrorContains(t, err, "problems")
	require.Equal(t, 1, code)
	require.Contains(t, out, "kaputt.yaml")
	require.Contains(t, out, "streets.txt")
}
