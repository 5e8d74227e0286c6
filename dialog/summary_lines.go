package dialog

import (
	"math"
	"strconv"
	"strings"

	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// How much of what was said stands in a line, in letters.
const (
	longestConcern = 160
	longestAnswer  = 200
)

// mostWords is the length of the spoken briefing: a clerk listens to it before
// anything can be done.
const mostWords = 20

// Lines are the summary for clerks, in German or English: two lines of the
// concern, then answers, the request with its values, and what is left to do.
// They hold nothing that was not said but fixed words.
func (s Summary) Lines(language string) []string {
	b := clerksBook(language)
	lines := append(s.concernLines(b), s.earlierLines(b)...)
	for _, t := range s.Answers {
		lines = append(lines, answerLine(b, t))
	}
	lines = append(lines, s.requestLines(b)...)
	if s.Open != OpenNothing {
		lines = append(lines, openLine(b, s.Open))
	}
	return lines
}

// clerksBook is where the fixed words stand.
func clerksBook(language string) *prompts.Book {
	if data, err := loaded(); err == nil {
		if b, ok := data.Prompts.Book(clerkLanguage(language)); ok {
			return b
		}
	}
	return &prompts.Book{}
}

// concernLines are always two.
func (s Summary) concernLines(b *prompts.Book) []string {
	first := b.Say(prompts.SumConcernNone, 0)
	if s.Concern != "" {
		first = b.Say(prompts.SumConcern, 0, "concern", cut(s.Concern, longestConcern))
		if s.Meant != "" {
			first = b.Say(prompts.SumConcernMachine, 0, "concern", cut(s.Concern, longestConcern), "meant", cut(s.Meant, longestConcern))
		}
	}
	if s.Alarm {
		first = b.Say(prompts.SumAlarm, 0, "line", first)
	}
	second := b.Say(prompts.SumTopicNone, 0)
	if topic := s.topicOfConcern(); topic != "" {
		second = b.Say(prompts.SumTopic, 0, "topic", topic)
	} else if s.Form != "" {
		second = b.Say(prompts.SumForm, 0, "form", s.FormTitle(b.Language))
	}
	return []string{first, second}
}

// topicOfConcern is the topic unless it is that of another question.
func (s Summary) topicOfConcern() string {
	if n := len(s.Answers); s.Concern != "" && (n == 0 || s.Answers[n-1].Question != s.Concern) {
		return ""
	}
	return s.Topic
}

func (s Summary) earlierLines(b *prompts.Book) []string {
	answered := map[string]bool{}
	for _, t := range s.Answers {
		answered[t.Question] = true
	}
	var lines []string
	for _, concern := range s.Concerns {
		if concern != s.Concern && !answered[concern] {
			lines = append(lines, b.Say(prompts.SumEarlier, 0, "concern", cut(concern, longestConcern)))
		}
	}
	return lines
}

func answerLine(b *prompts.Book, t Told) string {
	key := prompts.SumAnswer
	if t.Translated {
		key = prompts.SumAnswerMachine
	}
	source := host(t.Source)
	if source == "" {
		source = b.Say(prompts.SumSourceNone, 0)
	}
	percent := strconv.Itoa(int(math.Floor(100 * t.Confidence)))
	return b.Say(key, 0, "title", strings.TrimRight(t.Title, ".?!"), "text", cut(t.Text, longestAnswer), "source", source, "percent", percent)
}

func (s Summary) requestLines(b *prompts.Book) []string {
	var lines []string
	if s.Form != "" && s.topicOfConcern() != "" {
		lines = append(lines, b.Say(prompts.SumForm, 0, "form", s.FormTitle(b.Language)))
	}
	for _, v := range s.Slots {
		lines = append(lines, b.Say(prompts.SumSlot, 0, "title", s.SlotTitle(v.Name, b.Language), "value", s.slotText(v, b.Language)))
	}
	if len(s.Missing) > 0 {
		titles := make([]string, 0, len(s.Missing))
		for _, name := range s.Missing {
			titles = append(titles, s.SlotTitle(name, b.Language))
		}
		lines = append(lines, b.Say(prompts.SumMissing, 0, "titles", strings.Join(titles, ", ")))
	}
	if s.Request != "" {
		lines = append(lines, b.Say(prompts.SumRequest, 0, "reference", s.Request))
	}
	return lines
}

func openLine(b *prompts.Book, o Open) string {
	keys := map[Open]prompts.Key{
		OpenUnanswered: prompts.OpenUnanswered, OpenWish: prompts.OpenWish, OpenDecision: prompts.OpenDecision,
		OpenForm: prompts.OpenForm, OpenMisheard: prompts.OpenMisheard,
	}
	return b.Say(keys[o], 0)
}

// Short is the concern and what is left to do, at most 20 words together, to
// be spoken to a clerk. A concern in a language that the clerk's voice cannot
// read is named by its topic, else by its language.
func (s Summary) Short(language string) (concern, open string) {
	b := clerksBook(language)
	if s.Open != OpenNothing {
		open = openLine(b, s.Open)
	}
	if s.Alarm {
		open = strings.TrimSpace(b.Say(prompts.ShortAlarm, 0) + " " + open)
	}
	left := mostWords - len(strings.Fields(open))
	return strings.TrimRight(firstWords(s.spokenConcern(b), left), ".,;:!?… "), open
}

// spokenConcern is the concern as a voice of the language can say it.
func (s Summary) spokenConcern(b *prompts.Book) string {
	own := transcript.Primary(s.Language) == b.Language
	switch topic := s.topicOfConcern(); {
	case topic != "" && b.Language == "de":
		return topic
	case s.Form != "" && s.FormTitle(b.Language) != s.Form:
		return s.FormTitle(b.Language)
	case s.Concern != "" && own:
		return s.Concern
	case s.Meant != "" && s.MeantIn == b.Language:
		return s.Meant
	case s.Concern != "":
		return b.Say(prompts.ShortForeign, 0, "language", b.NameOf(s.Language))
	}
	return b.Say(prompts.ShortNone, 0)
}

// Briefing is what a clerk hears before the call is accepted, to be
// repeated in other words.
func (s Summary) Briefing(language string) string {
	b := clerksBook(language)
	concern, open := s.Short(language)
	text := b.Say(prompts.Briefing, 0, "language", b.NameOf(s.Language), "concern", concern, "open", open)
	return strings.Join(strings.Fields(text), " ")
}

// cut shortens a text between words.
func cut(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > most {
		head := string(r[:most])
		if at := strings.LastIndexByte(head, ' '); at > 0 {
			head = head[:at]
		}
		return strings.TrimRight(head, ",;:. ") + " …"
	}
	return text
}

func firstWords(text string, n int) string {
	words := strings.Fields(text)
	return strings.Join(words[:min(len(words), max(n, 0))], " ")
}
