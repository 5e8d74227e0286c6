package bergamot

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/translate"
)

// Options of a Translator.
type Options struct {
	Dir string // holds one folder per direction: "enpt", "deen"
	// Memory bounds what is loaded, in bytes of model files; the directions
	// not used for longest are let go. 0 means 400 MB.
	Memory int64
	// Run is given each piece of work, so that a scheduler decides when the
	// processor is used; nil runs at once.
	Run func(ctx context.Context, work func() error) error
	// Verify compares a direction's folder with its checksums before it is
	// loaded: a damaged model may talk rubbish instead of failing. nil trusts.
	Verify func(folder string) error
}

// Translator loads the models of a folder when they are first asked for.
type Translator struct {
	options Options
	mu      sync.Mutex
	loaded  map[string]*entry
	clock   uint64 // counts uses
}

type entry struct {
	once  sync.Once
	model *model
	err   error
	bytes int64
	used  uint64
	users int // those who translate with it now
	gone  bool
}

const defaultMemory = 400 << 20

// mostCharacters is the engine's bound (AMT_MAX_CHARS).
const mostCharacters = 300

// New takes the folder as it is; models are loaded on first use.
func New(o Options) *Translator {
	if o.Memory == 0 {
		o.Memory = defaultMemory
	}
	if o.Run == nil {
		o.Run = func(_ context.Context, work func() error) error { return work() }
	}
	return &Translator{options: o, loaded: map[string]*entry{}}
}

// Translates looks for the direction's folder.
func (t *Translator) Translates(from, to string) bool {
	info, err := os.Stat(t.folder(from, to))
	return err == nil && info.IsDir() && from != to
}

func (t *Translator) folder(from, to string) string {
	clean := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' {
				return r
			}
			return -1
		}, transcript.Primary(s))
	}
	from, to = clean(from), clean(to)
	if from == "" || to == "" {
		return "\x00" // no such folder
	}
	return filepath.Join(t.options.Dir, from+to)
}

// Translate goes sentence by sentence; the context is looked at between them.
func (t *Translator) Translate(ctx context.Context, text, from, to string) (string, error) {
	if !t.Translates(from, to) {
		return "", translate.NoPair(from, to)
	}
	e, err := t.acquire(ctx, from, to)
	if err != nil {
		return "", err
	}
	defer t.release(e)
	var b strings.Builder
	for _, p := range translate.Pieces(text, mostCharacters) {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		var said string
		err := t.options.Run(ctx, func() (err error) {
			said, err = e.model.translate(p.Text)
			return err
		})
		if err != nil {
			return "", fmt.Errorf("%s to %s: %w", from, to, err)
		}
		b.WriteString(said)
		b.WriteString(p.Space)
	}
	return b.String(), nil
}

// acquire returns a loaded direction that stays until release.
func (t *Translator) acquire(ctx context.Context, from, to string) (*entry, error) {
	folder := t.folder(from, to)
	t.mu.Lock()
	e := t.loaded[folder]
	if e == nil {
		e = &entry{}
		t.loaded[folder] = e
	}
	t.clock++
	e.used = t.clock
	e.users++
	t.mu.Unlock()
	e.once.Do(func() { e.err = t.options.Run(ctx, func() error { return e.load(folder, from, t.options.Verify) }) })
	if e.err != nil {
		t.drop(folder, e)
		return nil, e.err
	}
	t.shrink(folder)
	return e, nil
}

func (e *entry) load(folder, from string, verify func(string) error) error {
	if verify != nil {
		if err := verify(folder); err != nil {
			return err
		}
	}
	f, err := find(folder)
	if err != nil {
		return err
	}
	e.bytes = f.bytes()
	e.model, err = load(f, canary(from))
	return err
}

// drop forgets a direction that could not be loaded, so that it is tried again.
func (t *Translator) drop(folder string, e *entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e.users--
	if t.loaded[folder] == e {
		delete(t.loaded, folder)
	}
}

func (t *Translator) release(e *entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e.users--; e.users == 0 && e.gone {
		e.model.close()
	}
}

// shrink lets the least recently used directions go, never the one in use.
func (t *Translator) shrink(keep string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for {
		sum, oldest := int64(0), ""
		for folder, e := range t.loaded {
			sum += e.bytes
			if folder != keep && (oldest == "" || e.used < t.loaded[oldest].used) {
				oldest = folder
			}
		}
		if sum <= t.options.Memory || oldest == "" {
			return
		}
		t.forget(oldest)
	}
}

func (t *Translator) forget(folder string) {
	e := t.loaded[folder]
	delete(t.loaded, folder)
	if e.users > 0 {
		e.gone = true // its last user closes it
		return
	}
	if e.model != nil {
		e.model.close()
	}
}

// Close frees all models; nobody may be translating.
func (t *Translator) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for folder := range t.loaded {
		t.forget(folder)
	}
	return nil
}
