package mirror_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/models"
	"github.com/amtsleitung/amtsleitung/models/mirror"
	"github.com/amtsleitung/amtsleitung/translate/bergamot"
)

// mirrorOf serves the real weights of a direction as a mirror does.
func mirrorOf(t *testing.T, folder, from, to string) *httptest.Server {
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) == 0 {
		t.Skipf("translation models are missing (%v); fetch them with: amtsleitung models fetch bergamot-enpt", err)
	}
	sum := func(data []byte) string { s := sha256.Sum256(data); return hex.EncodeToString(s[:]) }
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	require.NoError(t, err)
	defer encoder.Close()
	files, records := map[string][]byte{}, []any{}
	for _, e := range entries {
		kind, _, _ := strings.Cut(e.Name(), ".")
		data, err := os.ReadFile(filepath.Join(folder, e.Name()))
		require.NoError(t, err)
		packed := encoder.EncodeAll(data, nil)
		location := "main-workspace/translations-models-v2/" + e.Name() + ".zst"
		files["/"+location] = packed
		records = append(records, map[string]any{
			"name": e.Name(), "fileType": kind, "version": "3.0", "sourceLanguage": from, "targetLanguage": to, "architecture": "tiny",
			"decompressedHash": sum(data), "decompressedSize": len(data),
			"attachment": map[string]any{"hash": sum(packed), "size": len(packed), "location": location, "filename": e.Name() + ".zst"},
		})
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch data, ok := files[r.URL.Path]; {
		case ok:
			_, _ = w.Write(data)
		case r.URL.Path == "/v1/":
			_, _ = fmt.Fprintf(w, `{"capabilities":{"attachments":{"base_url":"http://%s/"}}}`, r.Host)
		case r.URL.Path == "/v1/buckets/main/collections/translations-models-v2/records":
			_ = json.NewEncoder(w).Encode(map[string]any{"data": records})
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// The engine loads what came from the mirror, says its canary and translates.
func TestRealWeightsFromAMirrorTranslate(t *testing.T) {
	s := mirrorOf(t, models.Path(models.DefaultDir(), "bergamot/enpt"), "en", "pt")
	folder := filepath.Join(t.TempDir(), "bergamot")
	tried := 0
	f := mirror.Fetcher{
		Address: s.URL, Folder: folder, Downloads: t.TempDir(),
		Try: func(ctx context.Context, dir, from, to string) error {
			tried++
			tr := bergamot.New(bergamot.Options{Dir: dir})
			defer tr.Close()
			_, err := tr.Translate(ctx, "Good morning.", from, to)
			return err
		},
	}
	require.NoError(t, f.Fetch(t.Context(), "en-pt"))
	require.Equal(t, 1, tried)
	require.NoError(t, models.VerifyFolder(filepath.Join(folder, "enpt")))

	tr := bergamot.New(bergamot.Options{Dir: folder})
	defer tr.Close()
	out, err := tr.Translate(t.Context(), "The town hall is open on Monday.", "en", "pt")
	require.NoError(t, err)
	require.Contains(t, strings.ToLower(out), "segunda-feira")
}

// Rubbish with a right checksum is found by the canary.
func TestAVocabularyOfRubbishIsNotPutInPlace(t *testing.T) {
	const name = "model.enpt.intgemm.alphas.bin"
	data, err := os.ReadFile(filepath.Join(models.Path(models.DefaultDir(), "bergamot/enpt"), name))
	if err != nil {
		t.Skipf("translation models are missing (%v); fetch them with: amtsleitung models fetch bergamot-enpt", err)
	}
	mixed := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(mixed, name), data, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(mixed, "vocab.enpt.spm"), []byte(strings.Repeat("rubbish ", 1000)), 0o600))
	s := mirrorOf(t, mixed, "en", "pt")
	folder := t.TempDir()
	f := mirror.Fetcher{Address: s.URL, Folder: folder, Downloads: t.TempDir(), Try: func(ctx context.Context, dir, from, to string) error {
		tr := bergamot.New(bergamot.Options{Dir: dir})
		defer tr.Close()
		_, err := tr.Translate(ctx, "Good morning.", from, to)
		return err
	}}
	require.ErrorContains(t, f.Fetch(t.Context(), "en-pt"), "the engine cannot translate with version 3.0")
	require.NoDirExists(t, filepath.Join(folder, "enpt"))
}
