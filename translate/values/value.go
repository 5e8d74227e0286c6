// Package values finds what must not change when a text is translated: a text
// of a known language flows in, its numbers, dates, times, amounts, accounts,
// addresses and names flow out, each with what it means whatever its notation.
package values

import (
	"strings"
)

// Kinds of values.
const (
	Number = "number"
	Date   = "date" // a day, a month or a day of the week
	Time   = "time"
	Amount = "amount"
	IBAN   = "iban"
	Phone  = "phone"
	Email  = "email"
	URL    = "url"
	Code   = "code" // file numbers, plates, forms: letters and digits
	Name   = "name"
	Street = "street" // with its house number
)

// Value is something that a text says.
type Value struct {
	Kind       string
	Text       string // as the text has it
	Start, End int    // bytes
	// Weak values may be no number at all ("one", "um", "eine"): they may
	// answer another value but need no answer.
	Weak bool
	// Loose values stand in several places of the text ("three weeks and a half"):
	// they cannot be written in place.
	Loose bool
	// Spelt values are written in words or by several of them: engines keep
	// most of them better in digits.
	Spelt bool
	// Prose is a number in a few words ("fifteen", "1.2 million"): engines keep
	// most of them as they are, and digits would read worse.
	Prose bool
	// Ordinal numbers in words ("the third floor") cannot be written in digits
	// without harm. Those that count nothing to be found by are Weak.
	Ordinal bool

	// Foreign notation is that of other languages: "28,80" in English.
	Foreign bool

	number   string // canonical: "1234.5"; of phones and accounts all characters
	currency string // ISO 4217, or "cent" where only that is known
	percent  bool
	scale    int // zeros that a word stands for: 6 in "1.2 million"; 0: none to be written
	day      int
	month    int
	year     int
	weekday  int  // 1 is Monday
	minute   int  // of the day
	known    bool // which half of the day
	lead     int  // tokens before it that are no part of it
}

// Literal values are never written in another way.
func (v Value) Literal() bool {
	switch v.Kind {
	case IBAN, Phone, Email, URL, Code, Name, Street:
		return true
	}
	return false
}

// Digits is the number of a Number, with a point.
func (v Value) Digits() string { return v.number }

const (
	halfDay = 12 * 60
	hour    = 60
)

// Same says whether t, found in a translation, says what v said.
func (v Value) Same(t Value) bool {
	if v.Literal() || t.Literal() {
		return v.sameLiteral(t)
	}
	switch v.Kind {
	case Number:
		return v.sameNumber(t)
	case Amount:
		return t.Kind == Amount && v.number == t.number && sameCurrency(v.currency, t.currency)
	case Time:
		return v.sameTime(t)
	case Date:
		return t.Kind == Date && v.day == t.day && v.month == t.month && v.year == t.year && v.weekday == t.weekday
	}
	return false
}

func (v Value) sameLiteral(t Value) bool {
	if v.number != "" && v.number == t.number {
		return true
	}
	return v.Kind == t.Kind && strings.EqualFold(v.Text, t.Text)
}

func (v Value) sameNumber(t Value) bool {
	switch t.Kind {
	case Number:
		return v.number == t.number && v.percent == t.percent
	case Date: // "the fifth" and "a quinta", which may be Thursday
		return v.Ordinal && t.Weak && v.number == t.number
	case Amount:
		return v.number == t.number && !v.Weak && !v.percent
	case Time: // "at 8" and "às 8 horas"
		return !v.percent && t.minute%hour == 0 && v.number == decimal(int64(t.minute/hour)) && !t.half()
	}
	return false
}

// half of the day is said with t though a bare number says nothing of it.
func (v Value) half() bool { return v.known && v.minute > halfDay }

func (v Value) sameTime(t Value) bool {
	if t.Kind == Number {
		if t.percent {
			return false
		}
		h, m, ok := strings.Cut(t.Text, ".") // British: 14.30
		if !ok {
			return v.minute%hour == 0 && t.number == decimal(int64(v.minute/hour))
		}
		minutes, fits := clock(h, m)
		return fits && minutes == v.minute
	}
	if t.Kind != Time {
		return false
	}
	switch {
	case v.known && t.known, !v.known && t.known:
		return v.minute == t.minute
	case v.known:
		return v.minute == t.minute && v.minute < halfDay+hour // "3 pm" is not "3"
	}
	return v.minute%halfDay == t.minute%halfDay
}

func sameCurrency(a, b string) bool {
	return a == b || a == cent && b != "" || b == cent && a != ""
}

const cent = "cent"
