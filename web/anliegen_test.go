package web

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	requests "github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/store"
	"github.com/amtsleitung/amtsleitung/web/session"
)

// taken is when the requests of the tests were taken, a Monday.
var taken = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// office is a server with requests and people who may see them or not.
type office struct {
	*Server
	t      *testing.T
	desk   *requests.Desk
	keeper *session.Keeper
	now    time.Time
	ids    map[string]string // session by user
}

func newOffice(t *testing.T) *office {
	t.Helper()
	hash, err := session.Hash(secret)
	require.NoError(t, err)
	o := &office{t: t, now: taken, ids: map[string]string{}}
	o.keeper, err = session.New(session.Options{Users: []session.User{
		{Name: "tina", Role: session.Agent, Hash: hash}, {Name: "erika", Role: session.Editor, Hash: hash}, {Name: "chef", Role: session.Admin, Hash: hash},
	}})
	require.NoError(t, err)
	db, err := store.Open(t.Context(), t.TempDir(), func() time.Time { return o.now })
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	o.desk = requests.New(requests.Options{Store: db, Hours: requests.Hours{Location: time.UTC}, Now: func() time.Time { return o.now },
		Route: func(form, _ string) []string {
			if form == "defect" {
				return []string{"post"}
			}
			return nil
		}})
	o.Server = newServer(t, func(opt *Options) {
		opt.Sessions, opt.Requests = o.keeper, &Requests{Desk: o.desk, Names: requests.Names{
			City: "Musterstadt", Departments: map[string]map[string]string{"tiefbauamt": {"de": "Tiefbauamt", "en": "roads department"}},
			Forms:   map[string]map[string]string{"defect": {"de": "Mangel melden", "en": "report a defect"}, "callback": {"de": "Rückruf"}},
			Choices: map[string]map[string]string{"defect/kind/lamp": {"de": "eine Laterne", "en": "a street lamp"}},
		}}
	})
	for _, user := range []string{"tina", "erika", "chef"} {
		o.ids[user], err = o.keeper.SignIn(user, secret, "test")
		require.NoError(t, err)
	}
	for _, r := range []store.Request{
		{Reference: "327-00001", Call: "01J", Form: "defect", Department: "tiefbauamt", Language: "tr", Concern: "Laterne aus", Slots: []store.RequestSlot{
			{Name: "kind", Kind: "choice", Value: "lamp", Spoken: "bir sokak lambası", Listed: true},
			{Name: "street", Kind: "street", Value: "Lindenstrase", Spoken: "Lindenstrase"},
			{Name: "description", Kind: "text", Value: `=HYPERLINK("http://evil.example") <b>x</b>`, Spoken: "", Listed: true}}},
		{Reference: "327-00002", Call: "01K", Form: "callback", Department: "buergeramt", Language: "de", Slots: []store.RequestSlot{{Name: "number", Kind: "phone", Value: "+49228770"}}},
	} {
		require.NoError(t, o.desk.Take(t.Context(), r))
	}
	return o
}

// ask sends a request of somebody; a form makes it a POST.
func (o *office) ask(user, method, path string, form url.Values) (int, string, http.Header) {
	o.t.Helper()
	var body io.Reader
	if form != nil {
		if s, ok := o.keeper.Find(o.ids[user]); ok && !form.Has("token") {
			form.Set("token", s.Token)
		}
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, path, body)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return o.send(user, r)
}

func (o *office) send(user string, r *http.Request) (int, string, http.Header) {
	o.t.Helper()
	if id := o.ids[user]; id != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: id})
	}
	resp, err := o.app.Test(r, 5000)
	require.NoError(o.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(o.t, err)
	return resp.StatusCode, string(text), resp.Header
}

func (o *office) get(user, path string) (int, string) {
	code, text, _ := o.ask(user, http.MethodGet, path, nil)
	return code, text
}

func TestAdminLeadsToOnesWork(t *testing.T) {
	o := newOffice(t)
	code, _, head := o.ask("", http.MethodGet, "/admin", nil)
	require.Equal(t, 303, code)
	require.Equal(t, "/anmelden", head.Get("Location"))
	code, _, head = o.ask("tina", http.MethodGet, "/admin", nil)
	require.Equal(t, 303, code)
	require.Equal(t, "/admin/anliegen", head.Get("Location"))
}

