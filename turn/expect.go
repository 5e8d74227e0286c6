// Package turn decides when a caller has finished: frames flow in, and out
// come events that say speech started, paused (recognise speculatively now),
// went on (throw that away) or ended (this is the utterance).
package turn

// Expect is what the dialog waits for; end-silence follows it.
type Expect int

// What the dialog may wait for.
const (
	Free   Expect = iota // any sentence
	YesNo                // one word: decide quickly
	Digits               // a number dictated in groups: wait long
	Name                 // a name, perhaps spelt
	Date
)

var expectNames = [...]string{"free", "yes-no", "digits", "name", "date"}

func (e Expect) String() string {
	if e < 0 || int(e) >= len(expectNames) {
		return "unknown"
	}
	return expectNames[e]
}
