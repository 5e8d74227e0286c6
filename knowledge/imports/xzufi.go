package imports

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
)

// modules are the texts of an XZuFi service, by the code list
// urn:de:xzufi:codeliste:leistungstextmodulleika; by name where a file gives
// names only, or has an element of its own for the text.
var modules = map[string]string{
	"02": "title", "03": "name", "05": "short", "06": "long", "08": "documents", "09": "conditions", "11": "procedure",
	"16": "hints", "22": "office", "24": "teaser",
	"leistungsbezeichnung": "title", "bezeichnung": "title", "titel": "title", "leistungsbezeichnungii": "name", "leistungsname": "name",
	"kurztext": "short", "volltext": "long", "teaser": "teaser", "erforderlicheunterlagen": "documents", "unterlagen": "documents",
	"voraussetzungen": "conditions", "verfahrensablauf": "procedure", "hinweise": "hints", "zustaendigestelle": "office",
	"gebuehren": "fee", "kosten": "fee", "modulkosten": "fee", "fristen": "deadline", "frist": "deadline", "modulfrist": "deadline",
	"bearbeitungsdauer": "duration", "modulbearbeitungsdauer": "duration",
}

// service is one <leistung> while it is read.
type service struct {
	place              Place
	id                 string
	texts              map[string]map[string]string // field -> language -> text
	keywords           map[string][]string
	source             string
	validFrom, validTo string
	depth              int // of the element itself
	code               string
	module             map[string]string // texts of the open modulText by language
}

// element is an open element.
type element struct {
	name, language string
	text           *strings.Builder
}

// xzufi reads a stream of elements with bounded memory: only the open ones and
// the service they stand in are kept.
type xzufi struct {
	in      *input
	decoder *xml.Decoder
	open    []element
	service *service
	found   int
}

func (in *input) readXZuFi(data []byte) {
	x := &xzufi{in: in, decoder: xml.NewDecoder(bytes.NewReader(data))}
	x.decoder.CharsetReader = declared
	for in.ctx() == nil {
		token, err := x.decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			in.broken(x.place(), "is no well-formed XML: %s", strings.TrimPrefix(err.Error(), "XML syntax error on "))
			return
		}
		if !x.token(token) {
			return
		}
	}
	if x.found == 0 && !in.Failed() {
		in.broken(in.at(0), "holds no <leistung>: is it XZuFi?")
	}
}

func (x *xzufi) place() Place {
	line, _ := x.decoder.InputPos()
	return x.in.at(line)
}

// token is false when nothing more is to be read.
func (x *xzufi) token(t xml.Token) bool {
	switch t := t.(type) {
	case xml.Directive:
		if bytes.Contains(t, []byte("ENTITY")) || bytes.Contains(t, []byte("SYSTEM")) || bytes.Contains(t, []byte("PUBLIC")) {
			x.in.broken(x.place(), "declares entities or refers to other files; nothing of that kind is read")
			return false
		}
	case xml.StartElement:
		if len(x.open) >= maxDepth {
			x.in.broken(x.place(), "has elements nested deeper than %d", maxDepth)
			return false
		}
		x.start(t)
	case xml.CharData:
		if n := len(x.open); n > 0 {
			x.open[n-1].text.Write(t)
		}
	case xml.EndElement:
		x.end()
	}
	return true
}

func (x *xzufi) start(t xml.StartElement) {
	e := element{name: t.Name.Local, text: &strings.Builder{}}
	if n := len(x.open); n > 0 {
		e.language = x.open[n-1].language
	}
	for _, a := range t.Attr {
		if a.Name.Local == "languageCode" || a.Name.Local == "lang" {
			e.language = a.Value
		}
	}
	x.open = append(x.open, e)
	if x.service == nil && strings.EqualFold(e.name, "leistung") {
		x.found++
		x.service = &service{place: x.place(), depth: len(x.open), texts: map[string]map[string]string{}, keywords: map[string][]string{}}
	}
	if s := x.service; s != nil && e.name == "modulText" {
		s.code, s.module = "", map[string]string{}
	}
}

func (x *xzufi) end() {
	n := len(x.open)
	e := x.open[n-1]
	text := strings.TrimSpace(e.text.String())
	if s := x.service; s != nil {
		x.leave(s, e, text, n)
	}
	x.open = x.open[:n-1]
	if n > 1 && isMarkup(e.name) { // XHTML inside a text belongs to it
		out := x.open[n-2].text
		if isBlock(e.name) {
			out.WriteString("<" + e.name + ">")
			defer out.WriteString("</" + e.name + ">")
		}
		out.WriteString(escape.Replace(text))
	}
	if x.service != nil && n == x.service.depth {
		x.in.takeService(x.service)
		x.service = nil
	}
}

var escape = strings.NewReplacer("<", "&lt;", "&", "&amp;")

