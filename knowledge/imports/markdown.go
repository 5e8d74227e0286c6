package imports

import (
	"path"
	"regexp"
	"strings"
)

// section is a heading with what stands below it.
type section struct {
	heading string
	lines   []string
}

// facts by the headings under which pages and Markdown keep them.
var factHeadings = map[string]string{
	"gebuehr": "fee", "gebuehren": "fee", "kosten": "fee", "fees": "fee", "costs": "fee", "waskostetdas": "fee",
	"unterlagen": "documents", "erforderlicheunterlagen": "documents", "benoetigteunterlagen": "documents", "documents": "documents", "requireddocuments": "documents",
	"frist": "deadline", "fristen": "deadline", "deadline": "deadline", "deadlines": "deadline",
	"dauer": "duration", "bearbeitungsdauer": "duration", "duration": "duration", "processingtime": "duration",
	"oeffnungszeiten": "hours", "openinghours": "hours", "anschrift": "address", "adresse": "address", "address": "address",
	"terminvereinbarung": "appointment", "appointment": "appointment", "onlinedienst": "online",
}

// factWords is the longest fact, in words; longer sections are text.
const factWords = 45

// document makes an article of a text with headings; nil when there is none.
func (in *input) document(title, language string, sections []section) *Draft {
	if language == "" {
		in.note(Editor, in.at(0), "", "", "the language is not known; taken as %s", in.Language)
		language = in.Language
	}
	v := Variant{Title: title, Facts: map[string]string{}}
	var text []string
	for _, s := range sections {
		body := strings.Join(s.lines, "\n")
		fact := factHeadings[foldKey(s.heading)]
		if said := oneLine(strings.ReplaceAll(body, "- ", "")); fact != "" && v.Facts[fact] == "" && said != "" && Words(said) <= factWords {
			v.Facts[fact] = strings.ReplaceAll(listed(s.lines), "\n", " ")
			continue
		}
		if strings.HasSuffix(s.heading, "?") {
			v.Questions = appendNew(v.Questions, s.heading)
		}
		if s.heading != "" && body != "" {
			text = append(text, asLine(s.heading))
		}
		if body != "" {
			text = append(text, body)
		}
	}
	if title == "" && len(text) == 0 {
		in.broken(in.at(0), "holds no text that can be read")
		return nil
	}
	d := &Draft{Variants: map[string]Variant{}, Place: in.at(1)}
	in.speak(d, language, &v, "", strings.Join(text, "\n"))
	d.Variants[language] = v
	return d
}

// asLine makes a heading a line of a text.
func asLine(heading string) string {
	if strings.ContainsAny(heading[len(heading)-1:], ".?!:") {
		return heading
	}
	return heading + ":"
}

// listed joins list entries with commas, as they are spoken.
func listed(lines []string) string {
	var entries, out []string
	flush := func() {
		if len(entries) > 0 {
			out = append(out, strings.Join(entries, ", "))
			entries = nil
		}
	}
	for _, l := range lines {
		if entry, ok := strings.CutPrefix(l, "- "); ok {
			entries = append(entries, strings.TrimRight(entry, ",;."))
			continue
		}
		flush()
		out = append(out, l)
	}
	flush()
	return strings.Join(out, " ")
}

var (
	mdHeading  = regexp.MustCompile(`^ {0,3}(#{1,6})\s+(.*?)\s*#*$`)
	mdLink     = regexp.MustCompile(`!?\[([^\]]*)\]\([^)]*\)`)
	mdEmphasis = regexp.MustCompile("[*`]+|\\b_+|_+\\b")
	mdEntry    = regexp.MustCompile(`^\s*(?:[-*+]|\d+[.)])\s+`)
)

