package web

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// A language that nobody here understands would be heard as silence.
func TestALanguageThatNobodyKnowsIsRefused(t *testing.T) {
	c, _ := newConnected(t, func(_ *Options, o *meeting.HallOptions) {
		o.Known = func(language string) bool { return language == "de" }
	})
	h := c.hold(`{}`)
	for language, why := range map[string]string{
		"tlh": `language: \"tlh\" is not among the languages of this service`,
		"xq":  `language: \"xq\" is no language; write tags such as de, en, uk`,
	} {
		for path, body := range map[string]string{"/inputs/rtp": "", "/inputs/call": `"number":"1",`, "/speak": `"sdp":"offer",`} {
			code, text := c.by(h.keys.Secret, "POST", h.path(path), `{`+body+`"language":"`+language+`"}`)
			require.Equal(t, 400, code, "%s: %s", path, text)
			require.Contains(t, text, why, path)
		}
		code, text, _ := c.whip("POST", "/whip/"+h.code+"?language="+language, h.keys.Speak, "offer", sdpType)
		require.Equal(t, 400, code, text)
		body, kind := recording(t, "Rat.wav", wav16(1), "language", language)
		code, text = h.upload(h.keys.Secret, bytes.NewReader(body), kind)
		require.Equal(t, 400, code, text)
		require.Contains(t, text, why)
	}
	require.Zero(t, h.temporary())
	body, kind := recording(t, "Rat.wav", wav16(1), "language", "de-AT")
	code, text := h.upload(h.keys.Secret, bytes.NewReader(body), kind)
	require.Equal(t, 201, code, text)
}

func TestANameThatNobodySeesIsNone(t *testing.T) {
	c := newCouncil(t, nil)
	h := c.hold(`{}`)
	body, kind := recording(t, "Rat.wav", wav16(70), "name", "\u200f\u200e", "speaker", "\u2060")
	code, text := h.upload(h.keys.Secret, bytes.NewReader(body), kind)
	require.Equal(t, 201, code, text)
	status, err := h.room.Status(t.Context())
	require.NoError(t, err)
	require.Equal(t, rooms.Source{Name: "Rat.wav", Kind: rooms.File}, status.Inputs[1].Source)
}

// A header of hours with nothing behind it is named as what it is, like any file without sound.
func TestARecordingWithoutSoundIsRefused(t *testing.T) {
	c := newCouncil(t, nil)
	h := c.hold(`{}`)
	body, kind := recording(t, "Rat.wav", wav16(600)[:44])
	code, text := h.upload(h.keys.Secret, bytes.NewReader(body), kind)
	require.Equal(t, 400, code, text)
	require.JSONEq(t, `{"error":"Rat.wav: it contains no audio"}`, text)
}
