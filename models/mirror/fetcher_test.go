package mirror

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/models"
)

func names(t *testing.T, folder string) []string {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	require.NoError(t, err)
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// requireNothing says that no direction and nothing half-written is there.
func requireNothing(t *testing.T, f Fetcher) {
	t.Helper()
	for _, n := range names(t, f.Folder) {
		require.Equal(t, ".lock", n)
	}
}

func TestFetchBringsADirectPair(t *testing.T) {
	s := newServer(t)
	s.pair(t, "de", "en", "3.0")
	f, said := s.fetcher(t)
	require.NoError(t, f.Fetch(t.Context(), "de-en"))
	folder := filepath.Join(f.Folder, "deen")
	require.Equal(t, []string{"lex.50.50.deen.s2t.bin", "model.deen.intgemm.alphas.bin", models.PairManifest, "vocab.deen.spm"}, names(t, folder))
	require.Equal(t, []string{".lock", "deen"}, names(t, f.Folder))
	require.Empty(t, names(t, f.Downloads), "what is unpacked is not kept")
	data, err := os.ReadFile(filepath.Join(folder, "vocab.deen.spm"))
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(data), "vocab deen 3.0\n"))

	p, err := models.ReadPair(folder)
	require.NoError(t, err)
	require.Equal(t, "de-en", p.Name())
	require.Equal(t, "3.0", p.Version)
	require.Equal(t, s.URL+"/v1/buckets/main/collections/translations-models-v2", p.Source)
	require.Contains(t, p.Licence, "MPL-2.0")
	require.Equal(t, "2026-11-22T10:00:00Z", p.Fetched.Format("2006-01-02T15:04:05Z07:00"))
	require.Len(t, p.Files, 3)
	require.NoError(t, models.VerifyFolder(folder))
	require.Contains(t, said.String(), "de-en: version 3.0 is ready")
	require.Zero(t, s.count("/files/main/translations-models-v2/deen3.0qualityModel"), "the engine has no use for it")
}

func TestASecondFetchAsksForNoFile(t *testing.T) {
	s := newServer(t)
	s.pair(t, "de", "en", "3.0")
	f, said := s.fetcher(t)
	require.NoError(t, f.Fetch(t.Context(), "de-en"))
	before := s.count("/files/")
	require.NoError(t, f.Fetch(t.Context(), "de-en"))
	require.Equal(t, before, s.count("/files/"))
	require.Contains(t, said.String(), "version 3.0 is there")

	s.pair(t, "de", "en", "3.1")
	require.NoError(t, f.Fetch(t.Context(), "de-en"))
	p, err := models.ReadPair(filepath.Join(f.Folder, "deen"))
	require.NoError(t, err)
	require.Equal(t, "3.1", p.Version, "a newer one takes the place of the old")
	require.Equal(t, []string{".lock", "deen"}, names(t, f.Folder))
}

func TestADamagedPairIsNamedAndMended(t *testing.T) {
	s := newServer(t)
	s.pair(t, "de", "en", "3.0")
	f, _ := s.fetcher(t)
	require.NoError(t, f.Fetch(t.Context(), "de-en"))
	model := filepath.Join(f.Folder, "deen", "model.deen.intgemm.alphas.bin")
	require.NoError(t, os.WriteFile(model, []byte("rubbish"), 0o600))
	err := models.VerifyFolder(filepath.Join(f.Folder, "deen"))
	require.ErrorIs(t, err, models.ErrDamaged)
	require.ErrorContains(t, err, model)
	require.ErrorContains(t, err, "amtsleitung models fetch --pair de-en")
	require.NoError(t, f.Fetch(t.Context(), "de-en"))
	require.NoError(t, models.VerifyFolder(filepath.Join(f.Folder, "deen")))
}

func TestWithoutADirectModelItGoesThroughEnglish(t *testing.T) {
	s := newServer(t)
	s.pair(t, "de", "en", "3.0")
	s.pair(t, "en", "tr", "3.0")
	f, said := s.fetcher(t)
	require.NoError(t, f.Fetch(t.Context(), "de-tr", "de-en"))
	require.Equal(t, []string{".lock", "deen", "entr"}, names(t, f.Folder))
	require.Contains(t, said.String(), "de-tr: no direct model; it goes through en with de-en and en-tr")
	require.Equal(t, 1, s.count("/files/main/translations-models-v2/deen3.0model"), "each model once")
}

