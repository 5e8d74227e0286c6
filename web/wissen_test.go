package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/knowledge/editing"
	"github.com/amtsleitung/amtsleitung/store"
	"github.com/amtsleitung/amtsleitung/web/session"
)

const secret = "ein langes Wort"

// desk is a server with editors, over a city with one article.
type desk struct {
	*Server
	t       *testing.T
	library *editing.Library
	base    *knowledge.Base
	cookies map[string]string // by user
}

func newDesk(t *testing.T, change ...func(*Editing)) *desk {
	t.Helper()
	hash, err := session.Hash(secret)
	require.NoError(t, err)
	keeper, err := session.New(session.Options{Users: []session.User{{Name: "erika", Role: session.Editor, Hash: hash}, {Name: "paul", Role: session.Reviewer, Hash: hash}}})
	require.NoError(t, err)
	db, err := store.Open(t.Context(), t.TempDir(), time.Now)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	d := &desk{t: t, cookies: map[string]string{}}
	d.library, err = editing.Open(t.Context(), editing.Options{Store: db, Log: slog.New(slog.DiscardHandler), City: fstest.MapFS{
		"city.yaml":                  {Data: []byte("name: x\nphone: '1'\nlanguages: [de, de-leicht, en]\ndepartments: {amt: {name: {de: Amt}}}\n")},
		"articles/hund/article.yaml": {Data: []byte("version: 1\nsource: https://a.example/\nvalid_from: 2026-01-01\nvalid_to: 2037-12-31\nreviewer: R\nhand_over: amt\n")},
		"articles/hund/de.md":        {Data: []byte("---\ntitle: Hundesteuer\nquestions:\n  - Was kostet ein Hund?\n---\nDie Hundesteuer kostet 96 Euro.\n")},
	}})
	require.NoError(t, err)
	d.base, err = knowledge.Open(t.Context(), knowledge.Options{FS: d.library.FS()})
	require.NoError(t, err)
	d.library.OnChange(d.base.Reload)
	ask := func(context.Context, string, string) (Said, error) {
		return Said{Outcome: "answer", Answer: "Ein <b>Hund</b>.", Articles: []string{"hund"}, Confidence: 0.9, Language: "de"}, nil
	}
	d.Server = newServer(t, func(o *Options) {
		o.Sessions, o.Editing = keeper, &Editing{Library: d.library, Ask: ask, KeepsQuestions: true}
		for _, f := range change {
			f(o.Editing)
		}
		o.DemoUsers = []DemoUser{{"erika", secret, session.Editor}}
	})
	return d
}

// do sends a request of a user who is signed in; form makes it a POST.
func (d *desk) do(user, path string, form url.Values) (int, string, http.Header) {
	d.t.Helper()
	method, body := http.MethodGet, ""
	if form != nil {
		method, body = http.MethodPost, form.Encode()
	}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if user != "" {
		if d.cookies[user] == "" {
			d.signIn(user)
		}
		r.AddCookie(&http.Cookie{Name: "session", Value: d.cookies[user]})
	}
	resp, err := d.app.Test(r, 10_000)
	require.NoError(d.t, err)
	defer resp.Body.Close()
	out, err := io.ReadAll(resp.Body)
	require.NoError(d.t, err)
	return resp.StatusCode, string(out), resp.Header
}

func (d *desk) signIn(user string) {
	d.t.Helper()
	code, _, head := d.do("", "/anmelden", url.Values{"name": {user}, "password": {secret}, "next": {"/admin/wissen"}})
	require.Equal(d.t, 303, code)
	require.Equal(d.t, "/admin/wissen", head.Get("Location"))
	cookie := head.Get("Set-Cookie")
	require.Contains(d.t, cookie, "HttpOnly")
	require.Contains(d.t, cookie, "SameSite=Strict")
	d.cookies[user] = strings.TrimPrefix(strings.Split(cookie, ";")[0], "session=")
}

