// Package meeting holds the meetings of a service: who may do what flows in as
// codes, keys and PINs, and out flow the room with its subtitles and the booth
// with its sound.
package meeting

import (
	"errors"

	"github.com/amtsleitung/amtsleitung/meeting/booth"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// Errors of doors.
var (
	ErrKey = errors.New("this key does not open the meeting")
	ErrPIN = errors.New("no meeting has this PIN")
)

// New is a meeting somebody wants to hold.
type New struct {
	Title     string
	Languages []string // tracks; the first is spoken
	Easy      bool     // a track in easy language of the first one, with an editor's release
	Speakers  []string
	Glossary  []string
	Consent   string  // what is announced
	Fast      bool    // shows what is not settled yet
	Scroll    bool    // word by word instead of two lines at a time
	Delay     float64 // seconds an editor has
}

// Keys open a meeting: Secret to its organisers, Edit to editors, Speak to
// those who may bring sound, PIN to who comes by telephone.
type Keys struct {
	Secret string `json:"secret"`
	Edit   string `json:"edit"`
	Speak  string `json:"speak"`
	PIN    string `json:"pin"`
}

// Role is what a key allows; each may do what those after it may.
type Role string

// Roles.
const (
	Organiser Role = "organiser"
	Editor    Role = "editor"
	Speaker   Role = "speaker"
)

// Meeting is one that is held.
type Meeting struct {
	Room  *rooms.Room
	Booth *booth.Booth

	keys Keys
}
