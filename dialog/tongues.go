package dialog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/amtsleitung/amtsleitung/dialog/prompts"
)

// Tongues are the languages that the bot speaks by translation: those without
// prompts of their own. What was translated is kept for the life of the
// process, by all calls together. It is safe for concurrent use.
type Tongues struct {
	opt TonguesOptions
	met chan string

	mu      sync.Mutex
	texts   map[passage]rendering
	sources map[string]string // by language: the book it is translated from
}

// TonguesOptions of Tongues.
type TonguesOptions struct {
	// Translate returns when ctx ends. Tags are primary languages.
	Translate func(ctx context.Context, text, from, to string) (string, error)
	// Direct says that a translation goes through no third language; nil is
	// unknown. The direct way is preferred.
	Direct func(from, to string) bool
	// Prompts are the books to translate; nil are the embedded ones.
	Prompts *prompts.Library
	// Failed is told when a language could not be prepared; nil ignores it.
	Failed func(error)
}

// passage is a text on its way into another language.
type passage struct{ text, from, to string }

// rendering is what became of it: "" is a text that cannot be translated
// soundly. kinship is how much of it comes back, see leastKinship.
type rendering struct {
	text    string
	kinship float64
}

// mostMet is how many languages wait to be prepared; more are translated when
// they are spoken.
const mostMet = 8

// NewTongues starts nothing; see Run.
func NewTongues(o TonguesOptions) (*Tongues, error) {
	if o.Translate == nil {
		return nil, errors.New("dialog: TonguesOptions.Translate is missing")
	}
	if o.Prompts == nil {
		data, err := loaded()
		if err != nil {
			return nil, err
		}
		o.Prompts = data.Prompts
	}
	return &Tongues{opt: o, met: make(chan string, mostMet), texts: map[passage]rendering{}, sources: map[string]string{}}, nil
}

// Run prepares the languages that calls meet, one after the other, until ctx
// ends. Without it each prompt is translated when it is first needed.
func (t *Tongues) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case language := <-t.met:
			if err := t.Prepare(ctx, language); err != nil && ctx.Err() == nil && t.opt.Failed != nil {
				t.opt.Failed(err)
			}
		}
	}
}

// meet asks Run to prepare a language; it never blocks.
func (t *Tongues) meet(language string) {
	select {
	case t.met <- language:
	default:
	}
}

// Prepare translates everything that callers may hear in a language, what is
// most urgent first. Languages with prompts of their own need nothing.
func (t *Tongues) Prepare(ctx context.Context, language string) error {
	if t.own(language) {
		return nil
	}
	b, ok := t.Book(ctx, language)
	if !ok {
		return fmt.Errorf("prompts in %s: %w", language, errTranslation)
	}
	first := []prompts.Key{
		prompts.Greeting, prompts.GreetingMachine, prompts.GreetingAsk, prompts.EmergencyFire, prompts.EmergencyMedical,
		prompts.EmergencyPolice, prompts.EmergencySuicide, prompts.Unheard, prompts.NoAnswer, prompts.OfferHuman, prompts.Transferring,
	}
	for _, key := range first {
		if !b.Has(key) {
			return fmt.Errorf("prompts in %s: %s: %w", language, key, errTranslation)
		}
	}
	for _, s := range prompts.Keys() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !s.Clerks {
			b.Has(s.Key)
		}
	}
	return nil
}

// own says that the bot speaks the language without translation.
func (t *Tongues) own(language string) bool { return hasBook(t.opt.Prompts, language) }

func hasBook(l *prompts.Library, language string) bool {
	b, ok := l.Book(language)
	return ok && !b.Partial
}

// Book is what is said in a language; ctx bounds what must still be translated
// for it. false: nothing can be translated into it now.
func (t *Tongues) Book(ctx context.Context, language string) (*prompts.Book, bool) {
	return t.book(language, func(texts []string, from string) []string { return t.Render(ctx, texts, from, language) })
}

