package subtitles

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var cues = []Cue{
	{Start: 500 * time.Millisecond, End: 2 * time.Second, Text: "Guten Tag,\n\nwas <b>kostet</b> --> das?", Language: "de"},
	{Start: 3*time.Hour + 62*time.Second + 7*time.Millisecond, End: 3*time.Hour + 63*time.Second, Text: "13 Euro & mehr", Language: "de"},
}

func written(t *testing.T, f Format) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, f(&b, Of(cues)))
	return b.String()
}

func TestWebVTT(t *testing.T) {
	require.Equal(t, `WEBVTT

NOTE Maschinell erstellt von Amtsleitung; kann Fehler enthalten.

1
00:00:00.500 --> 00:00:02.000
Guten Tag, was &lt;b&gt;kostet&lt;/b&gt; --&gt; das?

2
03:01:02.007 --> 03:01:03.000
13 Euro &amp; mehr
`, written(t, WriteWebVTT))
}

func TestSubRip(t *testing.T) {
	require.Contains(t, written(t, WriteSubRip), "2\n03:01:02,007 --> 03:01:03,000\n13 Euro & mehr\n\n")
}

func TestTTMLIsWellFormed(t *testing.T) {
	text := written(t, WriteTTML)
	d := xml.NewDecoder(strings.NewReader(text))
	var paragraphs []string
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		if s, ok := tok.(xml.StartElement); ok && s.Name.Local == "p" {
			var p struct {
				Span string `xml:"span"`
			}
			require.NoError(t, d.DecodeElement(&p, &s))
			paragraphs = append(paragraphs, p.Span)
		}
	}
	require.Equal(t, []string{"Guten Tag, was <b>kostet</b> --> das?", "13 Euro & mehr"}, paragraphs)
}
