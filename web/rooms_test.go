package web

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/meeting/booth"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/live"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/web/v1"
)

// deaf hears nothing: the tests say themselves what was said.
type deaf struct{}

func (deaf) Recognize(context.Context, stt.Window) (stt.Hypothesis, error) {
	return stt.Hypothesis{}, nil
}
func (deaf) Name() string                         { return "deaf" }
func (deaf) Probability([]int16) (float32, error) { return 0, nil }

// council is a service with a real hall on a port of this machine.
type council struct {
	*Server
	t    *testing.T
	addr string
	hall *meeting.Hall
	stop func()
}

func newCouncil(t *testing.T, change func(*Options, *meeting.HallOptions)) *council {
	t.Helper()
	o := Options{Meetings: &Meetings{Temp: t.TempDir()}}
	h := meeting.HallOptions{
		Room: func(meeting.New) rooms.Options {
			return rooms.Options{Translate: func(_ context.Context, text, _, to string) (string, error) { return to + ": " + text, nil }}
		},
		Booth: booth.Options{Live: live.Options{Recognizer: deaf{}, Voice: func() (live.Voice, func(), error) { return deaf{}, func() {}, nil }}},
	}
	if change != nil {
		change(&o, &h)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, ln.Close())
	c := &council{t: t, addr: ln.Addr().String(), hall: meeting.NewHall(h)}
	c.Server = newServer(t, func(all *Options) {
		o.Meetings.Hall = c.hall
		all.Listen, all.Meetings, all.Sessions, all.V1, all.Proxies = c.addr, o.Meetings, o.Sessions, o.V1, o.Proxies
		if o.Log != nil {
			all.Log = o.Log
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 2)
	go func() { ended <- c.hall.Run(ctx) }()
	go func() { ended <- c.Run(ctx) }()
	c.stop = func() {
		cancel()
		require.NoError(t, errors.Join(<-ended, <-ended))
		http.DefaultClient.CloseIdleConnections()
		c.stop = func() {}
	}
	t.Cleanup(func() { c.stop() })
	<-c.hall.Ready()
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", c.addr)
		return err == nil && conn.Close() == nil
	}, 10*time.Second, 10*time.Millisecond)
	return c
}

