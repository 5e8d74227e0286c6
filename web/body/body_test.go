package body

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type who struct{ Name, Speaker string }

type order struct {
	who
	Title     string            `json:"title"`
	Languages []string          `json:"languages"`
	Easy      bool              `json:"easy"`
	Delay     float64           `json:"delay_s"`
	Revision  int               `json:"revision"`
	Slots     map[string]string `json:"slots"`
	On        *bool
	PIN       string
	Hidden    string `json:"-"`
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	const begins = "the body cannot be read: "
	for body, want := range map[string]string{
		`{"title": 5}`:            "title: a text must stand here, not a number",
		`{"title": {"de":"x"}}`:   "title: a text must stand here, not an object",
		`{"languages": "de"}`:     "languages: a list must stand here, not a text",
		`{"languages": ["de",5]}`: "languages: a text must stand here, not a number",
		`{"easy": "ja"}`:          "easy: true or false must stand here, not a text",
		`{"delay_s": true}`:       "delay_s: a number must stand here, not true or false",
		`{"delay_s": 1e999}`:      "delay_s: a number must stand here, not 1e999",
		`{"revision": 1.5}`:       "revision: a whole number must stand here, not 1.5",
		`{"revision": []}`:        "revision: a whole number must stand here, not a list",
		`{"slots": {"when": 5}}`:  "slots: a text must stand here, not a number",
		`{"slots": "x"}`:          "slots: an object must stand here, not a text",
		`{"on": "yes"}`:           "on: true or false must stand here, not a text",
		`{"pin": 4711}`:           "pin: a text must stand here, not a number",
		`{"name": 5}`:             "name: a text must stand here, not a number",
		`{"langages": ["de"]}`:    "langages: there is no such field here; known are delay_s, easy, languages, name, on, pin, revision, slots, speaker, title",
		`{"title":"x"} trailing`:  "something follows the JSON object, which ends at byte 13",
		`{"title":"x"}{}`:         "something follows the JSON object, which ends at byte 13",
		`{"title":"x"`:            "the JSON ends too early",
		`{title:"x"}`:             "it is no JSON at byte 2: invalid character 't' looking for beginning of object key string",
		`page=chat`:               "it is no JSON at byte 1: invalid character 'p' looking for beginning of value",
		" \n":                     "it is empty; send a JSON object, at least {}",
		`[1]`:                     "a JSON object {…} must stand here, not a list",
		`"x"`:                     "a JSON object {…} must stand here, not a text",
		`-1`:                      "a JSON object {…} must stand here, not a number",
		`true`:                    "a JSON object {…} must stand here, not true or false",
	} {
		require.EqualError(t, Decode([]byte(body), &order{}), begins+want, body)
	}
	long := strings.Repeat("ü", 5000)
	require.Less(t, len(Decode([]byte(`{"`+long+`":1}`), &order{}).Error()), 300)
	require.Less(t, len(Decode([]byte(`{"revision":`+strings.Repeat("9", 5000)+`}`), &order{}).Error()), 300)
}

func TestWhatIsRightIsRead(t *testing.T) {
	var o order
	require.NoError(t, Decode([]byte(` {"title":"Rat","TITLE":"Ausschuss","name":"Saal","languages":null,"pin":"1","on":true} `), &o))
	require.Equal(t, "Ausschuss", o.Title)
	require.Equal(t, "Saal", o.Name)
	require.True(t, *o.On)
	require.NoError(t, Decode([]byte(`{}`), &o))
	require.NoError(t, Decode([]byte(` null `), &o), "some clients send it for nothing")
	require.Equal(t, "Ausschuss", o.Title)
	require.NoError(t, DecodeKnown([]byte(`{"title":"Rat","instructions":"calm"}`), &o))
	require.Error(t, DecodeKnown([]byte(`{"title":5}`), &o))
}

// FuzzDecode holds that what Decode takes is a JSON object, and that a refusal is one short line.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{"title":5}`, `{"slots":{"a":1}}`, `null`, `{} x`, "\xff", `{"a\nb":1}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		err := Decode(data, &order{})
		if err == nil {
			require.True(t, json.Valid(data))
			return
		}
		require.NotContains(t, err.Error(), "\n")
		require.Less(t, len(err.Error()), 400)
	})
}
