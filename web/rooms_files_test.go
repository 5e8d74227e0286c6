package web

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// TestARecordingThatBreaksOff: whoever steers is told, as it is no input any more.
func TestARecordingThatBreaksOff(t *testing.T) {
	c := newCouncil(t, nil)
	h := c.hold(`{}`)
	whole := wav16(2)
	body, kind := recording(t, "<b>Rat.wav", whole[:len(whole)/2])
	code, text := h.upload(h.keys.Secret, bytes.NewReader(body), kind)
	require.Equal(t, 201, code, text)
	var made struct{ ID string }
	require.NoError(t, json.Unmarshal([]byte(text), &made))
	var broken playing
	require.Eventually(t, func() bool {
		_, text = c.by(h.keys.Secret, http.MethodGet, h.path("/status"), "")
		var s struct{ Status struct{ Files []playing } }
		require.NoError(t, json.Unmarshal([]byte(text), &s))
		require.Len(t, s.Status.Files, 1, "it plays, or is told of")
		broken = s.Status.Files[0]
		return broken.Error != ""
	}, 20*time.Second, 20*time.Millisecond)
	require.Equal(t, made.ID, broken.Input)
	require.Contains(t, broken.Error, "<b>Rat.wav: WAV file is truncated")
	require.NotContains(t, broken.Error, c.meetings.Temp)
	require.NotContains(t, broken.Error, "\n")
	require.Eventually(t, func() bool { return h.temporary() == 0 }, 10*time.Second, 20*time.Millisecond)
	code, text = c.by(h.keys.Secret, http.MethodPost, h.path("/close"), "")
	require.Equal(t, 204, code, text)
	require.Eventually(t, func() bool { return len(c.meetings.files.of(h.code)) == 0 }, 10*time.Second, 20*time.Millisecond, "a later meeting of this code knows nothing of it")
}

func TestFewBrokenRecordingsAreTold(t *testing.T) {
	f := newFiles()
	plays := &file{name: "plays"}
	f.add("ABC", plays, "i0")
	for range 2 * mostBroken {
		one := &file{}
		f.add("ABC", one, "i1")
		f.breakOff("ABC", one, "it ends\ntoo early")
	}
	of := f.of("ABC")
	require.Len(t, of, mostBroken+1)
	require.Equal(t, "plays", of[0].Name)
	require.Equal(t, "it ends too early", of[1].Error)
	require.Empty(t, f.of("XYZ"))
}

// brokenBody is one whose reader breaks in the middle of a recording.
type brokenBody struct{ io.Reader }

func (b brokenBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err != nil {
		panic("broken")
	}
	return n, nil
}

func TestNoRecordingStaysWhereReadingPanics(t *testing.T) {
	c := newCouncil(t, nil)
	h := c.hold(`{}`)
	body, kind := recording(t, "Rat.wav", wav16(2))
	_, params, err := mime.ParseMediaType(kind)
	require.NoError(t, err)
	mt, err := c.meetings.Hall.Enter("::1", h.code)
	require.NoError(t, err)
	u := &recordingUpload{meetings: c.meetings, mt: mt, boundary: params["boundary"], fields: map[string]string{}}
	require.Panics(t, func() { _, _ = u.take(brokenBody{bytes.NewReader(body[:len(body)/2])}) })
	require.NotEmpty(t, u.path)
	require.Zero(t, h.temporary())
	_, ok := c.meetings.arriving.begin(h.code)
	require.True(t, ok)
}

// A name that was given to a recording, as the page does with that of its file,
// is not the name of who speaks in it.
func TestTheNameOfARecordingIsNobodys(t *testing.T) {
	c := newCouncil(t, nil)
	h := c.hold(`{}`)
	for _, name := range []string{"", "Rat.wav"} {
		body, kind := recording(t, "Rat.wav", wav16(70), "name", name, "speaker", " ")
		code, text := h.upload(h.keys.Secret, bytes.NewReader(body), kind)
		require.Equal(t, 201, code, text)
		var made struct{ ID string }
		require.NoError(t, json.Unmarshal([]byte(text), &made))
		status, err := h.room.Status(t.Context())
		require.NoError(t, err)
		in := status.Inputs[len(status.Inputs)-1]
		require.Equal(t, rooms.Source{Name: "Rat.wav", Kind: rooms.File}, in.Source)
		require.Equal(t, made.ID, in.ID)
	}
}