// ask sends a request; header are names and values.
func (c *council) ask(method, path, body string, header ...string) (int, string, http.Header) {
	c.t.Helper()
	r, err := http.NewRequest(method, "http://"+c.addr+path, strings.NewReader(body))
	require.NoError(c.t, err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	require.NoError(c.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(c.t, err)
	return resp.StatusCode, string(text), resp.Header
}

// by is ask with a key.
func (c *council) by(key, method, path, body string) (int, string) {
	c.t.Helper()
	code, text, _ := c.ask(method, path, body, "Authorization", "Bearer "+key)
	return code, text
}

// held is a meeting that runs, with one input.
type held struct {
	c     *council
	code  string
	keys  meeting.Keys
	room  *rooms.Room
	input string
	since time.Time
}

func (c *council) hold(wish string) *held {
	c.t.Helper()
	code, text, _ := c.ask(http.MethodPost, "/api/v1/rooms", wish)
	require.Equal(c.t, 201, code, text)
	h := &held{c: c}
	var made struct {
		Code string
		Keys meeting.Keys
	}
	require.NoError(c.t, json.Unmarshal([]byte(text), &made))
	h.code, h.keys = made.Code, made.Keys
	mt, err := c.hall.Enter("test", h.code)
	require.NoError(c.t, err)
	h.room = mt.Room
	require.NoError(c.t, mt.Start(c.t.Context()))
	h.input, err = h.room.Attach(c.t.Context(), rooms.Source{Name: "Saal", Kind: rooms.Microphone, Speaker: "Frau Sommer"})
	require.NoError(c.t, err)
	h.since = time.Now()
	return h
}

func (h *held) path(rest string) string { return "/api/v1/rooms/" + h.code + rest }

// say has the input say a whole sentence that ended just now.
func (h *held) say(text string) {
	fields := strings.Fields(text)
	now := time.Since(h.since)
	words := make([]transcript.Word, len(fields))
	for i, f := range fields {
		words[i] = transcript.Word{Text: f, Start: now, End: now, Probability: 0.9}
	}
	require.NoError(h.c.t, h.room.Hear(h.c.t.Context(), h.input, rooms.Update{Committed: words, Sentence: true, Language: "de"}))
}

// stream opens events; next of the scanner reads them.
func (h *held) stream(path string, header ...string) (*bufio.Scanner, func()) {
	h.c.t.Helper()
	ctx, cancel := context.WithTimeout(h.c.t.Context(), 20*time.Second)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+h.c.addr+h.path(path), nil)
	require.NoError(h.c.t, err)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	require.NoError(h.c.t, err)
	require.Equal(h.c.t, 200, resp.StatusCode)
	require.Equal(h.c.t, "text/event-stream; charset=utf-8", resp.Header.Get("Content-Type"))
	return bufio.NewScanner(resp.Body), func() { cancel(); resp.Body.Close() }
}

func TestWhoHoldsAMeetingGetsItsKeys(t *testing.T) {
	c := newCouncil(t, func(o *Options, _ *meeting.HallOptions) { o.Meetings.Number = "03012345" })
	code, text, header := c.ask(http.MethodPost, "/api/v1/rooms", `{"title":"Rat <b>1</b>","languages":["de","en"],"delay_s":2}`)
	require.Equal(t, 201, code, text)
	var made struct {
		Code  string
		Keys  meeting.Keys
		Links map[string]string
	}
	require.NoError(t, json.Unmarshal([]byte(text), &made))
	require.Equal(t, "http://"+c.addr+"/s/"+made.Code, made.Links["viewer"])
	require.Equal(t, "http://"+c.addr+"/rooms/"+made.Code+"/editor#"+made.Keys.Edit, made.Links["editor"])
	cookie := header.Get("Set-Cookie")
	require.Contains(t, cookie, "room_"+made.Code+"="+made.Keys.Secret)
	require.Contains(t, cookie, "HttpOnly")
	require.Contains(t, cookie, "SameSite=Strict")
	require.Equal(t, "no-store", header.Get("Cache-Control"))

	at := "/api/v1/rooms/" + strings.ToLower(made.Code)
	code, text, _ = c.ask(http.MethodGet, at, "")
	require.Equal(t, 200, code)
	require.Contains(t, text, `"title":"Rat \u003cb\u003e1\u003c/b\u003e"`)
	require.Contains(t, text, `"phone":{"number":"03012345"}`)
	for _, k := range []string{made.Keys.Secret, made.Keys.Edit, made.Keys.Speak, made.Keys.PIN} {
		require.NotContains(t, text, k)
	}
	code, text = c.by(made.Keys.Speak, http.MethodGet, at, "")
	require.Equal(t, 200, code)
	require.Contains(t, text, `"pin":"`+made.Keys.PIN+`"`)
	code, text = c.by("wrong", http.MethodGet, at, "")
	require.Equal(t, 200, code, "what is public stays so")
	require.NotContains(t, text, `"pin"`)

	code, text = c.by(made.Keys.Edit, http.MethodGet, at+"/status", "")
	require.Equal(t, 200, code)
	require.Contains(t, text, `"role":"editor"`)
	require.NotContains(t, text, made.Keys.Secret)
	require.NotContains(t, text, made.Keys.Speak)
	code, text = c.by(made.Keys.Secret, http.MethodGet, at+"/status", "")
	require.Equal(t, 200, code)
	require.Contains(t, text, made.Keys.Edit)
	require.Contains(t, text, `"delay_s":2`)
}

// roomWrites are all orders, with the least role that may give them.
var roomWrites = []struct {
	method, path, body string
	role               meeting.Role
}{
	{"POST", "/start", "", meeting.Organiser}, {"POST", "/pause", "", meeting.Organiser}, {"POST", "/announce", `{"text":"Es schreibt eine Maschine mit."}`, meeting.Organiser},
	{"POST", "/keep", `{"on":false}`, meeting.Organiser}, {"POST", "/languages", `{"languages":["de","en"]}`, meeting.Organiser},
	{"POST", "/delay", `{"seconds":1}`, meeting.Editor}, {"POST", "/glossary", `{"words":["Musterstadt"]}`, meeting.Editor},
	{"POST", "/inputs/INPUT/mute", "", meeting.Organiser}, {"POST", "/inputs/INPUT/unmute", "", meeting.Organiser}, {"POST", "/inputs/INPUT/told", "", meeting.Organiser},
	{"POST", "/inputs/INPUT/refuse", "", meeting.Organiser}, {"POST", "/inputs/INPUT/agree", "", meeting.Organiser},
	{"POST", "/stop", "", meeting.Organiser}, {"POST", "/close", "", meeting.Organiser},
}

func TestOrdersAreForThoseWhoMayGiveThem(t *testing.T) {
	c := newCouncil(t, nil)
	h := c.hold(`{"title":"Rat"}`)
	for _, w := range roomWrites {
		path := h.path(strings.Replace(w.path, "INPUT", h.input, 1))
		code, text, header := c.ask(w.method, path, w.body)
		require.Equal(t, 401, code, path)
		require.JSONEq(t, `{"error":"this needs a key of the meeting"}`, text)
		require.Equal(t, "Bearer", header.Get("WWW-Authenticate"))
		code, _ = c.by(h.keys.Speak, w.method, path, w.body)
		require.Equal(t, 403, code, path)
		if w.role == meeting.Organiser {
			code, text = c.by(h.keys.Edit, w.method, path, w.body)
			require.Equal(t, 403, code, path)
			require.JSONEq(t, `{"error":"this key of the meeting does not allow that"}`, text)
		}
		code, text, _ = c.ask(w.method, path, w.body, "Cookie", "room_"+h.code+"="+h.keys.Secret, "Sec-Fetch-Site", "cross-site")
		require.Equal(t, 403, code, "forged: %s %s", path, text)
	}
	for _, w := range roomWrites {
		path := h.path(strings.Replace(w.path, "INPUT", h.input, 1))
		key := h.keys.Secret
		if w.role == meeting.Editor {
			key = h.keys.Edit
		}
		if w.path == "/close" {
			key = h.keys.Secret
		}
		code, text := c.by(key, w.method, path, w.body)
		require.Equal(t, 204, code, "%s %s", path, text)
	}
	require.Eventually(t, func() bool { // 410 while it leaves the hall
		code, _ := c.by(h.keys.Secret, "GET", h.path("/status"), "")
		return code == 404
	}, 10*time.Second, 20*time.Millisecond, "a closed meeting is gone")
}

func TestWhoRefusedCannotBeMarkedAsTold(t *testing.T) {
	c := newCouncil(t, nil)
	h := c.hold(`{"title":"Rat"}`)
	told := func() (int, string) {
		return c.by(h.keys.Secret, "POST", h.path("/inputs/"+h.input+"/told"), "")
	}
	for _, order := range []string{"/announce", "/inputs/" + h.input + "/refuse"} {
		code, text := c.by(h.keys.Secret, "POST", h.path(order), `{"text":"Eine Maschine schreibt mit."}`)
		require.Equal(t, 204, code, text)
	}
	code, text := told()
	require.Equal(t, 409, code)
	require.JSONEq(t, `{"error":"this speaker has refused; only a later yes opens the input again"}`, text)
	code, text = c.by(h.keys.Secret, "POST", h.path("/inputs/"+h.input+"/agree"), "")
	require.Equal(t, 204, code, text)
	code, text = told()
	require.Equal(t, 204, code, text)
}

func TestWrongOrdersAreRefused(t *testing.T) {
	c := newCouncil(t, nil)
	h := c.hold(`{"title":"Rat"}`)
	for _, w := range []struct {
		path, body string
		code       int
	}{
		{"/announce", `{"text":" "}`, 400}, {"/announce", `nonsense`, 400}, {"/announce", fmt.Sprintf(`{"text":%q}`, strings.Repeat("x", 2001)), 400},
		{"/keep", `{}`, 400}, {"/delay", `{"seconds":-1}`, 400}, {"/delay", `{"seconds":1e9}`, 400}, {"/delay", `{}`, 400},
		{"/languages", `{"languages":[]}`, 400}, {"/languages", `{"languages":["klingon<b>"]}`, 400}, {"/languages", `{"languages":["de","de"]}`, 400},
		{"/glossary", `{"words":[]}`, 400}, {"/inputs/none/mute", ``, 404}, {"/inputs/none/remove", ``, 404},
		{"/inputs/call", `{"number":""}`, 400}, {"/inputs/call", `{"number":"1","pin":"abc"}`, 400},
		{"/inputs/rtp", `{"language":"<b>"}`, 400}, {"/inputs/rtp", fmt.Sprintf(`{"name":%q}`, strings.Repeat("x", 101)), 400},
		{"/cues/none", `{"text":"x"}`, 404}, {"/release", `{"sentence":"none","text":"x"}`, 404}, {"/release", `{"text":" "}`, 400},
		{"/speak", `{"sdp":"v=0"}`, 404}, {"/speak/none", `{"sdp":"v=0"}`, 404},
		{"/listen/none", `{"sdp":"v=0"}`, 404},
	} {
		code, text := c.by(h.keys.Secret, "POST", h.path(w.path), w.body)
		require.Equal(t, w.code, code, "%s %s: %s", w.path, w.body, text)
		var said struct{ Error string }
		require.NoError(t, json.Unmarshal([]byte(text), &said), w.path)
		require.NotEmpty(t, said.Error)
		require.NotContains(t, said.Error, "\n")
	}
	for _, body := range []string{`{"languages":["xx-invalid-"]}`, `{"delay_s":-1}`, fmt.Sprintf(`{"title":%q}`, strings.Repeat("x", 300))} {
		code, text, _ := c.ask("POST", "/api/v1/rooms", body)
		require.Equal(t, 400, code, text)
		require.Contains(t, text, "this meeting cannot be held")
	}
	for _, path := range []string{"/export.vtt", "/export.docx?language=en", "/minutes.json", "/comparison"} {
		code, text := c.by(h.keys.Secret, "GET", h.path(path), "")
		require.Equal(t, 409, code, path)
		require.JSONEq(t, `{"error":"nothing of this meeting is kept"}`, text)
	}
	code, _, _ := c.ask("GET", h.path("/snapshot?track=@staff"), "")
	require.Equal(t, 404, code)
	code, _, _ = c.ask("GET", h.path("/events?track=tlh"), "")
	require.Equal(t, 404, code)
	code, _, _ = c.ask("GET", h.path("/snapshot?lines=x"), "")
	require.Equal(t, 400, code)
	code, _, _ = c.ask("POST", "/api/v1/rooms", "title=x", "Content-Type", "application/x-www-form-urlencoded")
	require.Equal(t, 415, code)
}

// Committees have long names: none is cut that was taken.
func TestLongTitle(t *testing.T) {
	c := newCouncil(t, nil)
	title := strings.Repeat("Ausschuss für Wärme ", 10)[:200]
	h := c.hold(fmt.Sprintf(`{"title":%q}`, title))
	_, text, _ := c.ask("GET", h.path("/snapshot"), "")
	var snap rooms.Snapshot
	require.NoError(t, json.Unmarshal([]byte(text), &snap))
	require.Equal(t, strings.TrimSpace(title), snap.State.Title)
}

func TestWhoGuessesWaits(t *testing.T) {
	c := newCouncil(t, nil)
	h := c.hold(`{}`)
	last, header := 0, http.Header{}
	for range 12 {
		last, _, header = c.ask("POST", h.path("/enter"), `{"key":"guessed"}`)
	}
	require.Equal(t, 429, last)
	require.Equal(t, "60", header.Get("Retry-After"))
	for range 12 {
		last, _, _ = c.ask("GET", "/api/v1/rooms/000000", "")
	}
	require.Equal(t, 429, last)
}

func TestKeysInCookies(t *testing.T) {
	c := newCouncil(t, func(o *Options, _ *meeting.HallOptions) { o.Meetings.Secure = true })
	h := c.hold(`{}`)
	code, text, header := c.ask("POST", h.path("/enter"), fmt.Sprintf(`{"key":%q}`, h.keys.Edit), "Origin", "http://"+c.addr)
	require.Equal(t, 200, code)
	require.JSONEq(t, `{"role":"editor"}`, text)
	require.Contains(t, header.Get("Set-Cookie"), "secure")
	code, _, _ = c.ask("POST", h.path("/enter"), fmt.Sprintf(`{"key":%q}`, h.keys.Edit), "Origin", "http://evil.example")
	require.Equal(t, 403, code)
	code, text, header = c.ask("POST", h.path("/enter"), `{"key":"no"}`)
	require.Equal(t, 403, code)
	require.JSONEq(t, `{"error":"this key does not open the meeting"}`, text)
	require.Empty(t, header.Get("Set-Cookie"))

	cookie := "room_" + h.code + "=" + h.keys.Edit
	code, _, _ = c.ask("GET", h.path("/status"), "", "Cookie", cookie, "Sec-Fetch-Site", "same-origin")
	require.Equal(t, 200, code)
	code, _, _ = c.ask("POST", h.path("/glossary"), `{"words":["a"]}`, "Cookie", cookie, "Sec-Fetch-Site", "same-origin")
	require.Equal(t, 204, code)
	code, _, header = c.ask("GET", h.path("/status"), "", "Cookie", "room_"+h.code+"=old")
	require.Equal(t, 403, code)
	require.Contains(t, header.Get("Set-Cookie"), "expires=Tue, 10 Nov 2009", "a key that opens nothing is taken away")

	var full []string
	for i := range 9 {
		full = append(full, fmt.Sprintf("room_AAAAA%d=x", i))
	}
	_, _, header = c.ask("POST", h.path("/enter"), fmt.Sprintf(`{"key":%q}`, h.keys.Edit), "Cookie", strings.Join(full, "; "))
	require.Len(t, header.Values("Set-Cookie"), 3, "two old ones go, one comes")
}

func TestViewersGetTheStateThenWhatFollows(t *testing.T) {
	c := newCouncil(t, nil)
	h := c.hold(`{"title":"Rat","languages":["de","en"]}`)
	h.say("Der <script>Antrag</script> ist angenommen.")
	events, end := h.stream("/events?track=en")
	defer end()
	require.Contains(t, next(t, events, "event: snapshot"), `"track":"en"`)
	h.say("Wir kommen zum nächsten Punkt.")
	require.Contains(t, next(t, events, "event: cue"), "en:")

	original, stop := h.stream("/events")
	first := next(t, original, "event: snapshot")
	require.Contains(t, first, `\u003cscript\u003e`)
	require.NotContains(t, first, "<script>")
	var snap rooms.Snapshot
	require.NoError(t, json.Unmarshal([]byte(strings.TrimPrefix(first, "data: ")), &snap))
	stop()
	h.say("Das hat niemand gesehen.")
	again, stop := h.stream("/events", "Last-Event-ID", fmt.Sprint(snap.ID))
	missed := ""
	for !strings.Contains(missed, "gesehen.") {
		missed += next(t, again, "event: cue")
	}
	require.NotContains(t, missed, "Antrag", "what was there is not sent again")
	stop()
	ahead, stop := h.stream(fmt.Sprintf("/events?after=%d", snap.ID+1_000_000))
	next(t, ahead, "event: gap")
	stop()

	code, text, _ := c.ask("GET", h.path("/snapshot?track=original&lines=1"), "")
	require.Equal(t, 200, code)
	require.Contains(t, text, "gesehen.")
	require.NotContains(t, text, "Antrag")
	resp, err := http.Head("http://" + c.addr + h.path("/events"))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, 200, resp.StatusCode)
}

