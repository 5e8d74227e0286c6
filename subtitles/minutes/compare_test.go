package minutes_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/subtitles/minutes"
)

func TestCompare(t *testing.T) {
	c := minutes.Compare(
		[]minutes.Line{{ID: "a", Text: "der Herr Somer schickt es"}, {ID: "b", Text: "phantom"}, {ID: "d", Text: "gleich geblieben"}},
		[]minutes.Line{{ID: "a", Text: "der Herr Sommer schickt es heute"}, {ID: "c", Text: "ganz neu"}, {ID: "d", Text: "gleich geblieben"}},
	)
	require.Equal(t, []minutes.Compared{
		{ID: "a", Changed: true, Runs: []minutes.Run{{Kind: minutes.Same, Text: "der Herr"}, {Kind: minutes.Removed, Text: "Somer"}, {Kind: minutes.Added, Text: "Sommer"}, {Kind: minutes.Same, Text: "schickt es"}, {Kind: minutes.Added, Text: "heute"}}},
		{ID: "b", Changed: true, Runs: []minutes.Run{{Kind: minutes.Removed, Text: "phantom"}}},
		{ID: "c", Changed: true, Runs: []minutes.Run{{Kind: minutes.Added, Text: "ganz neu"}}},
		{ID: "d", Runs: []minutes.Run{{Kind: minutes.Same, Text: "gleich geblieben"}}},
	}, c.Cues)
	require.Equal(t, 10, c.Words)
	require.Equal(t, 5, c.Changes)
	require.InDelta(t, 0.5, c.Error, 1e-9)
}

func TestCompareOfHugeCuesEnds(t *testing.T) {
	long := strings.Repeat("wort ", 30_000)
	c := minutes.Compare([]minutes.Line{{ID: "a", Text: long}}, []minutes.Line{{ID: "a", Text: long + "mehr"}})
	require.Len(t, c.Cues[0].Runs, 2)
}

// FuzzCompare: the runs make up both texts again.
func FuzzCompare(f *testing.F) {
	f.Add("a b c", "a c d")
	f.Fuzz(func(t *testing.T, was, is string) {
		if len(was)+len(is) > 2000 {
			return
		}
		c := minutes.Compare([]minutes.Line{{ID: "x", Text: was}}, []minutes.Line{{ID: "x", Text: is}})
		var a, b []string
		for _, r := range c.Cues[0].Runs {
			if r.Kind != minutes.Added {
				a = append(a, r.Text)
			}
			if r.Kind != minutes.Removed {
				b = append(b, r.Text)
			}
		}
		require.Equal(t, strings.Fields(was), strings.Fields(strings.Join(a, " ")))
		require.Equal(t, strings.Fields(is), strings.Fields(strings.Join(b, " ")))
	})
}
