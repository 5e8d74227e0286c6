package dialog

import (
	"context"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/turn"
)

// How long silence may last before something is said.
const (
	freeSilence   = 8 * time.Second
	yesNoSilence  = 7 * time.Second
	digitsSilence = 10 * time.Second
	keyedSilence  = 5 * time.Second
	longestWait   = 60 * time.Second
)

// easyGerman is the language of Leichte Sprache.
const easyGerman = "de-leicht"

// state is what the conversation waits for. States are values; a change of
// state is an assignment to Conversation.state.
type state interface {
	// heard takes what was said; false means it was not for this state.
	heard(ctx context.Context, c *Conversation, r *reply, u utterance) bool
	// key takes a key in the same way.
	key(ctx context.Context, c *Conversation, r *reply, key rune) bool
	// awaits is what Listen shall expect, and for how long.
	awaits() (turn.Expect, time.Duration)
	// ask puts the state's question again, in other words.
	ask(c *Conversation, r *reply)
}

// utterance is what was heard, with its folded words.
type utterance struct {
	Event
	words   intent.Words
	content intent.Words // without fillers at the ends
	scores  intent.Scores
	// What was said in a language without patterns is understood by its
	// translation: then words are those of meant, own are the caller's, and
	// spoken is their language.
	own       intent.Words
	ownScores intent.Scores
	meant     string
	spoken    string
}

// is names the first of the intents that the words express.
func (c *Conversation) is(u utterance, names ...intent.Name) bool {
	_, ok := c.data.Intents.First(u.words, c.lexicon(), names...)
	if !ok && u.own != nil {
		_, ok = c.data.Intents.First(u.own, u.spoken, names...)
	}
	return ok
}

// mixed intents may stand beside a yes or no and then count for more.
func mixed() []intent.Name {
	return []intent.Name{"human", "callback", "slower", "louder", "easy", "startover", "wait", "source", "goodbye"}
}

// shortAnswer is the longest sentence that is taken for a yes or no.
const shortAnswer = 6

func (c *Conversation) agrees(u utterance) bool {
	return len(u.content) <= shortAnswer && c.is(u, "yes") && !c.is(u, mixed()...) && !c.is(u, "repeat")
}

func (c *Conversation) declines(u utterance) bool {
	return len(u.content) <= shortAnswer && c.is(u, "no") && !c.is(u, mixed()...)
}

// consent is how a question for yes or no was answered.
type consent int

const (
	neither consent = iota
	yes
	no
)

// shortestQuestion is how many words of the caller's a question in need of
// translation has at least: what is shorter is found in many articles.
const shortestQuestion = 3

// yesNo understands a yes or no, unless a question came along with it ("nein,
// ich brauche einen Reisepass").
func (c *Conversation) yesNo(ctx context.Context, r *reply, u utterance) consent {
	answer := neither
	switch {
	case c.declines(u):
		answer = no
	case c.agrees(u):
		answer = yes
	}
	if answer == neither || len(u.content) <= 2 || u.own != nil && len(u.own) <= shortestQuestion {
		return answer
	}
	if c.lookUp(ctx, r.now, u).answer != nil {
		return neither
	}
	return answer
}

// understood is what was said in words of the lexicon.
func (u utterance) understood() string {
	if u.meant != "" {
		return u.meant
	}
	return u.Text
}
