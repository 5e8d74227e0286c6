package knowledge

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// vectorKind tells what a vector stands for.
type vectorKind uint8

const (
	askedVector     vectorKind = iota // title, question or keyword: compared as question to question
	passageVector                     // answer
	elsewhereVector                   // a concern that is not the city's
)

// dense holds the embeddings of all texts of a set, row by row, in the metric
// that tells articles apart; a row is 384 bytes.
type dense struct {
	width   int
	rows    []int8
	owners  []int32 // article of a row; -1 for elsewhere
	kinds   []vectorKind
	article int // number of articles
	metric  *metric
	learned *classifier
}

// passage is a text to embed.
type passage struct {
	owner    int32
	kind     vectorKind
	language string // without "-leicht"
	text     string
}

func (p passage) query() bool { return p.kind != passageVector }

// passages lists what stands for the articles, each text once. Answers are
// long, and their languages say the same: one is enough.
func passages(set *Set, elsewhere map[string][]string) []passage {
	var out []passage
	seen := map[passage]bool{} // whatever the language
	add := func(p passage) {
		p.text = strings.TrimSpace(p.text)
		key := passage{owner: p.owner, kind: p.kind, text: p.text}
		if p.text != "" && !seen[key] {
			seen[key] = true
			out = append(out, p)
		}
	}
	for i, a := range set.Articles {
		for _, language := range sortedLanguages(a) {
			v, owner, base := a.Variants[language], int32(i), transcript.Primary(language)
			for _, q := range v.Questions {
				add(passage{owner, askedVector, base, q})
			}
			if strings.HasSuffix(language, "-leicht") {
				continue
			}
			add(passage{owner, askedVector, base, v.Title})
			for _, k := range v.Keywords {
				add(passage{owner, askedVector, base, k})
			}
			if language == set.City.Languages[0] {
				add(passage{owner, passageVector, base, v.Title + ". " + v.Answer})
			}
		}
		for _, k := range a.Keywords {
			add(passage{int32(i), askedVector, transcript.Primary(set.City.Languages[0]), k})
		}
	}
	for _, language := range slices.Sorted(maps.Keys(elsewhere)) {
		for _, text := range elsewhere[language] {
			add(passage{-1, elsewhereVector, language, text})
		}
	}
	return out
}

// embedAll makes the rows, taking from the cache what it knows.
func embedAll(ctx context.Context, e Embedder, cache *vectorCache, all []passage, articles int, log *slog.Logger) (*dense, error) {
	if err := cache.fill(ctx, e, all, log); err != nil {
		return nil, fmt.Errorf("embed articles with %s: %w", e.Name(), err)
	}
	d := &dense{article: articles, owners: make([]int32, len(all)), kinds: make([]vectorKind, len(all))}
	vectors, languages := make([][]float32, len(all)), make([]string, len(all))
	for i, p := range all {
		v := cache.get(contentKey(e.Name(), p))
		if d.width == 0 {
			d.width = len(v)
		}
		if len(v) != d.width || d.width == 0 {
			return nil, fmt.Errorf("embed articles with %s: vectors of %d and %d numbers; delete %s if the model has changed", e.Name(), d.width, len(v), cache.file)
		}
		vectors[i], languages[i], d.owners[i], d.kinds[i] = v, p.language, p.owner, p.kind
	}
	var err error
	if d.metric, err = learnMetric(ctx, vectors, languages, d.owners); err != nil {
		return nil, fmt.Errorf("embed articles with %s: %w", e.Name(), err)
	}
	d.rows = make([]int8, len(all)*d.width)
	if err = d.metric.applyAll(ctx, vectors, languages, d.rows); err != nil {
		return nil, err
	}
	d.learned, err = learnClassifier(ctx, d)
	return d, err
}

func (d *dense) row(i int) []int8 { return d.rows[i*d.width : (i+1)*d.width] }

// likeness says per article how near its texts are to the question.
type likeness struct {
	asked   []float64 // cosine to the nearest title, question or keyword
	several []float64 // mean of the nearest few of them
	passage []float64 // cosine to the nearest answer
	// The same two of what is not the city's concern.
	elsewhere, elsewhereSeveral float64
	// Log probabilities of the classifier.
	learned     []float64
	learnedNone float64
}

// few is how many neighbours count together: one alone may be near by chance.
const few = 5

// nearest keeps the best cosines, best first.
type nearest [few]float64

func (n *nearest) add(c float64) {
	for i := range n {
		if c > n[i] {
			n[i], c = c, n[i]
		}
	}
}

func (n *nearest) mean() float64 {
	sum := 0.0
	for _, c := range n {
		sum += c / few
	}
	return sum
}

func (d *dense) compare(query []float32, language string) likeness {
	l := likeness{asked: make([]float64, d.article), several: make([]float64, d.article), passage: make([]float64, d.article), learned: make([]float64, d.article)}
	if len(query) != d.width {
		return l
	}
	v := d.metric.apply(query, language)
	l.learned, l.learnedNone = d.learned.judge(v)
	q := integers(v)
	best := make([]nearest, d.article+1) // last: elsewhere
	for i, owner := range d.owners {
		if owner >= 0 && l.learned[owner] < hopeless {
			continue
		}
		c := float64(dotBytes(q, d.row(i))) / (questionScale * d.metric.rowScale)
		switch {
		case owner < 0:
			best[d.article].add(c)
		case d.kinds[i] == passageVector:
			l.passage[owner] = max(l.passage[owner], c)
		default:
			best[owner].add(c)
		}
	}
	for i := range d.article {
		l.asked[i], l.several[i] = best[i][0], best[i].mean()
	}
	l.elsewhere, l.elsewhereSeveral = best[d.article][0], best[d.article].mean()
	return l
}

// hopeless is the classifier's log probability below which an article's texts
// are not looked at one by one: most of the work for nothing.
const hopeless = -7

// contentKey names an embedding by what it depends on.
func contentKey(model string, p passage) [32]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%s\x00%t\x00%s", model, p.query(), p.text))
}
