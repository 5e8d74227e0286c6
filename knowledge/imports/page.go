package imports

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
)

// maxNesting is how deep elements of a page may stand inside each other.
const maxNesting = 2000

// block is a paragraph, heading or list entry in reading order.
type block struct {
	line    int
	heading int // 1-6; 0 is text
	entry   bool
	main    bool // inside <main>, <article> or role=main
	text    strings.Builder
	linked  int // letters of text that are links
}

// page reads HTML tag by tag: nothing is built that could be deeper or larger
// than the text itself.
type page struct {
	line     int
	open     []openTag
	blocks   []*block
	current  *block
	dropped  []Place // scripts that were left out
	in       *input
	language string
	title    string
	canon    string
}

// openTag is an open element and what it does to the text inside.
type openTag struct {
	name             string
	drop, main, link bool
}

// readPage is nil when the page cannot be read; the report says why.
func (in *input) readPage(text string) *page {
	p := &page{in: in, line: 1}
	z := html.NewTokenizer(strings.NewReader(text))
	for in.ctx() == nil {
		kind := z.Next()
		if kind == html.ErrorToken {
			break // the end: a page has no syntax errors
		}
		raw := z.Raw()
		lines := strings.Count(string(raw), "\n")
		switch kind {
		case html.TextToken:
			p.say(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			if !p.start(z.Token()) {
				in.broken(in.at(p.line), "has elements nested deeper than %d", maxNesting)
				return nil
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			p.end(string(name))
		}
		p.line += lines
	}
	p.finish()
	return p
}

// leftOut are elements whose text is no part of what a page says.
func leftOut(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Form, atom.Nav, atom.Header, atom.Footer,
		atom.Aside, atom.Button, atom.Select, atom.Iframe, atom.Object, atom.Textarea, atom.Dialog, atom.Canvas, atom.Video, atom.Audio, atom.Math:
		return true
	}
	return false
}

func void(a atom.Atom) bool {
	switch a {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta, atom.Source, atom.Track, atom.Wbr:
		return true
	}
	return false
}

// start is false when elements stand too deep.
func (p *page) start(t html.Token) bool {
	attributes := map[string]string{}
	for _, a := range t.Attr {
		attributes[a.Key] = a.Val
	}
	p.head(t.DataAtom, attributes)
	tag := openTag{name: t.Data}
	if n := len(p.open); n > 0 {
		tag = p.open[n-1]
		tag.name = t.Data
	}
	tag.link = tag.link || t.DataAtom == atom.A
	tag.main = tag.main || t.DataAtom == atom.Main || t.DataAtom == atom.Article || attributes["role"] == "main"
	_, hidden := attributes["hidden"]
	inMain := t.DataAtom == atom.Header && tag.main // the heading of an article
	if leftOut(t.DataAtom) && !inMain || hidden || attributes["aria-hidden"] == "true" || attributes["role"] == "navigation" || !tag.main && furniture(attributes) {
		if t.DataAtom == atom.Script {
			p.dropped = append(p.dropped, p.in.at(p.line))
		}
		tag.drop = true
	}
	if isBlock(t.Data) {
		p.begin(t, tag)
	}
	if void(t.DataAtom) {
		return true
	}
	p.open = append(p.open, tag)
	return len(p.open) <= maxNesting
}

// furniture says whether a class or id names what stands around a text.
func furniture(attributes map[string]string) bool {
	name := strings.ToLower(attributes["class"] + " " + attributes["id"])
	for _, word := range []string{"breadcrumb", "cookie", "sidebar", "footer", "navigation", "navbar", "menu", "social", "share", "skip-link", "sr-only"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

func (p *page) head(a atom.Atom, attributes map[string]string) {
	switch {
	case a == atom.Html && attributes["lang"] != "":
		p.language = attributes["lang"]
	case a == atom.Link && attributes["rel"] == "canonical":
		p.canon = attributes["href"]
	}
}

func (p *page) begin(t html.Token, tag openTag) {
	b := &block{line: p.line, main: tag.main, entry: t.DataAtom == atom.Li}
	if len(t.Data) == 2 && t.Data[0] == 'h' && t.Data[1] >= '1' && t.Data[1] <= '6' {
		b.heading = int(t.Data[1] - '0')
	}
	if p.current != nil && p.current.entry && t.DataAtom == atom.P && strings.TrimSpace(p.current.text.String()) == "" {
		b.entry = true // <li><p>
	}
	p.current = b
	p.blocks = append(p.blocks, b)
}

func (p *page) say(text string) {
	var tag openTag
	if n := len(p.open); n > 0 {
		tag = p.open[n-1]
	}
	if tag.name == "title" {
		p.title += text
		return
	}
	if tag.drop || tag.name == "head" || strings.TrimSpace(text) == "" && p.current == nil {
		return
	}
	if p.current == nil {
		p.current = &block{line: p.line, main: tag.main}
		p.blocks = append(p.blocks, p.current)
	}
	p.current.text.WriteString(text)
	if tag.link {
		p.current.linked += len(strings.TrimSpace(text))
	}
}

// end closes the innermost element of that name, and those inside it.
func (p *page) end(name string) {
	for i := len(p.open) - 1; i >= 0 && i >= len(p.open)-64; i-- {
		if p.open[i].name == name {
			p.open = p.open[:i]
			break
		}
	}
	if isBlock(name) {
		p.current = nil
	}
}

// finish keeps the main text where the page marks it, and drops lists of links.
func (p *page) finish() {
	words, main := 0, 0
	for _, b := range p.blocks {
		n := Words(b.text.String())
		words += n
		if b.main {
			main += n
		}
	}
	var kept []*block
	for _, b := range p.blocks {
		text := oneLine(b.text.String())
		linkList := b.entry && b.linked*10 > len(text)*8
		if text == "" || main >= 15 && !b.main || linkList {
			continue
		}
		b.text.Reset()
		b.text.WriteString(text)
		kept = append(kept, b)
	}
	p.blocks = kept
}

func isBlock(name string) bool {
	switch strings.ToLower(name) {
	case "p", "div", "section", "article", "main", "li", "ul", "ol", "dl", "dt", "dd", "table", "tr", "caption", "blockquote", "pre", "figure",
		"figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "br", "hr", "header", "footer", "nav", "aside", "form", "body", "title", "details", "summary", "address":
		return true
	}
	return false
}

// plain is a text without markup: HTML where it looks like it, else as it is.
func (in *input) plain(text string) string {
	if !strings.ContainsAny(text, "<&") {
		return strings.TrimSpace(text)
	}
	part := &input{Options: in.Options, name: in.name, ctx: in.ctx}
	p := part.readPage(text)
	if p == nil {
		in.Notes = append(in.Notes, part.Notes...)
		return ""
	}
	var lines []string
	for _, b := range p.blocks {
		lines = append(lines, b.spoken())
	}
	return strings.Join(lines, "\n")
}

// spoken is the block as one line of spoken text.
func (b *block) spoken() string {
	text := b.text.String()
	switch {
	case b.entry:
		return "- " + text
	case b.heading > 0:
		return asLine(text)
	}
	return text
}

// readHTML makes one article of a page that was saved.
func (in *input) readHTML(data []byte) {
	text, ok := in.decodePage(data)
	if !ok {
		return
	}
	p := in.readPage(text)
	if p == nil {
		return
	}
	for _, place := range p.dropped {
		in.note(Taken, place, "", "", "a script was left out")
	}
	title, sections := p.sections()
	d := in.document(title, Language(p.language, in.Language), sections)
	if d == nil {
		return
	}
	if d.Source = p.canon; !strings.HasPrefix(d.Source, "http") {
		d.Source = ""
	}
	in.take(*d)
}

// decodePage follows the encoding that a page names itself.
func (in *input) decodePage(data []byte) (string, bool) {
	e, name, certain := charset.DetermineEncoding(data[:min(len(data), 1024)], "")
	if !certain || name == "utf-8" {
		return in.decode(data)
	}
	decoded, err := e.NewDecoder().Bytes(data)
	if err != nil {
		in.broken(in.at(0), "is not readable as %s", name)
		return "", false
	}
	return string(decoded), true
}

// sections are the blocks below their headings; the title is the first
// heading, or the page's own without the site's name.
func (p *page) sections() (title string, sections []section) {
	title = oneLine(p.title)
	for _, divider := range []string{" | ", " – ", " · ", " - "} {
		title, _, _ = strings.Cut(title, divider)
	}
	for _, b := range p.blocks {
		if b.heading == 1 && len(sections) == 0 {
			title = b.text.String()
			continue
		}
		if b.heading > 0 {
			sections = append(sections, section{heading: b.text.String()})
			continue
		}
		if len(sections) == 0 {
			sections = append(sections, section{})
		}
		s := &sections[len(sections)-1]
		s.lines = append(s.lines, b.spoken())
	}
	return title, sections
}
