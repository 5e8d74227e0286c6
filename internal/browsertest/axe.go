package browsertest

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Axe is the script of axe-core as native/web-assets.sh fetched it. Without it
// the test skips.
func Axe(t *testing.T) string {
	t.Helper()
	cache := os.Getenv("AMTSLEITUNG_CACHE")
	if cache == "" {
		dir, err := os.UserCacheDir()
		require.NoError(t, err)
		cache = filepath.Join(dir, "amtsleitung")
	}
	found, err := filepath.Glob(filepath.Join(cache, "packages", "axe-core-*"))
	require.NoError(t, err)
	if len(found) == 0 {
		t.Skip("no axe-core: run native/web-assets.sh test")
	}
	f, err := os.Open(found[len(found)-1])
	require.NoError(t, err)
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	require.NoError(t, err)
	for files := tar.NewReader(unzipped); ; {
		head, err := files.Next()
		require.False(t, errors.Is(err, io.EOF), "no axe.min.js in %s", f.Name())
		require.NoError(t, err)
		if !strings.HasSuffix(head.Name, "/axe.min.js") {
			continue
		}
		script, err := io.ReadAll(files)
		require.NoError(t, err)
		return string(script)
	}
}

// Violations are one line per rule of axe-core that a tab's page breaks, with
// the places where it is broken. A page that is still being loaded has no
// heading yet: it is waited for.
func Violations(t *testing.T, tab context.Context, axe string) []string {
	t.Helper()
	require.True(t, Holds(tab, Patience, `document.readyState === "complete"`), "the page is loaded")
	if !Eval[bool](t, tab, `typeof axe === "object"`) { // a page is asked in light and in dark
		Eval[any](t, tab, axe+"; 0")
	}
	return Eval[[]string](t, tab, `axe.run(document, {resultTypes: ["violations"]}).then((r) =>
		r.violations.map((v) => v.id + ": " + v.help + ": " + v.nodes.map((n) => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join("; ")))`)
}
