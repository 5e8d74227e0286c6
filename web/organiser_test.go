package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/web/session"
)

func TestOrganiserPages(t *testing.T) {
	c := newCouncil(t, nil)
	h := c.hold(`{"title":"Rat <b>","languages":["de","tr"],"consent":"<script>"}`)
	for _, path := range []string{"/rooms", "/rooms/" + h.code, "/rooms/" + strings.ToLower(h.code), "/rooms/" + h.code + "/speak"} {
		for _, lang := range []string{"de", "en"} {
			code, text, head := c.ask(http.MethodGet, path+"?lang="+lang, "")
			require.Equal(t, 200, code, path)
			require.Contains(t, text, `<html lang="`+lang+`"`)
			require.NotContains(t, text, "Rat <b>", "what a key is needed for is not on the page")
			require.NotContains(t, text, h.keys.Secret)
			require.Equal(t, "no-store", head.Get("Cache-Control"))
		}
	}
	for _, path := range []string{"/rooms/x", "/rooms/AAAAAA", "/rooms/%3Cb%3E/speak"} {
		code, _, _ := c.ask(http.MethodGet, path, "")
		require.Equal(t, 404, code, path)
	}
	_, text, _ := c.ask(http.MethodGet, "/rooms?lang=en", "")
	require.Contains(t, text, ">Turkish<")
	require.Contains(t, text, meeting.Announcement("de", false))
}

func TestOnlyARoleOpensMeetings(t *testing.T) {
	c := newCouncil(t, func(o *Options, _ *meeting.HallOptions) { o.Meetings.Create = session.Agent })
	code, _, _ := c.ask(http.MethodGet, "/rooms", "")
	require.Equal(t, 403, code, "nobody can sign in here")
}

func TestASpeakerIsTold(t *testing.T) {
	c, _ := newConnected(t, nil)
	h := c.hold(`{"consent":"Eine Maschine schreibt mit."}`)
	code, _, _ := c.ask("GET", h.path("/speak"), "")
	require.Equal(t, 401, code)
	see := func(path string) (v voiceState) {
		t.Helper()
		code, text := c.by(h.keys.Speak, "GET", h.path(path), "")
		require.Equal(t, 200, code, text)
		require.NoError(t, json.Unmarshal([]byte(text), &v))
		return v
	}
	v := see("/speak")
	require.Equal(t, voiceState{Life: rooms.Running, Languages: []string{"de"}, Consent: "Eine Maschine schreibt mit.", Announced: true, Warnings: []rooms.Warning{}}, v)

	code, text := c.by(h.keys.Speak, "POST", h.path("/speak"), `{"sdp":"offer","name":"Frau Winter"}`)
	line := c.line(code, text)
	require.Eventually(t, func() bool { return see("/speak/" + line).There }, 10*time.Second, 10*time.Millisecond)
	require.False(t, see("/speak/"+line).Told)
	do := func(order string, want int) {
		t.Helper()
		code, text := c.by(h.keys.Speak, "POST", h.path("/speak/"+line+"/"+order), "")
		require.Equal(t, want, code, text)
	}
	do("told", 204)
	require.True(t, see("/speak/"+line).Told)
	do("refuse", 204)
	require.True(t, see("/speak/"+line).Refused)
	do("agree", 204)
	require.False(t, see("/speak/"+line).Refused)
	for _, path := range []string{"/speak/guessed", "/speak/guessed/refuse", "/speak/" + h.input + "/refuse"} {
		method := map[bool]string{true: "POST", false: "GET"}[strings.HasSuffix(path, "refuse")]
		code, _ := c.by(h.keys.Speak, method, h.path(path), "")
		require.Equal(t, 404, code, "nobody speaks for others")
	}
	s, err := h.room.Status(t.Context())
	require.NoError(t, err)
	require.False(t, s.Inputs[0].Refused, "the other speaker")
}
