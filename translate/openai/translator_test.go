package openai_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/translate"
	"github.com/amtsleitung/amtsleitung/translate/openai"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func server(t *testing.T, handle http.HandlerFunc) *openai.Translator {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	client := s.Client()
	t.Cleanup(client.CloseIdleConnections)
	tr, err := openai.New(openai.Options{URL: s.URL + "/v1", Model: "small", Key: "secret", Client: client})
	require.NoError(t, err)
	return tr
}

// says is a server that answers always the same.
func says(t *testing.T, text string) *openai.Translator {
	return server(t, func(w http.ResponseWriter, _ *http.Request) {
		answer, err := json.Marshal(map[string]any{"choices": []any{map[string]any{"message": map[string]string{"content": text}, "finish_reason": "stop"}}})
		if err == nil {
			_, err = w.Write(answer)
		}
		if err != nil {
			t.Error(err)
		}
	})
}

const question = "Wo ist das Rathaus?"

func TestItAsksForATranslationOnly(t *testing.T) {
	tr := server(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var sent struct {
			Model    string
			Messages []struct{ Role, Content string }
		}
		if json.Unmarshal(body, &sent) != nil || r.URL.Path != "/v1/chat/completions" || r.Header.Get("Authorization") != "Bearer secret" ||
			sent.Model != "small" || len(sent.Messages) != 2 || sent.Messages[1].Content != question || !strings.Contains(sent.Messages[0].Content, "German into Turkish") {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		io.WriteString(w, `{"choices":[{"message":{"content":"\"Belediye binası nerede?\""},"finish_reason":"stop"}]}`)
	})
	got, err := tr.Translate(t.Context(), question, "de", "tr")
	require.NoError(t, err)
	require.Equal(t, "Belediye binası nerede?", got)
}

func TestAnswersThatExplainAreRejected(t *testing.T) {
	for _, answer := range []string{
		"Here is the translation: Where is the town hall?", "Sure! Here's the translation:\n\nWhere is the town hall?", "Translation: Where is the town hall?",
		"Where is the town hall?\n\nNote: \"Rathaus\" can also be city hall.", "```\nWhere is the town hall?\n```", "I'm sorry, but I can't help with that.",
		"Where is the town hall?\nWhere is the city hall?\nWhere is the council?", strings.Repeat("The town hall is a building. ", 8), "<think>hm",
	} {
		_, err := says(t, answer).Translate(t.Context(), question, "de", "en")
		require.ErrorIs(t, err, openai.ErrExplains, answer)
	}
	got, err := says(t, "<think>German.</think>\nWhere is the town hall?").Translate(t.Context(), question, "de", "en")
	require.NoError(t, err)
	require.Equal(t, "Where is the town hall?", got)
}

func TestServersThatFail(t *testing.T) {
	for name, handle := range map[string]http.HandlerFunc{
		"status":    func(w http.ResponseWriter, _ *http.Request) { http.Error(w, question, http.StatusInternalServerError) },
		"no JSON":   func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, question) },
		"no choice": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"choices":[]}`) },
		"broke off": func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, `{"choices":[{"message":{"content":"Where"},"finish_reason":"length"}]}`)
		},
		"redirects": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		},
	} {
		_, err := server(t, handle).Translate(t.Context(), question, "de", "en")
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "Rathaus", "no caller's words in errors")
	}
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	_, err := server(t, func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // until then a server does not notice that nobody waits
		<-r.Context().Done()
	}).Translate(ctx, question, "de", "en")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	_, err = says(t, "x").Translate(t.Context(), question, "de", "??")
	require.ErrorIs(t, err, translate.ErrNoPair)
	for _, o := range []openai.Options{{}, {URL: "ftp://x", Model: "m"}, {URL: "http://x"}} {
		_, err := openai.New(o)
		require.Error(t, err)
	}
}
