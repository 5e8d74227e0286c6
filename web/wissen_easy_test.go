package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/easy"
	"github.com/amtsleitung/amtsleitung/knowledge/editing"
)

// simplifying is a desk whose language model writes what answer points to.
func simplifying(t *testing.T, answer *string) *desk {
	t.Helper()
	model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{"message": map[string]string{"content": *answer}}}})
	}))
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() { client.CloseIdleConnections(); model.Close() })
	writer := &easy.Writer{URL: model.URL + "/v1", Model: "klein", Client: client}
	return newDesk(t, func(e *Editing) { e.Simplify = writer.Draft })
}

func TestEasyLanguageIsADraftOnly(t *testing.T) {
	answer := "Sie haben einen Hund?\nDann zahlen Sie 96 Euro."
	d := simplifying(t, &answer)
	require.Contains(t, d.page("erika", "/admin/wissen/hund"), "Entwurf in Leichter Sprache vorschlagen")
	before, _ := d.base.Article("hund")
	require.Equal(t, "/admin/wissen/hund?ok=simplified", d.post("erika", "/admin/wissen/hund/leicht", url.Values{}))
	body := d.page("erika", "/admin/wissen/hund?ok=simplified")
	require.Contains(t, body, "Dann zahlen Sie 96 Euro.")
	require.Contains(t, body, `data-edit="machine"`)
	require.Contains(t, body, "muss geprüft werden")
	require.NotContains(t, body, "Entwurf in Leichter Sprache vorschlagen", "what is there is not written over")

	dossier, err := d.library.Article(t.Context(), "hund")
	require.NoError(t, err)
	require.Equal(t, editing.Draft, dossier.Newest.State)
	require.Equal(t, []string{"de-leicht"}, dossier.Newest.Machine)
	require.Equal(t, 1, dossier.Spoken, "what is spoken stays")
	after, _ := d.base.Article("hund")
	require.Equal(t, before.Variants, after.Variants)
	code, _, _ := d.do("erika", "/admin/wissen/hund/leicht", url.Values{"token": {field(t, d.page("erika", "/admin/wissen/neu"), "token")}})
	require.Equal(t, 400, code, "not twice")

	d.post("erika", "/admin/wissen/hund/einreichen", url.Values{"version": {"2"}})
	d.post("paul", "/admin/wissen/hund/freigeben", url.Values{"version": {"2"}})
	require.NotContains(t, d.page("erika", "/admin/wissen/hund"), `data-edit="machine"`, "somebody has reviewed it")
}

func TestEasyLanguageThatChangesFactsIsNotKept(t *testing.T) {
	answer := "Sie haben einen Hund?\nDann zahlen Sie 69 Euro."
	d := simplifying(t, &answer)
	token := url.Values{"token": {field(t, d.page("erika", "/admin/wissen/neu"), "token")}}
	code, body, _ := d.do("erika", "/admin/wissen/hund/leicht", token)
	require.Equal(t, 422, code)
	require.Contains(t, body, "Eine Angabe des Textes fehlt oder ist verändert")
	require.Contains(t, body, "„96“")
	dossier, err := d.library.Article(t.Context(), "hund")
	require.NoError(t, err)
	require.Len(t, dossier.Versions, 1)
	answer = "<b>96 Euro</b>"
	_, body, _ = d.do("erika", "/admin/wissen/hund/leicht", token)
	require.Contains(t, body, "„&lt;b&gt;96")
	answer = ""
	code, _, _ = d.do("erika", "/admin/wissen/hund/leicht", token)
	require.Equal(t, 422, code)
}

func TestEasyLanguageNeedsAModel(t *testing.T) {
	d := newDesk(t)
	require.NotContains(t, d.page("erika", "/admin/wissen/hund"), "Leichter Sprache vorschlagen")
	token := url.Values{"token": {field(t, d.page("erika", "/admin/wissen/neu"), "token")}}
	code, _, _ := d.do("erika", "/admin/wissen/hund/leicht", token)
	require.Equal(t, 400, code)
	broken := newDesk(t, func(e *Editing) {
		e.Simplify = (&easy.Writer{URL: "http://127.0.0.1:1/v1", Model: "x"}).Draft
	})
	require.Equal(t, "/admin/wissen/hund?fehler=nosimple", broken.post("erika", "/admin/wissen/hund/leicht", url.Values{}))
	require.Contains(t, broken.page("erika", "/admin/wissen/hund?fehler=nosimple"), "Das Sprachmodell hat nicht geantwortet")
}

func TestEveryReasonHasAText(t *testing.T) {
	s := newServer(t, nil)
	for _, kind := range easyKinds {
		for _, lang := range pageLanguages {
			require.NotEmpty(t, s.admin.texts[lang]["easy_"+kind], "%s %s", lang, kind)
		}
	}
}
