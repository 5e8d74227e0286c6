package web

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever sends a body that cannot be read hears which field is wrong.
func TestWrongBodiesAreExplained(t *testing.T) {
	c := newCouncil(t, nil)
	h := c.hold(`{"title":"Rat"}`)
	begins := "the body cannot be read: "
	for _, w := range []struct {
		path, body, line string
	}{
		{"", `{"title":5}`, "title: a text must stand here, not a number"},
		{"", `{"langages":["de"]}`, "langages: there is no such field here; known are consent, delay_s, easy, fast, glossary, keep, languages, scroll, speakers, title"},
		{"", `{"title":"Rat"} und mehr`, "something follows the JSON object, which ends at byte 15"},
		{"", `{"title":`, "the JSON ends too early"},
		{"", ` `, "it is empty; send a JSON object, at least {}"},
		{"", `["Rat"]`, "a JSON object {…} must stand here, not a list"},
		{"/CODE/keep", `{"on":"ja"}`, "on: true or false must stand here, not a text"},
		{"/CODE/delay", `{"seconds":"5"}`, "seconds: a number must stand here, not a text"},
		{"/CODE/glossary", `{"words":"Musterstadt"}`, "words: a list must stand here, not a text"},
		{"/CODE/inputs/rtp", `{"name":5}`, "name: a text must stand here, not a number"},
		{"/CODE/inputs/rtp", `{"codecs":"opus"}`, "codecs: there is no such field here; known are codec, language, name, speaker"},
		{"/CODE/cues/none", `{"revision":1.5}`, "revision: a whole number must stand here, not 1.5"},
		{"/CODE/enter", `{"key":null,"schluessel":"x"}`, "schluessel: there is no such field here; known are key"},
	} {
		code, text := c.by(h.keys.Secret, "POST", "/api/v1/rooms"+strings.Replace(w.path, "CODE", h.code, 1), w.body)
		require.Equal(t, 400, code, "%s %s: %s", w.path, w.body, text)
		var said struct{ Error string }
		require.NoError(t, json.Unmarshal([]byte(text), &said))
		require.Equal(t, begins+w.line, said.Error)
	}
	code, text := c.by(h.keys.Secret, "POST", h.path("/announce"), `{"text":"`+strings.Repeat("x", maxCallerBody)+`"}`)
	require.Equal(t, 413, code)
	require.JSONEq(t, `{"error":"the body has 81931 bytes; at most 81920 are read"}`, text)
	code, text, _ = c.ask("POST", h.path("/keep"), `on=true`, "Authorization", "Bearer "+h.keys.Secret, "Content-Type", "text/plain")
	require.Equal(t, 415, code)
	require.JSONEq(t, `{"error":"send JSON, with Content-Type: application/json"}`, text)
}

// A body that is not even read is refused by its length alone.
func TestALargeBodyIsExplained(t *testing.T) {
	c := newCouncil(t, nil)
	conn, err := net.Dial("tcp", c.addr)
	require.NoError(t, err)
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "POST /api/v1/rooms HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", c.addr, largestBody+1)
	require.NoError(t, err)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, 413, resp.StatusCode)
	require.JSONEq(t, `{"error":"the body is larger than 1 MB"}`, string(text))
}

func TestWrongBodiesOfTheDeskAreExplained(t *testing.T) {
	w, _ := withPad(t)
	for path, wrong := range map[string][2]string{
		"presence": {`{"state":5}`, "state: a text must stand here, not a number"},
		"requests": {`{"slots":{"street":5}}`, "slots: a text must stand here, not a number"},
	} {
		code, text := w.post("tina", path, wrong[0])
		require.Equal(t, 400, code, text)
		require.JSONEq(t, `{"error":"the body cannot be read: `+wrong[1]+`"}`, text)
	}
}
