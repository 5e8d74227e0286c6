package wer

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		reference, recognised string
		want                  Count
	}{
		{"Öffne das Garagentor.", "öffne das garagentor", Count{0, 3}},
		{"Schoko-Bonbons", "Schoko Bonbons!", Count{0, 2}},
		{"what's up", "whats up", Count{0, 2}},
		{"eins zwei drei", "eins drei", Count{1, 3}},
		{"eins zwei", "eins zwei drei vier", Count{2, 2}},
		{"eins zwei", "", Count{2, 2}},
		{"", "erfunden", Count{1, 0}},
		{"a b c", "x b y", Count{2, 3}},
	} {
		require.Equal(t, c.want, Compare(c.reference, c.recognised), "%q %q", c.reference, c.recognised)
	}
	require.InDelta(t, 0.5, Count{1, 2}.Add(Count{1, 2}).Rate(), 1e-9)
	require.Zero(t, Count{}.Rate())
}
