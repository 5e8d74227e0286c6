package web

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

func TestEditorsReadBack(t *testing.T) {
	c := newCouncil(t, nil)
	h := c.hold(`{}`)
	for i := range 5 {
		h.say(fmt.Sprintf("Satz %d.", i+1))
	}
	read := func(query string) (p rooms.Passage) {
		code, text := c.by(h.keys.Edit, "GET", h.path("/lines?"+query), "")
		require.Equal(t, 200, code, text)
		require.NoError(t, json.Unmarshal([]byte(text), &p))
		return p
	}
	last := read("lines=2")
	require.True(t, last.More)
	require.Equal(t, "Satz 4.", last.Lines[0].Cues[0].Text)
	first := read("lines=3&before=" + last.Lines[0].Sentence)
	require.False(t, first.More)
	require.Len(t, first.Lines, 3)
	require.Equal(t, "Satz 1.", first.Lines[0].Cues[0].Text)
	require.Equal(t, last.ID, first.ID)

	for _, w := range []struct {
		key, query string
		code       int
	}{
		{h.keys.Edit, "lines=x", 400}, {h.keys.Edit, "before=nonsense", 404}, {h.keys.Edit, "track=tlh", 404}, {h.keys.Edit, "track=@staff", 404},
		{h.keys.Speak, "", 403}, {"wrong", "", 403},
	} {
		code, text := c.by(w.key, "GET", h.path("/lines?"+w.query), "")
		require.Equal(t, w.code, code, "%s: %s", w.query, text)
	}
	code, _, _ := c.ask("GET", h.path("/lines"), "")
	require.Equal(t, 401, code, "who has only the code reads what a snapshot has")
}