// A translation and the original beside it come on one connection.
func TestTwoTracksOnOneStream(t *testing.T) {
	c := newCouncil(t, nil)
	h := c.hold(`{"title":"Rat","languages":["de","en"]}`)
	h.say("Der Antrag ist angenommen.")
	require.Eventually(t, func() bool {
		_, text, _ := c.ask("GET", h.path("/snapshot?track=en"), "")
		return strings.Contains(text, "Antrag")
	}, 10*time.Second, 10*time.Millisecond, "its translation has come")
	for _, query := range []string{"track=en&track=original", "track=en,original", "track=en,,original,en"} {
		events, end := h.stream("/events?" + query)
		var snaps []rooms.Snapshot
		ids := ""
		for len(snaps) < 2 {
			require.True(t, events.Scan())
			if data, ok := strings.CutPrefix(events.Text(), "data: "); ok {
				snaps = append(snaps, rooms.Snapshot{})
				require.NoError(t, json.Unmarshal([]byte(data), &snaps[len(snaps)-1]))
			} else if strings.HasPrefix(events.Text(), "id: ") {
				ids += fmt.Sprint(len(snaps), " ", events.Text())
			}
		}
		require.Equal(t, fmt.Sprint("1 id: ", snaps[1].ID), ids, "only the last of both has an id")
		require.Equal(t, []string{"en", "original"}, []string{snaps[0].Track, snaps[1].Track})
		require.Equal(t, snaps[0].ID, snaps[1].ID, "they are of one moment")

		h.say("Wir kommen zum nächsten Punkt.")
		require.Contains(t, next(t, events, "event: words"), `"tracks":["original","de"]`)
		require.Contains(t, next(t, events, "event: cue"), `"tracks":["original"]`)
		require.Contains(t, next(t, events, "event: cue"), `"tracks":["en"]`)
		end()
		h.say("Das hat niemand gesehen.")
		again, stop := h.stream("/events?"+query, "Last-Event-ID", fmt.Sprint(snaps[0].ID))
		var missed []string
		for range 4 {
			var line struct {
				Cues   []rooms.Cue
				Tracks []string
			}
			require.NoError(t, json.Unmarshal([]byte(strings.TrimPrefix(next(t, again, "event: cue"), "data: ")), &line))
			missed = append(missed, line.Tracks[0]+": "+line.Cues[0].Text)
		}
		require.ElementsMatch(t, []string{"original: Wir kommen zum nächsten Punkt.", "en: en: Wir kommen zum nächsten Punkt.", "original: Das hat niemand gesehen.", "en: en: Das hat niemand gesehen."}, missed)
		stop()
	}
	for query, want := range map[string]int{"track=en,original,de": 400, "track=en&track=tlh": 404, "track=en,@staff": 404, "lines=x": 400} {
		code, _, _ := c.ask("GET", h.path("/events?"+query), "")
		require.Equal(t, want, code, query)
	}
	few, end := h.stream("/events?lines=1")
	defer end()
	var snap rooms.Snapshot
	require.NoError(t, json.Unmarshal([]byte(strings.TrimPrefix(next(t, few, "event: snapshot"), "data: ")), &snap))
	require.Len(t, snap.Lines, 1)
}