// leave handles the end of an element of a service.
func (x *xzufi) leave(s *service, e element, text string, depth int) {
	parent := ""
	if depth > 1 {
		parent = x.open[depth-2].name
	}
	language := Language(e.language, x.in.Language)
	direct := depth == s.depth+1
	switch {
	case e.name == "modulText":
		for l, t := range s.module {
			s.put(modules[s.code], l, t)
		}
		s.module = nil
	case s.module != nil && e.name == "inhalt":
		s.module[language] = text
	case s.module != nil && (parent == "leikaTextmodul" || e.name == "leikaTextmodul"):
		if key := foldCode(text); modules[key] != "" && (s.code == "" || e.name != "name") {
			s.code = key
		}
	case e.name == "begriff":
		s.keywords[language] = appendNew(s.keywords[language], text)
	case direct && e.name == "id":
		s.id = text
	case e.name == "uri" && s.source == "" && strings.HasPrefix(text, "http"):
		s.source = text
	case parent == "gueltigkeit" && (e.name == "beginn" || e.name == "begin"):
		s.validFrom = Date(text)
	case parent == "gueltigkeit" && e.name == "ende":
		s.validTo = Date(text)
	case strings.HasPrefix(parent, "modul") && (e.name == "beschreibung" || e.name == "inhalt"):
		s.put(modules[foldKey(parent)], language, text)
	case e.name == "betrag" && text != "":
		s.put("amount", "", text)
	case direct && text != "" && modules[foldKey(e.name)] != "":
		s.put(modules[foldKey(e.name)], language, text)
	}
}

// foldCode is a code as "02", a name as "volltext".
func foldCode(text string) string {
	if len(text) == 1 && text[0] >= '0' && text[0] <= '9' {
		return "0" + text
	}
	return foldKey(text)
}

func (s *service) put(field, language, text string) {
	if field == "" || text == "" {
		return
	}
	if s.texts[field] == nil {
		s.texts[field] = map[string]string{}
	}
	s.texts[field][language] = strings.TrimSpace(s.texts[field][language] + "\n" + text)
}

// takeService makes an article of a service.
func (in *input) takeService(s *service) {
	d := Draft{Variants: map[string]Variant{}, Place: s.place}
	d.Source, d.ValidFrom, d.ValidTo = s.source, s.validFrom, s.validTo
	for _, language := range s.languages() {
		if language == "" {
			in.broken(s.place, "has a text in a language that is not named well (xml:lang, languageCode)")
			return
		}
		if v, ok := in.serviceVariant(&d, s, language); ok {
			d.Variants[language] = v
		}
	}
	if len(d.Variants) == 0 {
		in.broken(s.place, "service %q has neither a name nor a text", shorten(s.id))
		return
	}
	d.ID = Slug(d.anyTitle())
	for _, language := range d.Languages() {
		in.department(&d, s.place, oneLine(in.plain(s.texts["office"][language])))
		if d.HandOver != "" {
			break
		}
	}
	in.take(d)
}

func (s *service) languages() []string {
	var out []string
	for field, texts := range s.texts {
		for language := range texts {
			if field != "amount" && !slices.Contains(out, language) {
				out = append(out, language)
			}
		}
	}
	slices.Sort(out)
	return out
}

func (in *input) serviceVariant(d *Draft, s *service, language string) (Variant, bool) {
	text := func(field string) string { return in.plain(s.texts[field][language]) }
	v := Variant{Title: oneLine(text("name")), Keywords: s.keywords[language], Facts: map[string]string{}}
	if v.Title == "" {
		v.Title = oneLine(text("title"))
	}
	for _, fact := range []string{"fee", "documents", "deadline", "duration"} {
		if t := oneLine(text(fact)); t != "" {
			v.Facts[fact] = t
		}
	}
	if amount := s.texts["amount"][""]; v.Facts["fee"] == "" && amount != "" && !strings.Contains(amount, "\n") {
		v.Facts["fee"] = strings.Replace(strings.TrimSuffix(amount, ".00"), ".", ",", 1) + " Euro"
	}
	short := text("short")
	if short == "" {
		short = text("teaser")
	}
	long := strings.TrimSpace(strings.Join([]string{text("long"), text("conditions"), text("procedure"), text("hints")}, "\n"))
	if v.Title == "" && short == "" && long == "" {
		return v, false
	}
	in.speak(d, language, &v, short, collapse(long))
	return v, true
}

// collapse takes empty lines out.
func collapse(text string) string {
	lines := strings.Split(text, "\n")
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.TrimSpace(l) == "" }), "\n")
}

func isMarkup(name string) bool {
	switch strings.ToLower(name) {
	case "p", "br", "ul", "ol", "li", "b", "i", "strong", "em", "a", "span", "div", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "td", "th", "tbody":
		return true
	}
	return false
}
