// Package dialog decides what is said: events flow in (the call started,
// words were heard, a key was pressed, silence lasted), actions flow out (say
// this, expect that, hand over, end). There is no clock, no network and no
// audio inside.
package dialog

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/knowledge"
)

// loaded holds the embedded data once they were needed; it never changes.
var loaded = sync.OnceValues(LoadResources)

// Conversation is the dialog of one call. It is used by one goroutine.
type Conversation struct {
	opt      Options
	data     *Resources
	fault    error // the data could not be loaded
	language string
	easy     bool
	rate     float64

	state    state
	topic    *topic
	question string // what the caller last wanted to know
	pending  bool   // and was not answered
	uses     map[prompts.Key]int
	past     []past
	broken   *brokenOff      // where the caller broke in, until the next turn
	said     map[string]bool // sentences of the last turn

	utterances int // heard so far
	misses     int // misunderstandings in a row
	silences   int // in a row
	repeats    int // of the same turn
	waiting    time.Time
	isWaiting  bool
	degraded   bool
	deaf       int  // times in a row that recognition failed
	menued     bool // the keys of the menu were named
	insults    int
	german     bool   // the caller has agreed to German texts
	alone      bool   // nobody can be asked: the question stands alone
	writes     bool   // the caller reads and writes
	announced  string // id of the announcement that was said
	// toHear is how long the turn takes up to the end of an announcement in it,
	// 0 without one; talkedOvers counts how often the caller did not listen.
	toHear      time.Duration
	talkedOvers int
	handing     bool   // a transfer is under way
	shelved     *sheet // the request that was being taken when the caller went to a person
	over        bool
	account     account
	why         Open // what leads to a person
	// Languages that the bot speaks by translation only.
	tongues  *Tongues
	abroad   *abroad // within an event; nil: nothing can be translated
	patience time.Duration
	lexis    string // of the words that were translated to be understood
	down     bool   // it was said that nothing can be translated
	wished   string // the words in which a person was wished for
}

// topic is the article that was last answered.
type topic struct {
	article    *knowledge.Article
	variant    knowledge.Variant
	confidence float64
	from       string // language that a machine translated the variant from, "" none
}

// New makes the dialog of one call.
func New(o Options) *Conversation {
	c := &Conversation{opt: o, data: o.Resources, rate: 1, uses: map[prompts.Key]int{}, state: open{}}
	if c.data == nil {
		c.data, c.fault = loaded()
	}
	if c.fault == nil && o.Search == nil {
		c.fault = errors.New("dialog: Options.Search is missing")
	}
	c.opt.Thresholds = o.Thresholds.withDefaults()
	if c.fault != nil {
		return c
	}
	if len(c.opt.Languages) == 0 {
		c.opt.Languages = usual(c.data.Prompts.Languages())
	}
	// Leichte Sprache is a manner of speaking German, wished for in the call.
	c.opt.Languages = slices.DeleteFunc(slices.Clone(c.opt.Languages), func(l string) bool { return l == easyGerman })
	if len(c.opt.Languages) == 0 {
		c.opt.Languages = []string{"de"}
	}
	if c.opt.Language == "" {
		c.opt.Language = c.opt.Languages[0]
	}
	c.language, c.writes, c.patience = c.opt.Language, o.Written, mostPatience
	c.tongues = c.data.Tongues
	if c.tongues == nil && o.Translate != nil {
		c.tongues, c.fault = NewTongues(TonguesOptions{Translate: o.Translate, Prompts: c.data.Prompts})
	}
	return c
}

