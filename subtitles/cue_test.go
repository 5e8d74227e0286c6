package subtitles

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var cues = []Cue{
	{500 * time.Millisecond, 2 * time.Second, "Guten Tag,\n\nwas <b>kostet</b> --> das?", "de"},
	{3*time.Hour + 62*time.Second + 7*time.Millisecond, 3*time.Hour + 63*time.Second, "13 Euro & mehr", "de"},
}

func written(t *testing.T, f Format) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, f(&b, cues))
	return b.String()
}

func TestWebVTT(t *testing.T) {
	require.Equal(t, `WEBVTT

NOTE Machine-made by Amtsleitung; may contain errors.

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
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		if s, ok := tok.(xml.StartElement); ok && s.Name.Local == "p" {
			var p string
			require.NoError(t, d.DecodeElement(&p, &s))
			paragraphs = append(paragraphs, p)
		}
	}
	require.Equal(t, []string{"Guten Tag, was <b>kostet</b> --> das?", "13 Euro & mehr"}, paragraphs)
}
