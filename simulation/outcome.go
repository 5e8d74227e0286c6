package simulation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/dialog"
)

// Outcome says how a call went.
type Outcome struct {
	Conversation Conversation
	// Missed are the expectations that did not come true; none is success.
	Missed []string
	// Wrong are articles that were answered but not asked for.
	Wrong   []string
	Moments []Moment
	// Skipped calls could not be made: nobody speaks the language.
	Skipped bool
}

// OK says that the caller got what they called for.
func (o Outcome) OK() bool { return len(o.Missed) == 0 }

// seen is what a call came to.
type seen struct {
	articles []string
	outcomes []dialog.Outcome
	requests []dialog.Action
	language string
	text     string
	ended    bool
	broken   bool
}

func look(moments []Moment) seen {
	var s seen
	for _, m := range moments {
		s.broken = s.broken || m.Event.Kind == dialog.Interrupted
		s.text += m.Text() + "\n"
		if o := m.Outcome(); o != dialog.OutcomeNone {
			s.outcomes = append(s.outcomes, o)
		}
		for _, a := range m.Actions {
			switch a.Kind {
			case dialog.Answered:
				s.articles = append(s.articles, a.Article)
			case dialog.Request:
				s.requests = append(s.requests, a)
			case dialog.Language:
				s.language = a.Lang
			case dialog.End:
				s.ended = true
			case dialog.Transfer:
				s.outcomes = append(s.outcomes, dialog.OutcomeTransfer)
			}
		}
	}
	return s
}

// judge compares a call with what was expected of it.
func judge(c Conversation, moments []Moment, err error) Outcome {
	o := Outcome{Conversation: c, Moments: moments}
	miss := func(format string, args ...any) { o.Missed = append(o.Missed, fmt.Sprintf(format, args...)) }
	if err != nil {
		miss("%v", err)
	}
	s, g := look(moments), c.Expect
	var wanted []string
	for _, either := range g.Articles {
		ids := strings.Split(either, "|")
		wanted = append(wanted, ids...)
		if !slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(s.articles, id) }) {
			miss("no answer from %s", either)
		}
	}
	for _, id := range s.articles {
		if !slices.Contains(wanted, id) && !slices.Contains(o.Wrong, id) {
			o.Wrong = append(o.Wrong, id)
		}
	}
	for _, want := range g.Outcomes {
		if !slices.Contains(s.outcomes, want) {
			miss("no %s", want)
		}
	}
	if !slices.Contains(g.Outcomes, dialog.OutcomeEmergency) && slices.Contains(s.outcomes, dialog.OutcomeEmergency) {
		miss("a false alarm")
	}
	if g.Language != "" && g.Language != s.language {
		miss("the language is %q, not %q", s.language, g.Language)
	}
	for _, p := range g.Says {
		if !p.MatchString(s.text) {
			miss("never said %s", p)
		}
	}
	for _, p := range g.Never {
		if p.MatchString(s.text) {
			miss("said %s", p)
		}
	}
	if g.Ends && !s.ended {
		miss("no goodbye")
	}
	if g.Broke && !s.broken {
		miss("the bot was not interrupted")
	}
	o.Missed = append(o.Missed, missedRequest(g, s.requests)...)
	return o
}

// missedRequest compares the request that was left, if one should be.
func missedRequest(g Goal, taken []dialog.Action) []string {
	if g.Form == "" {
		if len(taken) > 0 {
			return []string{"a request nobody wanted: " + taken[0].Form}
		}
		return nil
	}
	i := slices.IndexFunc(taken, func(a dialog.Action) bool { return a.Form == g.Form })
	if i < 0 {
		return []string{"no request " + g.Form}
	}
	given := map[string]string{}
	for _, v := range taken[i].Slots {
		given[v.Name] = v.Value
	}
	var missed []string
	for name, want := range g.Slots {
		if got := given[name]; got == "" || want != "*" && got != want {
			missed = append(missed, fmt.Sprintf("%s is %q, not %q", name, got, want))
		}
	}
	slices.Sort(missed)
	return missed
}
