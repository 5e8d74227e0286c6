package values

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// forms of what is known by how it is written, the surest first.
var forms = []struct {
	kind string
	form *regexp.Regexp
}{
	{URL, regexp.MustCompile(`(?i)\b(?:https?://|www\.)[^\s<>"]*[^\s<>".,;:!?)]`)},
	{Email, regexp.MustCompile(`(?i)[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)+`)},
	{IBAN, regexp.MustCompile(`\b[A-Z]{2} ?\d{2}(?: ?[\dA-Z]{4}){2,7}(?: ?[\dA-Z]{1,4})?\b`)},
	{Phone, regexp.MustCompile(`(?:\+\d{1,3}|\b0)(?:[ /().\-]{0,2}\d){4,16}\b`)},
	{Phone, regexp.MustCompile(`\b\d{2,5}(?:[ /]\d{2,5}){2,6}\b`)},
	{Code, regexp.MustCompile(`\b\d{3,}(?:/[\dA-Z]+)+(?:-[\dA-Z]+)*\b`)},
	{Code, regexp.MustCompile(`\b(?:[A-Z]{1,4}[ -]?)?[A-Z]{1,3}[ -]?\d+(?:[/.-]?[A-Z\d]+)*\b|\b\d+[A-Z]+(?:[/.-]?[A-Z\d]+)*\b`)},
	{Street, regexp.MustCompile(`\b(?:(?:Alte[rn]?|Neue[rn]?|Große[rn]?|Kleine[rn]?|Obere[rn]?|Untere[rn]?|Lange|Kurze|Breite|Hohe|Grüner) )?\p{Lu}[\p{L}-]*(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|ufer|damm|graben|steig|chaussee|Straße|Weg|Platz|Allee)(?: \d{1,4}[a-zA-Z]?)?`)},
	{Street, regexp.MustCompile(`\b(?:Rua|Avenida|Av\.|Travessa|Praça|Largo|Estrada|Alameda|Rue|Avenue|Boulevard|Place|Calle|Plaza|Paseo|Via|Viale|Piazza|Corso|Strada|Bulevardul|ul\.|ulica|ulicy|al\.) (?:(?:d[aeo]s?|del|della|dei|des|du|la|el|los|las|lo|l'|d') ?)*\p{Lu}[\p{L}.'-]*(?: (?:(?:d[aeo]s?|e|del|la) )*\p{Lu}[\p{L}.'-]*){0,3}(?:,? (?:n\.?º ?|nº ?|n° ?|nr\.? ?)?\d{1,4}[a-zA-Z]?)?`)},
	{Street, regexp.MustCompile(`\b\d{1,4}[a-z]?,? (?:\p{Lu}[\p{L}'.-]* ){1,3}(?:Street|Road|Avenue|Lane|Square|Drive|Way|Close|Court|Terrace|St\.|Rd\.)`)},
	{Street, regexp.MustCompile(`\p{Lu}[\p{L}]*(?: \p{Lu}[\p{L}]*)? (?:Caddesi|Sokak|Sokağı|Mahallesi|Bulvarı|Cad\.|Sok\.)(?: (?:[Nn]o: ?)?\d{1,4}(?:/\d+)?)?`)},
}

// noCode are forms of numbers that have letters.
var noCode = regexp.MustCompile(`^(?:\d+(?:ST|ND|RD|TH|AM|PM|H\d*|X)|[IVX]+|(?:EUR|USD|CHF|GBP|PLN|R) ?\d+.*|\d+(?:EUR|USD|CHF))$`)

// claims are the literal values of a text, in order and apart.
func (f *finder) claims(o Options) []Value {
	var list []Value
	f.taken = make([]bool, len(f.text))
	for _, form := range forms {
		for _, m := range form.form.FindAllStringIndex(f.text, -1) {
			list = f.claim(list, form.kind, m[0], m[1])
		}
	}
	for _, street := range o.Streets {
		list = f.streets(list, street)
	}
	list = f.people(list)
	slices.SortFunc(list, func(a, b Value) int { return cmp.Compare(a.Start, b.Start) })
	return list
}

// claim adds a value where none is yet.
func (f *finder) claim(list []Value, kind string, start, end int) []Value {
	text := f.text[start:end]
	if before, _ := utf8.DecodeLastRuneInString(f.text[:start]); letterOrDigit(before) && kind != Email {
		return list
	}
	if kind == Phone && start > 1 && strings.ContainsRune("./-:,", rune(f.text[start-1])) && isDigit(f.text[start-2]) {
		return list
	}
	if after, _ := utf8.DecodeRuneInString(f.text[end:]); unicode.IsLetter(after) {
		return list
	}
	if slices.Contains(f.taken[start:end], true) {
		return list
	}
	if kind == Street && f.lang.tag == "de" && houseLetter.MatchString(f.text[end:]) {
		end += 2 // "12 a"
		text = f.text[start:end]
	}
	v := Value{Kind: kind, Text: text, Start: start, End: end}
	switch kind {
	case Street:
		if f.lang.tag != "de" && noRing.MatchString(text) {
			return list
		}
	case IBAN:
		v.number = compact(text)
	case Phone:
		if f.noPhone(text) {
			return list
		}
		v.number = compact(text)
	case Code:
		if noCode.MatchString(text) || !strings.ContainsFunc(text, unicode.IsDigit) {
			return list
		}
	}
	for i := start; i < end; i++ {
		f.taken[i] = true
	}
	return append(list, v)
}