func TestStreamsEndWithTheMeetingAndTheService(t *testing.T) {
	c := newCouncil(t, nil)
	h := c.hold(`{}`)
	events, end := h.stream("/events")
	defer end()
	staff, endStaff := h.stream("/staff", "Authorization", "Bearer "+h.keys.Edit)
	defer endStaff()
	next(t, staff, "event: status")
	code, _ := c.by(h.keys.Secret, "POST", h.path("/close"), "")
	require.Equal(t, 204, code)
	closed := ""
	for events.Scan() {
		closed = events.Text() + closed
	}
	require.NoError(t, events.Err())
	require.Contains(t, closed, `"life":"closed"`)
	for staff.Scan() {
	}
	require.NoError(t, staff.Err())

	other := c.hold(`{}`)
	events, end2 := other.stream("/events")
	defer end2()
	next(t, events, "event: snapshot")
	c.stop() // does not wait for viewers
	for events.Scan() {
	}
}

func TestStreamsOfOneAddressAreBounded(t *testing.T) {
	c := newCouncil(t, func(o *Options, _ *meeting.HallOptions) { o.Meetings.Streams = 2 })
	h := c.hold(`{}`)
	_, end := h.stream("/events")
	_, end2 := h.stream("/events")
	defer end2()
	code, _, _ := c.ask("GET", h.path("/events"), "")
	require.Equal(t, 429, code)
	end()
	h.say("Wer weg ist, wird beim nächsten Wort bemerkt.")
	require.Eventually(t, func() bool {
		h.say("Noch eines.")
		c.meetings.viewers.mu.Lock()
		defer c.meetings.viewers.mu.Unlock()
		return c.meetings.viewers.busy["127.0.0.1"] == 1
	}, 10*time.Second, 20*time.Millisecond)
}

