package crisis

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options of a Switch. Data is needed.
type Options struct {
	Data string // folder of the ledger
	// Known says whether there is an article; nil takes any id.
	Known func(id string) bool
	Now   func() time.Time // nil is time.Now
	Log   *slog.Logger     // nil discards
}

// Switch is the state of the crisis. It is safe for concurrent use, also by
// several processes on one data folder.
type Switch struct {
	options Options
	ledger  ledger

	mu      sync.Mutex
	events  []Event
	state   state
	mark    mark
	current *Announcement
	changed chan struct{} // closed when current changes
}

// Errors of the switch.
var (
	ErrSecondPerson = errors.New("a second person must review the announcement")
	ErrNoReason     = errors.New("without a review a reason is needed")
	ErrStale        = errors.New("this proposal is no longer the newest")
	ErrNotOn        = errors.New("no announcement is on")
)

// Open reads what holds; a damaged line is logged and left out.
func Open(o Options) (*Switch, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Switch{options: o, ledger: ledger{Path(o.Data)}, changed: make(chan struct{})}
	return s, s.refresh()
}

// followed is how often other processes' changes and times are looked at.
const followed = time.Second

// Run follows the ledger and the clock until ctx ends: what another process
// switched holds here within a second.
func (s *Switch) Run(ctx context.Context) error {
	tick := time.NewTicker(followed)
	defer tick.Stop()
	failed := ""
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		err := s.refresh()
		if err != nil && err.Error() != failed {
			s.options.Log.Error("crisis switch; the last state holds", "err", err)
		}
		if failed = ""; err != nil {
			failed = err.Error()
		}
	}
}

// refresh reads the ledger if it has changed and looks at the clock.
func (s *Switch) refresh() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.ledger.mark()
	if err == nil && m != s.mark {
		err = s.read(m)
	}
	s.look() // an announcement expires even if the disk is gone
	return err
}

func (s *Switch) read(m mark) error {
	events, damaged, err := s.ledger.read()
	if err != nil {
		return err
	}
	if damaged > 0 {
		s.options.Log.Warn("crisis ledger has lines that cannot be read; they are left out", "lines", damaged, "file", s.ledger.path)
	}
	s.events, s.state, s.mark = events, fold(events), m
	return nil
}

// look takes over what holds now and tells those who wait for a change.
func (s *Switch) look() {
	fresh := s.state.at(s.options.Now())
	if idOf(fresh) == idOf(s.current) {
		return
	}
	if fresh == nil {
		s.options.Log.Warn("crisis announcement ended", "id", s.current.ID)
	} else {
		s.options.Log.Warn("crisis announcement on", "id", fresh.ID, "until", fresh.Until, "author", fresh.Author, "reviewer", fresh.Reviewer, "reason", fresh.Reason)
	}
	s.current = fresh
	close(s.changed)
	s.changed = make(chan struct{})
}

func idOf(a *Announcement) string {
	if a == nil {
		return ""
	}
	return a.ID
}

// Changed is closed when what must be heard changes.
func (s *Switch) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// Spoken is what a caller hears.
type Spoken struct{ ID, Text, Language string }

// Say is what must be heard now by somebody who speaks the language; its own
// language differs where the announcement lacks that one. Empty is nothing.
func (s *Switch) Say(language string) Spoken {
	a := s.on()
	if a == nil {
		return Spoken{}
	}
	text, spoken := a.in(language)
	return Spoken{a.ID, text, spoken}
}

// Articles are those that rank first now.
func (s *Switch) Articles() []string {
	if a := s.on(); a != nil {
		return a.Articles
	}
	return nil
}

// on is what holds this moment; between two looks it may have expired.
func (s *Switch) on() *Announcement {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil || !s.current.holds(s.options.Now()) {
		return nil
	}
	return s.current
}

// Status is everything there is to know.
type Status struct {
	On       *Announcement `json:"on"`       // heard now
	Next     *Announcement `json:"next"`     // begins later
	Proposed *Announcement `json:"proposed"` // waits for a second person
	Events   []Event       `json:"events"`   // newest first
}

// Status reads the ledger anew.
func (s *Switch) Status() (Status, error) {
	if err := s.refresh(); err != nil {
		return Status{}, err
	}
	now := s.options.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	st := Status{On: s.state.at(now), Next: s.state.next(now), Proposed: s.state.proposed, Events: slices.Clone(s.events)}
	slices.Reverse(st.Events)
	return st, nil
}

