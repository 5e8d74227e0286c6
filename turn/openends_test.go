package turn

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOpenEnds(t *testing.T) {
	o, err := NewOpenEnds()
	require.NoError(t, err)
	for text, open := range map[string]bool{
		"Ich brauche einen Ausweis für":       true,
		"Ich brauche einen Ausweis für...":    true,
		"Ich möchte meinen Hund anmelden und": true,
		"Ich wohne in der":                    true,
		"Wie melde ich Sperrmüll an?":         false,
		"Was kostet das?":                     false,
		"Ich melde mich ab.":                  false,
		"Darf mein Kind mit?":                 false,
		"":                                    false,
	} {
		require.Equal(t, open, o.Is("de", text), text)
	}
	require.True(t, o.Is("en-GB", "I need a passport for my"))
	require.False(t, o.Is("en", "What is it for?"))
	require.False(t, o.Is("xx", "und"))
}
