package audiotest

import (
	"os"
	"path/filepath"
	"testing"
)

// Root is the folder of go.mod.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the working directory")
		}
		dir = parent
	}
}

// Shared is the path of test data beside the repository, e.g.
// Shared(t, "speech/de"); the test is skipped where it is absent.
func Shared(t testing.TB, path string) string {
	t.Helper()
	return present(t, filepath.Join(Root(t), "..", "shared", filepath.FromSlash(path)), "test data; put it beside the repository")
}

// Model is the path of a model file, e.g. Model(t, "silero_vad.onnx"); the
// test is skipped where it is absent.
func Model(t testing.TB, name string) string {
	t.Helper()
	return present(t, filepath.Join(cache(t), "models", filepath.FromSlash(name)), "model; run `make models`")
}

func cache(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("AMTSLEITUNG_CACHE"); dir != "" {
		return dir
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		t.Skipf("no cache folder: %v; set AMTSLEITUNG_CACHE", err)
	}
	return filepath.Join(dir, "amtsleitung")
}

func present(t testing.TB, path, what string) string {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is absent (%s)", path, what)
	}
	return path
}
