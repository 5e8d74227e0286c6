package main

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/amtsleitung/amtsleitung/dialog/slot"
	"github.com/amtsleitung/amtsleitung/web"
)

// typed is a value as somebody wrote it.
type typed struct {
	value, said string
	fault, hint *web.DeskFinding
}

func wrong(code string, pairs ...string) typed {
	f := web.DeskFinding{Code: code, Values: map[string]string{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Values[pairs[i]] = pairs[i+1]
	}
	return typed{fault: &f}
}

// Letters that a value may have.
const (
	longestValue = 100
	longestText  = 600 // as the dialog keeps
)

// typed reads one value.
func (d deskForms) typed(s slot.Spec, text string, r web.DeskRequest) typed {
	most := longestValue
	if s.Kind == slot.Text || s.Kind == slot.Count {
		most = longestText
	}
	if utf8.RuneCountInString(text) > most {
		return wrong("long", "max", strconv.Itoa(most))
	}
	reader := written{s, text, d.talk.Resources.Slots, slot.Setting{Language: r.Page, Now: d.now(), Streets: d.talk.Streets}}
	t := reader.read()
	if t.said == "" && t.fault == nil {
		t.said = d.talk.Resources.Slots.Say(s, slot.Value{Kind: s.Kind, Text: t.value}, r.Page)
	}
	return t
}

// written is a text that was typed into a field.
type written struct {
	slot.Spec
	text   string
	reader *slot.Reader
	slot.Setting
}

func (w written) read() typed {
	switch w.Kind {
	case slot.Choice:
		if slices.ContainsFunc(w.Choices, func(o slot.Option) bool { return o.ID == w.text }) {
			return typed{value: w.text}
		}
		return wrong("choice")
	case slot.YesNo:
		if w.text == "yes" || w.text == "no" {
			return typed{value: w.text}
		}
		return wrong("choice")
	case slot.Name:
		if !strings.ContainsFunc(w.text, unicode.IsLetter) {
			return wrong("name")
		}
		return typed{value: strings.Join(strings.Fields(w.text), " ")}
	case slot.Street:
		return w.street()
	case slot.Date:
		return w.date()
	case slot.Time:
		return w.time()
	case slot.Count:
		return w.count()
	case slot.Phone:
		return w.phone()
	case slot.Email:
		return w.email()
	case slot.Plate:
		return w.plate()
	case slot.HouseNumber:
		return w.house()
	}
	return typed{value: w.text}
}

// heard is the text as the dialog understands it.
func (w written) heard(text string) slot.Value { return w.reader.Read(w.Spec, text, w.Setting) }

// street is one of the city's, or else taken as it is written, with a hint.
func (w written) street() typed {
	if !strings.ContainsFunc(w.text, unicode.IsLetter) {
		return wrong("street")
	}
	t := typed{value: strings.Join(strings.Fields(w.text), " ")}
	v := w.heard(w.text)
	t.said = t.value
	switch {
	case w.Streets == nil:
	case v.Doubt == slot.Sure && v.Confidence == 1 && len(strings.Fields(v.Text)) == len(strings.Fields(t.value)):
		t.value, t.said = v.Text, v.Text
	case v.Doubt <= slot.Unsure && v.Found():
		t.hint = &web.DeskFinding{Code: "meant", Values: map[string]string{"street": v.Text}}
	default:
		t.hint = &web.DeskFinding{Code: "unlisted"}
	}
	return t
}

// date takes what a field for days sends, and days as people write them.
func (w written) date() typed {
	text := w.text
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		text, w.Language = day.Format("2.1.2006"), "de" // the dialog reads day, month and year
	}
	v := w.heard(text)
	first, last := dateBounds(w.Spec, w.Now)
	switch {
	case !v.Found() || v.Doubt == slot.Impossible || v.Doubt == slot.Incomplete:
		return wrong("date")
	case v.Doubt == slot.Past:
		return wrong("past", "first", first.Format(time.DateOnly))
	case v.Doubt == slot.Late:
		return wrong("late", "last", last.Format(time.DateOnly))
	case v.Doubt == slot.Closed:
		return wrong("closed")
	}
	return typed{value: v.Text}
}

func (w written) time() typed {
	if t, err := time.Parse("15:04", strings.ReplaceAll(w.text, ".", ":")); err == nil {
		return typed{value: t.Format("15:04")} // "3:00" is meant so, other than "um drei"
	}
	if strings.Contains(w.text, ":") {
		return wrong("time")
	}
	if v := w.heard(w.text); v.Found() && v.Doubt.Taken() {
		return typed{value: v.Text}
	}
	return wrong("time")
}

// count takes a number, or things that are counted.
func (w written) count() typed {
	if _, err := strconv.ParseUint(w.text, 10, 32); err != nil && len(w.Things) == 0 {
		return wrong("count")
	}
	v := w.heard(w.text)
	switch {
	case w.Max > 0 && (v.Doubt == slot.Past || v.Doubt == slot.Late || !v.Found() && w.text == "0"):
		return wrong("range", "min", strconv.Itoa(w.Min), "max", strconv.Itoa(w.Max))
	case !v.Found() || !v.Doubt.Taken():
		return wrong("count")
	}
	return typed{value: v.Text, said: w.text}
}

// A telephone number as people write it; letters in it are a mistake.
var phoneWritten = regexp.MustCompile(`^\+?[\d\s()/.–-]+$`)

func (w written) phone() typed {
	if !phoneWritten.MatchString(w.text) {
		return wrong("phone")
	}
	switch v := w.heard(w.text); {
	case !v.Found():
		return wrong("phone")
	case v.Doubt == slot.Incomplete:
		return wrong("phone_short")
	case v.Doubt == slot.Impossible:
		return wrong("phone_long")
	default:
		return typed{value: v.Text}
	}
}

// The addresses that the dialog takes.
var mailWritten = regexp.MustCompile(`^[a-z0-9][a-z0-9._+-]*@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z]{2,}$`)

// email takes a written address as it stands: the dialog's reader would hear
// words in it, such as "at" and "punkt".
func (w written) email() typed {
	if address := strings.ToLower(w.text); mailWritten.MatchString(address) {
		return typed{value: address}
	}
	if v := w.heard(w.text); !strings.Contains(w.text, "@") && v.Found() && v.Doubt.Taken() {
		return typed{value: v.Text}
	}
	return wrong("email")
}

func (w written) plate() typed {
	v := w.heard(strings.ToUpper(w.text))
	switch {
	case v.Doubt == slot.Ambiguous && len(v.Others) > 0:
		return wrong("plate_which", "a", v.Text, "b", v.Others[0])
	case !v.Found() || !v.Doubt.Taken():
		return wrong("plate")
	}
	return typed{value: v.Text}
}

// House numbers as people write them: "12 a", "7-9", "3/1".
var houseWritten = regexp.MustCompile(`(?i)^[1-9]\d{0,3} ?[a-z]?( ?[-–/] ?[1-9]\d{0,3} ?[a-z]?)?$`)

// house takes what is written as one as it stands: the dialog would hear a day in "7-9".
func (w written) house() typed {
	if houseWritten.MatchString(w.text) {
		return typed{value: strings.NewReplacer(" ", "", "–", "-").Replace(strings.ToLower(w.text))}
	}
	if v := w.heard(w.text); v.Found() && v.Doubt == slot.Sure {
		return typed{value: v.Text}
	}
	return wrong("house_number")
}
