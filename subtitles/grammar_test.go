package subtitles

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAllLanguagesCanBeRead(t *testing.T) {
	files, err := languages.ReadDir("languages")
	require.NoError(t, err)
	require.Len(t, grammars(), len(files))
	for _, f := range files {
		data, err := languages.ReadFile("languages/" + f.Name())
		require.NoError(t, err)
		_, err = parseGrammar(data)
		require.NoError(t, err, f.Name())
		g := grammarOf(strings.TrimSuffix(f.Name(), ".yaml"))
		require.NotEmpty(t, g.Machine, f.Name())
		require.Same(t, g, grammarOf(strings.TrimSuffix(f.Name(), ".yaml")), "read once")
	}
	require.Equal(t, grammarOf("en").Machine, grammarOf("tlh").Machine)
	require.True(t, grammarOf("ja").unspaced)
}