// One page that is opened three times in a row is one viewer.
func TestWhoLeavesIsNotCounted(t *testing.T) {
	c := newCouncil(t, nil)
	h := c.hold(`{}`)
	for range 2 {
		_, end := h.stream("/events")
		end()
	}
	_, end := h.stream("/events")
	defer end()
	require.Eventually(t, func() bool {
		s, err := h.room.Status(t.Context())
		return err == nil && s.Viewers[rooms.Original] == 1
	}, heartbeat/2, 20*time.Millisecond, "without a word or a beat")
}

func TestStaffSeeWhatWaitsAndWhatChanges(t *testing.T) {
	c := newCouncil(t, nil)
	h := c.hold(`{"delay_s":30}`)
	code, _, _ := c.ask("GET", h.path("/staff"), "")
	require.Equal(t, 401, code)
	code, _ = c.by(h.keys.Speak, "GET", h.path("/staff"), "")
	require.Equal(t, 403, code)
	events, end := h.stream("/staff", "Authorization", "Bearer "+h.keys.Edit)
	defer end()
	require.Contains(t, next(t, events, "event: status"), `"files":[]`)
	h.say("Das ist noch nicht zu sehen.")
	pending := next(t, events, "event: pending")
	require.Contains(t, pending, "Das ist noch")
	require.Contains(t, pending, `"due":"20`)
	status := next(t, events, "event: status")
	require.Contains(t, status, `"pending":[{`)
	require.Contains(t, status, `"now":"20`)
	require.NoError(t, h.room.Mute(t.Context(), h.input, true))
	require.Contains(t, next(t, events, "event: input"), `"muted":true`)
}