func TestUnknownPairsNameWhatIsNear(t *testing.T) {
	s := newServer(t)
	s.pair(t, "de", "en", "3.0")
	s.pair(t, "en", "tr", "3.0")
	f, _ := s.fetcher(t)
	for pair, want := range map[string]string{
		"tr-de": "nor for tr-en on the way through en; its languages are: de en tr",
		"de-xx": "nor for en-xx on the way through en; from de it has: de-en; into xx: nothing",
		"en-uk": "no model for en-uk; from en it has: en-tr; into uk: nothing",
		"xx-yy": "its languages are: de en tr",
	} {
		err := f.Fetch(t.Context(), "de-en", pair)
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "\n")
		requireNothing(t, f) // all or nothing: the other pair is not begun
	}
	for _, pair := range []string{"", "de", "de-", "de-de", "../x-en", "de-en-", "german-english", "zh-Hans-zh-Hant"} {
		require.ErrorContains(t, f.Fetch(t.Context(), pair), "write it as de-tr", pair)
	}
}

func TestScriptsAndNorwegianAreFound(t *testing.T) {
	s := newServer(t)
	s.pair(t, "en", "zh-Hans", "3.0")
	s.pair(t, "en", "zh-Hant", "3.0")
	s.pair(t, "nb", "en", "3.0")
	f, _ := s.fetcher(t)
	require.NoError(t, f.Fetch(t.Context(), "en-zh", "no-en"))
	require.Equal(t, []string{".lock", "enzh", "noen"}, names(t, f.Folder))
	data, err := os.ReadFile(filepath.Join(f.Folder, "enzh", "vocab.enzh-Hans.spm"))
	require.NoError(t, err)
	require.Contains(t, string(data), "zh-Hans")
	require.NoError(t, f.Fetch(t.Context(), "en-zh-hant"))
	require.FileExists(t, filepath.Join(f.Folder, "enzh", "vocab.enzh-Hant.spm"))
	require.NoFileExists(t, filepath.Join(f.Folder, "enzh", "vocab.enzh-Hans.spm"))
}

func TestNothingIsAskedWithoutAMirror(t *testing.T) {
	f := Fetcher{Folder: t.TempDir(), Downloads: t.TempDir()}
	require.ErrorIs(t, f.Fetch(t.Context(), "de-en"), ErrNoMirror)
	for _, address := range []string{"mirror.example.org", "ftp://mirror.example.org", "https://", "file:///etc"} {
		f.Address = address
		require.ErrorContains(t, f.Fetch(t.Context(), "de-en"), "write it as https://mirror.example.org")
	}
}

