package subtitles

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
)

// grid is the columns and rows EBU-TT-D measures type by (ttp:cellResolution): 15 rows give letters the size of
// television, 40 columns leave room for 37 characters.
const grid = "40 15"

// colours of speakers by their turn, as television does it; all are well above 7:1 on black.
func colours() []string { return []string{"#FFFFFF", "#FFFF00", "#00FFFF", "#00FF00"} }

// WriteTTML writes EBU-TT-D, https://tech.ebu.ch/publications/tech3380: media time, one region at the bottom,
// all styles referenced. Speakers are agents and have a colour each.
func WriteTTML(w io.Writer, m Meeting) error {
	language, cues := m.first()
	people := speakers(m.Speakers, cues)
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:tts="http://www.w3.org/ns/ttml#styling" xmlns:ttm="http://www.w3.org/ns/ttml#metadata" xmlns:ebuttm="urn:ebu:tt:metadata" xmlns:ebutts="urn:ebu:tt:style" ttp:timeBase="media" ttp:cellResolution="%s" xml:lang="%s">
`, grid, escapeXML(tag(language)))
	headTTML(&b, m, language, people)
	bodyTTML(&b, cues, language, people)
	b.WriteString("</tt>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func headTTML(b *strings.Builder, m Meeting, language string, people []string) {
	b.WriteString("  <head>\n    <metadata>\n")
	if title := paragraph(m.Title); title != "" {
		fmt.Fprintf(b, "      <ttm:title>%s</ttm:title>\n", escapeXML(title))
	}
	fmt.Fprintf(b, `      <ttm:desc>%s</ttm:desc>
      <ebuttm:documentMetadata>
        <ebuttm:conformsToStandard>urn:ebu:tt:distribution:2018-04</ebuttm:conformsToStandard>
        <ebuttm:conformsToStandard>http://www.w3.org/ns/ttml/profile/imsc1/text</ebuttm:conformsToStandard>
        <ebuttm:documentOriginatingSystem>Amtsleitung</ebuttm:documentOriginatingSystem>
      </ebuttm:documentMetadata>
`, escapeXML(label(language)))
	for i, name := range people {
		fmt.Fprintf(b, "      <ttm:agent xml:id=\"person%d\" type=\"person\"><ttm:name type=\"full\">%s</ttm:name></ttm:agent>\n", i+1, escapeXML(name))
	}
	b.WriteString(`    </metadata>
    <styling>
      <style xml:id="text" tts:fontFamily="proportionalSansSerif" tts:fontSize="100%" tts:lineHeight="120%" tts:textAlign="center" tts:wrapOption="noWrap" ebutts:multiRowAlign="center" ebutts:linePadding="0.5c"/>
      <style xml:id="rtl" tts:direction="rtl" tts:unicodeBidi="embed"/>
      <style xml:id="ltr" tts:direction="ltr" tts:unicodeBidi="embed"/>
`)
	for i, c := range colours() {
		fmt.Fprintf(b, "      <style xml:id=\"colour%d\" tts:color=\"%s\" tts:backgroundColor=\"#000000C2\"/>\n", i+1, c)
	}
	b.WriteString(`    </styling>
    <layout>
      <region xml:id="bottom" tts:origin="10% 10%" tts:extent="80% 80%" tts:displayAlign="after" tts:overflow="visible"/>
    </layout>
  </head>
`)
}

func bodyTTML(b *strings.Builder, cues []Cue, language string, people []string) {
	if len(cues) == 0 { // a body must not be empty
		return
	}
	b.WriteString("  <body>\n    <div>\n")
	for i, c := range cues {
		attributes := ""
		if c.Language != "" && c.Language != language {
			attributes += fmt.Sprintf(` xml:lang="%s"`, escapeXML(tag(c.Language)))
		}
		person := slices.Index(people, paragraph(c.Speaker))
		if person >= 0 {
			attributes += fmt.Sprintf(` ttm:agent="person%d"`, person+1)
		}
		direction := "ltr"
		if RightToLeft(c.Language) {
			direction = "rtl"
		}
		lines := c.shown()
		for i := range lines {
			lines[i] = escapeXML(lines[i])
		}
		fmt.Fprintf(b, "      <p xml:id=\"cue%d\" region=\"bottom\" style=\"text %s\" begin=\"%s\" end=\"%s\"%s><span style=\"colour%d\">%s</span></p>\n",
			i+1, direction, clock(c.Start, "."), clock(c.End, "."), attributes, max(0, person)%len(colours())+1, strings.Join(lines, "<br/>"))
	}
	b.WriteString("    </div>\n  </body>\n")
}

// speakers is everybody who is named, in the order of the meeting's list and then of their first word.
func speakers(listed []string, cues []Cue) []string {
	var out []string
	add := func(name string) {
		if name = paragraph(name); name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, name := range listed {
		add(name)
	}
	for _, c := range cues {
		add(c.Speaker)
	}
	return out
}

func escapeXML(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder never fails
	return b.String()
}
