package llm

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAsk(t *testing.T) {
	const good = `{"choices":[{"message":{"role":"assistant","content":"Guten Tag"},"finish_reason":"stop"}]}`
	for _, c := range []struct {
		name, answer, want, fails string
		status                    int
	}{
		{"an answer", good, "Guten Tag", "", 200},
		{"refused", "secret words", "", "status 500", 500},
		{"no JSON", "secret words", "", "no JSON", 200},
		{"nothing", `{"choices":[]}`, "", "no choice", 200},
		{"broken off", strings.Replace(good, `"stop"`, `"length"`, 1), "", "broke off", 200},
		{"too long", good[:30] + strings.Repeat(" ", 5000) + good[30:], "", "no JSON", 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				var body struct {
					Model    string
					Max      int `json:"max_tokens"`
					Messages []Message
				}
				if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.Model != "m" || body.Max != 7 || len(body.Messages) != 1 || r.Header.Get("Authorization") != "Bearer k" {
					t.Errorf("%+v %v", body, err)
				}
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.answer))
			}))
			defer server.Close()
			got, err := Client{Address: server.URL, Model: "m", Key: "k"}.Ask(t.Context(), []Message{{"user", "Hallo"}}, Limits{Tokens: 7, Bytes: 1000})
			require.Equal(t, c.want, got)
			if c.fails == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.fails)
			require.NotContains(t, err.Error(), "secret")
		})
	}
}

// The key is for one server: a redirection is not followed.
func TestARedirectionIsAnError(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("followed") }))
	defer other.Close()
	server := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	_, err := Client{Address: server.URL, Model: "m", Key: "k"}.Ask(t.Context(), nil, Limits{Tokens: 1, Bytes: 100})
	require.ErrorContains(t, err, "status 307")
}
