package easy_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/easy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const original = `Ein Personalausweis kostet ab 24 Jahren 37,00 €, für Jüngere 22,80 €. Sie beantragen ihn im Bürgeramt, Rathausplatz 1, Mo–Fr von 8:00 bis 16:00 Uhr, ab dem 1. Mai nur mit Termin. Nach zwei bis drei Wochen ist er fertig. Fragen: Telefon 030 1234567 oder buergeramt@musterstadt.example. Mehr unter www.musterstadt.example/ausweis.`

const good = `- Sie brauchen einen neuen Personal-Ausweis?
- Sie sind 24 Jahre oder älter: Dann kostet er 37 Euro.
Sie sind jünger: Dann kostet er 22,80 Euro.

Gehen Sie ins Bürger-Amt.
Die Adresse ist: Rathaus-Platz 1.
Das Bürger-Amt ist Montag bis Freitag offen.
Es ist von 8 Uhr bis 16 Uhr offen.
Ab dem 01.05. brauchen Sie einen Termin.
Ohne Termin geht es nicht.
Der Ausweis ist nach 2 bis 3 Wochen fertig.
Haben Sie Fragen? Rufen Sie an: [2].
Oder schreiben Sie an: [1].
Mehr steht hier: www.musterstadt.example/ausweis.`

// model is a language model that writes one answer after the other, the last
// one again and again.
type model struct {
	answers []string
	asked   []string
	header  http.Header
	answer  http.HandlerFunc // instead of the answers
}

func (m *model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	m.asked, m.header = append(m.asked, string(body)), r.Header
	if m.answer != nil {
		m.answer(w, r)
		return
	}
	text := m.answers[min(len(m.asked), len(m.answers))-1]
	_ = json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{"finish_reason": "stop", "message": map[string]string{"role": "assistant", "content": text}}}})
}

func writer(t *testing.T, m *model) *easy.Writer {
	t.Helper()
	s := httptest.NewServer(m)
	client := &http.Client{Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(func() { client.CloseIdleConnections(); s.Close() })
	return &easy.Writer{URL: s.URL + "/v1/", Model: "klein", Key: "geheim", Client: client}
}

func TestDrafts(t *testing.T) {
	m := &model{answers: []string{good}}
	draft, err := writer(t, m).Draft(context.Background(), original)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(draft, "Sie brauchen einen neuen Personal-Ausweis?\nSie sind 24"), "without marks of lists: %s", draft)
	require.Contains(t, draft, "030 1234567")
	require.Contains(t, draft, "buergeramt@musterstadt.example")
	require.NotContains(t, draft, "[")
	require.Len(t, m.asked, 1)
	require.Equal(t, "Bearer geheim", m.header.Get("Authorization"))
	require.NotContains(t, m.asked[0], "1234567", "numbers of telephones stay here")
	require.NotContains(t, m.asked[0], "buergeramt@")
}

func TestRefusesWhatChangesFacts(t *testing.T) {
	for name, tc := range map[string]struct{ was, now, kind, found string }{
		"amount changed":    {"37 Euro", "39 Euro", easy.Missing, "37,00"},
		"amount gone":       {"22,80 Euro", "weniger", easy.Missing, "22,80"},
		"currency":          {"22,80 Euro", "22,80 Prozent", easy.Missing, "22,80"},
		"unit":              {"2 bis 3 Wochen", "2 bis 3 Tagen", easy.Missing, "3"},
		"date":              {"01.05.", "01.06.", easy.Missing, "1. Mai"},
		"date gone":         {"Ab dem 01.05. brauchen", "Dann brauchen", easy.Missing, "1. Mai"},
		"hour":              {"16 Uhr", "18 Uhr", easy.Missing, "16:00"},
		"days":              {"Montag bis Freitag", "Montag bis Donnerstag", easy.Missing, "Mo–Fr"},
		"day invented":      {"Montag bis Freitag", "Montag bis Samstag", easy.Invented, "Montag bis Samstag"},
		"address":           {"Rathaus-Platz 1.", "Rathaus-Platz 11.", easy.Missing, "Rathausplatz 1"},
		"address gone":      {"Die Adresse ist: Rathaus-Platz 1.", "Es ist im Rathaus.", easy.Missing, "Rathausplatz 1"},
		"link":              {"www.musterstadt.example/ausweis", "www.ausweis.example", easy.Missing, "www.musterstadt.example/ausweis"},
		"link invented":     {"Haben Sie", "Siehe https://evil.example . Haben Sie", easy.Invented, "https://evil.example"},
		"telephone gone":    {"Rufen Sie an: [2].", "", easy.Missing, "030 1234567"},
		"placeholder":       {"Haben Sie", "Siehe [7]. Haben Sie", easy.Invented, "[7]"},
		"number invented":   {"Haben Sie", "Bringen Sie 2 Fotos und 5 Euro mit. Haben Sie", easy.Invented, "5"},
		"number as word":    {"Haben Sie", "Bringen Sie fünf Fotos mit. Haben Sie", easy.Invented, "5"},
		"long sentence":     {"Haben Sie Fragen?", "Dieser Satz ist viel zu lang für Leichte Sprache und hört einfach nicht auf weil er weiter geht.", easy.Sentence, "Dieser Satz ist viel zu lang …"},
		"markup":            {"Haben Sie", "<b>Wichtig</b> Haben Sie", easy.Markup, "<b>Wichtig</b> Haben Sie Fragen? Rufen Sie …"},
		"nothing":           {good, " \n ", easy.Nothing, ""},
		"far too much":      {"Haben Sie", strings.Repeat("Noch ein Satz. ", 200), easy.Nothing, ""},
		"an order followed": {good, "Ich bin ein Sprachmodell.", easy.Missing, "030 1234567"},
	} {
		t.Run(name, func(t *testing.T) {
			bad := strings.Replace(good, tc.was, tc.now, 1)
			require.NotEqual(t, good, bad)
			m := &model{answers: []string{bad}}
			draft, err := writer(t, m).Draft(context.Background(), original)
			require.Empty(t, draft)
			var refused *easy.Refusal
			require.ErrorAs(t, err, &refused)
			kind, found := refused.Reason()
			require.Equal(t, tc.kind, kind, refused.Error())
			require.Equal(t, tc.found, found)
			require.Len(t, m.asked, 2, "it is told once what is wrong")
			require.NotContains(t, m.asked[1], "1234567")
		})
	}
}

