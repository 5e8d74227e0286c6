package dialog_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/cities"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/dialogtest"
	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
)

var update = flag.Bool("update", false, "write what the bot says now into testdata")

// friday is a morning in office hours.
var friday = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// TestScripts plays whole conversations from testdata. Lines of the caller
// stand at the margin, what the bot does in answer is indented:
//
//	option transfers        a department takes calls
//	option closed           a department with hours: Friday 8-10 and 12-18, Monday 8-18
//	option unstaffed        a department where nobody sits
//	option written          the caller reads and writes
//	option forms            the demo city's forms, streets and articles that offer them
//	start [LANG]            the call begins
//	caller[LANG P C]: text  heard, optionally with language, its probability, confidence
//	key 1 / silence / unheard / interrupted 2s / degraded / failed / chosen / returned / gone / after 30s
//	writes / speaks         the caller goes over to it
//	summary LANG            what a clerk reads, and hears before accepting
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			got := play(t, string(want))
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
				return
			}
			require.Equal(t, string(want), got)
		})
	}
}

// player runs one script.
type player struct {
	t    *testing.T
	opt  dialog.Options
	conv *dialog.Conversation
	now  time.Time
	out  strings.Builder
}

func play(t *testing.T, script string) string {
	p := &player{t: t, now: friday, opt: options()}
	p.opt.Languages = []string{"de", "en"}
	for line := range strings.Lines(script) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "  ") {
			continue // what the bot said before; it is written anew
		}
		p.out.WriteString(line + "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		p.step(line)
	}
	return p.out.String()
}

func options() dialog.Options {
	return dialog.Options{
		City: "Musterstadt", Search: dialogtest.Musterstadt(),
		Reference: func() string { return "4711-08" },
		Menu:      []string{"oeffnungszeiten-buergeramt", "sperrmuell"},
	}
}

func (p *player) step(line string) {
	head, text, spoken := strings.Cut(line, ": ")
	words := strings.Fields(line)
	switch {
	case spoken && strings.HasPrefix(head, "caller"):
		p.handle(heard(p.t, head, text))
	case words[0] == "option":
		p.option(words[1:])
	case words[0] == "start":
		e := dialog.Event{Kind: dialog.Start}
		if len(words) > 1 {
			e.Language = words[1]
		}
		p.handle(e)
	case words[0] == "key":
		for _, k := range words[1] {
			p.handle(dialog.Event{Kind: dialog.Digit, Digit: k})
		}
	case words[0] == "interrupted":
		p.handle(dialog.Event{Kind: dialog.Interrupted, Played: duration(p.t, words[1])})
	case words[0] == "writes", words[0] == "speaks":
		p.conv.Writes(words[0] == "writes")
	case words[0] == "summary":
		p.summary(words[1])
	case words[0] == "after":
		p.now = p.now.Add(duration(p.t, words[1]))
	default:
		kinds := map[string]dialog.EventKind{
			"silence": dialog.Silence, "unheard": dialog.NotHeard, "degraded": dialog.Degraded,
			"failed": dialog.TransferFailed, "chosen": dialog.CallbackChosen, "returned": dialog.Returned, "gone": dialog.Gone,
		}
		require.Contains(p.t, kinds, words[0])
		p.handle(dialog.Event{Kind: kinds[words[0]]})
	}
}

func (p *player) summary(language string) {
	s := p.conv.Summary()
	for _, line := range s.Lines(language) {
		p.out.WriteString("  | " + line + "\n")
	}
	p.out.WriteString("  > " + s.Briefing(language) + "\n")
}