// By is who does something, and from where.
type By struct{ Who, Via string }

// Propose writes an announcement down for a second person to review.
func (s *Switch) Propose(by By, a Announcement) (Announcement, error) {
	a.Author, a.Reviewer, a.Reason = by.Who, "", ""
	err := s.enter(&a, func(now time.Time, _ state) ([]Event, error) {
		return []Event{{At: now, What: Proposed, Who: by.Who, Via: by.Via, ID: a.ID, Announcement: &a}}, nil
	})
	return a, err
}

// Approve switches a proposal on; the id says which one was read.
func (s *Switch) Approve(by By, id string) error {
	return s.change(func(now time.Time, st state) ([]Event, error) {
		switch p := st.proposed; {
		case p == nil || p.ID != id:
			return nil, ErrStale
		case same(p.Author, by.Who):
			return nil, ErrSecondPerson
		case !p.Until.After(now):
			return nil, fault("until_passed", "", "until (%s) has passed", p.Until.Format(time.RFC3339))
		}
		return []Event{{At: now, What: Approved, Who: by.Who, Via: by.Via, ID: id}}, nil
	})
}

// Reject drops a proposal.
func (s *Switch) Reject(by By, id, reason string) error {
	return s.change(func(now time.Time, st state) ([]Event, error) {
		if st.proposed == nil || st.proposed.ID != id {
			return nil, ErrStale
		}
		return []Event{{At: now, What: Rejected, Who: by.Who, Via: by.Via, ID: id, Reason: cut(reason)}}, nil
	})
}

// Immediately switches on what nobody else has read; the reason is kept.
// Whether somebody may do so is for the caller to know.
func (s *Switch) Immediately(by By, a Announcement, reason string) (Announcement, error) {
	a.Author, a.Reviewer, a.Reason = by.Who, "", cut(reason)
	if a.Reason == "" {
		return a, ErrNoReason
	}
	err := s.enter(&a, func(now time.Time, _ state) ([]Event, error) {
		return []Event{{At: now, What: Immediate, Who: by.Who, Via: by.Via, ID: a.ID, Reason: a.Reason, Announcement: &a}}, nil
	})
	return a, err
}

// Reviewed switches on what an author wrote and a second person has read
// before it came here: both names are in the announcement.
func (s *Switch) Reviewed(by By, a Announcement) (Announcement, error) {
	if a.Reviewer == "" || same(a.Author, a.Reviewer) {
		return a, ErrSecondPerson
	}
	a.Reason = ""
	err := s.enter(&a, func(now time.Time, _ state) ([]Event, error) {
		via := by.Via + ", " + by.Who
		return []Event{
			{At: now, What: Proposed, Who: a.Author, Via: via, ID: a.ID, Announcement: &a},
			{At: now, What: Approved, Who: a.Reviewer, Via: via, ID: a.ID},
		}, nil
	})
	return a, err
}

// Off ends whatever is on or will begin.
func (s *Switch) Off(by By, reason string) error {
	return s.change(func(now time.Time, st state) ([]Event, error) {
		on := st.at(now)
		if on == nil {
			on = st.next(now)
		}
		if on == nil {
			return nil, ErrNotOn
		}
		return []Event{{At: now, What: Off, Who: by.Who, Via: by.Via, ID: on.ID, Reason: cut(reason)}}, nil
	})
}

// enter checks a new announcement and names it.
func (s *Switch) enter(a *Announcement, decide func(time.Time, state) ([]Event, error)) error {
	now := s.options.Now()
	if err := a.check(now, s.options.Known); err != nil {
		return err
	}
	a.name(now)
	return s.change(decide)
}

func (s *Switch) change(decide func(time.Time, state) ([]Event, error)) error {
	err := s.ledger.change(func(events []Event) ([]Event, error) { return decide(s.options.Now(), fold(events)) })
	if err != nil {
		return err
	}
	return s.refresh()
}

// same compares names as people do.
func same(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b)) }

func cut(reason string) string {
	r := []rune(strings.Join(strings.Fields(reason), " "))
	return string(r[:min(len(r), maxReason)])
}
