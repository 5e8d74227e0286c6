package web

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/crisis"
	"github.com/amtsleitung/amtsleitung/web/session"
)

// crisisDesk is a server with the crisis switch and one person of each role.
type crisisDesk struct {
	*Server
	t      *testing.T
	toggle *crisis.Switch
	keeper *session.Keeper
	ids    map[string]string
}

func newCrisisDesk(t *testing.T) *crisisDesk {
	t.Helper()
	hash, err := session.Hash(secret)
	require.NoError(t, err)
	var users []session.User
	for _, r := range session.Roles() {
		users = append(users, session.User{Name: string(r), Role: r, Hash: hash})
	}
	d := &crisisDesk{t: t, ids: map[string]string{}}
	d.keeper, err = session.New(session.Options{Users: users})
	require.NoError(t, err)
	d.toggle, err = crisis.Open(crisis.Options{Data: t.TempDir(), Known: func(id string) bool { return id == "flut" }})
	require.NoError(t, err)
	d.Server = newServer(t, func(o *Options) {
		o.Sessions, o.Crisis = d.keeper, &Crisis{Switch: d.toggle, Languages: []string{"de", "en", "tr"}}
	})
	return d
}

// as sends a request of somebody who is signed in, with the token.
func (d *crisisDesk) as(user, method, path, kind, body string) (int, string) {
	d.t.Helper()
	if user != "" && d.ids[user] == "" {
		id, err := d.keeper.SignIn(user, secret, "192.0.2.1")
		require.NoError(d.t, err)
		d.ids[user] = id
	}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	if user != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: d.ids[user]})
		s, _ := d.keeper.Find(d.ids[user])
		r.Header.Set("X-Token", s.Token)
	}
	resp, err := d.app.Test(r, 10_000)
	require.NoError(d.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(d.t, err)
	return resp.StatusCode, string(text)
}

func (d *crisisDesk) api(user, method, path, body string) (int, crisis.Status) {
	d.t.Helper()
	code, text := d.as(user, method, path, "application/json", body)
	var st crisis.Status
	if code < 300 {
		require.NoError(d.t, json.NewDecoder(bytes.NewReader([]byte(text))).Decode(&st))
	}
	return code, st
}

func (d *crisisDesk) form(user, path string, fields url.Values) (int, string) {
	d.t.Helper()
	return d.as(user, http.MethodPost, path, "application/x-www-form-urlencoded", fields.Encode())
}

func announcementJSON(t *testing.T, more map[string]any) string {
	t.Helper()
	body := map[string]any{
		"texts": map[string]string{"de": "Die Uferstraße ist gesperrt.", "en": "The river road is closed."},
		"until": time.Now().Add(time.Hour).Format(time.RFC3339), "articles": []string{"flut"},
	}
	for k, v := range more {
		body[k] = v
	}
	text, err := json.Marshal(body)
	require.NoError(t, err)
	return string(text)
}

func TestCrisisAPI(t *testing.T) {
	d := newCrisisDesk(t)
	const at = "/api/v1/crisis"
	code, _ := d.api("", http.MethodGet, at, "")
	require.Equal(t, http.StatusUnauthorized, code)
	code, _ = d.api("agent", http.MethodPut, at, announcementJSON(t, nil))
	require.Equal(t, http.StatusForbidden, code)

	code, st := d.api("editor", http.MethodPut, at, announcementJSON(t, map[string]any{"author": "somebody", "reviewer": "else"}))
	require.Equal(t, http.StatusAccepted, code)
	require.Equal(t, "editor", st.Proposed.Author, "names of the body do not count")
	require.Nil(t, st.On)
	id := st.Proposed.ID
	code, _ = d.api("editor", http.MethodPut, at+"/"+id, "")
	require.Equal(t, http.StatusForbidden, code)
	code, _ = d.api("reviewer", http.MethodPut, at+"/other", "")
	require.Equal(t, http.StatusConflict, code)
	code, st = d.api("reviewer", http.MethodPut, at+"/"+id, "")
	require.Equal(t, http.StatusOK, code)
	require.Equal(t, "reviewer", st.On.Reviewer)
	require.Equal(t, "Die Uferstraße ist gesperrt.", d.toggle.Say("de").Text)

	code, _ = d.api("editor", http.MethodDelete, at, "")
	require.Equal(t, http.StatusForbidden, code)
	code, st = d.api("reviewer", http.MethodDelete, at+"?reason=Entwarnung", "")
	require.Equal(t, http.StatusOK, code)
	require.Nil(t, st.On)
	require.Equal(t, "Entwarnung", st.Events[0].Reason)
	code, _ = d.api("reviewer", http.MethodDelete, at, "")
	require.Equal(t, http.StatusConflict, code)
}

func TestCrisisOwnIsNotApproved(t *testing.T) {
	d := newCrisisDesk(t)
	_, st := d.api("reviewer", http.MethodPut, "/api/v1/crisis", announcementJSON(t, nil))
	code, _ := d.api("reviewer", http.MethodPut, "/api/v1/crisis/"+st.Proposed.ID, "")
	require.Equal(t, http.StatusForbidden, code)
	code, _ = d.api("admin", http.MethodPut, "/api/v1/crisis/"+st.Proposed.ID, "")
	require.Equal(t, http.StatusOK, code)
}

