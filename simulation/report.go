package simulation

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog"
)

// Report holds the outcomes of the same conversations, played in several ways.
type Report struct {
	Ways     []string // "text", "clean", "noisy"
	Outcomes map[string][]Outcome
}

// share counts successes among the calls that were made.
type share struct{ ok, made, wrong int }

func (s share) String() string {
	if s.made == 0 {
		return "-"
	}
	return fmt.Sprintf("%d of %d", s.ok, s.made)
}

// Write prints what failed, then the table by kind, by language and in all.
func (r Report) Write(w io.Writer) error {
	for _, way := range r.Ways {
		for _, o := range r.Outcomes[way] {
			if !o.OK() && !o.Skipped {
				fmt.Fprintf(w, "%s %s: %s\n", way, o.Conversation.ID, strings.Join(o.Missed, "; "))
			}
		}
	}
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintf(t, "\t%s\n", strings.Join(r.Ways, "\t"))
	r.rows(t, func(c Conversation) string { return c.Kind })
	r.rows(t, func(c Conversation) string { return "caller speaks " + c.Language })
	r.rows(t, func(Conversation) string { return "all" })
	fmt.Fprint(t, "answers nobody asked for")
	for _, way := range r.Ways {
		fmt.Fprintf(t, "\t%d", r.count(way, func(Conversation) bool { return true }).wrong)
	}
	fmt.Fprintln(t)
	return t.Flush()
}

func (r Report) rows(w io.Writer, name func(Conversation) string) {
	var names []string
	known := map[string]bool{}
	for _, o := range r.Outcomes[r.Ways[0]] {
		if n := name(o.Conversation); !known[n] {
			known[n] = true
			names = append(names, n)
		}
	}
	for _, n := range names {
		fmt.Fprint(w, n)
		for _, way := range r.Ways {
			fmt.Fprintf(w, "\t%s", r.count(way, func(c Conversation) bool { return name(c) == n }))
		}
		fmt.Fprintln(w)
	}
}

func (r Report) count(way string, of func(Conversation) bool) share {
	var s share
	for _, o := range r.Outcomes[way] {
		if o.Skipped || !of(o.Conversation) {
			continue
		}
		s.made++
		s.wrong += len(o.Wrong)
		if o.OK() {
			s.ok++
		}
	}
	return s
}

// Transcript writes a call as a person reads it.
func (o Outcome) Transcript(w io.Writer) {
	fmt.Fprintf(w, "## %s (%s)\n", o.Conversation.ID, o.Conversation.Kind)
	for _, m := range o.Moments {
		switch e := m.Event; e.Kind {
		case dialog.Heard:
			fmt.Fprintf(w, "caller[%s %.2f]: %s\n", e.Language, e.Confidence, e.Text)
		case dialog.Digit:
			fmt.Fprintf(w, "key %c\n", e.Digit)
		case dialog.NotHeard:
			fmt.Fprintln(w, "unheard")
		case dialog.Silence:
			fmt.Fprintln(w, "silence")
		case dialog.Degraded:
			fmt.Fprintln(w, "degraded")
		case dialog.Interrupted:
			fmt.Fprintf(w, "interrupted after %s\n", e.Played.Round(100*time.Millisecond))
		}
		if m.Text() != "" {
			fmt.Fprintf(w, "  bot: %s\n", m.Text())
		}
		for _, a := range m.Actions {
			switch a.Kind {
			case dialog.Answered:
				fmt.Fprintf(w, "  [answered %s %.2f]\n", a.Article, a.Confidence)
			case dialog.Request:
				fmt.Fprintf(w, "  [request %s %v]\n", a.Form, a.Slots)
			case dialog.Language:
				fmt.Fprintf(w, "  [language %s]\n", a.Lang)
			case dialog.End:
				fmt.Fprintln(w, "  [end]")
			}
		}
	}
	for _, miss := range o.Missed {
		fmt.Fprintln(w, "MISSED:", miss)
	}
	for _, id := range o.Wrong {
		fmt.Fprintln(w, "unasked:", id)
	}
}