// The time alone is no news.
func TestStaffAreToldOfChangesOnly(t *testing.T) {
	hub := rooms.NewHub(rooms.HubOptions{})
	hub.Open("x")
	viewer, err := hub.Follow("x", 0)
	require.NoError(t, err)
	now := time.Now()
	s := staffStream{roomStream: &roomStream{viewer: viewer}, status: func() (roomStatus, error) {
		now = now.Add(time.Second)
		return roomStatus{Status: rooms.Status{Now: now}}, nil
	}}
	require.True(t, s.tell())
	require.Contains(t, string(s.out), `"now":"`+now.Format(time.RFC3339Nano))
	told := len(s.out)
	require.True(t, s.tell())
	require.Len(t, s.out, told)
}

func TestTwoEditorsCorrectOneCue(t *testing.T) {
	c := newCouncil(t, nil)
	h := c.hold(`{}`)
	h.say("Die Vorlage ist angenohmen.")
	s, err := h.room.Snapshot(t.Context(), rooms.Original, 10)
	require.NoError(t, err)
	cue := s.Lines[0].Cues[0]
	code, text := c.by(h.keys.Edit, "POST", h.path("/cues/"+cue.ID), fmt.Sprintf(`{"revision":%d,"text":"Die <i>Vorlage</i> ist angenommen.","editor":"eva"}`, cue.Revision))
	require.Equal(t, 200, code, text)
	require.Contains(t, text, `"corrected":true`)
	require.Contains(t, text, `\u003ci\u003e`)
	code, text = c.by(h.keys.Secret, "POST", h.path("/cues/"+cue.ID), fmt.Sprintf(`{"revision":%d,"text":"Zu spät","editor":"uwe"}`, cue.Revision))
	require.Equal(t, 409, code)
	var said struct {
		Error string
		Now   rooms.Cue
	}
	require.NoError(t, json.Unmarshal([]byte(text), &said))
	require.Contains(t, said.Now.Text, "angenommen.")
	require.NotEmpty(t, said.Error)
}

func TestWhatIsKeptCanBeFetched(t *testing.T) {
	c := newCouncil(t, nil)
	h := c.hold(`{"title":"Rat","languages":["de","en"],"keep":true}`)
	require.NoError(t, h.room.Told(t.Context(), h.input))
	require.Eventually(t, func() bool {
		h.say("Herr Winter schickt den Bericht bis Freitag.") // what began before all were told is not kept
		code, _ := c.by(h.keys.Speak, "GET", h.path("/export.vtt?language=en"), "")
		return code == 200
	}, 10*time.Second, 20*time.Millisecond)
	for format, want := range map[string]string{"vtt": "WEBVTT", "srt": "-->", "ttml": "<tt", "txt": "Bericht", "json": "Bericht", "docx": "PK"} {
		code, text, header := c.ask("GET", h.path("/export."+format), "", "Authorization", "Bearer "+h.keys.Speak)
		require.Equal(t, 200, code, text)
		require.Contains(t, text, want)
		require.Contains(t, header.Get("Content-Disposition"), h.code+"."+format)
	}
	for _, format := range []string{"json", "md", "html", "csv", "ics"} {
		code, text := c.by(h.keys.Speak, "GET", h.path("/minutes."+format), "")
		require.Equal(t, 200, code, text)
	}
	code, text := c.by(h.keys.Edit, "GET", h.path("/comparison"), "")
	require.Equal(t, 200, code, text)
	for path, want := range map[string]int{"/export.exe": 404, "/minutes.exe": 404, "/export.vtt?language=tlh": 404} {
		code, text = c.by(h.keys.Edit, "GET", h.path(path), "")
		require.Equal(t, want, code, text)
	}
	code, _, _ = c.ask("GET", h.path("/export.vtt"), "")
	require.Equal(t, 401, code)
	code, _ = c.by(h.keys.Speak, "GET", h.path("/comparison"), "")
	require.Equal(t, 403, code)
}

