package transcript_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/transcript"
)

func TestSpread(t *testing.T) {
	words := []transcript.Word{{Text: "Größe"}, {Text: "und"}, {Text: "Breite"}} // 6, 4 and 7 shares
	transcript.Spread(words, 3*time.Second, 20*time.Second)
	require.Equal(t, []transcript.Word{
		{Text: "Größe", Start: 3 * time.Second, End: 9 * time.Second},
		{Text: "und", Start: 9 * time.Second, End: 13 * time.Second},
		{Text: "Breite", Start: 13 * time.Second, End: 20 * time.Second},
	}, words)
	transcript.Spread(nil, 0, time.Second)
}
