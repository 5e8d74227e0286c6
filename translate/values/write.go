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
		return l.writeNumber(v.number)
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