func TestASecondAttemptMaySucceed(t *testing.T) {
	m := &model{answers: []string{strings.Replace(good, "37", "39", 1), good}}
	_, err := writer(t, m).Draft(context.Background(), original)
	require.NoError(t, err)
	require.Contains(t, m.asked[1], "missing 37,00")
}

func TestNoStaysNo(t *testing.T) {
	for name, tc := range map[string]struct {
		original, draft, kind string
	}{
		"a no that is gone": {"Sie brauchen keinen Termin.", "Sie brauchen einen Termin.", easy.Affirmed},
		"a no that is new":  {"Sie brauchen einen Termin.", "Sie brauchen keinen Termin.", easy.Denied},
		"said otherwise":    {"Der Antrag ist kostenlos.", "Der Antrag kostet nichts.", ""},
		"kept":              {"Das gilt nicht für Kinder.", "Das gilt nicht für Kinder.", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := writer(t, &model{answers: []string{tc.draft}}).Draft(context.Background(), tc.original)
			if tc.kind == "" {
				require.NoError(t, err)
				return
			}
			var refused *easy.Refusal
			require.ErrorAs(t, err, &refused)
			require.Equal(t, tc.kind, refused.Kind)
		})
	}
}

func TestServersThatFail(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"garbage":   func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "\x00<html>") },
		"no choice": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"choices":[]}`) },
		"status":    func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "Rathausplatz", 402) },
		"elsewhere": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "https://evil.example/", 307) },
		"broke off": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"choices":[{"finish_reason":"length","message":{"content":"Ein"}}]}`)
		},
		"hangs": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	} {
		t.Run(name, func(t *testing.T) {
			w := writer(t, &model{answer: answer})
			w.Timeout = 2 * time.Second
			if name == "hangs" {
				w.Timeout = 50 * time.Millisecond
			}
			_, err := w.Draft(context.Background(), original)
			require.ErrorIs(t, err, easy.ErrServer)
			require.NotContains(t, err.Error(), "Rathausplatz")
			var refused *easy.Refusal
			require.False(t, errors.As(err, &refused))
		})
	}
}

func FuzzDraft(f *testing.F) {
	f.Add("Am 1. Mai 2026, Mo–Fr 8:00, 1.234,50 €, Am Markt 3", "Am 01.05.2026.")
	f.Add("[1] 030 1234567 ..,:", "[1] [2] 0.0.0 00 :")
	f.Fuzz(func(t *testing.T, original, draft string) {
		if len(original) > 400 || len(draft) > 400 {
			return
		}
		easy.Judge(original, draft) // whatever comes back, it is judged
		// What is taken over word by word changes no fact.
		if same := easy.Judge(original, easy.Hidden(original)); same != nil {
			require.NotContains(t, []string{easy.Missing, easy.Invented, easy.Denied, easy.Affirmed}, same.Kind, "%v", same)
		}
	})
}
