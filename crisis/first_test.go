package crisis

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/knowledge"
)

type found []knowledge.Hit

func (f found) Search(_ context.Context, q knowledge.Query) ([]knowledge.Hit, error) {
	return f[:min(len(f), q.Limit)], nil
}
func (f found) Article(string) (*knowledge.Article, bool) { return nil, false }

func hit(id string, p float64) knowledge.Hit {
	return knowledge.Hit{Article: &knowledge.Article{ID: id}, Confidence: p}
}

func TestCrisisArticlesRankFirst(t *testing.T) {
	hits := found{hit("sperrmuell", 0.5), hit("strasse", 0.2), hit("a", 0.01), hit("b", 0.01), hit("c", 0.01), hit("hochwasser", 0.1)}
	on := []string{"hochwasser"}
	f := First{hits, func() []string { return on }}
	out, err := f.Search(t.Context(), knowledge.Query{Text: "x"})
	require.NoError(t, err)
	require.Len(t, out, 5)
	require.Equal(t, "hochwasser", out[0].Article.ID)
	require.Greater(t, out[0].Confidence, 0.8)
	require.InDelta(t, 2.5, out[1].Confidence/out[2].Confidence, 1e-9, "the others keep their order")
	sum := 0.0
	for _, h := range out {
		sum += h.Confidence
	}
	require.LessOrEqual(t, sum, 1.0)
	require.InDelta(t, 0.1, hits[5].Confidence, 1e-9, "the search's own hits are left alone")

	on = nil
	out, err = f.Search(t.Context(), knowledge.Query{Text: "x", Limit: 3})
	require.NoError(t, err)
	require.Equal(t, "sperrmuell", out[0].Article.ID)
}

func TestCrisisArticlesStayAwayFromOtherQuestions(t *testing.T) {
	hits := found{hit("hundesteuer", 0.95), hit("hochwasser", 0.001)}
	f := First{hits, func() []string { return []string{"hochwasser"} }}
	out, err := f.Search(t.Context(), knowledge.Query{Text: "x"})
	require.NoError(t, err)
	require.Equal(t, "hundesteuer", out[0].Article.ID)
	require.InDelta(t, 0.95, out[0].Confidence, 1e-9)
}

func TestSurge(t *testing.T) {
	calls, c := 0, &clock{begin}
	s := Surge{Calls: func() int { return calls }, Most: 10, Wait: time.Second, Now: c.Now}
	require.False(t, s.Busy())
	calls = 11
	require.True(t, s.Busy())
	calls = 9
	require.True(t, s.Busy(), "it ends well below the bound")
	calls = 8
	require.False(t, s.Busy())
	for range 10 {
		s.Waited(inference.Final, 2*time.Second)
		s.Waited(inference.Offline, time.Hour)
	}
	require.True(t, s.Busy())
	for range 10 {
		s.Waited(inference.Final, 0)
	}
	require.False(t, s.Busy())
	for range 10 {
		s.Waited(inference.Turn, 2*time.Second)
	}
	require.True(t, s.Busy())
	c.now = begin.Add(31 * time.Second)
	require.False(t, s.Busy(), "nobody has waited lately")
	s = Surge{Calls: func() int { return 1000 }, Now: c.Now}
	require.False(t, s.Busy(), "without bounds")
}