// page is a page that must be there.
func (d *desk) page(user, path string) string {
	d.t.Helper()
	code, body, _ := d.do(user, path, nil)
	require.Equal(d.t, 200, code, body)
	return body
}

// field is the value of a hidden field.
func field(t *testing.T, body, name string) string {
	t.Helper()
	_, rest, ok := strings.Cut(body, `name="`+name+`" value="`)
	require.True(t, ok, name)
	value, _, _ := strings.Cut(rest, `"`)
	return strings.ReplaceAll(value, "&#43;", "+")
}

// post sends a form with the user's token.
func (d *desk) post(user, path string, form url.Values) string {
	d.t.Helper()
	form.Set("token", field(d.t, d.page(user, "/admin/wissen/neu"), "token"))
	code, body, head := d.do(user, path, form)
	require.Equal(d.t, 303, code, body)
	return head.Get("Location")
}

func TestPagesOfEditorsAreForEditors(t *testing.T) {
	d := newDesk(t)
	for _, path := range []string{"/admin/wissen", "/admin/wissen/hund", "/admin/wissen/fragen", "/admin/wissen/hund/bearbeiten", "/admin/wissen/probe?frage=x"} {
		code, _, head := d.do("", path, nil)
		require.Equal(t, 303, code, path)
		require.Equal(t, "/anmelden?next="+url.QueryEscape(path), head.Get("Location"))
	}
	code, _, _ := d.do("erika", "/admin/wissen/hund/zurueckziehen", url.Values{"version": {"1"}, "token": {"x"}})
	require.Equal(t, 403, code)
	code, body, _ := d.do("", "/anmelden", url.Values{"name": {"erika"}, "password": {"falsch"}})
	require.Equal(t, 401, code)
	require.Contains(t, body, "Name oder Kennwort stimmt nicht.")
	require.Contains(t, d.page("", "/anmelden"), "<code>erika</code>")
}

func TestFromDraftToSpoken(t *testing.T) {
	d := newDesk(t)
	form := d.page("erika", "/admin/wissen/hund/bearbeiten")
	require.Contains(t, form, "Die Hundesteuer kostet 96 Euro.")
	to := d.post("erika", "/admin/wissen/hund/bearbeiten", url.Values{
		"seen": {field(t, form, "seen")}, "sprache": {"de"}, "title": {"Hundesteuer"}, "answer": {"Ein Hund kostet 100 Euro."},
		"questions": {"Was kostet ein Hund?\r\nHundesteuer?"}, "source": {"https://a.example/"}, "hand_over": {"amt"}, "valid_from": {"2026-01-01"}, "fact_fee": {"100 Euro"},
	})
	require.Equal(t, "/admin/wissen/hund?ok=saved", to)
	d.post("erika", "/admin/wissen/hund/einreichen", url.Values{"version": {"2"}})
	page := d.page("paul", "/admin/wissen/hund")
	require.Contains(t, page, "wartet auf Prüfung")
	require.Contains(t, d.page("paul", "/admin/wissen/hund/vergleich?von=1&mit=2"), "Ein Hund kostet 100 Euro.</ins>")
	a, _ := d.base.Article("hund")
	require.Contains(t, a.Variants["de"].Answer, "96")

	code, _, _ := d.do("erika", "/admin/wissen/hund/freigeben", url.Values{"version": {"2"}, "token": {field(t, page, "token")}})
	require.Equal(t, 403, code)
	require.Equal(t, "/admin/wissen/hund?ok=approved", d.post("paul", "/admin/wissen/hund/freigeben", url.Values{"version": {"2"}}))
	a, _ = d.base.Article("hund")
	require.Equal(t, "Ein Hund kostet 100 Euro.", a.Variants["de"].Answer)
	require.Equal(t, "100 Euro", a.Variants["de"].Facts["fee"])
	require.True(t, a.ValidTo.IsZero())

	d.post("paul", "/admin/wissen/hund/wiederherstellen", url.Values{"version": {"1"}})
	a, _ = d.base.Article("hund")
	require.Contains(t, a.Variants["de"].Answer, "96")
	d.post("paul", "/admin/wissen/hund/daumen", url.Values{"version": {"3"}, "up": {"0"}, "note": {"Anruf von 0228 1234567"}})
	page = d.page("paul", "/admin/wissen/hund")
	require.Contains(t, page, "hilft nicht")
	require.NotContains(t, page, "1234567")
	for _, word := range []string{"aus dem Ordner übernommen", "wiederhergestellt aus Fassung", "freigegeben"} {
		require.Contains(t, page, word)
	}
	require.Contains(t, d.page("paul", "/admin/wissen/hund?lang=en"), "restored from version")
}