func TestOnlyAgentsSeeRequests(t *testing.T) {
	o := newOffice(t)
	code, _, head := o.ask("", http.MethodGet, "/admin/anliegen/327-00001", nil)
	require.Equal(t, 303, code)
	require.Equal(t, "/anmelden?next=%2Fadmin%2Fanliegen%2F327-00001", head.Get("Location"))
	for _, path := range []string{"/admin/anliegen", "/admin/anliegen/327-00001", "/admin/anliegen/export.csv", "/admin/anliegen/export.json", "/api/v1/requests", "/api/v1/requests/327-00001", "/api/v1/requests/events"} {
		code, text := o.get("", path)
		require.Contains(t, []int{303, 401}, code, path)
		require.NotContains(t, text, "Laterne")
		code, text = o.get("erika", path)
		require.Equal(t, 403, code, path)
		require.NotContains(t, text, "Laterne")
	}
	code, text, head := o.ask("tina", http.MethodGet, "/admin/anliegen/327-00001", nil)
	require.Equal(t, 200, code)
	require.Contains(t, text, "Laterne aus")
	require.Equal(t, "no-store", head.Get("Cache-Control"))
	require.NotContains(t, text, "/loeschen")
	code, _, _ = o.ask("tina", http.MethodPost, "/admin/anliegen/327-00001/loeschen", url.Values{"why": {"x"}})
	require.Equal(t, 403, code)
	code, _, _ = o.ask("tina", http.MethodPost, "/admin/anliegen/327-00001/status", url.Values{"status": {"done"}, "seen": {"new"}, "token": {"forged"}})
	require.Equal(t, 403, code)
}

func TestRequestList(t *testing.T) {
	o := newOffice(t)
	for query, want := range map[string][2]bool{
		"": {true, true}, "?form=defect": {true, false}, "?department=buergeramt": {false, true}, "?status=done": {false, false},
		"?q=LINDENSTRASE+laterne": {true, false}, "?q=228770": {false, true}, "?q=327-00001": {true, false}, "?overdue=1": {false, false}, "?dead=1": {false, false}, "?page=99": {true, true},
	} {
		code, text := o.get("tina", "/admin/anliegen"+query)
		require.Equal(t, 200, code)
		require.Equal(t, want, [2]bool{strings.Contains(text, `/327-00001"`), strings.Contains(text, `/327-00002"`)}, query)
	}
	o.now = taken.AddDate(0, 0, 7)
	_, text := o.get("tina", "/admin/anliegen?overdue=1&lang=en")
	require.Contains(t, text, `/327-00001"`)
	require.Contains(t, text, "Report a defect")
	require.Contains(t, text, ">overdue<")
}

func TestRequestPage(t *testing.T) {
	o := newOffice(t)
	_, text := o.get("tina", "/admin/anliegen/327-00001?lang=de")
	for _, want := range []string{"eine Laterne", `lang="tr">(bir sokak lambası)`, "nicht im Straßenverzeichnis", "&lt;b&gt;x&lt;/b&gt;", "Tiefbauamt", "Mangel melden", "wartet", "aufgenommen"} {
		require.Contains(t, text, want)
	}
	code, _ := o.get("tina", "/admin/anliegen/nothing")
	require.Equal(t, 404, code)

	move := func(values url.Values) string {
		code, _, head := o.ask("tina", http.MethodPost, "/admin/anliegen/327-00001/status", values)
		require.Equal(t, 303, code)
		return head.Get("Location")
	}
	require.Equal(t, "/admin/anliegen/327-00001?wrong=note", move(url.Values{"seen": {"new"}, "status": {"rejected"}, "note": {" "}}))
	require.Equal(t, "/admin/anliegen/327-00001?ok=status", move(url.Values{"seen": {"new"}, "status": {"in_work"}, "note": {"Herr <i>Ott</i> kümmert sich"}}))
	require.Equal(t, "/admin/anliegen/327-00001?wrong=moved", move(url.Values{"seen": {"new"}, "status": {"done"}}))
	require.Equal(t, "/admin/anliegen/327-00001?wrong=moved", move(url.Values{"seen": {"in_work"}, "status": {"nonsense"}}))
	_, text = o.get("tina", "/admin/anliegen/327-00001?wrong=moved")
	require.Contains(t, text, "in_work: Herr &lt;i&gt;Ott&lt;/i&gt; kümmert sich")
	require.Contains(t, text, "tina")
	require.Contains(t, text, "inzwischen geändert")

	_, _, head := o.ask("tina", http.MethodPost, "/admin/anliegen/327-00001/zustellen", url.Values{})
	require.Contains(t, head.Get("Location"), "ok=redeliver")
	_, _, head = o.ask("tina", http.MethodPost, "/admin/anliegen/327-00002/zustellen", url.Values{})
	require.Contains(t, head.Get("Location"), "wrong=target")

	_, _, head = o.ask("chef", http.MethodPost, "/admin/anliegen/327-00001/loeschen", url.Values{"why": {" "}})
	require.Contains(t, head.Get("Location"), "wrong=why")
	_, _, head = o.ask("chef", http.MethodPost, "/admin/anliegen/327-00001/loeschen", url.Values{"why": {"Wunsch der Person"}})
	require.Equal(t, "/admin/anliegen?ok=deleted", head.Get("Location"))
	code, _ = o.get("tina", "/admin/anliegen/327-00001")
	require.Equal(t, 404, code)
}