func (p *player) option(words []string) {
	switch words[0] {
	case "transfers":
		p.opt.Departments = []dialog.Department{
			{Name: "servicecenter", Transfers: true},
			{Name: "standesamt", Transfers: true, Hours: dialog.Hours{Spans: []dialog.Span{{Day: time.Friday, From: 8 * time.Hour, To: 12 * time.Hour}}}},
		}
	case "closed":
		zone, err := time.LoadLocation("Europe/Berlin")
		require.NoError(p.t, err)
		at := func(d time.Weekday, from, to time.Duration) dialog.Span {
			return dialog.Span{Day: d, From: from * time.Hour, To: to * time.Hour}
		}
		p.opt.Departments = []dialog.Department{{Name: "buergeramt", Transfers: true, Hours: dialog.Hours{
			Zone: zone, Spans: []dialog.Span{at(time.Friday, 12, 18), at(time.Friday, 8, 10), at(time.Monday, 8, 18)},
		}}}
	case "unstaffed":
		p.opt.Departments = []dialog.Department{{Name: "buergeramt", Transfers: true}}
		p.opt.Staffed = func(string, time.Time) bool { return false }
	case "caller":
		p.opt.Caller = words[1]
	case "written":
		p.opt.Written = true
	case "forms":
		p.opt.Forms, p.opt.Streets = cityForms(p.t)
		p.opt.Search = dialogtest.WithForms()
	case "speaks":
		p.opt.Languages = append(p.opt.Languages, words[1:]...)
	case "broken":
		p.opt.Search = &dialogtest.Searcher{Err: os.ErrDeadlineExceeded}
	default:
		p.t.Fatalf("unknown option %q", words[0])
	}
}

func heard(t *testing.T, head, text string) dialog.Event {
	e := dialog.Event{Kind: dialog.Heard, Text: text, Confidence: 0.9}
	about := strings.Fields(strings.Trim(strings.TrimPrefix(head, "caller"), "[]"))
	for i, a := range about {
		var err error
		switch i {
		case 0:
			e.Language = a
		case 1:
			e.LanguageProbability, err = strconv.ParseFloat(a, 64)
		case 2:
			e.Confidence, err = strconv.ParseFloat(a, 64)
		}
		require.NoError(t, err)
	}
	return e
}

func duration(t *testing.T, s string) time.Duration {
	d, err := time.ParseDuration(s)
	require.NoError(t, err)
	return d
}

func (p *player) handle(e dialog.Event) {
	if p.conv == nil {
		p.conv = dialog.New(p.opt)
	}
	e.Now = p.now
	require.NoError(p.t, p.conv.Handle(context.Background(), e, func(a dialog.Action) error {
		p.out.WriteString("  " + show(a) + "\n")
		return nil
	}))
}

// show is one action as a person reads it.
func show(a dialog.Action) string {
	switch a.Kind {
	case dialog.Say:
		firm := ""
		if a.Firm {
			firm = " firm"
		}
		return fmt.Sprintf("bot[%s%s]: %s", a.Lang, firm, a.Text)
	case dialog.Listen:
		return strings.TrimRight(fmt.Sprintf("listen %s %s %s", a.Expect, a.Timeout, a.Outcome), " ")
	case dialog.Answered:
		return fmt.Sprintf("answered %s v%d %.2f %s", a.Article, a.Version, a.Confidence, a.Source)
	case dialog.Request:
		if a.Form != "callback" {
			return showRequest(a)
		}
		return fmt.Sprintf("callback %s reference %s about %q", a.Number, a.Reference, a.Text)
	case dialog.Transfer:
		return fmt.Sprintf("transfer to %s about %q", a.Target, a.Text)
	case dialog.End:
		return "end"
	case dialog.Rate:
		return fmt.Sprintf("rate %.2f", a.Rate)
	case dialog.Language:
		return "language " + a.Lang
	}
	return fmt.Sprintf("unknown action %d", a.Kind)
}

// showRequest is a request with its values.
func showRequest(a dialog.Action) string {
	text := fmt.Sprintf("request %s reference %s to %s about %q", a.Form, a.Reference, a.Department, a.Text)
	for _, v := range a.Slots {
		text += fmt.Sprintf("\n    %s %s = %q (%s)", v.Kind, v.Name, v.Value, v.Spoken)
	}
	return text
}

// cityForms are those of the demo city.
func cityForms(t testing.TB) ([]*form.Form, *slot.Streets) {
	forms, err := form.Load(cities.Musterstadt())
	require.NoError(t, err)
	streets, err := form.LoadStreets(cities.Musterstadt())
	require.NoError(t, err)
	return forms, streets
}
