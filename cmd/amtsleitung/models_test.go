package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/models"
)

// mirrorOf is a Remote Settings server on loopback with the real weights of en-pt.
func mirrorOf(t *testing.T) *httptest.Server {
	folder := models.Path(models.DefaultDir(), "bergamot/enpt")
	found, err := filepath.Glob(filepath.Join(folder, "*.*"))
	require.NoError(t, err)
	if len(found) == 0 {
		t.Skip("translation models are missing; fetch them with: amtsleitung models fetch bergamot-enpt")
	}
	sum := func(data []byte) string { s := sha256.Sum256(data); return hex.EncodeToString(s[:]) }
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	require.NoError(t, err)
	defer encoder.Close()
	files, records := map[string][]byte{}, []any{}
	for _, path := range found {
		name := filepath.Base(path)
		kind, _, _ := strings.Cut(name, ".")
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		files["/"+name+".zst"] = encoder.EncodeAll(data, nil)
		records = append(records, map[string]any{
			"name": name, "fileType": kind, "version": "3.0", "sourceLanguage": "en", "targetLanguage": "pt",
			"decompressedHash": sum(data), "decompressedSize": len(data),
			"attachment": map[string]any{"hash": sum(files["/"+name+".zst"]), "size": len(files["/"+name+".zst"]), "location": name + ".zst"},
		})
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/translations-models-v2/records") {
			_ = json.NewEncoder(w).Encode(map[string]any{"data": records})
		} else if data, ok := files[r.URL.Path]; ok {
			_, _ = w.Write(data)
		} else {
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func TestModelsFetchListAndVerifyAPair(t *testing.T) {
	s := mirrorOf(t)
	dir := t.TempDir()
	t.Setenv("AMTSLEITUNG_CACHE", t.TempDir())
	config := filepath.Join(dir, "city.yaml")
	require.NoError(t, os.WriteFile(config, []byte("city: musterstadt\nmodels: "+dir+"\ntranslation:\n  mirror: "+s.URL+"\n"), 0o600))

	out, code, err := execute(t, "", "models", "fetch", "--config", config, "--pair", "en-pt")
	require.NoError(t, err, out)
	require.Zero(t, code)
	require.Contains(t, out, "en-pt: version 3.0 is ready")
	out, _, err = execute(t, "", "models", "list", "--dir", dir)
	require.NoError(t, err)
	require.Regexp(t, `(?m)^bergamot-enpt +present `, out, "they are the same files here")
	require.Regexp(t, `(?m)^en-pt +present +22\.4 +MPL-2\.0.*version 3\.0 of 127\.0\.0\.1`, out)
	out, _, err = execute(t, "", "models", "verify", "--dir", dir, "en-pt")
	require.NoError(t, err)
	require.Contains(t, out, "1 models are whole in "+dir)

	require.NoError(t, os.WriteFile(filepath.Join(dir, "bergamot", "enpt", "vocab.enpt.spm"), []byte("x"), 0o600))
	_, code, err = execute(t, "", "models", "verify", "--config", config, "en-pt")
	require.ErrorContains(t, err, "vocab.enpt.spm: damaged: 1 bytes instead of 812781; repair it with: amtsleitung models fetch --pair en-pt")
	require.Equal(t, 1, code)
	out, _, err = execute(t, "", "models", "list", "--config", config)
	require.NoError(t, err)
	require.Regexp(t, `(?m)^bergamot-enpt +replaced `, out)
	require.Regexp(t, `(?m)^en-pt +DAMAGED `, out)
	require.Contains(t, out, "models fetch --pair en-pt")
	_, _, err = execute(t, "", "models", "fetch", "--dir", dir, "--mirror", s.URL, "--pair", "en-pt")
	require.NoError(t, err)
	_, _, err = execute(t, "", "models", "verify", "--dir", dir, "en-pt")
	require.NoError(t, err)
}

func TestModelsFetchOfPairsIsClearAboutWrongUse(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--pair", "de-tr"}, 2, "set translation.mirror in the configuration or give --mirror"},
		{[]string{"--pair", "deutsch"}, 2, "write it as de-tr"},
		{[]string{"--pair", "de-en,en", "--mirror", "http://127.0.0.1:1"}, 2, "write it as de-tr"},
		{[]string{"--pair", "de-tr", "--mirror", "mirror.example.org"}, 1, "write it as https://mirror.example.org"},
	} {
		_, code, err := execute(t, "", append([]string{"models", "fetch", "--dir", dir}, c.args...)...)
		require.ErrorContains(t, err, c.want)
		require.Equal(t, c.code, code)
		require.NotContains(t, err.Error(), "\n")
	}
	left, err := filepath.Glob(filepath.Join(dir, "bergamot", "*"))
	require.NoError(t, err)
	require.Empty(t, left)
}
