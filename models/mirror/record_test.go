package mirror

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheNewestUsableVersionIsChosen(t *testing.T) {
	s := newServer(t)
	for _, v := range []string{"1.0", "2.9", "2.10", "2.10a1", "3.0a2", "4.0"} {
		s.pair(t, "de", "en", v)
	}
	records := read(t, s)
	b, err := choose(records, "de", "en", false)
	require.NoError(t, err)
	require.Equal(t, "2.10", b.text)
	b, err = choose(records, "de", "en", true)
	require.NoError(t, err)
	require.Equal(t, "3.0a2", b.text)
}

func TestTheLargerModelForComputersIsChosen(t *testing.T) {
	s := newServer(t)
	s.pair(t, "de", "en", "3.0")
	for _, c := range []struct {
		name, architecture, filter string
		bytes                      int
	}{{"base", "base-memory", "env.version|versionCompare('138.a0') >= 0", 20_000}, {"huge", "base", "env.appinfo.OS == 'Android'", 90_000}} {
		for _, kind := range []string{"model", "vocab"} {
			r := s.add(t, "de", "en", kind, "3.0", kind+"."+c.name, make([]byte, c.bytes))
			r["architecture"], r["filter_expression"] = c.architecture, c.filter
		}
	}
	b, err := choose(read(t, s), "de", "en", false)
	require.NoError(t, err)
	require.Equal(t, "base-memory", b.architecture)
	require.NotContains(t, b.files, "lex", "files of versions are not mixed")
}

func read(t *testing.T, s *server) []record {
	var raw []json.RawMessage
	for _, r := range s.records {
		data, err := json.Marshal(r)
		require.NoError(t, err)
		raw = append(raw, data)
	}
	return parseRecords(raw)
}

func TestTwoVocabulariesAreTaken(t *testing.T) {
	s := newServer(t)
	for kind, name := range map[string]string{"model": "model.enja.bin", "vocab": "vocab.enja.spm", "srcvocab": "srcvocab.enja.spm", "trgvocab": "trgvocab.enja.spm"} {
		s.add(t, "en", "ja", kind, "3.0", name, []byte(name))
	}
	f, _ := s.fetcher(t)
	require.NoError(t, f.Fetch(t.Context(), "en-ja"))
	require.Equal(t, []string{"model.enja.bin", "pair.json", "srcvocab.enja.spm", "trgvocab.enja.spm"}, names(t, f.Folder+"/enja"))
}

func TestNamesOfTheMirrorNeverLeaveTheFolder(t *testing.T) {
	s := newServer(t)
	s.add(t, "de", "en", "model", "3.0", "../../model.deen.bin", []byte("model"))
	s.add(t, "de", "en", "vocab", "3.0", "model.deen.bin", []byte("vocab"))
	f, _ := s.fetcher(t)
	require.NoError(t, f.Fetch(t.Context(), "de-en"))
	require.Equal(t, []string{"model.deen.bin", "pair.json", "vocab.deen.spm"}, names(t, f.Folder+"/deen"))
}

// The older collection has other names and unpacked files; its server tells no
// address of the files and lists its records as changes, on pages or not at all.
func TestOlderAndPlainerMirrors(t *testing.T) {
	s := newServer(t)
	s.pair(t, "de", "en", "1.0")
	for _, r := range s.records {
		r["fromLang"], r["toLang"] = r["sourceLanguage"], r["targetLanguage"]
		a := r["attachment"].(map[string]any)
		location := strings.TrimSuffix(a["location"].(string), ".zst")
		data := []byte(r["name"].(string))
		a["location"], a["hash"], a["size"] = location, digest(data), strconv.Itoa(len(data))
		s.files[location] = data
		for _, k := range []string{"sourceLanguage", "targetLanguage", "decompressedHash", "decompressedSize"} {
			delete(r, k)
		}
	}
	s.records = append(s.records, map[string]any{"id": "x", "deleted": true}, map[string]any{"version": 7})
	s.answer = func(w http.ResponseWriter, r *http.Request) bool {
		switch path := r.URL.Path; {
		case path == "/v1/buckets/main/collections/translations-models/changeset":
			_ = json.NewEncoder(w).Encode(map[string]any{"changes": s.records, "timestamp": 1})
		case s.files[strings.TrimPrefix(path, "/")] != nil:
			_, _ = w.Write(s.files[strings.TrimPrefix(path, "/")])
		default:
			http.NotFound(w, r)
		}
		return true
	}
	f, _ := s.fetcher(t)
	f.Address += "/v1/"
	require.NoError(t, f.Fetch(t.Context(), "de-en"))
	require.Len(t, names(t, f.Folder+"/deen"), 4)
}

func TestPagesAreReadToTheEnd(t *testing.T) {
	s := newServer(t)
	s.pair(t, "de", "en", "3.0")
	all := s.records
	records := "/v1/buckets/main/collections/translations-models-v2/records"
	next := s.URL + records + "?page=2"
	s.answer = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != records {
			return false
		}
		page := all[:1]
		if r.URL.RawQuery == "page=2" {
			page = all[1:]
		} else {
			w.Header().Set("Next-Page", next)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": page})
		return true
	}
	f, _ := s.fetcher(t)
	require.NoError(t, f.Fetch(t.Context(), "de-en"))
	next = "https://elsewhere.example.org/records"
	require.ErrorContains(t, f.Fetch(t.Context(), "de-en"), "refused")
}

func FuzzRecords(f *testing.F) {
	f.Add([]byte(`{"name":"model.deen.bin","fileType":"model","version":"3.0","sourceLanguage":"de","targetLanguage":"en","decompressedHash":"` +
		strings.Repeat("a", 64) + `","decompressedSize":"3","attachment":{"hash":"","size":3,"location":"x.zst"}}`))
	f.Add([]byte(`{"version":"1.0a1","attachment":{"size":-1}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, r := range parseRecords([]json.RawMessage{raw}) {
			_, _ = choose([]record{r}, r.from(), r.to(), true)
			name := fileName(direction{"de", "en"}, r)
			require.NotContains(t, name, "/")
			require.False(t, strings.HasPrefix(name, "."))
		}
	})
}
