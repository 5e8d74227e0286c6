package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the chat costs a page, gzipped.
const (
	loaderBudget = 4 << 10
	frameBudget  = 20 << 10 // all scripts of the frame together
)

func TestChatIsSmall(t *testing.T) {
	s := newCitizenServer(t, Citizens{})
	_, loader, _ := get(t, s, "/chat.js")
	small := zipped(t, loader)
	require.LessOrEqual(t, small, loaderBudget)
	frame := 0
	for name := range modules(t, "chat-frame.js", map[string]bool{}) {
		data, err := static.ReadFile("static/" + name)
		require.NoError(t, err)
		frame += zipped(t, string(data))
	}
	require.LessOrEqual(t, frame, frameBudget)
	t.Logf("loader %.1f KB, scripts of the frame %.1f KB", float64(small)/1024, float64(frame)/1024)
}

// modules are a script and all it imports.
func modules(t *testing.T, name string, seen map[string]bool) map[string]bool {
	t.Helper()
	if seen[name] {
		return seen
	}
	seen[name] = true
	data, err := static.ReadFile("static/" + name)
	require.NoError(t, err)
	for _, m := range regexp.MustCompile(`from "\./([\w-]+\.js)"`).FindAllStringSubmatch(string(data), -1) {
		modules(t, path.Base(m[1]), seen)
	}
	return seen
}

func zipped(t *testing.T, text string) int {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.DefaultCompression)
	require.NoError(t, err)
	_, err = io.WriteString(z, text)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Len()
}

func TestChatIsFramedByListedSitesOnly(t *testing.T) {
	for name, tc := range map[string]struct {
		sites []string
		want  string
	}{
		"default": {nil, "frame-ancestors 'self'"},
		"listed":  {[]string{"https://www.musterstadt.example", "http://127.0.0.1:8099"}, "frame-ancestors 'self' https://www.musterstadt.example http://127.0.0.1:8099"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, head := get(t, newCitizenServer(t, Citizens{Sites: tc.sites}), "/chat")
			policy := head.Get("Content-Security-Policy")
			require.True(t, strings.HasSuffix(policy, tc.want), policy)
			require.Contains(t, policy, "script-src 'self';")
		})
	}
	for _, site := range []string{"www.musterstadt.example", "https://a.example/path", "https://*.example", "https://a.example; script-src *", "javascript:alert(1)", "'none'"} {
		_, err := NewServer(Options{Citizens: &Citizens{Sites: []string{site}}})
		require.ErrorContains(t, err, "is no origin", site)
	}
	_, _, head := get(t, newCitizenServer(t, Citizens{Sites: []string{"https://www.musterstadt.example"}}), "/anruf")
	require.Contains(t, head.Get("Content-Security-Policy"), "frame-ancestors 'none'")
}

func TestChatLoaderSpeaksAllLanguages(t *testing.T) {
	s := newCitizenServer(t, Citizens{})
	code, body, head := get(t, s, "/chat.js")
	require.Equal(t, 200, code)
	require.Equal(t, "text/javascript; charset=utf-8", head.Get("Content-Type"))
	require.Equal(t, "cross-origin", head.Get("Cross-Origin-Resource-Policy"))
	require.NotContains(t, body, "TEXTS")
	for _, l := range citizenLanguages {
		require.Contains(t, body, s.citizenText(t, l, "chat_open"))
	}
}

func (s *Server) citizenText(t *testing.T, language, key string) string {
	t.Helper()
	texts, err := citizenText(language)
	require.NoError(t, err)
	return texts[key]
}
