package session

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"
)

const password = "ein langes Wort"

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func keeper(t *testing.T) (*Keeper, *clock) {
	t.Helper()
	argon, err := Hash(password)
	require.NoError(t, err)
	crypted, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	require.NoError(t, err)
	c := &clock{time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	k, err := New(Options{Now: c.Now, Users: []User{{"erika", Editor, argon}, {"paul", Reviewer, string(crypted)}}})
	require.NoError(t, err)
	return k, c
}

func TestSignInAndOut(t *testing.T) {
	k, c := keeper(t)
	for name, role := range map[string]Role{"erika": Editor, "paul": Reviewer} {
		id, err := k.SignIn(name, password, "127.0.0.1")
		require.NoError(t, err)
		s, ok := k.Find(id)
		require.True(t, ok)
		require.Equal(t, role, s.Role)
		require.True(t, s.Genuine(s.Token))
		require.False(t, s.Genuine(""))
		k.End(id)
		_, ok = k.Find(id)
		require.False(t, ok)
	}
	_, err := k.SignIn("erika", "falsch falsch", "127.0.0.1")
	require.ErrorIs(t, err, ErrWrong)
	_, err = k.SignIn("niemand", password, "127.0.0.1")
	require.ErrorIs(t, err, ErrWrong)

	id, err := k.SignIn("erika", password, "127.0.0.1")
	require.NoError(t, err)
	c.now = c.now.Add(idle + time.Second)
	_, ok := k.Find(id)
	require.False(t, ok, "an idle session ends")
}

func TestAttemptsAreLimited(t *testing.T) {
	k, c := keeper(t)
	for range maxFailures {
		_, err := k.SignIn("erika", "falsch", "10.0.0.1")
		require.ErrorIs(t, err, ErrWrong)
	}
	_, err := k.SignIn("erika", password, "10.0.0.2")
	require.ErrorIs(t, err, ErrTooMany, "a name is guarded from all sides")
	_, err = k.SignIn("paul", password, "10.0.0.1")
	require.ErrorIs(t, err, ErrTooMany, "an address is stopped for all names")
	c.now = c.now.Add(window)
	_, err = k.SignIn("erika", password, "10.0.0.1")
	require.NoError(t, err)
}

func TestHashesOfTheConfigurationAreChecked(t *testing.T) {
	for _, hash := range []string{"", "geheim", "$argon2id$v=19$m=99999999,t=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA", "$2a$31$xxxxxxxxxxxxxxxxxxxxxx"} {
		_, err := New(Options{Users: []User{{"a", Editor, hash}}})
		require.ErrorContains(t, err, `user "a"`, hash)
	}
	good, err := Hash(password)
	require.NoError(t, err)
	_, err = New(Options{Users: []User{{"a", "boss", good}}})
	require.ErrorContains(t, err, "boss")
	_, err = New(Options{Users: []User{{"a", Editor, good}, {"a", Editor, good}}})
	require.ErrorContains(t, err, "twice")
	_, err = Hash("kurz")
	require.Error(t, err)
}

func FuzzHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA")
	f.Add("$2a$04$abc")
	f.Fuzz(func(t *testing.T, hash string) {
		if CheckHash(hash) == nil && !strings.HasPrefix(hash, "$2") {
			h, err := parseArgon(hash)
			require.NoError(t, err)
			require.LessOrEqual(t, h.memory, uint32(maxMemory))
		}
	})
}

// app answers 200 to reviewers.
func app(k *Keeper) *fiber.App {
	a := fiber.New()
	a.Use("/admin", k.Require(Reviewer))
	a.All("/admin", func(c *fiber.Ctx) error { return c.SendString("in") })
	return a
}

func ask(t *testing.T, a *fiber.App, method, id, origin, token string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, "/admin?x=1", strings.NewReader("token="+token))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: cookie, Value: id})
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	resp, err := a.Test(r, 5000)
	require.NoError(t, err)
	resp.Body.Close()
	return resp
}

func TestGuard(t *testing.T) {
	k, _ := keeper(t)
	a := app(k)
	resp := ask(t, a, "GET", "nothing", "", "")
	require.Equal(t, 303, resp.StatusCode)
	require.Equal(t, "/anmelden?next=%2Fadmin%3Fx%3D1", resp.Header.Get("Location"))
	require.Equal(t, 401, ask(t, a, "POST", "nothing", "", "").StatusCode)

	erika, err := k.SignIn("erika", password, "x")
	require.NoError(t, err)
	require.Equal(t, 403, ask(t, a, "GET", erika, "", "").StatusCode, "an editor is no reviewer")

	paul, err := k.SignIn("paul", password, "x")
	require.NoError(t, err)
	s, _ := k.Find(paul)
	require.Equal(t, 200, ask(t, a, "GET", paul, "", "").StatusCode)
	require.Equal(t, 200, ask(t, a, "POST", paul, "http://example.com", s.Token).StatusCode)
	require.Equal(t, 403, ask(t, a, "POST", paul, "", "wrong").StatusCode, "a forged form")
	require.Equal(t, 403, ask(t, a, "POST", paul, "https://evil.example", s.Token).StatusCode, "a foreign page")
	require.Equal(t, 403, ask(t, a, "POST", paul, "null", s.Token).StatusCode, "a page that hides where it is from")
}

func TestNextStaysHere(t *testing.T) {
	for address, want := range map[string]string{
		"/admin/wissen?q=a": "/admin/wissen?q=a", "https://evil.example/": "/", "//evil.example": "/", "/\\evil.example": "/", "javascript:alert(1)": "/", "": "/",
	} {
		require.Equal(t, want, Next(address, "/"), address)
	}
}
