package knowledge

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// vectorKind tells what a vector stands for.
type vectorKind uint8

const (
	askedVector     vectorKind = iota // title or question: compared as question to question
	passageVector                     // answer or more
	elsewhereVector                   // a concern that is not the city's
)

// dense holds the embeddings of all texts of a set, row by row.
type dense struct {
	width   int
	rows    []float32
	owners  []int32 // article of a row; -1 for elsewhere
	kinds   []vectorKind
	article int       // number of articles
	mean    []float32 // of all rows, taken off before comparing
	centres []float32 // mean row of each article
}

// passage is a text to embed.
type passage struct {
	owner int32
	kind  vectorKind
	text  string
}

func (p passage) query() bool { return p.kind != passageVector }

// passages lists what stands for the articles. Easy language repeats its
// language in simpler words, so only its questions add something.
func passages(set *Set, elsewhere map[string][]string) []passage {
	var out []passage
	for i, a := range set.Articles {
		for _, language := range sortedLanguages(a) {
			v := a.Variants[language]
			add := func(kind vectorKind, text string) {
				if text = strings.TrimSpace(text); text != "" {
					out = append(out, passage{int32(i), kind, text})
				}
			}
			for _, q := range v.Questions {
				add(askedVector, q)
			}
			if strings.HasSuffix(language, "-leicht") {
				continue
			}
			add(askedVector, v.Title)
			if len(v.Keywords) > 0 {
				add(askedVector, strings.Join(v.Keywords, ", "))
			}
			add(passageVector, v.Title+". "+v.Answer)
			if v.More != "" {
				add(passageVector, v.Title+". "+v.More)
			}
		}
	}
	for _, language := range slices.Sorted(maps.Keys(elsewhere)) {
		for _, text := range elsewhere[language] {
			out = append(out, passage{-1, elsewhereVector, text})
		}
	}
	return out
}

// embedAll makes the rows, taking from the cache what it knows.
func embedAll(ctx context.Context, e Embedder, cache *vectorCache, all []passage, articles int) (*dense, error) {
	d := &dense{article: articles}
	if err := cache.fill(ctx, e, all); err != nil {
		return nil, fmt.Errorf("embed articles with %s: %w", e.Name(), err)
	}
	for _, p := range all {
		v := cache.vectors[contentKey(e.Name(), p)]
		if d.width == 0 {
			d.width = len(v)
		}
		if len(v) != d.width || d.width == 0 {
			return nil, fmt.Errorf("embed articles with %s: vectors of %d and %d numbers; delete %s if the model has changed", e.Name(), d.width, len(v), cache.file)
		}
		d.rows = append(d.rows, v...)
		d.owners = append(d.owners, p.owner)
		d.kinds = append(d.kinds, p.kind)
	}
	d.centre()
	return d, nil
}

// centre takes the mean off all rows. All vectors of E5 lie in a narrow cone
// (cosines of 0.75 to 1); without what they have in common they tell texts
// apart better (Mu and Viswanath 2018, "All-but-the-Top").
func (d *dense) centre() {
	d.mean = make([]float32, d.width)
	for i := range d.owners {
		for j, x := range d.row(i) {
			d.mean[j] += x / float32(len(d.owners))
		}
	}
	d.centres = make([]float32, d.article*d.width)
	for i, owner := range d.owners {
		d.takeMean(d.row(i))
		if owner >= 0 {
			c := d.centres[int(owner)*d.width : int(owner+1)*d.width]
			for j, x := range d.row(i) {
				c[j] += x
			}
		}
	}
	for i := range d.article {
		normalise(d.centres[i*d.width : (i+1)*d.width])
	}
}

func (d *dense) row(i int) []float32 { return d.rows[i*d.width : (i+1)*d.width] }

func (d *dense) takeMean(v []float32) {
	for i := range v {
		v[i] -= d.mean[i]
	}
	normalise(v)
}

func normalise(v []float32) {
	square := dot(v, v)
	if square == 0 {
		return
	}
	scale := float32(1 / math.Sqrt(float64(square)))
	for i := range v {
		v[i] *= scale
	}
}

// likeness is the best cosine per article, for both kinds of rows, and the
// cosine to the article as a whole.
type likeness struct {
	asked, passage, whole []float64
	elsewhere             float64
}

func (d *dense) compare(query []float32) likeness {
	l := likeness{asked: make([]float64, d.article), passage: make([]float64, d.article), whole: make([]float64, d.article)}
	if len(query) != d.width {
		return l
	}
	query = append([]float32(nil), query...)
	d.takeMean(query)
	for i := range d.article {
		l.whole[i] = float64(dot(query, d.centres[i*d.width:(i+1)*d.width]))
	}
	for i, owner := range d.owners {
		c := float64(dot(query, d.row(i)))
		switch d.kinds[i] {
		case askedVector:
			l.asked[owner] = max(l.asked[owner], c)
		case passageVector:
			l.passage[owner] = max(l.passage[owner], c)
		case elsewhereVector:
			l.elsewhere = max(l.elsewhere, c)
		}
	}
	return l
}

// dot is unrolled by hand: the compiler does not vectorise.
func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	b = b[:len(a)]
	for len(a) >= 4 {
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
		a, b = a[4:], b[4:]
	}
	for i := range a {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}

// contentKey names an embedding by what it depends on.
func contentKey(model string, p passage) [32]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%s\x00%t\x00%s", model, p.query(), p.text))
}
