package minutes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/subtitles/minutes"
)

func TestTitlesBeginWithoutAnArticle(t *testing.T) {
	for text, want := range map[string]string{
		"Wir kommen zum ersten Punkt, dem Spielplatz am Lindenweg.": "Spielplatz am Lindenweg",
		"Nächster Punkt ist die Beleuchtung in der Bahnhofstraße.":  "Beleuchtung in der Bahnhofstraße",
		"Nächster Punkt ist Beleuchtung in der Bahnhofstraße.":      "Beleuchtung in der Bahnhofstraße",
		"Tagesordnungspunkt 3: Das.":                                "Das",
	} {
		m, err := minutes.Write(t.Context(), []minutes.Line{{Speaker: "Vorsitz", Text: text, Language: "de"}}, minutes.Options{})
		require.NoError(t, err)
		require.Len(t, m.Topics, 1, text)
		require.Equal(t, want, m.Topics[0].Title)
	}
	m, err := minutes.Write(t.Context(), []minutes.Line{{Speaker: "Chair", Text: "Next item is the noise at the market.", Language: "en"}}, minutes.Options{Language: "en"})
	require.NoError(t, err)
	require.Equal(t, "noise at the market", m.Topics[0].Title)
}
