package mirror

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"
)

// server is a Remote Settings server on loopback.
type server struct {
	*httptest.Server
	records []map[string]any
	files   map[string][]byte // by location
	mu      sync.Mutex
	asked   []string // paths, and the range after a space
	// answer is asked before each answer; true: it has answered by itself.
	answer func(w http.ResponseWriter, r *http.Request) bool
}

func newServer(t testing.TB) *server {
	s := &server{files: map[string][]byte{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, strings.TrimSpace(r.URL.Path+" "+r.Header.Get("Range")))
	s.mu.Unlock()
	if s.answer != nil && s.answer(w, r) {
		return
	}
	switch path := r.URL.Path; path {
	case "/v1/":
		_, _ = fmt.Fprintf(w, `{"project_name":"Remote Settings","capabilities":{"attachments":{"base_url":"%s/files/"}}}`, s.URL)
	case "/v1/buckets/main/collections/translations-models-v2/records":
		_ = json.NewEncoder(w).Encode(map[string]any{"data": s.records})
	default:
		data, ok := s.files[strings.TrimPrefix(path, "/files/")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	}
}

func (s *server) count(path string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.asked {
		if strings.HasPrefix(a, path) {
			n++
		}
	}
	return n
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func pack(t testing.TB, data []byte) []byte {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	require.NoError(t, err)
	defer e.Close()
	return e.EncodeAll(data, nil)
}

// add publishes one file, packed, and returns its record to be changed.
func (s *server) add(t testing.TB, from, to, kind, version, name string, data []byte) map[string]any {
	packed := pack(t, data)
	location := "main/translations-models-v2/" + from + to + version + name + ".zst"
	s.files[location] = packed
	r := map[string]any{
		"id": location, "name": name, "fileType": kind, "version": version, "sourceLanguage": from, "targetLanguage": to,
		"architecture": "tiny", "filter_expression": "", "last_modified": 1749570511392,
		"decompressedHash": digest(data), "decompressedSize": len(data),
		"attachment": map[string]any{
			"hash": digest(packed), "size": len(packed), "filename": name + ".zst", "location": location, "mimetype": "application/zstd",
		},
	}
	s.records = append(s.records, r)
	return r
}

// pair publishes a whole direction of a version.
func (s *server) pair(t testing.TB, from, to, version string) {
	both := from + to
	content := func(kind string) []byte { return []byte(strings.Repeat(kind+" "+both+" "+version+"\n", 300)) }
	s.add(t, from, to, "model", version, "model."+both+".intgemm.alphas.bin", content("model"))
	s.add(t, from, to, "vocab", version, "vocab."+both+".spm", content("vocab"))
	s.add(t, from, to, "lex", version, "lex.50.50."+both+".s2t.bin", content("lex"))
	s.add(t, from, to, "qualityModel", version, "qualityModel."+both+".bin", content("quality"))
}

// location is where the server has a file.
func (s *server) location(name string) string {
	for _, r := range s.records {
		if r["name"] == name {
			return r["attachment"].(map[string]any)["location"].(string)
		}
	}
	return ""
}

type told struct{ lines []string }

func (f told) String() string { return strings.Join(f.lines, "\n") }

// fetcher waits for nothing between its tries.
func (s *server) fetcher(t testing.TB) (Fetcher, *told) {
	said := &told{}
	return Fetcher{
		Address: s.URL, Folder: filepath.Join(t.TempDir(), "bergamot"), Downloads: filepath.Join(t.TempDir(), "packages"),
		Progress: func(line string) { said.lines = append(said.lines, line) },
		pause:    func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		now:      func() time.Time { return time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC) },
	}, said
}
