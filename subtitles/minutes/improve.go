package minutes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Improver asks a language model: prompt says what to do, lines are the
// meeting's. It returns the model's answer, and ends with the context.
type Improver func(ctx context.Context, prompt, lines string) (string, error)

// proposal is the answer of a model.
type proposal struct {
	Tasks []struct {
		Cues  []string `json:"cues"`
		Text  string   `json:"text"`
		Owner string   `json:"owner"`
		Due   string   `json:"due"`
	} `json:"tasks"`
	Decisions []struct {
		Cues []string `json:"cues"`
		Text string   `json:"text"`
	} `json:"decisions"`
}

// Limits of a model's answer.
const (
	mostAnswer = 256 << 10 // bytes
	mostItems  = 200
	mostCues   = 12 // of one item: a model that names all lines has backed nothing
)

// improved takes the model's tasks and decisions if every one of them is backed
// by its cues, else none. What only the rules found stays.
func (t *talk) improved(ctx context.Context, m Minutes) Minutes {
	answer, err := t.options.Improve(ctx, t.books[m.Language].Prompt, t.script())
	if err != nil {
		m.Refused = err.Error()
		return m
	}
	better, err := t.accept(answer, m)
	if err != nil {
		m.Refused = err.Error()
		return m
	}
	better.Model = t.model()
	return better
}

func (t *talk) model() string { return orElse(t.options.Model, "?") }

// script is what the model reads: [id] name: words.
func (t *talk) script() string {
	var b strings.Builder
	for _, l := range t.lines {
		fmt.Fprintf(&b, "[%s] %s: %s\n", l.ID, l.Speaker, strings.Join(strings.Fields(l.Text), " "))
	}
	return b.String()
}

// accept holds the answer against the lines.
func (t *talk) accept(answer string, m Minutes) (Minutes, error) {
	var p proposal
	if len(answer) > mostAnswer {
		return m, fmt.Errorf("the model's answer has %d bytes", len(answer))
	}
	from, to := strings.Index(answer, "{"), strings.LastIndex(answer, "}")
	if from < 0 || to < from {
		return m, errors.New("the model's answer holds no JSON")
	}
	if err := json.Unmarshal([]byte(answer[from:to+1]), &p); err != nil {
		return m, fmt.Errorf("the model's answer is no such JSON: %w", err)
	}
	if len(p.Tasks)+len(p.Decisions) > mostItems {
		return m, fmt.Errorf("the model's answer has %d items", len(p.Tasks)+len(p.Decisions))
	}
	m.Tasks, m.Decisions = slices.Clone(m.Tasks), slices.Clone(m.Decisions)
	for _, k := range p.Tasks {
		task := Task{Owner: k.Owner}
		var err error
		if task.Item, err = t.backed(k.Cues, k.Text, k.Owner, k.Due); err != nil {
			return m, err
		}
		if task.Due, err = t.readDue(k.Cues, k.Due); err != nil {
			return m, err
		}
		if task.Due.Unsure {
			task.doubt(DueUnsure)
		}
		if k.Owner == "" {
			task.doubt(Ownerless)
		}
		m.Tasks = replaceTask(m.Tasks, task)
	}
	for _, d := range p.Decisions {
		item, err := t.backed(d.Cues, d.Text)
		if err != nil {
			return m, err
		}
		m.Decisions = replaceDecision(m.Decisions, Decision{Item: item, Outcome: Agreed})
	}
	slices.SortStableFunc(m.Tasks, func(a, b Task) int { return int((a.Start - b.Start).Milliseconds()) })
	slices.SortStableFunc(m.Decisions, func(a, b Decision) int { return int((a.Start - b.Start).Milliseconds()) })
	return m, nil
}

