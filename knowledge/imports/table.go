package imports

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// columns are what the heads of tables and the keys of JSON lines may be
// called, folded by foldKey.
var columns = map[string][]string{
	"id":          {"id", "kennung", "schluessel", "nummer", "nr", "key"},
	"title":       {"titel", "title", "thema", "betreff", "leistung", "bezeichnung", "ueberschrift", "name", "topic", "subject"},
	"question":    {"frage", "fragen", "question", "questions", "faq", "beispielfrage", "beispielfragen"},
	"answer":      {"antwort", "antworten", "answer", "answers", "antworttext", "kurztext", "text", "kurzantwort", "inhalt", "content"},
	"more":        {"mehr", "more", "details", "volltext", "langtext", "ergaenzung", "beschreibung", "description"},
	"language":    {"sprache", "language", "lang"},
	"source":      {"quelle", "source", "url", "link", "webseite", "internetseite", "website"},
	"hand_over":   {"zustaendig", "zustaendigestelle", "amt", "abteilung", "fachbereich", "department", "handover", "organisationseinheit"},
	"valid_from":  {"gueltigab", "gueltigvon", "validfrom", "von", "from"},
	"valid_to":    {"gueltigbis", "validto", "validuntil", "ablauf", "bis", "to"},
	"keywords":    {"stichworte", "stichwoerter", "stichwort", "schlagworte", "schlagwoerter", "synonyme", "keywords", "tags", "synonyms"},
	"form":        {"formular", "form"},
	"fee":         {"gebuehr", "gebuehren", "kosten", "fee", "fees", "costs", "preis"},
	"documents":   {"unterlagen", "erforderlicheunterlagen", "benoetigteunterlagen", "dokumente", "documents"},
	"deadline":    {"frist", "fristen", "deadline"},
	"duration":    {"dauer", "bearbeitungsdauer", "duration"},
	"hours":       {"oeffnungszeiten", "oeffnungszeit", "hours", "openinghours"},
	"address":     {"adresse", "anschrift", "address", "ort"},
	"phone":       {"telefon", "telefonnummer", "phone"},
	"appointment": {"termin", "terminvereinbarung", "appointment"},
	"online":      {"online", "onlinedienst"},
}

// columnOf is the field that a head means; "" is unknown.
func columnOf(head string) string {
	key := foldKey(head)
	for field, names := range columns {
		if slices.Contains(names, key) || foldKey(field) == key {
			return field
		}
	}
	return ""
}

// foldKey is "Gültig bis:" as "gueltigbis".
func foldKey(s string) string { return strings.ReplaceAll(strings.Trim(Slug(s), "-"), "-", "") }

// row is one question with its answer, by field.
type row struct {
	place  Place
	fields map[string]string
	lists  map[string][]string // fields that came as lists
}

// rows gathers rows to drafts: those with one id, or one title, are one article.
type rows struct {
	in     *input
	drafts []*Draft
	byKey  map[string]*Draft
}

func (in *input) newRows() *rows { return &rows{in: in, byKey: map[string]*Draft{}} }

func (t *rows) add(r row) {
	questions := r.list("question")
	title := oneLine(r.fields["title"])
	if title == "" && len(questions) > 0 {
		title = strings.TrimRight(questions[0], "?!. ")
	}
	answer, more := t.in.plain(r.fields["answer"]), t.in.plain(r.fields["more"])
	if title == "" && answer == "" && more == "" {
		t.in.broken(r.place, "has neither title, question nor answer")
		return
	}
	language := Language(r.fields["language"], t.in.Language)
	if language == "" {
		t.in.broken(r.place, "%q is no language such as de, en or de-leicht", shorten(r.fields["language"]))
		return
	}
	d := t.draft(r, title)
	v, there := d.Variants[language]
	if !there {
		v = Variant{Title: title, Facts: map[string]string{}}
	}
	v.Questions = appendNew(v.Questions, questions...)
	v.Keywords = appendNew(v.Keywords, r.list("keywords")...)
	for _, key := range FactKeys() {
		if text := oneLine(t.in.plain(r.fields[key])); text != "" {
			v.Facts[key] = text
		}
	}
	switch {
	case answer == "" && more == "":
	case v.Answer == "" && v.More == "":
		t.in.speak(d, language, &v, answer, more)
	case answer != "" && answer != v.Answer:
		t.in.note(Editor, r.place, d.ID, language, "another answer for the same article; it stands below \"Mehr\" now")
		v.More = strings.TrimSpace(v.More + "\n" + answer + "\n" + more)
	}
	d.Variants[language] = v
}

