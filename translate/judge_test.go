package translate_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
)

// fact is a value of a sentence and how it may appear in the translation. It
// is judged by regular expressions that know nothing of package values.
type fact struct {
	kind   string
	source string   // as the sentence has it
	target []string // regular expressions, any of which must be found
}

func (f fact) kept(out string) bool {
	for _, expression := range f.target {
		if regexp.MustCompile(`(?i)(?:^|[^\pL\d])(?:` + expression + `)(?:$|[^\pL\d])`).MatchString(strings.ReplaceAll(out, "\u00a0", " ")) {
			return true
		}
	}
	return false
}

// sentence is a text with its facts.
type sentence struct {
	text  string
	facts []fact
}

var (
	onesEN = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
	tensEN = strings.Fields("- - twenty thirty forty fifty sixty seventy eighty ninety")
	onesPT = strings.Fields("zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezasseis dezassete dezoito dezanove")
	tensPT = strings.Fields("- - vinte trinta quarenta cinquenta sessenta setenta oitenta noventa")

	monthsEN = strings.Fields("January February March April May June July August September October November December")
	monthsPT = strings.Fields("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro")
	daysEN   = strings.Fields("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
	daysPT   = strings.Fields("segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo")
)

// spell says a number below 1000 in words.
func spell(n int, language string) string {
	if language == "en" {
		switch {
		case n < 20:
			return onesEN[n]
		case n < 100:
			return strings.TrimSuffix(tensEN[n/10]+"-"+onesEN[n%10], "-zero")
		}
		return strings.TrimSuffix(onesEN[n/100]+" hundred and "+spell(n%100, language), " and zero")
	}
	switch {
	case n < 20:
		return onesPT[n]
	case n < 100:
		return strings.TrimSuffix(tensPT[n/10]+" e "+onesPT[n%10], " e zero")
	case n == 100:
		return "cem"
	}
	hundreds := strings.Fields("- cento duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos novecentos")
	return strings.TrimSuffix(hundreds[n/100]+" e "+spell(n%100, language), " e zero")
}

// said is how a number may be said in a language, as an expression.
func said(n int, language string) string {
	words := strings.ReplaceAll(spell(n, language), "-", "[- ]")
	if language == "pt" {
		words = strings.NewReplacer("dois", "d(?:oi|ua)s", "um", "uma?", "tos", "t[oa]s", "catorze", "[cq]u?atorze", "dezas", "dez[ae]s", "dezanove", "dez[ae]nove").Replace(words)
	}
	return fmt.Sprintf("(?:%d|%s)", n, words)
}

func other(language string) string {
	if language == "en" {
		return "pt"
	}
	return "en"
}

// maker makes facts of a source language.
type maker struct {
	*rand.Rand
	from string
}

func (m maker) pick(list ...string) string { return list[m.IntN(len(list))] }

func (m maker) en() bool { return m.from == "en" }

func (m maker) count() fact {
	n := 2 + m.IntN(60)
	text := fmt.Sprint(n)
	if m.IntN(2) == 0 {
		text = spell(n, m.from)
	}
	return fact{"number", text, []string{said(n, other(m.from))}}
}

func (m maker) large() fact {
	n := 1000 + m.IntN(900_000)
	mark := map[bool]string{true: ",", false: "."}[m.en()]
	text := fmt.Sprintf("%d%s%03d", n/1000, mark, n%1000)
	return fact{"number", text, []string{fmt.Sprintf(`%d[., ]?%03d`, n/1000, n%1000)}}
}

func (m maker) price() fact {
	euros, cents := 3+m.IntN(200), 5*(1+m.IntN(19))
	number := fmt.Sprintf(map[bool]string{true: "%d.%02d", false: "%d,%02d"}[m.en()], euros, cents)
	text := m.pick(number+" euros", number+" €", "€"+number)
	if !m.en() {
		text = m.pick(number+" euros", number+" €")
	}
	if m.IntN(3) == 0 && cents > 9 {
		text = spell(euros, m.from) + " euros " + map[bool]string{true: "", false: "e "}[m.en()] + spell(cents, m.from)
	}
	to := other(m.from)
	amount := fmt.Sprintf(`%d[.,]%02d`, euros, cents)
	if cents%10 == 0 {
		amount = fmt.Sprintf(`%d[.,]%d0?`, euros, cents/10)
	}
	return fact{"amount", text, []string{
		amount + ` ?(?:€|euros?|EUR)`, `(?:€|EUR) ?` + amount,
		said(euros, to) + ` euros?,? (?:e |and )?` + said(cents, to) + `(?: c[eê]nt\pL*)?`,
	}}
}

func (m maker) date() fact {
	day, month, year := 1+m.IntN(28), m.IntN(12), 2025+m.IntN(3)
	name := monthsPT[month]
	if m.en() {
		name = monthsEN[month]
	}
	numeric := fmt.Sprintf("%02d.%02d.%d", day, month+1, year)
	var text string
	switch {
	case m.IntN(4) == 0:
		text = m.pick(numeric, strings.ReplaceAll(numeric, ".", "/"))
	case m.en():
		text = m.pick(fmt.Sprintf("%d %s %d", day, name, year), fmt.Sprintf("%s %d, %d", name, day, year), fmt.Sprintf("the %d%s of %s %d", day, ordinal(day), name, year))
	default:
		text = m.pick(fmt.Sprintf("%d de %s de %d", day, name, year), fmt.Sprintf("%s de %s de %d", spell(day, "pt"), name, year))
	}
	return fact{"date", text, dateForms(day, month, year, other(m.from))}
}

func dateForms(day, month, year int, to string) []string {
	y := ""
	if year > 0 {
		y = fmt.Sprintf(`,? (?:de )?%d`, year)
	}
	forms := []string{fmt.Sprintf(`0?%d[./]0?%d[./]%d`, day, month+1, year)}
	if to == "en" {
		return append(forms, fmt.Sprintf(`(?:the )?%d(?:st|nd|rd|th)? (?:of )?%s%s`, day, monthsEN[month], y), fmt.Sprintf(`%s (?:the )?%d(?:st|nd|rd|th)?%s`, monthsEN[month], day, y))
	}
	return append(forms, fmt.Sprintf(`%s(?:º|o)? de %s%s`, said(day, to), monthsPT[month], y))
}

func ordinal(n int) string {
	switch {
	case n%100 >= 11 && n%100 <= 13:
		return "th"
	case n%10 == 1:
		return "st"
	case n%10 == 2:
		return "nd"
	case n%10 == 3:
		return "rd"
	}
	return "th"
}

func (m maker) clock() fact {
	h, min := 7+m.IntN(11), []int{0, 10, 15, 30, 45}[m.IntN(5)]
	to := other(m.from)
	var text string
	switch {
	case !m.en() && m.IntN(3) == 0 && h <= 12 && min == 30:
		text = spell(h, "pt") + " e meia"
	case !m.en() && m.IntN(3) == 0 && h < 12 && min == 45:
		text = spell(h+1, "pt") + " menos um quarto"
	case !m.en():
		text = m.pick(fmt.Sprintf("%dh%02d", h, min), fmt.Sprintf("%d:%02d", h, min))
	case h > 12:
		text = m.pick(fmt.Sprintf("%d:%02d pm", h-12, min), fmt.Sprintf("%d:%02d", h, min))
	case min == 30 && m.IntN(2) == 0 && h <= 12:
		text = "half past " + spell(h, "en")
	case min == 15 && m.IntN(2) == 0 && h <= 12:
		text = "quarter past " + spell(h, "en")
	case min == 45 && m.IntN(2) == 0 && h < 12:
		text = "quarter to " + spell(h+1, "en")
	case h < 12:
		text = m.pick(fmt.Sprintf("%d:%02d am", h, min), fmt.Sprintf("%d:%02d", h, min))
	default:
		text = fmt.Sprintf("%d:%02d", h, min)
	}
	return fact{"time", text, timeForms(h, min, to)}
}

func timeForms(h, min int, to string) []string {
	forms := []string{fmt.Sprintf(`0?%d ?[:.h] ?%02d(?: ?(?:h|horas))?`, h, min)}
	if min == 0 {
		forms = append(forms, fmt.Sprintf(`0?%d ?(?:h|horas|o'clock)`, h))
	}
	half := "(?:am|a\\.m\\.?|in the morning)"
	if h >= 12 {
		half = "(?:pm|p\\.m\\.?|in the afternoon)"
	}
	if to == "en" {
		forms = append(forms, fmt.Sprintf(`%d[:.]%02d ?%s`, (h+11)%12+1, min, half))
		if min == 0 {
			forms = append(forms, fmt.Sprintf(`%d ?%s`, (h+11)%12+1, half))
		}
	}
	return forms
}

func (m maker) iban() fact {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%02d", m.pick("DE", "DE", "PT", "AT"), 10+m.IntN(89))
	for range 18 {
		fmt.Fprint(&b, m.IntN(10))
	}
	s := b.String()
	text := s
	if m.IntN(2) == 0 {
		text = ""
		for i := 0; i < len(s); i += 4 {
			text += s[i:min(i+4, len(s))] + " "
		}
		text = strings.TrimSpace(text)
	}
	return fact{"iban", text, []string{spaced(s)}}
}

// spaced allows spaces between all characters.
func spaced(s string) string {
	return strings.Join(strings.Split(s, ""), `[ /.-]?`)
}

func (m maker) phone() fact {
	s := "0" + fmt.Sprint(151+m.IntN(28)) + fmt.Sprint(1_000_000+m.IntN(8_999_999))
	text := s[:4] + m.pick(" ", "/", "-") + s[4:]
	if m.IntN(2) == 0 {
		ones := onesPT
		if m.en() {
			ones = onesEN
		}
		s = s[:7]
		var words []string
		for _, r := range s {
			words = append(words, ones[r-'0'])
		}
		text = strings.Join(words, " ")
	}
	return fact{"phone", text, []string{spaced(s)}}
}

func (m maker) name() fact {
	n := m.pick("Anna Müller", "Jürgen Weiß", "Fatma Yılmaz", "Oleksandr Kovalenko", "João Gonçalves", "Brigitte Schmitt-Oberhausen", "Piotr Wójcik", "Ahmed El-Sayed", "Mary Walker", "Rosa Pereira", "Thomas Schäfer", "Zoë König")
	return fact{"name", n, []string{regexp.QuoteMeta(n)}}
}

func (m maker) street() fact {
	s := m.pick("Lindenstraße", "Bahnhofstraße", "Am Güterbahnhof", "Rathausplatz", "Kirchgasse", "Sophie-Scholl-Weg", "Breite Straße", "Hauptstraße", "Zur alten Post", "Schloßallee") + " " + fmt.Sprint(1+m.IntN(180))
	if m.IntN(4) == 0 {
		s += m.pick("a", "b", "c")
	}
	return fact{"street", s, []string{regexp.QuoteMeta(s)}}
}

func (m maker) mail() fact {
	s := m.pick("anna.mueller", "j_weiss", "info", "maria-da-silva79") + "@" + m.pick("example.org", "musterstadt.example", "mail.example.com")
	return fact{"number", s, []string{regexp.QuoteMeta(s)}}
}

func (m maker) file() fact {
	s := fmt.Sprintf("%d/%d-%s", 1000+m.IntN(8999), 2020+m.IntN(7), m.pick("B", "AZ", "K"))
	return fact{"number", s, []string{regexp.QuoteMeta(s)}}
}

func (m maker) weekday() fact {
	d := m.IntN(7)
	if m.en() {
		return fact{"date", daysEN[d], []string{daysPT[d], strings.TrimSuffix(daysPT[d], "-feira")}}
	}
	return fact{"date", daysPT[d], []string{daysEN[d], daysEN[d] + "s"}}
}

// fill puts facts into a template: {price}, {date} and so on.
func (m maker) fill(template string) sentence {
	makers := map[string]func() fact{
		"count": m.count, "large": m.large, "price": m.price, "date": m.date, "time": m.clock, "iban": m.iban, "phone": m.phone,
		"name": m.name, "street": m.street, "mail": m.mail, "file": m.file, "day": m.weekday,
	}
	var s sentence
	s.text = regexp.MustCompile(`\{\w+\}`).ReplaceAllStringFunc(template, func(slot string) string {
		f := makers[strings.Trim(slot, "{}")]()
		s.facts = append(s.facts, f)
		return f.source
	})
	return s
}