func TestExports(t *testing.T) {
	o := newOffice(t)
	_, text := o.get("tina", "/admin/anliegen/export.csv")
	require.True(t, strings.HasPrefix(text, "\ufeffreference;created;"))
	require.Contains(t, text, `"'=HYPERLINK(""http://evil.example"") <b>x</b>"`)
	require.Contains(t, text, `'+49228770`)
	_, text = o.get("tina", "/admin/anliegen/export.json?form=defect")
	var list []requests.View
	require.NoError(t, json.Unmarshal([]byte(text), &list))
	require.Len(t, list, 1)
	require.Equal(t, "Lindenstrase", list[0].Slots[1].Value)
}

func TestRequestAPI(t *testing.T) {
	o := newOffice(t)
	s, _ := o.keeper.Find(o.ids["chef"])
	call := func(method, path, body string) (int, string) {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Token", s.Token)
		code, text, _ := o.send("chef", r)
		return code, text
	}
	code, text := call("GET", "/api/v1/requests?status=new", "")
	require.Equal(t, 200, code)
	require.Equal(t, 2, strings.Count(text, `"reference"`))
	for body, want := range map[string]int{`{"status":"rejected"}`: 422, `{"status":"wild"}`: 409, `{`: 400} {
		code, text = call("PATCH", "/api/v1/requests/327-00001", body)
		require.Equal(t, want, code, body)
		require.Contains(t, text, `"error"`)
	}
	code, text = call("PATCH", "/api/v1/requests/327-00001", `{"status":"done","note":"Lampe getauscht"}`)
	require.Equal(t, 200, code)
	require.Contains(t, text, "done: Lampe getauscht")
	code, _ = call("POST", "/api/v1/requests/327-00001/deliveries", "")
	require.Equal(t, 202, code)
	code, _ = call("POST", "/api/v1/requests/327-00002/deliveries", "")
	require.Equal(t, 409, code)
	code, _ = call("DELETE", "/api/v1/requests/327-00002", "")
	require.Equal(t, 422, code)
	code, _ = call("DELETE", "/api/v1/requests/327-00002?why=asked", "")
	require.Equal(t, 204, code)
	code, _ = call("GET", "/api/v1/requests/327-00002", "")
	require.Equal(t, 404, code)

	var spec struct{ Paths map[string]map[string]any }
	require.NoError(t, json.Unmarshal(openapi, &spec))
	for path, methods := range map[string][]string{"/api/v1/requests": {"get"}, "/api/v1/requests/events": {"get"}, "/api/v1/requests/{reference}": {"get", "patch", "delete"}, "/api/v1/requests/{reference}/deliveries": {"post"}} {
		for _, m := range methods {
			require.Contains(t, spec.Paths[path], m, path)
		}
	}
}

func TestAgentsStartWithRequests(t *testing.T) {
	o := newOffice(t)
	o.ids[""] = ""
	code, _, head := o.ask("", http.MethodPost, "/anmelden", url.Values{"name": {"tina"}, "password": {secret}})
	require.Equal(t, 303, code)
	require.Equal(t, "/admin/anliegen", head.Get("Location"))
}