// usual puts a German city's languages in front.
func usual(languages []string) []string {
	out := slices.DeleteFunc([]string{"de", "en"}, func(l string) bool { return !slices.Contains(languages, l) })
	for _, l := range languages {
		if !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

// Handle reacts to an event by emitting actions in order. It returns the
// error of emit or of the context; a search that fails is told to the caller
// and to Options.Failed.
func (c *Conversation) Handle(ctx context.Context, e Event, emit func(Action) error) error {
	if c.fault != nil {
		return c.fault
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if c.over || c.handing && !e.Kind.handsBack() && e.Kind != Gone && e.Kind != Announce {
		return nil
	}
	defer c.bind(ctx)()
	r := &reply{c: c, now: e.Now}
	c.look(ctx, r, e)
	if err := ctx.Err(); err != nil {
		return err // half a turn is none: the search was cut short
	}
	for _, a := range r.finish() {
		if err := emit(a); err != nil {
			return err
		}
	}
	return nil
}

// lookingPatience bounds what one event may look up: a search that hangs is
// one that failed, and the caller is offered a person.
const lookingPatience = 4 * time.Second

// look reacts with bounded searches; the call's own end is told apart by Handle.
func (c *Conversation) look(ctx context.Context, r *reply, e Event) {
	ctx, cancel := context.WithTimeout(ctx, lookingPatience)
	defer cancel()
	c.react(ctx, r, e)
}

func (c *Conversation) react(ctx context.Context, r *reply, e Event) {
	switch e.Kind {
	case Heard, NotHeard, Digit, Silence, Spoken:
		c.toHear = 0
	}
	switch e.Kind {
	case Start:
		c.greet(r, e)
	case Heard:
		c.account.turns++
		if u := (utterance{Event: e}); e.Text != "" && !u.doubtful(c) {
			c.recovered()
		}
		c.heard(ctx, r, e)
	case NotHeard:
		c.notHeard(r)
	case Digit:
		c.key(ctx, r, e.Digit)
	case Silence:
		c.silence(r)
	case Degraded:
		c.degrade(r)
	case TransferFailed:
		c.backFromTransfer(r, c.transferFailed)
	case CallbackChosen:
		c.backFromTransfer(r, c.callbackChosen)
	case Returned:
		c.backFromTransfer(r, c.returned)
	case Announce:
		c.announceNow(r)
	case Interrupted:
		c.talkedOver(e.Played)
		c.interrupted(e.Played)
	case Gone:
		c.over = true
	case Spoken:
		// Nothing to do: Listen was emitted with the turn.
	}
	switch e.Kind {
	case Heard, NotHeard, Digit, Silence, Degraded, TransferFailed, CallbackChosen, Returned:
		c.announceAhead(r)
	}
}

// greet discloses the AI, not interruptible, and opens the floor.
func (c *Conversation) greet(r *reply, e Event) {
	switch {
	case e.Language == easyGerman:
		c.language, c.easy = "de", true
	case e.Language != "" && c.speaks(e.Language):
		c.language = e.Language
		r.emit(Action{Kind: Language, Lang: e.Language})
	}
	r.firm(c.bookWith(prompts.Greeting), prompts.Greeting, "city", c.opt.City)
	if c.foreign() {
		c.meet(c.language)
		c.tellMachine(r, prompts.GreetingMachine)
	}
	for _, other := range c.opt.Languages {
		if b, ok := c.data.Prompts.Book(other); ok && other != c.language && b.Has(prompts.Hint) {
			r.speak(b.Language, c.wording(b, prompts.Hint), false)
			break // one hint: the greeting shall stay short
		}
	}
	c.announceFirst(r)
	r.say(prompts.GreetingAsk)
}

// book is what is said in the caller's language, or in the city's where the
// prompts do not know that one.
func (c *Conversation) book() *prompts.Book {
	if c.easy && c.language == "de" {
		if b, ok := c.data.Prompts.Book(easyGerman); ok {
			return b
		}
	}
	if b, ok := c.data.Prompts.Book(c.language); ok && !b.Partial {
		return b
	}
	if b, ok := c.translatedBook(c.language); ok {
		return b
	}
	return c.fallback()
}

// bookWith is the book, or, where it does not hold the prompt or cannot be
// translated now, the next best.
func (c *Conversation) bookWith(key prompts.Key) *prompts.Book {
	if own, ok := c.data.Prompts.Book(c.language); ok && own.Partial && own.Has(key) {
		return own
	}
	b := c.book()
	if b.Has(key) {
		return b
	}
	if b = c.fallback(); b.Has(key) {
		return b
	}
	for _, l := range []string{c.opt.Language, "de"} {
		if other, ok := c.data.Prompts.Book(l); ok && other.Has(key) {
			return other
		}
	}
	return b
}

// busy says that the bot shall be brief.
func (c *Conversation) busy() bool { return c.opt.Busy != nil && c.opt.Busy() }