// book takes its words from render.
func (t *Tongues) book(language string, render func(texts []string, from string) []string) (*prompts.Book, bool) {
	from, ok := t.source(language, render)
	if !ok {
		return nil, false
	}
	b, ok := t.opt.Prompts.Book(from)
	if !ok {
		return nil, false
	}
	partial, ok := t.opt.Prompts.Book(language)
	if !ok {
		partial = nil
	}
	return b.Translated(language, partial, func(texts []string) []string { return render(texts, from) }), true
}

// source is the language that is translated into another one, found by trying.
func (t *Tongues) source(to string, render func(texts []string, from string) []string) (string, bool) {
	if from := t.from(to); from != "" {
		return from, true
	}
	for _, from := range t.ways(to, false) {
		b, ok := t.opt.Prompts.Book(from)
		if !ok || len(render([]string{b.Say(prompts.GreetingAsk, 0)}, from)) == 0 {
			continue
		}
		t.mu.Lock()
		t.sources[to] = from
		t.mu.Unlock()
		return from, true
	}
	return "", false
}

// from is the language that another one is translated from; "" is not known yet.
func (t *Tongues) from(to string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.sources[to]
}

// ways are the languages between which and another one is translated, best
// first: English is the nearest to most models. back is out of that language.
func (t *Tongues) ways(language string, back bool) []string {
	ways := []string{"en", "de"}
	direct := func(other string) bool {
		if back {
			return t.opt.Direct(language, other)
		}
		return t.opt.Direct(other, language)
	}
	if t.opt.Direct != nil && !direct("en") && direct("de") {
		slices.Reverse(ways)
	}
	return slices.DeleteFunc(ways, func(l string) bool { return l == language })
}

// Render translates wordings and returns those that came out soundly, the
// surest alone where there are such, as many as ctx leaves time for; what was
// translated before needs none. The texts must be the product's or the city's
// own, never a caller's: they are kept.
func (t *Tongues) Render(ctx context.Context, texts []string, from, to string) []string {
	var sure, fair []string
	for _, text := range texts {
		rendered, known := t.kept(passage{text, from, to})
		if !known {
			var err error
			if rendered, err = t.render(ctx, text, from, to); err != nil {
				continue
			}
			t.keep(passage{text, from, to}, rendered)
		}
		switch {
		case rendered.text == "" || slices.Contains(sure, rendered.text) || slices.Contains(fair, rendered.text):
		case rendered.kinship >= sureKinship:
			sure = append(sure, rendered.text)
		default:
			fair = append(fair, rendered.text)
		}
	}
	if len(sure) > 0 {
		return sure
	}
	return fair
}

func (t *Tongues) kept(p passage) (rendering, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	out, ok := t.texts[p]
	return out, ok
}

// mostKept bounds the texts that are remembered: some twenty languages.
const mostKept = 20_000

func (t *Tongues) keep(p passage, out rendering) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.texts) < mostKept {
		t.texts[p] = out
	}
}

// render translates one text around its places.
func (t *Tongues) render(ctx context.Context, text, from, to string) (rendering, error) {
	for _, style := range markStyles() {
		if err := ctx.Err(); err != nil {
			return rendering{}, err
		}
		marked := mark(text, style)
		out, err := t.opt.Translate(ctx, marked.text, from, to)
		if err != nil {
			return rendering{}, fmt.Errorf("%w from %s to %s: %w", errTranslation, from, to, err)
		}
		rendered, ok := marked.restore(out)
		if !ok || !sound(marked.text, out) {
			continue
		}
		kin, err := t.means(ctx, marked.text, out, from, to)
		if err != nil {
			return rendering{}, err
		}
		if kin > 0 {
			return rendering{rendered, kin}, nil
		}
	}
	return rendering{}, nil
}

// means translates back and compares. Where there is no way back, what looks
// sound is believed; an error is the end of ctx.
func (t *Tongues) means(ctx context.Context, text, out, from, to string) (float64, error) {
	back, err := t.opt.Translate(ctx, out, to, from)
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if err != nil {
		return 1, nil
	}
	return likeness(text, back), nil
}