func TestTwoEditorsAreTold(t *testing.T) {
	d := newDesk(t)
	form := d.page("erika", "/admin/wissen/hund/bearbeiten")
	values := url.Values{"seen": {field(t, form, "seen")}, "sprache": {"de"}, "title": {"Hundesteuer"}, "answer": {"Neu."}, "token": {field(t, form, "token")}}
	d.post("erika", "/admin/wissen/hund/bearbeiten", values)
	values.Set("token", field(t, form, "token"))
	values.Set("answer", "Noch neuer.")
	code, body, _ := d.do("erika", "/admin/wissen/hund/bearbeiten", values)
	require.Equal(t, 409, code)
	require.Contains(t, body, "Jemand anders hat den Artikel inzwischen geändert.")
	require.Contains(t, body, "Noch neuer.", "nothing that was written is lost")
}

func TestNewArticleAndItsMissingParts(t *testing.T) {
	d := newDesk(t)
	require.Contains(t, d.page("erika", "/admin/wissen/neu?frage=Wo+ist+das+Bad%3F"), "Wo ist das Bad?")
	to := d.post("erika", "/admin/wissen/neu", url.Values{"title": {"Das Bad"}, "answer": {"Siehe <b>www.bad.example</b>."}})
	require.Equal(t, "/admin/wissen/das-bad?ok=saved", to)
	page := d.page("erika", to)
	require.Contains(t, page, "&lt;b&gt;www.bad.example", "markup of articles is text")
	require.Contains(t, page, "das-bad/article.yaml")
	require.Equal(t, "/admin/wissen/das-bad?fehler=problem", d.post("erika", "/admin/wissen/das-bad/einreichen", url.Values{"version": {"1"}}))
	require.Contains(t, d.page("erika", "/admin/wissen?zustand=draft"), "Das Bad")
	require.Contains(t, d.page("erika", "/admin/wissen/sprachen"), `data-cell="missing"`)
	code, _, _ := d.do("erika", "/admin/wissen/gibtesnicht", nil)
	require.Equal(t, 404, code)
}

func TestProbeAndQuestions(t *testing.T) {
	d := newDesk(t)
	require.Contains(t, d.page("erika", "/admin/wissen?frage=Hund"), "Ein &lt;b&gt;Hund&lt;/b&gt;.")
	require.Contains(t, d.page("erika", "/admin/wissen/probe?frage=Hund"), `"outcome":"answer"`)
	require.NoError(t, d.library.Missed(t.Context(), "de", "Wo ist der Jagdschein?"))
	page := d.page("erika", "/admin/wissen/fragen")
	require.Contains(t, page, "Wo ist der Jagdschein?")
	d.post("erika", "/admin/wissen/fragen", url.Values{"ids": {field(t, page, "ids")}})
	require.NotContains(t, d.page("erika", "/admin/wissen/fragen"), "Jagdschein")
}

func TestEveryAdminTextExistsInEachLanguage(t *testing.T) {
	d := newDesk(t)
	for key, text := range d.admin.texts["de"] {
		require.NotEmpty(t, text, key)
		require.NotEmpty(t, d.admin.texts["en"][key], "en lacks %s", key)
	}
	require.Len(t, d.admin.texts["en"], len(d.admin.texts["de"]))
}