func TestTheCodeToPhotograph(t *testing.T) {
	c := newCouncil(t, func(o *Options, _ *meeting.HallOptions) { o.Meetings.Address = "https://stadt.example/" })
	h := c.hold(`{}`)
	code, text, header := c.ask("GET", h.path("/qr.svg"), "")
	require.Equal(t, 200, code)
	require.Equal(t, "image/svg+xml", header.Get("Content-Type"))
	require.True(t, strings.HasPrefix(text, "<svg") && strings.Contains(text, "viewBox"))
	code, _, _ = c.ask("GET", "/api/v1/rooms/000000/qr.svg", "")
	require.Equal(t, 404, code)
}

// recording is a form with one file and fields besides.
func recording(t *testing.T, name string, data []byte, fields ...string) (body []byte, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		require.NoError(t, w.WriteField(fields[i], fields[i+1]))
	}
	p, err := w.CreateFormFile("file", name)
	require.NoError(t, err)
	_, err = p.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes(), w.FormDataContentType()
}

// wav16 is a WAV file of some seconds.
func wav16(seconds int) []byte {
	n := 16000 * seconds
	le := func(v uint32) []byte { return []byte{byte(v), byte(v >> 8), byte(v >> 16), byte(v >> 24)} }
	b := append([]byte("RIFF"), le(uint32(36+2*n))...)
	b = append(append(b, "WAVEfmt "...), le(16)...)
	b = append(append(append(b, 1, 0, 1, 0), le(16000)...), le(32000)...)
	b = append(append(b, 2, 0, 16, 0), "data"...)
	b = append(b, le(uint32(2*n))...)
	for i := range n {
		v := int16(8000 * math.Sin(float64(i)/10))
		b = append(b, byte(v), byte(v>>8))
	}
	return b
}

