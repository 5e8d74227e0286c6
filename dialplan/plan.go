// Package dialplan says which numbers people may have called: what somebody
// typed or an article of the configuration names flows in, a number in
// international form or a clear refusal flows out.
package dialplan

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Errors of Permit, wrapped in one line that names the number.
var (
	ErrNoNumber  = errors.New("is no telephone number")
	ErrForeign   = errors.New("is a foreign number, which may not be called from here")
	ErrExpensive = errors.New("is a number with extra charges, which may not be called from here")
	ErrEmergency = errors.New("is an emergency number: whoever needs it dials it themselves")
	ErrForbidden = errors.New("is not among the numbers that may be called")
)

// Plan is what may be called. The zero value permits numbers of Germany
// without extra charges, and short numbers not at all.
type Plan struct {
	Country string // calling code without plus; "" is 49
	Area    string // area code with its zero, for numbers dialled without one; "" permits none
	// Internal are extensions of the city's exchange: "2..", a dot is a digit.
	Internal []string
	// Foreign are beginnings in international form that may be called: "+43".
	Foreign []string
	// Allow and Deny are beginnings as they are dialled ("0180", "+4930");
	// Deny goes before Allow, and Allow before the rest.
	Allow, Deny []string
}

// Number is what is dialled.
type Number struct {
	Dial     string // "+49999115" or an extension
	Internal bool
}

// Beginnings of German numbers that cost extra, or whose cost nobody knows
// beforehand (Bundesnetzagentur, Nummernplan: 0900 premium, 0137 mass traffic,
// 0180 service, 012 and 0191-0195 online, 018 user groups, 118 directory, 032 personal),
// in national form without the zero.
var expensive = []string{"900", "137", "138", "180", "181", "182", "183", "184", "185", "186", "187", "188", "189", "12", "191", "192", "193", "194", "195", "118", "700"}

// emergency numbers, and those of the police and the medical service that are short.
var emergency = []string{"110", "112"}

// short numbers that cost nothing or little: the authorities' own, and those
// of social value (116xxx, harmonised in Europe: Decision 2007/116/EC).
var short = []string{"115", "116"}

// Permit reads a number as people write it.
func (p Plan) Permit(text string) (Number, error) {
	digits, international, err := clean(text)
	if err != nil {
		return Number{}, refuse(text, err)
	}
	if !international && slices.Contains(emergency, digits) {
		return Number{}, refuse(text, ErrEmergency)
	}
	if !international && p.internal(digits) {
		return Number{Dial: digits, Internal: true}, nil
	}
	n, err := p.full(digits, international)
	if err != nil {
		return Number{}, refuse(text, err)
	}
	if begins(n, digits, p.Deny) {
		return Number{}, refuse(text, ErrForbidden)
	}
	if begins(n, digits, p.Allow) {
		return Number{Dial: n}, nil
	}
	national, own := strings.CutPrefix(n, "+"+p.country())
	if !own {
		if begins(n, digits, p.Foreign) {
			return Number{Dial: n}, nil
		}
		return Number{}, refuse(text, ErrForeign)
	}
	return p.own(n, national, text)
}

// own judges a number of the plan's own country.
func (p Plan) own(n, national, text string) (Number, error) {
	if p.country() == "49" {
		switch {
		case begins(national, "", emergency) && len(national) == 3:
			return Number{}, refuse(text, ErrEmergency)
		case begins(national, "", expensive):
			return Number{}, refuse(text, ErrExpensive)
		}
	}
	if len(national) < 5 && !slices.Contains(short, national) {
		return Number{}, refuse(text, ErrNoNumber)
	}
	return Number{Dial: n}, nil
}

// full is the number in international form (ITU-T E.164, at most 15 digits).
func (p Plan) full(digits string, international bool) (string, error) {
	switch {
	case international:
	case strings.HasPrefix(digits, "00"):
		digits = digits[2:]
	case strings.HasPrefix(digits, "0"):
		digits = p.country() + digits[1:]
	case shortNumber(digits):
		return "+" + p.country() + digits, nil
	case strings.HasPrefix(digits, "118"):
		return "", ErrExpensive
	case p.Area == "":
		return "", ErrForbidden
	default:
		digits = p.country() + strings.TrimPrefix(p.Area, "0") + digits
	}
	// A zero in brackets, +49 (0) 30, is not dialled.
	if rest, ok := strings.CutPrefix(digits, p.country()+"0"); ok {
		digits = p.country() + rest
	}
	if len(digits) < 5 || len(digits) > 15 || digits[0] == '0' || strings.HasPrefix(digits, p.country()+"0") {
		return "", ErrNoNumber
	}
	return "+" + digits, nil
}

func shortNumber(digits string) bool {
	return digits == "115" || len(digits) == 6 && strings.HasPrefix(digits, "116")
}

func (p Plan) internal(digits string) bool {
	return slices.ContainsFunc(p.Internal, func(pattern string) bool {
		if len(pattern) != len(digits) {
			return false
		}
		for i := range pattern {
			if pattern[i] != '.' && pattern[i] != digits[i] {
				return false
			}
		}
		return true
	})
}

func (p Plan) country() string {
	if p.Country == "" {
		return "49"
	}
	return p.Country
}

// Check says what is wrong with the plan itself.
func (p Plan) Check() error {
	for _, list := range [][]string{p.Internal, p.Foreign, p.Allow, p.Deny, {p.Country, p.Area}} {
		for _, s := range list {
			if strings.Trim(s, "+.0123456789") != "" {
				return fmt.Errorf("%q holds something other than digits", s)
			}
		}
	}
	return nil
}

func begins(n, dialled string, with []string) bool {
	return slices.ContainsFunc(with, func(b string) bool {
		return strings.HasPrefix(n, b) || dialled != "" && strings.HasPrefix(dialled, b)
	})
}

// clean keeps the digits; anything but the usual marks between them is no number.
func clean(text string) (digits string, international bool, err error) {
	text = strings.TrimSpace(text)
	text, international = strings.CutPrefix(text, "+")
	var b strings.Builder
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case strings.ContainsRune(" -/().\u00a0\u2009\u2013", r):
		default:
			return "", false, ErrNoNumber
		}
	}
	if b.Len() < 2 || b.Len() > 20 {
		return "", false, ErrNoNumber
	}
	return b.String(), international, nil
}

func refuse(text string, err error) error {
	if len(text) > 40 {
		text = text[:40] + "…"
	}
	return fmt.Errorf("%q %w", text, err)
}
