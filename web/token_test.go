package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/web/session"
)

// TestProgramsUseTheAPI has three programs: one that may, one with another
// role, one that nobody knows.
func TestProgramsUseTheAPI(t *testing.T) {
	o := newOffice(t)
	may, mayHash := session.NewToken()
	other, otherHash := session.NewToken()
	stranger, _ := session.NewToken()
	keeper, err := session.New(session.Options{Machines: []session.Machine{
		{Name: "fachverfahren", Role: session.Agent, Hash: mayHash}, {Name: "redaktion", Role: session.Editor, Hash: otherHash},
	}})
	require.NoError(t, err)
	o.Server = newServer(t, func(opt *Options) {
		opt.Sessions, opt.Requests = keeper, &Requests{Desk: o.desk}
	})
	send := func(method, path, authorization, body string) (int, string) {
		t.Helper()
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		code, text, _ := o.send("", r)
		return code, text
	}
	code, text := send(http.MethodGet, "/api/v1/requests", "Bearer "+may, "")
	require.Equal(t, 200, code, text)
	require.Contains(t, text, "327-00001")
	for _, bad := range []string{"", "Bearer ", "Bearer " + stranger, "Bearer " + mayHash, "Basic " + may} {
		code, text := send(http.MethodGet, "/api/v1/requests", bad, "")
		require.Equal(t, 401, code, "%q", bad)
		require.NotContains(t, text, "327-00001")
	}
	code, text = send(http.MethodGet, "/api/v1/requests", "Bearer "+other, "")
	require.Equal(t, 403, code)
	require.NotContains(t, text, "327-00001")
	code, _ = send(http.MethodGet, "/admin/anliegen", "Bearer "+may, "")
	require.Equal(t, 303, code, "pages are for people")
}
