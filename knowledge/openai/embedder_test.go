package openai

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func server(t *testing.T, status int, answer string, asked *map[string]any) *Embedder {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/embeddings" || r.Header.Get("Authorization") != "Bearer geheim" {
			http.Error(w, "wrong door", http.StatusForbidden)
			return
		}
		if asked != nil {
			if err := json.NewDecoder(r.Body).Decode(asked); err != nil {
				t.Error(err)
			}
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(answer))
	}))
	client := srv.Client()
	t.Cleanup(func() { client.CloseIdleConnections(); srv.Close() })
	e, err := New(Options{URL: srv.URL + "/v1/", Model: "m", Key: "geheim", QueryPrefix: "query: ", Client: client})
	require.NoError(t, err)
	return e
}

func TestEmbedOrdersAndNormalises(t *testing.T) {
	var asked map[string]any
	e := server(t, 200, `{"data":[{"index":1,"embedding":[0,2]},{"index":0,"embedding":[3,4]}]}`, &asked)
	v, err := e.Embed(context.Background(), []string{"a", "b"}, true)
	require.NoError(t, err)
	require.Equal(t, []any{"query: a", "query: b"}, asked["input"])
	require.InDeltaSlice(t, []float32{0.6, 0.8}, v[0], 1e-6)
	require.InDeltaSlice(t, []float32{0, 1}, v[1], 1e-6)
}

func TestEmbedSaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		answer string
		want   string
	}{
		"refused":       {500, "overloaded", "overloaded"},
		"not json":      {200, "<html>", "invalid character"},
		"one left out":  {200, `{"data":[{"index":0,"embedding":[1]}]}`, "left out text 2"},
		"twice":         {200, `{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}`, "index 0"},
		"beyond":        {200, `{"data":[{"index":7,"embedding":[1]}]}`, "index 7"},
		"unequal width": {200, `{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1,2]}]}`, "2 numbers"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := server(t, c.status, c.answer, nil).Embed(context.Background(), []string{"a", "b"}, false)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestNewWantsAServer(t *testing.T) {
	_, err := New(Options{})
	require.ErrorContains(t, err, "url and model")
}
