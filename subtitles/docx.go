package subtitles

import (
	"archive/zip"
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteWord writes a record to read as Office Open XML (ECMA-376, transitional): all tracks one after the other, a
// paragraph for each turn of a speaker, and on each page that a machine wrote it.
func WriteWord(w io.Writer, m Meeting) error {
	language, cues := m.first()
	z := zip.NewWriter(w)
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageParts},
		{"docProps/core.xml", coreProperties(m, language)},
		{"word/_rels/document.xml.rels", documentParts},
		{"word/styles.xml", wordStyles(language)},
		{"word/footer1.xml", wordFooter(language)},
		{"word/document.xml", wordDocument(m, language, cues)},
	} {
		f, err := z.Create(part.name)
		if err != nil {
			return fmt.Errorf("write %s of the Word file: %w", part.name, err)
		}
		if _, err := io.WriteString(f, declaration+part.text); err != nil {
			return fmt.Errorf("write %s of the Word file: %w", part.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("end the Word file: %w", err)
	}
	return nil
}

func wordDocument(m Meeting, language string, cues []Cue) string {
	g := grammarOf(language)
	var b strings.Builder
	b.WriteString(`<w:document xmlns:w="` + wordNamespace + `" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>`)
	if title := paragraph(m.Title); title != "" {
		wordParagraph(&b, "Title", language, run{text: title})
	}
	if !m.Began.IsZero() {
		wordParagraph(&b, "", language, run{text: m.Began.Format("2006-01-02 15:04 MST")})
	}
	wordParagraph(&b, "", language, run{text: g.Machine, style: "<w:i/>"})
	if people := speakers(m.Speakers, cues); len(people) > 0 {
		wordParagraph(&b, "", language, run{text: g.Speakers + ": " + strings.Join(people, ", ")})
	}
	for _, line := range remarks(m, g) {
		wordParagraph(&b, "", language, run{text: line})
	}
	order := m.order()
	for _, l := range order {
		if len(order) > 1 {
			wordParagraph(&b, "Heading1", l, run{text: tag(l) + " – " + label(l)})
		}
		for _, t := range turns(arrange(m.Tracks[l])) {
			wordTurn(&b, t)
		}
	}
	b.WriteString(`<w:sectPr><w:footerReference w:type="default" r:id="rId2"/><w:pgSz w:w="11906" w:h="16838"/>` +
		`<w:pgMar w:top="1417" w:right="1417" w:bottom="1134" w:left="1417" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr></w:body></w:document>`)
	return b.String()
}

func wordTurn(b *strings.Builder, t turnOf) {
	runs := []run{{text: "[" + stamp(t.start) + "] ", style: `<w:color w:val="595959"/>`}}
	if t.speaker != "" {
		runs = append(runs, run{text: t.speaker + ": ", style: "<w:b/>"})
	}
	runs = append(runs, run{text: t.text})
	if t.corrected {
		runs = append(runs, run{text: " [" + grammarOf(t.language).Corrected + "]", style: "<w:i/>"})
	}
	wordParagraph(b, "", t.language, runs...)
}

// run is text in one style.
type run struct{ text, style string }

// wordParagraph writes a paragraph in the direction of its language.
func wordParagraph(b *strings.Builder, style, language string, runs ...run) {
	b.WriteString("<w:p><w:pPr>")
	if style != "" {
		b.WriteString(`<w:pStyle w:val="` + style + `"/>`)
	}
	rtl, which := "", "w:val"
	if RightToLeft(language) {
		b.WriteString("<w:bidi/>")
		rtl, which = "<w:rtl/>", "w:bidi"
	}
	b.WriteString("</w:pPr>")
	for _, r := range runs {
		b.WriteString("<w:r><w:rPr>" + r.style + rtl + `<w:lang ` + which + `="` + escapeXML(tag(language)) + `"/></w:rPr>`)
		b.WriteString(`<w:t xml:space="preserve">` + escapeXML(r.text) + "</w:t></w:r>")
	}
	b.WriteString("</w:p>")
}

func coreProperties(m Meeting, language string) string {
	keys := slices.Compact([]string{tag(language), paragraph(m.Code)})
	return `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">` +
		"<dc:title>" + escapeXML(paragraph(m.Title)) + "</dc:title><dc:creator>Amtsleitung</dc:creator><cp:keywords>" +
		escapeXML(strings.TrimSpace(strings.Join(keys, " "))) + "</cp:keywords><dc:description>" + escapeXML(label(language)) + "</dc:description><dc:language>" +
		escapeXML(tag(language)) + "</dc:language></cp:coreProperties>"
}

func wordFooter(language string) string {
	var b strings.Builder
	b.WriteString(`<w:ftr xmlns:w="` + wordNamespace + `">`)
	wordParagraph(&b, "Footer", language, run{text: label(language)})
	b.WriteString("</w:ftr>")
	return b.String()
}

func wordStyles(language string) string {
	return `<w:styles xmlns:w="` + wordNamespace + `"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial"/>` +
		`<w:sz w:val="22"/><w:szCs w:val="22"/><w:lang w:val="` + escapeXML(tag(language)) + `"/></w:rPr></w:rPrDefault>` +
		`<w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>` +
		wordStyle("Title", "Title", "", 36) + wordStyle("Heading1", "heading 1", `<w:outlineLvl w:val="0"/>`, 28) + wordStyle("Footer", "footer", "", 16) + `</w:styles>`
}

// wordStyle is a style of paragraphs; size is in half points.
func wordStyle(id, name, paragraph string, size int) string {
	return fmt.Sprintf(`<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/><w:pPr>%s</w:pPr><w:rPr><w:sz w:val="%d"/><w:szCs w:val="%d"/></w:rPr></w:style>`,
		id, name, paragraph, size, size)
}

const (
	declaration   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	wordNamespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	mime          = "application/vnd.openxmlformats-officedocument.wordprocessingml."
	relation      = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

	contentTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/word/document.xml" ContentType="` + mime + `document.main+xml"/>` +
		`<Override PartName="/word/styles.xml" ContentType="` + mime + `styles+xml"/>` +
		`<Override PartName="/word/footer1.xml" ContentType="` + mime + `footer+xml"/>` +
		`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`
	packageParts = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="` + relation + `officeDocument" Target="word/document.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`
	documentParts = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="` + relation + `styles" Target="styles.xml"/>` +
		`<Relationship Id="rId2" Type="` + relation + `footer" Target="footer1.xml"/></Relationships>`
)