// readMarkdown reads a text with optional front matter: the keys that columns
// may have. LANG.md of a city's folder is such a file.
func (in *input) readMarkdown(data []byte) {
	text, ok := in.decode(data)
	if !ok {
		return
	}
	front, body, err := frontMatter(text)
	if err != nil {
		in.broken(in.at(1), "%v", err)
		return
	}
	fields, err := readFields(front)
	if err != nil {
		in.broken(in.at(1), "%v", err)
		return
	}
	r := row{place: in.at(1), fields: map[string]string{}, lists: map[string][]string{}}
	facts := fields.texts("facts")
	for _, n := range pairs(fields) {
		if field := columnOf(n.key); field != "" {
			r.fields[field], r.lists[field] = strings.Join(n.values, "\n"), n.values
		}
	}
	language := Language(r.fields["language"], "")
	if language == "" {
		if base := strings.TrimSuffix(path.Base(in.name), path.Ext(in.name)); len(base) == 2 || strings.HasSuffix(base, "-leicht") {
			language = Language(base, "") // LANG.md
		}
	}
	title, sections := mdSections(body)
	if t := oneLine(r.fields["title"]); t != "" {
		title = t
	}
	if language == "" {
		language = in.Language
	}
	d := in.document(title, language, sections)
	if d == nil {
		return
	}
	in.frontMatter(d, r, facts)
	if answer, more := splitMore(body); more != "" { // written for the ear already
		for l, v := range d.Variants {
			v.Answer, v.More = answer, more
			d.Variants[l], d.Machine = v, nil
		}
	}
	in.take(*d)
}

// frontMatter takes the keys over that Markdown files have at their head.
func (in *input) frontMatter(d *Draft, r row, facts map[string]string) {
	if r.fields["id"] != "" {
		d.ID = Slug(r.fields["id"])
	}
	d.Source, d.Form = oneLine(r.fields["source"]), oneLine(r.fields["form"])
	d.ValidFrom, d.ValidTo = in.date(r, "valid_from", ""), in.date(r, "valid_to", "")
	in.department(d, r.place, oneLine(r.fields["hand_over"]))
	for language, v := range d.Variants {
		v.Questions = appendNew(v.Questions, r.list("question")...)
		v.Keywords = appendNew(v.Keywords, r.list("keywords")...)
		for _, key := range FactKeys() {
			for _, text := range []string{facts[key], oneLine(r.fields[key])} {
				if text != "" {
					v.Facts[key] = text
				}
			}
		}
		d.Variants[language] = v
	}
}

type pair struct {
	key    string
	values []string
}

// pairs are the scalar and list values of a mapping.
func pairs(f *fields) []pair {
	var out []pair
	c := f.node.Content
	for i := 0; i+1 < len(c); i += 2 {
		p := pair{key: c[i].Value}
		if c[i+1].Value != "" {
			p.values = []string{c[i+1].Value}
		}
		for _, item := range c[i+1].Content {
			p.values = append(p.values, oneLine(item.Value))
		}
		out = append(out, p)
	}
	return out
}

// mdSections cuts a text at its headings; the first of the first level is the title.
func mdSections(body string) (title string, sections []section) {
	sections = append(sections, section{})
	for line := range strings.SplitSeq(body, "\n") {
		if h := mdHeading.FindStringSubmatch(strings.TrimRight(line, " \t\r")); h != nil {
			if len(h[1]) == 1 && title == "" {
				title = mdPlain(h[2])
				continue
			}
			sections = append(sections, section{heading: mdPlain(h[2])})
			continue
		}
		s := &sections[len(sections)-1]
		entry := mdEntry.FindString(line)
		switch text := mdPlain(line[len(entry):]); {
		case text == "":
			s.lines = append(s.lines, "")
		case entry != "":
			s.lines = append(s.lines, "- "+text)
		case len(s.lines) > 0 && s.lines[len(s.lines)-1] != "": // a paragraph goes on
			s.lines[len(s.lines)-1] += " " + text
		default:
			s.lines = append(s.lines, text)
		}
	}
	for i := range sections {
		var kept []string
		for _, l := range sections[i].lines {
			if l != "" {
				kept = append(kept, l)
			}
		}
		sections[i].lines = kept
	}
	return title, sections
}

// mdPlain takes emphasis and the targets of links out.
func mdPlain(s string) string {
	s = mdLink.ReplaceAllString(s, "$1")
	return strings.TrimSpace(mdEmphasis.ReplaceAllString(s, ""))
}
