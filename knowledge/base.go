package knowledge

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/errgroup"

	"github.com/amtsleitung/amtsleitung/knowledge/lexical"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// Options say where the articles are. One of Dir and FS is needed.
type Options struct {
	Dir      string // a city's folder: city.yaml, articles/
	FS       fs.FS  // the same from elsewhere, e.g. embedded
	Embedder Embedder
	CacheDir string // keeps embeddings between starts; "": not kept
	Now      func() time.Time
	Log      *slog.Logger
}

// Base is a city's knowledge base. It is safe for concurrent use; Reload swaps
// the whole state at once.
type Base struct {
	options Options
	fsys    fs.FS
	state   atomic.Pointer[state]
	reload  sync.Mutex // one reload at a time
}

// state is everything that belongs to one set of articles; immutable.
type state struct {
	set     *Set
	byID    map[string]int
	indexes map[string]*lexical.Index // by language without "-leicht"
	dense   *dense                    // nil without embedder
	// compared are the last questions; what they are compared with never changes.
	compared *lru.Cache[asked, likeness]
	model    *Model
	// vocabularies by language without "-leicht".
	vocabularies map[string]vocabulary
}

// Open reads, indexes and embeds the articles. Texts that are new to the cache
// take about 5 to 10 ms each and core; ctx ends it early.
func Open(ctx context.Context, o Options) (*Base, error) {
	b := &Base{options: o, fsys: o.FS}
	if b.fsys == nil {
		if o.Dir == "" {
			return nil, errors.New("knowledge base: no folder given")
		}
		b.fsys = os.DirFS(o.Dir)
	}
	if b.options.Now == nil {
		b.options.Now = time.Now
	}
	if b.options.Log == nil {
		b.options.Log = slog.Default()
	}
	if err := b.Reload(ctx); err != nil {
		return nil, err
	}
	return b, nil
}

// Reload reads everything anew. When anything is wrong the error names it and
// the last good set stays.
func (b *Base) Reload(ctx context.Context) error {
	b.reload.Lock()
	defer b.reload.Unlock()
	set, problems := Load(b.fsys)
	if err := broken(problems); err != nil {
		return err
	}
	s, err := b.build(ctx, set)
	if err != nil {
		return err
	}
	b.state.Store(s)
	return nil
}

func (b *Base) build(ctx context.Context, set *Set) (*state, error) {
	s := &state{set: set, byID: map[string]int{}, indexes: map[string]*lexical.Index{}, model: defaultModel(), vocabularies: vocabularies(set)}
	for i, a := range set.Articles {
		s.byID[a.ID] = i
	}
	if data, err := fs.ReadFile(b.fsys, weightsFile); err == nil {
		if own, err := LoadModel(data); err == nil {
			s.model = own
		} else {
			b.options.Log.Warn("the city's own search weights do not fit; the built-in ones are used", "file", weightsFile, "error", err)
		}
	}
	elsewhere, err := readElsewhere(b.fsys)
	if err != nil {
		return nil, err
	}
	words, err := loadFacets()
	if err != nil {
		return nil, err
	}
	if s.compared, err = lru.New[asked, likeness](rememberedQuestions); err != nil {
		return nil, err
	}
	group, ctx := errgroup.WithContext(ctx)
	if b.options.Embedder != nil {
		group.Go(func() (err error) {
			s.dense, err = b.embeddings(ctx, set, elsewhere)
			return err
		})
	}
	var built sync.Mutex
	for language, documents := range documentsByLanguage(set, words) {
		group.Go(func() error {
			x := lexical.Build(lexical.Source{
				Language: language, Documents: documents, Elsewhere: elsewhere[language], Aside: words.all(language),
			})
			built.Lock()
			defer built.Unlock()
			s.indexes[language] = x
			return nil
		})
	}
	return s, group.Wait()
}

// embeddings takes what an earlier start has learned from the same texts.
func (b *Base) embeddings(ctx context.Context, set *Set, elsewhere map[string][]string) (*dense, error) {
	dir, all := b.options.CacheDir, passages(set, elsewhere)
	key := denseKey(b.options.Embedder.Name(), all, len(set.Articles))
	if d := recallDense(dir, key, all, len(set.Articles)); d != nil {
		return d, nil
	}
	cache := openVectorCache(dir)
	d, err := embedAll(ctx, b.options.Embedder, cache, all, len(set.Articles), b.options.Log)
	kept := cache.save()
	if err == nil {
		kept = errors.Join(kept, keepDense(dir, key, d))
	}
	if kept != nil {
		b.options.Log.Warn("embeddings are not kept; the next start takes longer", "error", kept)
	}
	return d, err
}

const (
	weightsFile     = "search.json" // optional: calibrated weights
	elsewhereFolder = "elsewhere"   // optional: LANG.txt with concerns that are not the city's, one a line
)

// readElsewhere returns the lines by language.
func readElsewhere(fsys fs.FS) (map[string][]string, error) {
	files, err := fs.Glob(fsys, elsewhereFolder+"/*.txt")
	if err != nil {
		return nil, err
	}
	lines := map[string][]string{}
	for _, file := range files {
		data, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		language := strings.TrimSuffix(path.Base(file), ".txt")
		for _, line := range strings.Split(string(data), "\n") {
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
				lines[language] = append(lines[language], line)
			}
		}
	}
	return lines, nil
}

// documentsByLanguage joins easy language to its language: people who ask in
// easy words get the same index. Official words of the main language are used
// in every other one ("Anmeldung nasıl yapılır?").
func documentsByLanguage(set *Set, words facets) map[string][]lexical.Document {
	out := map[string][]lexical.Document{}
	for i, a := range set.Articles {
		main := a.Variants[set.City.Languages[0]]
		for _, language := range sortedLanguages(a) {
			v := a.Variants[language]
			key := transcript.Primary(language)
			if out[key] == nil {
				out[key] = make([]lexical.Document, len(set.Articles))
			}
			d := &out[key][i]
			if language == key {
				d.Title, d.Answer, d.More, d.Facets = v.Title, v.Answer, v.More, words.of(key, v.Facts)
				d.Keywords = append(d.Keywords, a.Keywords...)
				if key != transcript.Primary(main.Language) {
					d.Keywords = append(append(d.Keywords, main.Title), main.Keywords...)
				}
			}
			d.Questions = append(d.Questions, v.Questions...)
			d.Keywords = append(d.Keywords, v.Keywords...)
		}
	}
	return out
}

func sortedLanguages(a *Article) []string {
	languages := make([]string, 0, len(a.Variants))
	for l := range a.Variants {
		languages = append(languages, l)
	}
	sort.Strings(languages)
	return languages
}

// City returns what all articles share.
func (b *Base) City() City { return b.state.Load().set.City }

// Articles returns the valid ones, by id.
func (b *Base) Articles() []*Article {
	now := b.options.Now()
	var out []*Article
	for _, a := range b.state.Load().set.Articles {
		if a.Valid(now) {
			out = append(out, a)
		}
	}
	return out
}

// Article finds one by id; only valid ones are returned.
func (b *Base) Article(id string) (*Article, bool) {
	s := b.state.Load()
	i, ok := s.byID[id]
	if !ok || !s.set.Articles[i].Valid(b.options.Now()) {
		return nil, false
	}
	return s.set.Articles[i], true
}