// noPhone are dates, sums and years in a row that look like a telephone number.
func (f *finder) noPhone(text string) bool {
	toks := tokens(text, f.lang.tag)
	g := &finder{text: text, lang: f.lang, toks: toks}
	if _, n := g.numericDate(0); n > 0 {
		return true
	}
	if text[0] != '0' && text[0] != '+' {
		if it := g.literal(0); it.n == len(toks) {
			return true // 1 234 567
		}
		return len(compact(text)) < 7
	}
	return strings.ContainsAny(text[:2], ".,") && strings.Count(text, ".") < 2 // 0.5
}

// compact leaves letters and digits.
func compact(s string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if letterOrDigit(r) || r == '+' {
			return r
		}
		return -1
	}, s))
}

// streets finds a street of the city, with the number after it.
func (f *finder) streets(list []Value, street string) []Value {
	if street == "" {
		return list
	}
	for from := 0; ; {
		at := strings.Index(f.text[from:], street)
		if at < 0 {
			return list
		}
		start := from + at
		end := start + len(street)
		from = end
		if m := houseNumber.FindStringIndex(f.text[end:]); m != nil {
			end += m[1]
		}
		list = f.claim(list, Street, start, end)
	}
}

var houseNumber = regexp.MustCompile(`^,? \d{1,4}[a-zA-Z]?`)

// noRing are words of other languages that end like German streets: Spring, During.
var noRing = regexp.MustCompile(`^(?:\pL{0,2}|\pL*[aeioupr])ring(?: \d+\w?)?$`)

// houseLetter stands apart in German only: elsewhere "a" and "e" are words.
var houseLetter = regexp.MustCompile(`^ [a-h](?:[^\pL\d]|$)`)

// people finds names after titles and introductions.
func (f *finder) people(list []Value) []Value {
	for i := range f.toks {
		e, n := f.key(i, "name", "intro")
		if n == 0 {
			if f.foreign(i) {
				list = f.claim(list, Name, f.toks[i].start, f.toks[i].end)
			}
			continue
		}
		if e.key == "name" && !f.toks[i].upper && e.first != "pan" && e.first != "pani" && f.lang.tag != "pt" && f.lang.tag != "es" && f.lang.tag != "it" && f.lang.tag != "ro" && f.lang.tag != "fr" {
			continue
		}
		begin := i + n
		for begin < len(f.toks) && isOne(f.toks[begin], ".") || begin < len(f.toks) && f.isTitle(begin) {
			begin++
		}
		if end := f.nameEnd(begin); end > begin {
			list = f.claim(list, Name, f.toks[begin].start, f.toks[end-1].end)
		}
	}
	return list
}

func (f *finder) isTitle(i int) bool {
	_, n := f.key(i, "name")
	return n > 0
}

const longestName = 4

// nameEnd is behind the capitalised words from i on, with particles between them.
func (f *finder) nameEnd(i int) int {
	end, words := i, 0
	for p := i; p < len(f.toks) && words < longestName; p++ {
		t := f.toks[p]
		switch {
		case f.taken[t.start]:
			return end
		case t.kind == word && t.upper:
			words++
			end = p + 1
		case p > i && (isOne(t, "-", "'") && !t.gap || contains([]string{"von", "van", "de", "da", "do", "dos", "das", "zu", "der", "den", "di", "al", "el", "bin"}, t.folded)):
		default:
			return end
		}
	}
	return end
}

// foreign words have letters that the language does not write: names, most of all.
func (f *finder) foreign(i int) bool {
	t := f.toks[i]
	if t.kind != word || !t.upper || f.lang.words == nil {
		return false
	}
	own, ok := alphabets[f.lang.tag]
	if !ok {
		return false
	}
	for _, r := range f.text[t.start:t.end] {
		if r > unicode.MaxASCII && unicode.Is(unicode.Latin, r) && !strings.ContainsRune(own, unicode.ToLower(r)) {
			return true
		}
	}
	return false
}

// alphabets are the letters beside a to z.
var alphabets = map[string]string{
	"en": "", "de": "äöüß", "pt": "áâãàçéêíóôõúü", "fr": "àâæçéèêëîïôœùûüÿ", "es": "áéíñóúü", "it": "àèéìíîòóùú",
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
