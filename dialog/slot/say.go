package slot

import (
	"strings"
	"time"
	"unicode"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// Say is a value as it is spoken in a language.
func (r *Reader) Say(s Spec, v Value, language string) string {
	l := r.language(language)
	switch s.Kind {
	case Phone:
		return r.numbers.Read(v.Text, language)
	case Date:
		return l.sayDate(v.Text)
	case Time:
		return l.sayTime(v.Text)
	case HouseNumber:
		return l.sayHouse(v.Text)
	case Email:
		return l.sayMail(v.Text)
	case Plate:
		return r.sayPlate(v.Text, language)
	case YesNo:
		if v.Text == "no" {
			return l.say.No
		}
		return l.say.Yes
	case Choice:
		return s.sayOption(v.Text, language)
	case Count:
		if v.Note != "" {
			return v.Note
		}
	}
	return v.Text
}

func (s Spec) sayOption(id, language string) string {
	for _, o := range s.Choices {
		if o.ID != id {
			continue
		}
		for _, l := range []string{language, transcript.Primary(language), "de"} {
			if t := o.Say[l]; t != "" {
				return t
			}
		}
	}
	return id
}

// Spell is a word letter by letter, three in a breath.
func Spell(word string) string {
	var b strings.Builder
	n := 0
	for _, r := range word {
		switch {
		case r == ' ':
			b.WriteString(";")
			n = 0
			continue
		case n > 0 && n%3 == 0:
			b.WriteString(",")
		}
		if b.Len() > 0 {
			b.WriteString(" ")
		}
		b.WriteRune(unicode.ToUpper(r))
		n++
	}
	return b.String()
}

func (l *language) sayDate(text string) string {
	t, err := time.Parse(dateForm, text)
	if err != nil {
		return text
	}
	return strings.NewReplacer("{weekday}", l.say.Weekdays[isoDay(t)-1], "{day}", t.Format("2"), "{month}", l.say.Months[t.Month()-1]).Replace(l.say.Date)
}

func (l *language) sayTime(text string) string {
	hour, minute, ok := strings.Cut(text, ":")
	if !ok {
		return text
	}
	hour = strings.TrimPrefix(hour, "0")
	if hour == "" {
		hour = "0"
	}
	form := l.say.Time
	if minute == "00" && l.say.Hour != "" {
		form = l.say.Hour
	}
	return strings.NewReplacer("{hour}", hour, "{minute}", minute).Replace(form)
}

func (l *language) sayHouse(text string) string {
	text = strings.ReplaceAll(text, "-", " "+l.say.To+" ")
	var b strings.Builder
	var before rune
	for _, r := range text {
		if unicode.IsLetter(r) && unicode.IsDigit(before) {
			b.WriteString(" ")
		}
		b.WriteRune(r)
		before = r
	}
	return b.String()
}

// longestWord of an address is read as a word and not spelt.
const shortestWord = 4

func (l *language) sayMail(address string) string {
	var out []string
	word := ""
	flush := func() {
		switch {
		case word == "":
		case len(word) < shortestWord || !strings.ContainsAny(word, "aeiouy"):
			out = append(out, strings.Join(strings.Split(strings.ToUpper(word), ""), " "))
		default:
			out = append(out, word)
		}
		word = ""
	}
	for _, r := range address {
		mark := map[rune]string{'@': l.say.At, '.': l.say.Dot, '-': l.say.Hyphen, '_': l.say.Score}[r]
		if mark == "" {
			word += string(r)
			continue
		}
		flush()
		out = append(out, mark)
	}
	flush()
	return strings.Join(out, " ")
}

func (r *Reader) sayPlate(text, language string) string {
	letters, digits, _ := strings.Cut(text, " ")
	district, series, _ := strings.Cut(letters, "-")
	spoken := Spell(district) + ", " + Spell(series) + ","
	for _, d := range digits {
		if unicode.IsDigit(d) {
			spoken += " " + r.numbers.Digit(d, language)
		} else {
			spoken += ", " + string(d)
		}
	}
	return spoken
}