func TestCrisisAtOnceIsTheAdministratorsAlone(t *testing.T) {
	d := newCrisisDesk(t)
	now := announcementJSON(t, map[string]any{"immediate": "Deich bricht"})
	for _, who := range []string{"editor", "reviewer"} {
		code, _ := d.api(who, http.MethodPut, "/api/v1/crisis", now)
		require.Equal(t, http.StatusForbidden, code, who)
	}
	code, st := d.api("admin", http.MethodPut, "/api/v1/crisis", now)
	require.Equal(t, http.StatusOK, code)
	require.Equal(t, "Deich bricht", st.On.Reason)
}

func TestCrisisAPINamesWhatIsWrong(t *testing.T) {
	d := newCrisisDesk(t)
	for want, body := range map[string]string{
		"there is no article": announcementJSON(t, map[string]any{"articles": []string{"nein"}}),
		"is missing":          announcementJSON(t, map[string]any{"texts": map[string]string{"de": "a"}}),
		"txts":                `{"txts": {}}`,
	} {
		code, text := d.as("editor", http.MethodPut, "/api/v1/crisis", "application/json", body)
		require.Equal(t, http.StatusUnprocessableEntity, code)
		require.Contains(t, text, want)
	}
}

func TestCrisisPage(t *testing.T) {
	d := newCrisisDesk(t)
	fields := url.Values{
		"text-de": {"Die <b>Uferstraße</b> ist gesperrt."}, "text-en": {"The river road is closed."}, "text-tr": {""},
		"until": {time.Now().Add(time.Hour).Format("2006-01-02T15:04")}, "articles": {"flut"},
	}
	code, _ := d.form("editor", krisePage, url.Values{"text-de": {"Nur Deutsch"}, "until": fields["until"]})
	require.Equal(t, http.StatusUnprocessableEntity, code)
	_, page := d.form("editor", krisePage, url.Values{"text-de": {"Nur Deutsch"}, "until": fields["until"]})
	require.Contains(t, page, "Deutsch und Englisch sind nötig")
	require.Contains(t, page, ">Nur Deutsch</textarea>", "what was written is not lost")

	code, _ = d.form("editor", krisePage, fields)
	require.Equal(t, http.StatusSeeOther, code)
	st, err := d.toggle.Status()
	require.NoError(t, err)
	id := st.Proposed.ID
	_, page = d.as("editor", http.MethodGet, krisePage, "", "")
	require.Contains(t, page, id)
	require.NotContains(t, page, "<b>Ufer")
	require.NotContains(t, page, "/admin/krise/freigeben", "an editor has no button to approve")
	_, page = d.as("reviewer", http.MethodGet, krisePage, "", "")
	require.Contains(t, page, "/admin/krise/freigeben")
	require.NotContains(t, page, `name="alone"`)
	code, _ = d.form("reviewer", krisePage+"/freigeben", url.Values{"id": {id}})
	require.Equal(t, http.StatusSeeOther, code)
	require.NotEmpty(t, d.toggle.Say("de").Text)
	code, page = d.form("reviewer", krisePage+"/freigeben", url.Values{"id": {id}})
	require.Equal(t, http.StatusUnprocessableEntity, code)
	require.Contains(t, page, "schon geprüft")
	code, _ = d.form("editor", krisePage+"/aus", url.Values{})
	require.Equal(t, http.StatusForbidden, code)
	code, _ = d.form("reviewer", krisePage+"/aus", url.Values{"reason": {"Entwarnung"}})
	require.Equal(t, http.StatusSeeOther, code)
	require.Empty(t, d.toggle.Say("de"))

	fields.Set("alone", "Deich bricht")
	code, _ = d.form("reviewer", krisePage, fields)
	require.Equal(t, http.StatusForbidden, code)
	_, page = d.as("admin", http.MethodGet, krisePage, "", "")
	require.Contains(t, page, `name="alone"`)
	code, _ = d.form("admin", krisePage, fields)
	require.Equal(t, http.StatusSeeOther, code)
	require.NotEmpty(t, d.toggle.Say("de").Text)
	_, page = d.as("admin", http.MethodGet, krisePage+"?lang=en", "", "")
	require.Contains(t, page, "Deich bricht")
	require.Contains(t, page, "switched on at once")
}

func TestCrisisFaultsHaveTexts(t *testing.T) {
	d := newCrisisDesk(t)
	for _, lang := range pageLanguages {
		for _, key := range []string{"file", "time", "text_missing", "text_long", "text_unspeakable", "language", "until_missing", "until_passed",
			"until_before", "until_far", "author", "articles", "article", "own", "stale", "not_on", "reason"} {
			require.NotEmpty(t, d.admin.texts[lang]["krise_wrong_"+key], "%s in %s", key, lang)
		}
	}
}

// What a forged form of another site could do: nothing.
func TestCrisisNeedsTheToken(t *testing.T) {
	d := newCrisisDesk(t)
	d.as("admin", http.MethodGet, krisePage, "", "")
	r := httptest.NewRequest(http.MethodPost, krisePage+"/aus", nil)
	r.AddCookie(&http.Cookie{Name: "session", Value: d.ids["admin"]})
	resp, err := d.app.Test(r, 10_000)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusForbidden, resp.StatusCode)
}

func TestOpenAPIListsTheCrisisSwitch(t *testing.T) {
	var doc struct {
		Paths map[string]map[string]any
	}
	require.NoError(t, json.Unmarshal(openapi, &doc))
	for _, r := range newCrisisDesk(t).app.GetRoutes(true) {
		if strings.HasPrefix(r.Path, "/api/v1/crisis") && r.Method != http.MethodHead {
			path := strings.ReplaceAll(r.Path, ":id", "{id}")
			require.Contains(t, doc.Paths[path], strings.ToLower(r.Method), path)
		}
	}
}