// draft finds the row's article or begins one.
func (t *rows) draft(r row, title string) *Draft {
	id := Slug(oneLine(r.fields["id"]))
	key := "id " + id
	if r.fields["id"] == "" {
		id, key = "", "title "+strings.ToLower(title)
	}
	d := t.byKey[key]
	if d == nil {
		d = &Draft{ID: id, Variants: map[string]Variant{}, Place: r.place}
		t.byKey[key] = d
		t.drafts = append(t.drafts, d)
	}
	set := func(value *string, field string) {
		if *value == "" {
			*value = oneLine(r.fields[field])
		}
	}
	set(&d.Source, "source")
	set(&d.Form, "form")
	d.ValidFrom = t.in.date(r, "valid_from", d.ValidFrom)
	d.ValidTo = t.in.date(r, "valid_to", d.ValidTo)
	t.in.department(d, r.place, oneLine(r.fields["hand_over"]))
	return d
}

func (t *rows) end() {
	for _, d := range t.drafts {
		t.in.take(*d)
	}
}

// list is a field's values: a list, or one value a line or between bars.
func (r row) list(field string) []string {
	if l, ok := r.lists[field]; ok {
		return l
	}
	cut := func(c rune) bool { return c == '\n' || c == '|' || field == "keywords" && (c == ',' || c == ';') }
	var out []string
	for _, s := range strings.FieldsFunc(r.fields[field], cut) {
		if s = oneLine(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func appendNew(list []string, more ...string) []string {
	for _, s := range more {
		if s = oneLine(s); s != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// oneLine joins lines and takes control characters out.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// date is 2026-01-31 or 31.01.2026.
func (in *input) date(r row, field, before string) string {
	text := oneLine(r.fields[field])
	if text == "" || before != "" {
		return before
	}
	if d := Date(text); d != "" {
		return d
	}
	in.broken(r.place, "%q is no date like 31.12.2026", shorten(text))
	return ""
}

// Date returns a day as 2026-01-31; "" when the text is none.
func Date(text string) string {
	for _, layout := range []string{time.DateOnly, "2.1.2006", "02.01.2006", time.RFC3339, "2006-01-02T15:04:05", "2006-01-02Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return ""
}

// department finds the city's department by id or name.
func (in *input) department(d *Draft, p Place, name string) {
	if name == "" || d.HandOver != "" {
		return
	}
	for called, id := range in.Departments {
		if strings.EqualFold(name, id) || strings.EqualFold(name, called) || Slug(name) == id {
			d.HandOver = id
			return
		}
	}
	if len(in.Departments) == 0 && name == Slug(name) {
		d.HandOver = name
		return
	}
	in.note(Editor, p, d.ID, "", "%q is no department of the city: choose one", shorten(name))
}

var tag = regexp.MustCompile(`^[a-z]{2,3}(-leicht)?$`)

// Language makes a tag of "Deutsch", "de-DE", "DE_at" or "de-x-leicht"; "" is
// no language.
func Language(text, otherwise string) string {
	text = strings.ToLower(strings.ReplaceAll(oneLine(text), "_", "-"))
	if text == "" {
		return otherwise
	}
	names := map[string]string{
		"deutsch": "de", "german": "de", "leichte sprache": "de-leicht", "einfache sprache": "de-leicht", "easy german": "de-leicht", "englisch": "en", "english": "en",
		"türkisch": "tr", "turkish": "tr", "ukrainisch": "uk", "ukrainian": "uk", "russisch": "ru", "russian": "ru", "arabisch": "ar", "arabic": "ar",
		"polnisch": "pl", "polish": "pl", "französisch": "fr", "french": "fr", "spanisch": "es", "spanish": "es", "italienisch": "it", "italian": "it", "rumänisch": "ro", "romanian": "ro",
	}
	if t, ok := names[text]; ok {
		return t
	}
	base, rest, _ := strings.Cut(text, "-")
	if base == "ger" || base == "deu" {
		base = "de"
	}
	if strings.Contains(rest, "leicht") || rest == "ls" || strings.Contains(rest, "simple") {
		base += "-leicht"
	}
	if !tag.MatchString(base) {
		return ""
	}
	return base
}
