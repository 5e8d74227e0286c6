package dialog

// Summary is what a person needs to know of a conversation: made from what
// was said in it and from nothing else.
type Summary struct {
	Language string // of the caller
	Concern  string // the concern that is open, in the caller's words
	Topic    string // title of the last article, in German where there is one
	Concerns []string
	Answers  []Told
	// Form, Slots and Missing are of the request that was being taken.
	Form    string
	Slots   []SlotValue
	Missing []string
	Request string // reference of the last request that was taken
	Open    Open
	Alarm   bool // an emergency was heard
	Turns   int
}

// Told is an answer that was given.
type Told struct {
	Question   string // in the caller's words
	Article    string
	Version    int
	Title      string
	Text       string // as it was said
	Source     string
	Confidence float64
	Translated bool
}

// Open is what is left to do.
type Open string

// What may be open.
const (
	OpenNothing    Open = ""
	OpenUnanswered Open = "unanswered" // the bot had no answer
	OpenWish       Open = "wish"       // the caller wants a person
	OpenDecision   Open = "decision"   // only a person may decide
	OpenForm       Open = "form"       // a request is incomplete
	OpenMisheard   Open = "misheard"   // the caller was not understood
)
