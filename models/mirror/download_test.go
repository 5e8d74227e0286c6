package mirror

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/models"
)

// breaking ends the connection in the middle of the model, the first times.
func breaking(s *server, times int) func(w http.ResponseWriter, r *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/deen3.0model.") || times == 0 {
			return false
		}
		times--
		data := s.files[strings.TrimPrefix(r.URL.Path, "/files/")]
		from := 0
		if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); err == nil {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(data)-1, len(data)))
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(data)-from))
		if from > 0 {
			w.WriteHeader(http.StatusPartialContent)
		}
		_, _ = w.Write(data[from : from+4])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

func TestABrokenDownloadGoesOnWhereItStopped(t *testing.T) {
	s := newServer(t)
	s.pair(t, "de", "en", "3.0")
	s.answer = breaking(s, 3)
	f, _ := s.fetcher(t)
	require.NoError(t, f.Fetch(t.Context(), "de-en"))
	require.NoError(t, models.VerifyFolder(filepath.Join(f.Folder, "deen")))
	model := "/files/" + s.location("model.deen.intgemm.alphas.bin")
	require.Equal(t, 4, s.count(model))
	for i := 1; i <= 3; i++ {
		require.Equal(t, 1, s.count(fmt.Sprintf("%s bytes=%d-", model, 4*i)))
	}
}

func TestTheNextRunGoesOnToo(t *testing.T) {
	s := newServer(t)
	s.pair(t, "de", "en", "3.0")
	s.answer = breaking(s, mostTries)
	f, _ := s.fetcher(t)
	err := f.Fetch(t.Context(), "de-en")
	require.ErrorContains(t, err, "tried 5 times")
	requireNothing(t, f)
	require.NoError(t, f.Fetch(t.Context(), "de-en"))
	require.Equal(t, 1, s.count("/files/"+s.location("model.deen.intgemm.alphas.bin")+" bytes=20-"))
	require.Empty(t, names(t, f.Downloads))
}

func TestAMirrorWithoutRangesStartsAgain(t *testing.T) {
	s := newServer(t)
	s.pair(t, "de", "en", "3.0")
	broken := breaking(s, 1)
	s.answer = func(w http.ResponseWriter, r *http.Request) bool {
		if broken(w, r) {
			return true
		}
		r.Header.Del("Range")
		return false
	}
	f, _ := s.fetcher(t)
	require.NoError(t, f.Fetch(t.Context(), "de-en"))
}

func TestAWrongBeginningIsFetchedAnew(t *testing.T) {
	for name, left := range map[string]string{"shorter": "rubbish", "longer": strings.Repeat("rubbish", 10_000)} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.pair(t, "de", "en", "3.0")
			f, _ := s.fetcher(t)
			require.NoError(t, os.MkdirAll(f.Downloads, 0o755))
			sum := s.records[0]["attachment"].(map[string]any)["hash"].(string)
			require.NoError(t, os.WriteFile(filepath.Join(f.Downloads, "translation-"+sum), []byte(left), 0o600))
			require.NoError(t, f.Fetch(t.Context(), "de-en"))
			require.NoError(t, models.VerifyFolder(filepath.Join(f.Folder, "deen")))
		})
	}
}

func TestAMirrorThatIsBusyForAMomentIsAskedAgain(t *testing.T) {
	s := newServer(t)
	s.pair(t, "de", "en", "3.0")
	busy := 6
	s.answer = func(w http.ResponseWriter, _ *http.Request) bool {
		if busy--; busy%2 == 1 {
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}
		return false
	}
	f, _ := s.fetcher(t)
	require.NoError(t, f.Fetch(t.Context(), "de-en"))
}

func TestRedirectionsAreFollowedButNotOutOfEncryption(t *testing.T) {
	s := newServer(t)
	s.pair(t, "de", "en", "3.0")
	other := newServer(t)
	other.files = s.files
	s.answer = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasPrefix(r.URL.Path, "/files/") {
			http.Redirect(w, r, other.URL+r.URL.Path, http.StatusFound)
			return true
		}
		return false
	}
	f, _ := s.fetcher(t)
	require.NoError(t, f.Fetch(t.Context(), "de-en"))

	client := newClient()
	defer client.CloseIdleConnections()
	from, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://mirror.example.org/", nil)
	require.NoError(t, err)
	to, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://mirror.example.org/", nil)
	require.NoError(t, err)
	require.ErrorContains(t, client.CheckRedirect(to, []*http.Request{from}), "is refused")
}