func TestBrokenMirrorsAreToldAndLeaveNothing(t *testing.T) {
	const model = "model.deen.intgemm.alphas.bin"
	attachment := func(s *server) map[string]any { return s.records[0]["attachment"].(map[string]any) }
	for name, c := range map[string]struct {
		spoil func(s *server)
		want  string
	}{
		"file gone":               {func(s *server) { delete(s.files, s.location(model)) }, "not found (404 Not Found)"},
		"packed bytes are others": {func(s *server) { s.files[s.location(model)][9] ^= 1 }, "its sha256 is"},
		"packed file is longer": {func(s *server) {
			l := s.location(model)
			s.files[l] = append(s.files[l], "more"...)
		}, "it has more than"},
		"packed file is shorter": {func(s *server) {
			l := s.location(model)
			s.files[l] = s.files[l][:20]
		}, "tried 5 times"},
		"archive ends too early": {func(s *server) {
			l := s.location(model)
			s.files[l] = s.files[l][:len(s.files[l])-12]
			attachment(s)["hash"], attachment(s)["size"] = digest(s.files[l]), len(s.files[l])
		}, "the packed file ends too early"},
		"no archive": {func(s *server) {
			l := s.location(model)
			s.files[l] = []byte("<html>please log in</html>")
			attachment(s)["hash"], attachment(s)["size"] = digest(s.files[l]), len(s.files[l])
		}, "it cannot be unpacked"},
		"archive of more than it says":      {func(s *server) { s.records[0]["decompressedSize"] = 100 }, "unpacked it has more than 100 bytes"},
		"archive of less than it says":      {func(s *server) { s.records[0]["decompressedSize"] = 1 << 20 }, "instead of 1048576"},
		"unpacked bytes are others":         {func(s *server) { s.records[0]["decompressedHash"] = strings.Repeat("0", 64) }, "unpacked its sha256 is"},
		"no checksum":                       {func(s *server) { s.records[0]["decompressedHash"] = "" }, "lacks its model"},
		"no vocabulary":                     {func(s *server) { s.records[1]["version"] = "2.9" }, "lacks its model or its vocabulary"},
		"only on trial":                     {func(s *server) { setVersion(s, "3.0a1") }, "only a version on trial (3.0a1)"},
		"only for Nightly":                  {func(s *server) { setFilter(s, "env.channel == 'nightly' || env.channel == 'default'") }, "on trial"},
		"for a newer engine":                {func(s *server) { setVersion(s, "4.0") }, "for a newer engine"},
		"a version that nobody understands": {func(s *server) { setVersion(s, "latest") }, "no model for de-en"},
		"no records":                        {func(s *server) { s.records = nil }, "lists no translation model"},
		"a log-in page": {func(s *server) {
			s.answer = func(w http.ResponseWriter, _ *http.Request) bool {
				_, _ = io.WriteString(w, "<html>please log in</html>")
				return true
			}
		}, "does not answer as a Remote Settings server"},
		"another server": {func(s *server) {
			s.answer = func(w http.ResponseWriter, r *http.Request) bool { http.NotFound(w, r); return true }
		}, "is it a Remote Settings server?"},
		"forbidden": {func(s *server) {
			s.answer = func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(http.StatusForbidden); return true }
		}, "403 Forbidden"},
		"always busy": {func(s *server) {
			s.answer = func(w http.ResponseWriter, _ *http.Request) bool {
				w.WriteHeader(http.StatusServiceUnavailable)
				return true
			}
		}, "503 Service Unavailable (tried 5 times)"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.pair(t, "de", "en", "3.0")
			c.spoil(s)
			f, _ := s.fetcher(t)
			err := f.Fetch(t.Context(), "de-en")
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), "\n", "one line only")
			requireNothing(t, f)
		})
	}
}

func setVersion(s *server, version string) {
	for _, r := range s.records {
		r["version"] = version
	}
}

func setFilter(s *server, filter string) {
	for _, r := range s.records {
		r["filter_expression"] = filter
	}
}

func TestVersionsOnTrialAreTakenWhenWanted(t *testing.T) {
	s := newServer(t)
	s.pair(t, "de", "en", "3.0a1")
	f, _ := s.fetcher(t)
	f.Trial = true
	require.NoError(t, f.Fetch(t.Context(), "de-en"))
}

func TestAModelThatTheEngineCannotUseDoesNotReplaceOneThatWorks(t *testing.T) {
	s := newServer(t)
	s.pair(t, "de", "en", "3.0")
	f, _ := s.fetcher(t)
	require.NoError(t, f.Fetch(t.Context(), "de-en"))
	s.pair(t, "de", "en", "3.1")
	f.Try = func(_ context.Context, dir, from, to string) error {
		require.FileExists(t, filepath.Join(dir, "deen", models.PairManifest))
		require.Equal(t, "de en", from+" "+to)
		return errors.New("the canary sentence comes out empty")
	}
	require.ErrorContains(t, f.Fetch(t.Context(), "de-en"), "the engine cannot translate with version 3.1: the canary")
	p, err := models.ReadPair(filepath.Join(f.Folder, "deen"))
	require.NoError(t, err)
	require.Equal(t, "3.0", p.Version)
	require.Equal(t, []string{".lock", "deen"}, names(t, f.Folder))
}

func TestAFullDiskIsToldBeforeItIsFull(t *testing.T) {
	s := newServer(t)
	s.pair(t, "de", "en", "3.0")
	f, _ := s.fetcher(t)
	f.free = func(string) (int64, error) { return 1 << 10, nil }
	err := f.Fetch(t.Context(), "de-en")
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.ErrorContains(t, err, "0 MB are free, 1 are needed")
	requireNothing(t, f)
	require.Zero(t, s.count("/files/"))
}

func TestACancelledFetchLeavesNothing(t *testing.T) {
	s := newServer(t)
	s.pair(t, "de", "en", "3.0")
	ctx, cancel := context.WithCancel(t.Context())
	s.answer = func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "model.") {
			cancel()
			<-r.Context().Done()
		}
		return false
	}
	f, _ := s.fetcher(t)
	require.ErrorIs(t, f.Fetch(ctx, "de-en"), context.Canceled)
	requireNothing(t, f)
}
