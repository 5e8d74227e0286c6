// Package floor is the room where the people of the service desk sit: callers
// who wait flow in from calls, orders of the people flow out to them; pages
// get snapshots of who is there, who waits and which call is in whose hand.
package floor

import (
	"errors"
	"time"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/store"
)

// Errors that pages show; each is one clear line.
var (
	ErrTaken        = errors.New("somebody else has taken this call")
	ErrNotYours     = errors.New("this call is for another department or language")
	ErrNotInHand    = errors.New("this call is not in your hand")
	ErrBusy         = errors.New("you have a call in hand")
	ErrNoDevice     = errors.New("neither the browser's audio nor a telephone is ready")
	ErrNoCall       = errors.New("there is no such call")
	ErrTarget       = errors.New("this number or department may not be called")
	ErrNoSupervisor = errors.New("only a supervisor may do this")
	ErrListening    = errors.New("silent listening is not allowed by the configuration")
	ErrNobody       = errors.New("nobody of this name works at the desk")
	ErrState        = errors.New("this is not possible now")
)

// Presence is whether somebody takes calls.
type Presence string

// Presences.
const (
	Offline Presence = "offline"
	Ready   Presence = "ready"
	Busy    Presence = "busy"   // a call is in hand
	Wrapup  Presence = "wrapup" // writes down what was
	Paused  Presence = "paused"
)

// Snapshot is what one person at the desk sees.
type Snapshot struct {
	Me        Agent     `json:"me"`
	Queue     []Waiting `json:"queue"`
	Offer     *Preview  `json:"offer"`
	Hand      *Hand     `json:"hand"`
	Figures   Figures   `json:"figures"`
	Callbacks Callbacks `json:"callbacks"`
	// Listening is the call that a supervisor listens to.
	Listening string `json:"listening,omitempty"`
	// Agents are there for supervisors only.
	Agents []Agent `json:"agents,omitempty"`
}

// Agent is a person at the desk.
type Agent struct {
	Name        string    `json:"name"`
	Title       string    `json:"title"`
	Departments []string  `json:"departments"` // none: all
	Languages   []string  `json:"languages"`   // none: all
	Skills      []string  `json:"skills"`
	State       Presence  `json:"state"`
	Reason      string    `json:"reason"` // of a pause
	Since       time.Time `json:"since"`
	Device      Device    `json:"device"`
	Supervisor  bool      `json:"supervisor"`
	Call        string    `json:"call,omitempty"` // in hand; for supervisors
}

// Device is how a person hears and speaks.
type Device struct {
	Kind  string `json:"kind"` // "browser" or "phone"
	Ready bool   `json:"ready"`
	Phone bool   `json:"phone"` // a telephone is configured
}

// Waiting is a caller in the queue.
type Waiting struct {
	Call       string    `json:"call"`
	Department string    `json:"department"`
	Language   string    `json:"language"`
	Concern    string    `json:"concern"`
	Since      time.Time `json:"since"`
	Position   int       `json:"position"`
	State      string    `json:"state"` // "waiting", "offered", "callback"
	OfferedTo  string    `json:"offered_to,omitempty"`
	Written    bool      `json:"written"`
	// Interpreted says that a machine will interpret the call for me.
	Interpreted bool `json:"interpreted"`
	Mine        bool `json:"mine"` // I may take it
}

// Preview is what is known of a caller before the call is taken.
type Preview struct {
	Call       string              `json:"call"`
	From       string              `json:"from"`
	Language   string              `json:"language"`
	Department string              `json:"department"`
	Concern    string              `json:"concern"`
	Summary    []string            `json:"summary"` // lines in the language of the page
	Machine    *Machine            `json:"machine,omitempty"`
	Lines      []journal.Line      `json:"lines"`
	Slots      []store.RequestSlot `json:"slots"`
	Form       string              `json:"form"`
	Missing    []string            `json:"missing"`
	Answers    []Answer            `json:"answers"`
	Open       string              `json:"open"`
	Alarm      bool                `json:"alarm"`
	Confidence float64             `json:"confidence"`
	Since      time.Time           `json:"since"`
	Written    bool                `json:"written"`
	Callback   string              `json:"callback,omitempty"` // reference of the request it is
	// Interpreted says that a machine will interpret the call for who asks.
	Interpreted bool `json:"interpreted"`
}

// Answer is one that the bot gave.
type Answer struct {
	Article    string  `json:"article"`
	Title      string  `json:"title"`
	Text       string  `json:"text"`
	Source     string  `json:"source"`
	Confidence float64 `json:"confidence"`
}

// Hand is the call that somebody has in hand.
type Hand struct {
	Call    string    `json:"call"`
	Phase   string    `json:"phase"` // as call.State, and "wrapup"
	Since   time.Time `json:"since"`
	Muted   bool      `json:"muted"`
	Held    bool      `json:"held"`
	Voice   bool      `json:"voice"` // the caller can be heard
	Parties []string  `json:"parties"`
	Problem string    `json:"problem"`
	Preview Preview   `json:"preview"`
	Notes   string    `json:"notes"`
	// Listened says that somebody hears this call without speaking.
	Listened bool `json:"listened"`
	// Interpretation of the call; null where there is none.
	Interpretation *call.Interpretation `json:"interpretation"`
}

// Figures of the desk.
type Figures struct {
	Waiting       int `json:"waiting"`
	LongestS      int `json:"longest_s"`
	Ready         int `json:"ready"`
	Busy          int `json:"busy"`
	Paused        int `json:"paused"`
	AnsweredToday int `json:"answered_today"`
	LostToday     int `json:"lost_today"`
	// ServiceLevel is today's share of callers who were answered within 30 s;
	// the goal of the 115 is 0.75. It is answered within 30 s / (answered + lost
	// after more than 30 s): who hangs up earlier counts neither way.
	ServiceLevel float64 `json:"service_level"`
}

// Callbacks that are promised.
type Callbacks struct {
	Open    int `json:"open"`
	Overdue int `json:"overdue"`
}

// Wrap is what somebody notes after a call.
type Wrap struct {
	Topic      string `json:"topic"`
	Resolution string `json:"resolution"` // "solved", "forwarded", "open"
	Bot        string `json:"bot"`        // "right", "wrong", "missing", ""
	Article    string `json:"article"`    // the answer that was wrong
	Note       string `json:"note"`
}