// backed makes an item if its cues are there, hold all of its words and are
// not all of a kind that makes nothing: questions, conditions, quotes.
func (t *talk) backed(cues []string, texts ...string) (Item, error) {
	if len(cues) == 0 || len(cues) > mostCues || strings.TrimSpace(texts[0]) == "" {
		return Item{}, fmt.Errorf("an item of the model has %d cues and the words %q", len(cues), texts[0])
	}
	item := Item{Text: texts[0], Model: t.model()}
	said := map[string]bool{}
	for _, id := range cues {
		n := slices.IndexFunc(t.lines, func(l Line) bool { return l.ID == id })
		if n < 0 {
			return Item{}, fmt.Errorf("the model names a cue %q that is not there", id)
		}
		if item.Speaker == "" {
			item.Speaker = t.lines[n].Speaker
		}
		t.link(&item, n)
		for _, w := range plainWords(t.lines[n].Text + " " + t.lines[n].Speaker) {
			said[w] = true
		}
	}
	for _, text := range texts {
		for _, w := range plainWords(text) {
			if !said[w] {
				return Item{}, fmt.Errorf("the model wrote the word %q, which its cues do not hold", w)
			}
		}
	}
	if reason := t.barred(cues); reason != "" {
		return Item{}, fmt.Errorf("the model took what was a %s for a fact: %q", reason, texts[0])
	}
	return item, nil
}

// barred says why none of the sentences of cues can be a task or a decision;
// "" where one can.
func (t *talk) barred(cues []string) string {
	reason := ""
	for _, s := range t.sentences {
		if !slices.ContainsFunc(s.tokens, func(k token) bool { return slices.Contains(cues, t.lines[k.line].ID) }) {
			continue
		}
		why := s.guarded(len(s.norm) - 2)
		if why == "" && s.asks() {
			why = "question"
		}
		for _, g := range ofClause {
			if why == "" && g != "idiom" && s.is(g, s.norm) {
				why = g
			}
		}
		if why == "" {
			return ""
		}
		reason = why
	}
	return reason
}

// readDue reckons with a date that the model copied; it must stand in the cues
// as it is.
func (t *talk) readDue(cues []string, said string) (Due, error) {
	if said == "" {
		return Due{}, nil
	}
	var all strings.Builder
	language := t.options.Language
	for _, l := range t.lines {
		if slices.Contains(cues, l.ID) {
			all.WriteString(" " + l.Text)
			language = l.Language
		}
	}
	want := " " + strings.Join(plainWords(said), " ") + " "
	if !strings.Contains(" "+strings.Join(plainWords(all.String()), " ")+" ", want) {
		return Due{}, fmt.Errorf("the model wrote the date %q, which its cues do not hold", said)
	}
	d := Due{Said: said}
	sentences, _ := split(t.books, []Line{{ID: "1", Text: said, Language: language}}, newNames(nil))
	if len(sentences) == 1 {
		if read := t.due(sentences[0], 0, len(sentences[0].tokens)); read.Date != "" {
			d.Date, d.Unsure = read.Date, read.Unsure
		}
	}
	return d, nil
}

func plainWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
}

// replaceTask puts the model's in the place of the one that the rules made of
// the same cues for the same owner.
func replaceTask(tasks []Task, k Task) []Task {
	for i, old := range tasks {
		if old.Model == "" && shareCue(old.Cues, k.Cues) && (alike(old.Owner, k.Owner) || old.Owner == "") {
			if k.Due.Said == "" {
				k.Due = old.Due
			}
			k.Cues = union(old.Cues, k.Cues)
			k.Start, k.End = min(k.Start, old.Start), max(k.End, old.End)
			k.Unsure = union(old.Unsure, k.Unsure)
			tasks[i] = k
			return tasks
		}
	}
	return append(tasks, k)
}

func replaceDecision(all []Decision, d Decision) []Decision {
	for i, old := range all {
		if old.Model == "" && shareCue(old.Cues, d.Cues) {
			d.Outcome, d.About = old.Outcome, old.About
			d.Cues = union(old.Cues, d.Cues)
			d.Start, d.End = min(d.Start, old.Start), max(d.End, old.End)
			all[i] = d
			return all
		}
	}
	return append(all, d)
}

func shareCue(a, b []string) bool {
	return slices.ContainsFunc(a, func(id string) bool { return slices.Contains(b, id) })
}

func union[T comparable](a, b []T) []T {
	out := slices.Clone(a)
	for _, v := range b {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}
