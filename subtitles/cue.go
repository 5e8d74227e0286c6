// Package subtitles turns recognised speech into cues people can read: segments flow in,
// WebVTT, SubRip and TTML flow out.
package subtitles

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// Cue is one subtitle.
type Cue struct {
	Start, End time.Duration
	Text       string
	Language   string
}

// Format writes cues in a format of files.
type Format func(w io.Writer, cues []Cue) error

// Formats by the name of the command line.
func Formats() map[string]Format {
	return map[string]Format{"vtt": WriteWebVTT, "srt": WriteSubRip, "ttml": WriteTTML}
}

// note labels every export as made by a machine.
const note = "Machine-made by Amtsleitung; may contain errors."

// WriteWebVTT writes https://www.w3.org/TR/webvtt1/.
func WriteWebVTT(w io.Writer, cues []Cue) error {
	if _, err := fmt.Fprintf(w, "WEBVTT\n\nNOTE %s\n", note); err != nil {
		return err
	}
	for i, c := range cues {
		_, err := fmt.Fprintf(w, "\n%d\n%s --> %s\n%s\n", i+1, clock(c.Start, "."), clock(c.End, "."), escapeVTT(oneParagraph(c.Text)))
		if err != nil {
			return err
		}
	}
	return nil
}

// WriteSubRip writes the de facto format of .srt files.
func WriteSubRip(w io.Writer, cues []Cue) error {
	for i, c := range cues {
		_, err := fmt.Fprintf(w, "%d\n%s --> %s\n%s\n\n", i+1, clock(c.Start, ","), clock(c.End, ","), oneParagraph(c.Text))
		if err != nil {
			return err
		}
	}
	return nil
}

// WriteTTML writes a plain document of https://www.w3.org/TR/ttml1/.
func WriteTTML(w io.Writer, cues []Cue) error {
	lang := ""
	if len(cues) > 0 {
		lang = cues[0].Language
	}
	_, err := fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata" xml:lang="%s">
  <head><metadata><ttm:desc>%s</ttm:desc></metadata></head>
  <body>
    <div>
`, escapeXML(lang), note)
	if err != nil {
		return err
	}
	for _, c := range cues {
		_, err := fmt.Fprintf(w, "      <p begin=%q end=%q xml:lang=\"%s\">%s</p>\n", clock(c.Start, "."), clock(c.End, "."), escapeXML(c.Language), escapeXML(oneParagraph(c.Text)))
		if err != nil {
			return err
		}
	}
	_, err = io.WriteString(w, "    </div>\n  </body>\n</tt>\n")
	return err
}

// clock is hours:minutes:seconds and thousandths.
func clock(d time.Duration, point string) string {
	ms := max(0, d.Milliseconds())
	return fmt.Sprintf("%02d:%02d:%02d%s%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, point, ms%1000)
}

// oneParagraph has no empty lines, which would end a cue.
func oneParagraph(text string) string { return strings.Join(strings.Fields(text), " ") }

func escapeVTT(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

func escapeXML(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder never fails
	return b.String()
}