func (h *held) upload(key string, body io.Reader, kind string, header ...string) (int, string) {
	h.c.t.Helper()
	r, err := http.NewRequest(http.MethodPost, "http://"+h.c.addr+h.path("/inputs/file"), body)
	require.NoError(h.c.t, err)
	r.Header.Set("Content-Type", kind)
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	require.NoError(h.c.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(h.c.t, err)
	require.Equal(h.c.t, "application/json", resp.Header.Get("Content-Type"))
	return resp.StatusCode, string(text)
}

func (h *held) temporary() int {
	entries, err := os.ReadDir(h.c.meetings.Temp)
	require.NoError(h.c.t, err)
	return len(entries)
}

func TestARecordingIsPlayed(t *testing.T) {
	c := newCouncil(t, nil)
	h := c.hold(`{}`)
	body, kind := recording(t, `C:\Töne\<b>Rat.wav`, wav16(70), "name", "Band", "speaker", "Frau <i>Winter</i>", "language", "de")
	require.Greater(t, len(body), 2<<20, "more than other routes take")
	code, text := h.upload(h.keys.Secret, bytes.NewReader(body), kind)
	require.Equal(t, 201, code, text)
	var made struct{ ID string }
	require.NoError(t, json.Unmarshal([]byte(text), &made))
	require.Equal(t, 1, h.temporary())
	require.Eventually(t, func() bool {
		_, text = c.by(h.keys.Edit, "GET", h.path("/status"), "")
		var s struct{ Status struct{ Files []playing } }
		require.NoError(t, json.Unmarshal([]byte(text), &s))
		return len(s.Status.Files) == 1 && s.Status.Files[0].Input == made.ID && s.Status.Files[0].Whole > 69 && s.Status.Files[0].Done > 0
	}, 10*time.Second, 50*time.Millisecond)
	require.Contains(t, text, `\u003cb\u003eRat.wav`)
	code, text = c.by(h.keys.Secret, "POST", h.path("/inputs/"+made.ID+"/remove"), "")
	require.Equal(t, 204, code, text)
	require.Eventually(t, func() bool { return h.temporary() == 0 }, 10*time.Second, 20*time.Millisecond)

	pipe, w := io.Pipe() // in chunks, of a length nobody knows
	go func() {
		_, err := w.Write(body)
		w.CloseWithError(err)
	}()
	code, text = h.upload(h.keys.Secret, pipe, kind, "Expect", "100-continue")
	require.Equal(t, 201, code, text)
	c.stop()
	require.Zero(t, h.temporary(), "nothing is left when the service ends")
}

// Both take large bodies, each in its own way.
func TestRecordingsBesideTheOtherInterface(t *testing.T) {
	key, err := v1.HashKey("archive", "secret")
	require.NoError(t, err)
	c := newCouncil(t, func(o *Options, _ *meeting.HallOptions) { o.V1 = &v1.Options{Keys: []v1.Key{key}} })
	h := c.hold(`{}`)
	body, kind := recording(t, "a.wav", wav16(60))
	require.Greater(t, len(body), 1<<20)
	code, text := h.upload(h.keys.Secret, bytes.NewReader(body), kind)
	require.Equal(t, 201, code, text)
	code, text, _ = c.ask("POST", "/v1/audio/transcriptions", string(body), "Content-Type", kind, "Authorization", "Bearer secret")
	require.NotEqual(t, 413, code, text)
	require.NotEqual(t, 401, code, text)
}

// A recording that comes slowly leaves room for one more, and not for all.
func TestFewRecordingsArriveAtOnce(t *testing.T) {
	c := newCouncil(t, nil)
	h := c.hold(`{}`)
	body, kind := recording(t, "a.wav", wav16(1))
	var slow [atOnceFiles]net.Conn
	for i := range slow {
		conn, err := net.Dial("tcp", c.addr)
		require.NoError(t, err)
		defer conn.Close()
		_, err = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", h.path("/inputs/file"), h.keys.Secret, kind, len(body), body[:1000])
		require.NoError(t, err)
		slow[i] = conn
	}
	require.Eventually(t, func() bool { return h.temporary() == len(slow) }, 10*time.Second, 10*time.Millisecond)
	code, text := h.upload(h.keys.Secret, bytes.NewReader(body), kind)
	require.Equal(t, 429, code, text)
	_, err := slow[0].Write(body[1000:])
	require.NoError(t, err)
	answer, err := bufio.NewReader(slow[0]).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1 201 Created\r\n", answer)
	require.NoError(t, slow[1].Close())
	require.Eventually(t, func() bool {
		code, _ := h.upload(h.keys.Secret, bytes.NewReader(body), kind)
		return code == 201
	}, 10*time.Second, 20*time.Millisecond)
}

func TestWrongRecordingsAreRefused(t *testing.T) {
	c := newCouncil(t, func(o *Options, _ *meeting.HallOptions) { o.Meetings.Largest = 1 << 20 })
	h := c.hold(`{}`)
	wav := wav16(1)
	for name, w := range map[string]struct {
		file string
		data []byte
		code int
		line string
	}{
		"empty":         {"a.wav", nil, 400, "the file a.wav is empty"},
		"no sound":      {"a.wav", wav[:44], 400, "a.wav"},
		"a cut header":  {"a.wav", wav[:20], 400, "a.wav"},
		"unknown":       {"a.exe", []byte("MZ this is a program, not a recording"), 400, "a.exe"},
		"a broken FLAC": {"a.flac", []byte("fLaC\x00\x00\x00\x22broken, and then nothing of it makes any sense"), 400, "a.flac"},
		"too large":     {"a.wav", wav16(60), 413, "larger than 1 MB"},
	} {
		body, kind := recording(t, w.file, w.data)
		code, text := h.upload(h.keys.Secret, bytes.NewReader(body), kind)
		require.Equal(t, w.code, code, "%s: %s", name, text)
		require.Contains(t, text, w.line, name)
		require.NotContains(t, text, c.meetings.Temp, name)
		require.Zero(t, h.temporary(), name)
	}
	body, kind := recording(t, "a.wav", wav)
	for key, want := range map[string]int{"": 401, "wrong": 403, h.keys.Edit: 403} {
		code, text := h.upload(key, bytes.NewReader(body), kind)
		require.Equal(t, want, code, text)
	}
	code, text := h.upload(h.keys.Secret, strings.NewReader("x"), "text/plain")
	require.Equal(t, 415, code, text)
	code, text = h.upload(h.keys.Secret, bytes.NewReader(body[:len(body)/2]), kind)
	require.Equal(t, 400, code, text)
	code, text = h.upload(h.keys.Secret, strings.NewReader("--x--\r\n"), "multipart/form-data; boundary=x")
	require.Equal(t, 400, code, text)
	wrong, kind := recording(t, "a.wav", wav, "language", "<b>")
	code, text = h.upload(h.keys.Secret, bytes.NewReader(wrong), kind)
	require.Equal(t, 400, code, text)
	require.Zero(t, h.temporary())
}

func TestNoRecordingOutlivesItsMeeting(t *testing.T) {
	folder := t.TempDir()
	left, other := filepath.Join(folder, "recording-1"), filepath.Join(folder, "amtsleitung.db")
	for _, path := range []string{left, other} {
		require.NoError(t, os.WriteFile(path, []byte("x"), 0o600))
	}
	newCouncil(t, func(o *Options, _ *meeting.HallOptions) { o.Meetings.Temp = folder })
	require.NoFileExists(t, left, "a service that was killed has left it")
	require.FileExists(t, other)
}

// FuzzRecordingForm reads forms that nobody would send: each is taken, or
// refused in one line.
func FuzzRecordingForm(f *testing.F) {
	folder := f.TempDir()
	f.Add([]byte("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nRIFF\r\n--x--\r\n"))
	f.Add([]byte("--x\r\nContent-Disposition: form-data; name=\"speaker\"\r\n\r\nFrau Sommer\r\n--x--\r\n"))
	f.Add([]byte("--x\r\n\r\n--x"))
	f.Fuzz(func(t *testing.T, body []byte) {
		u := &recordingUpload{meetings: &meetings{Meetings: Meetings{Temp: folder, Largest: 1 << 10}}, boundary: "x", fields: map[string]string{}}
		err := u.read(bytes.NewReader(body))
		if u.path != "" {
			require.NoError(t, os.Remove(u.path))
		}
		if err == nil {
			return
		}
		code, line, _ := plainly(damaged(err))
		require.True(t, code == 400 || code == 413, "%d %v", code, err)
		require.NotContains(t, line, "\n")
		require.NotContains(t, line, folder)
	})
}
