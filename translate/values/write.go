package values

import (
	"fmt"
	"strings"
)

// Write says the value in a language, in digits.
func (v Value) Write(language string) string {
	l := languageOf(language)
	switch v.Kind {
	case Number:
		return l.writePercent(v)
	case Amount:
		return l.writeAmount(v)
	case Time:
		return l.writeTime(v)
	case Date:
		return l.writeDate(v)
	case Phone:
		if v.Spelt {
			return v.number
		}
	}
	return v.Text
}

// fewestGrouped is how many figures are written in groups of three.
const fewestGrouped = 5

func (l *language) writeNumber(number string) string {
	head, fraction, broken := strings.Cut(number, ".")
	if len(head) >= fewestGrouped && head[0] != '0' {
		head = group(head, l.thousands())
	}
	if !broken {
		return head
	}
	return head + l.point() + fraction
}

// writePercent is also for numbers that are none.
func (l *language) writePercent(v Value) string {
	text, _, ok := l.writeScaled(v)
	if !ok {
		text = l.writeNumber(v.number)
	}
	switch {
	case !v.percent:
		return text
	case l.flags["percentfirst"]:
		return "%" + text
	case l.flags["dotdecimal"] || l.tag == "pt" || l.tag == "it":
		return text + "%"
	}
	return text + " %"
}

// writeScaled is "27 milhões" and what stands before a currency, where the
// source has such a word and the language a way to write it.
func (l *language) writeScaled(v Value) (text, of string, ok bool) {
	forms := l.names[fmt.Sprintf("scale%d", v.scale)]
	if v.scale == 0 || len(forms) == 0 {
		return "", "", false
	}
	number, word := shift(v.number, -v.scale), forms[len(forms)-1]
	if head, _, broken := strings.Cut(number, "."); head == "1" && (!broken || l.flags["oneandhalf"]) || head == "0" && l.flags["oneandhalf"] {
		word = forms[0]
	}
	of = " "
	if w := l.names["scaleof"]; len(w) == 1 {
		of = " " + w[0] + " "
	} else if len(w) > 1 { // French: de dollars, d'euros
		of = " " + w[0] + " "
		if strings.ContainsAny(l.name(v.currency)[:min(1, len(l.name(v.currency)))], "aeiou") {
			of = " " + w[1]
		}
	}
	return l.writeNumber(number) + " " + word, of, true
}

func (l *language) point() string {
	if l.flags["dotdecimal"] {
		return "."
	}
	return ","
}

func (l *language) thousands() string {
	switch {
	case l.flags["dotdecimal"]:
		return ","
	case l.flags["spacethousand"]:
		return "\u00a0"
	}
	return "."
}

func group(s, by string) string {
	var b strings.Builder
	for i := range len(s) {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteString(by)
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func (l *language) writeAmount(v Value) string {
	number := v.number
	if head, fraction, broken := strings.Cut(number, "."); broken && len(fraction) == 1 {
		number = head + "." + fraction + "0"
	}
	unit := l.name(v.currency)
	if v.currency == cent {
		head, fraction, _ := strings.Cut(number, ".")
		number = strings.TrimLeft(head+(fraction + "00")[:2], "0")
	}
	if unit == "" {
		unit = v.currency
	}
	if v.number == "1" && v.currency == "EUR" {
		unit = strings.TrimSuffix(unit, "s")
	}
	if text, of, ok := l.writeScaled(v); ok {
		return text + of + unit
	}
	return l.writeNumber(number) + " " + unit
}

func (l *language) writeTime(v Value) string {
	h, m := v.minute/hour, v.minute%hour
	if l.tag == "en" && v.known {
		half := "am"
		if h >= 12 {
			half = "pm"
		}
		return fmt.Sprintf("%d:%02d %s", (h+11)%12+1, m, half)
	}
	text := fmt.Sprintf("%d:%02d", h, m)
	if l.tag == "de" {
		text += " Uhr"
	}
	return text
}

func (l *language) writeDate(v Value) string {
	if v.weekday > 0 {
		return l.name(fmt.Sprintf("wd%d", v.weekday))
	}
	month := l.name(fmt.Sprintf("mo%d", v.month))
	if month == "" {
		return v.Text
	}
	of := " "
	if l.tag == "pt" || l.tag == "es" {
		of = " de "
	}
	text := month
	if v.day > 0 {
		day := fmt.Sprint(v.day)
		if l.tag == "de" {
			day += "."
		}
		if of == " " {
			text = day + " " + month
		} else {
			text = day + of + month
		}
	}
	if v.year > 0 {
		text += of + fmt.Sprint(v.year)
	}
	return text
}
