package libretranslate_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/translate"
	"github.com/amtsleitung/amtsleitung/translate/libretranslate"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func server(t *testing.T, handle http.HandlerFunc) *libretranslate.Translator {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	client := s.Client()
	t.Cleanup(client.CloseIdleConnections)
	tr, err := libretranslate.New(libretranslate.Options{URL: s.URL, Key: "secret", Client: client})
	require.NoError(t, err)
	return tr
}

const question = "Wo ist das Rathaus?"

func TestItSpeaksTheProtocol(t *testing.T) {
	tr := server(t, func(w http.ResponseWriter, r *http.Request) {
		var sent map[string]string
		if json.NewDecoder(r.Body).Decode(&sent) != nil || r.URL.Path != "/translate" || sent["q"] != question || sent["source"] != "de" || sent["target"] != "en" ||
			sent["format"] != "text" || sent["api_key"] != "secret" {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		io.WriteString(w, `{"translatedText":"Where is the town hall?"}`)
	})
	got, err := tr.Translate(t.Context(), question, "de", "en")
	require.NoError(t, err)
	require.Equal(t, "Where is the town hall?", got)
	require.False(t, tr.Translates("de", "de"))
	require.False(t, tr.Translates("de", "../x"))
}

func TestServersThatFail(t *testing.T) {
	answer := func(status int, body string) *libretranslate.Translator {
		return server(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			io.WriteString(w, body)
		})
	}
	for _, c := range []struct {
		status int
		body   string
		want   error
		says   string
	}{
		{400, `{"error":"tlh is not supported"}`, translate.ErrNoPair, "de to tlh"},
		{403, `{"error":"Invalid API key"}`, libretranslate.ErrServer, "refuses the key"},
		{429, `{"error":"Slowdown"}`, libretranslate.ErrServer, "too many"},
		{500, `Wo ist das Rathaus?`, libretranslate.ErrServer, "500"},
		{200, `Wo ist das Rathaus?`, libretranslate.ErrServer, "no JSON"},
		{200, `{}`, libretranslate.ErrServer, "no translation"},
		{302, ``, libretranslate.ErrServer, "302"},
	} {
		_, err := answer(c.status, c.body).Translate(t.Context(), question, "de", "tlh")
		require.ErrorIs(t, err, c.want)
		require.ErrorContains(t, err, c.says)
		require.NotContains(t, err.Error(), "Rathaus", "no caller's words in errors")
	}
	_, err := libretranslate.New(libretranslate.Options{URL: "musterstadt"})
	require.Error(t, err)
}
