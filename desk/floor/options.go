package floor

import (
	"context"
	"log/slog"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/store"
	"github.com/amtsleitung/amtsleitung/summary"
)

// Options of a Floor; the zero value works: nobody is at the desk then, and
// nothing is kept.
type Options struct {
	Agents []AgentOptions
	// Anyone lets people work here who are not among Agents: for all
	// departments and languages. Who may sign in at all is not decided here.
	Anyone bool
	// Departments have rules of their own; "*" is for the others.
	Departments map[string]DepartmentOptions
	RingTime    time.Duration // 0: 20 s
	Wrapup      time.Duration // 0: 60 s, negative: none
	// Patience is for somebody of the caller's language; 0: 30 s, negative: none.
	// It holds also where calls are interpreted: a person who speaks the language
	// is better than a machine.
	Patience time.Duration
	// Interpreted says that callers are interpreted for who does not speak their
	// language, and Interprets between which; nil: between all. spoken is false
	// for a caller who writes.
	Interpreted bool
	Interprets  func(caller, person string, spoken bool) bool
	// Skills are what somebody needs for a caller; nil: nothing.
	Skills func(call.Handover) []string
	// Open says whether a department takes new callers; nil: always.
	Open     func(department string, now time.Time) bool
	Location *time.Location // of the day that figures are for; nil: local
	// Dial calls the people's telephones and the numbers of callbacks; nil: nobody.
	Dial leg.Dialler
	// Permit says who may be called or handed callers to; nil: nobody outside.
	Permit func(target string) (call.Target, error)
	// Targets are the names outside that people are shown.
	Targets []string
	// Connect runs a call that the desk began, until it is over, and has it
	// recorded like any other, see Origin; nil: it begins none.
	Connect func(ctx context.Context, caller leg.Leg, h call.Handover, p call.Person)
	// Listen lets an ear hear a call in progress until ctx or the call ends; nil: nobody listens.
	Listen func(ctx context.Context, id string, ear leg.Leg) error
	// Listening allows it; callers and people are told.
	Listening bool
	Store     *store.Store     // nil: nothing is kept
	Desk      *desk.Desk       // nil: there are no callbacks
	Journal   *journal.Journal // nil: previews have no lines
	// Lines makes lines of a summary; nil: none.
	Lines func(s dialog.Summary, lang string) []string
	// Improve writes a note on a summary, beside the call, see summary.Improver;
	// nil: nobody does.
	Improve func(ctx context.Context, s dialog.Summary, language string) (summary.Note, error)
	// Masked hides digits of a number; nil: all but the first three become dots.
	Masked func(number string) string
	// Numbers and Summaries say what records keep: full numbers, lines of summaries.
	Numbers, Summaries bool
	// Records says that calls are recorded at all, without audio.
	Records bool
	// Thumb and Missed bring what was wrong and what was missing to the editors; nil: nobody does.
	Thumb  func(ctx context.Context, t store.Thumb) error
	Missed func(ctx context.Context, language, text string) error
	NewID  func() string // of calls that the desk begins; nil: ULIDs
	Log    *slog.Logger  // nil: silent
	Now    func() time.Time
}

// AgentOptions are what is known of somebody who works at the desk.
type AgentOptions struct {
	Name        string   // of the sign-in
	Title       string   // shown to colleagues; "" is Name
	Departments []string // none: all
	Languages   []string // none: all
	Skills      []string
	Phone       string // SIP URI or number of their telephone; "": the browser only
	Supervisor  bool
}

// DepartmentOptions are what holds for the callers of one.
type DepartmentOptions struct {
	Overflow string        // name of the target for who waits too long; "": they wait on
	After    time.Duration // waits too long; 0: never
	Length   int           // so many wait: the next one overflows at once; 0: never
	RingTime time.Duration // 0: as for all
	Callback bool          // callers may choose one and keep their place
}

func (o Options) withDefaults() Options {
	if o.Open == nil {
		o.Open = func(string, time.Time) bool { return true }
	}
	if o.Skills == nil {
		o.Skills = func(call.Handover) []string { return nil }
	}
	if o.Lines == nil {
		o.Lines = func(dialog.Summary, string) []string { return nil }
	}
	if o.Masked == nil {
		o.Masked = masked
	}
	if o.NewID == nil {
		o.NewID = func() string { return ulid.Make().String() }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

func (o Options) department(name string) DepartmentOptions {
	if d, ok := o.Departments[name]; ok {
		return d
	}
	return o.Departments["*"]
}

func masked(number string) string {
	r := []rune(number)
	for i := range r {
		if i > 2 {
			r[i] = '•'
		}
	}
	return string(r)
}
