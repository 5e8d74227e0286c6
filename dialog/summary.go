package dialog

import (
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// Summary is what a person needs to know of a conversation: made from what
// was said in it and from nothing else.
type Summary struct {
	Language string // of the caller
	Concern  string // the concern that is open, in the caller's words
	// Meant is the concern as a machine has translated it for the dialog, in the
	// language MeantIn; "" where it was understood as it was said.
	Meant, MeantIn string
	Topic          string // title of the last article, in German where there is one
	Concerns       []string
	Answers        []Told
	// Form, Slots and Missing are of the request that was being taken; Missing
	// names slots, see SlotTitle.
	Form    string
	Slots   []SlotValue
	Missing []string
	Request string // reference of the last request that was taken
	Open    Open
	Alarm   bool // an emergency was heard
	Turns   int  // of the caller

	// names of the form and its values, and the values, as clerks read them.
	names map[string]clerks
}

// clerks is how clerks of one language read a request.
type clerks struct {
	form   string
	titles map[string]string // by slot
	values map[string]string
}

// clerkLanguages are those that people at the desk read.
func clerkLanguages() []string { return []string{"de", "en"} }

// Summary is how the conversation stands.
func (c *Conversation) Summary() Summary {
	s := Summary{
		Language: c.language, Concern: c.openConcern(), Concerns: slices.Clone(c.account.concerns), Answers: slices.Clone(c.account.told),
		Request: c.account.request, Alarm: c.account.alarm, Turns: c.account.turns,
	}
	if c.easy {
		s.Language = easyGerman
	}
	if m, ok := c.account.meant[s.Concern]; ok {
		s.Meant, s.MeantIn = m.text, m.language
	}
	if c.fault != nil {
		return s
	}
	s.Open = c.left()
	if c.topic != nil {
		s.Topic = germanTitle(c.topic)
	}
	if page := c.unfinished(); page != nil {
		c.describe(&s, *page)
	}
	return s
}

// describe puts a request into the summary.
func (c *Conversation) describe(s *Summary, page sheet) {
	s.Form = page.form.ID
	s.names = map[string]clerks{}
	for _, l := range clerkLanguages() {
		s.names[l] = c.clerks(page, l)
	}
	for i := range page.form.Slots {
		f := &page.form.Slots[i]
		if !page.applies(f) {
			continue
		}
		if v, ok := page.values[f.Name]; ok {
			s.Slots = append(s.Slots, c.slotValue(f, v))
		} else if !page.skipped[f.Name] && !f.Optional {
			s.Missing = append(s.Missing, f.Name)
		}
	}
}

func (c *Conversation) clerks(page sheet, language string) clerks {
	names := clerks{titles: map[string]string{}, values: map[string]string{}}
	if t, in := page.form.Title.For(language); len(t) > 0 && in == language {
		names.form = capital(t[0])
	}
	for i := range page.form.Slots {
		f := &page.form.Slots[i]
		names.titles[f.Name] = c.clerksTitle(f, language)
		if v, ok := page.values[f.Name]; ok {
			names.values[f.Name] = c.clerksValue(f, v, language)
		}
	}
	return names
}

// openConcern is what the caller wants, in their words: an emergency, else the
// last question, else the wish for a person where it tells more than that.
func (c *Conversation) openConcern() string {
	if c.account.danger != "" {
		return c.account.danger
	}
	if c.question != "" || len(strings.Fields(c.wished)) <= shortAnswer {
		return c.question
	}
	return c.wished
}

// FormTitle is what clerks call the request; "" is none.
func (s Summary) FormTitle(language string) string {
	if t := s.names[clerkLanguage(language)].form; t != "" {
		return t
	}
	return s.Form
}

// SlotTitle is what clerks call a value of the request.
func (s Summary) SlotTitle(name, language string) string {
	if t := s.names[clerkLanguage(language)].titles[name]; t != "" {
		return t
	}
	return name
}

// slotText is a value as clerks read it.
func (s Summary) slotText(v SlotValue, language string) string {
	if t := s.names[clerkLanguage(language)].values[v.Name]; t != "" {
		return t
	}
	return v.Value
}

// clerkLanguage is the language in which a clerk is spoken to.
func clerkLanguage(language string) string {
	if l := transcript.Primary(language); slices.Contains(clerkLanguages(), l) {
		return l
	}
	return "de"
}

// Told is an answer that was given.
type Told struct {
	Question   string // in the caller's words
	Article    string
	Version    int
	Title      string
	Text       string // as it was said
	Source     string
	Confidence float64
	Translated bool
}

// Open is what is left to do.
type Open string

// What may be open.
const (
	OpenNothing    Open = ""
	OpenUnanswered Open = "unanswered" // the bot had no answer
	OpenWish       Open = "wish"       // the caller wants a person
	OpenDecision   Open = "decision"   // only a person may decide
	OpenForm       Open = "form"       // a request is incomplete
	OpenMisheard   Open = "misheard"   // the caller was not understood
)
