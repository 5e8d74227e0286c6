package corpus

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	const heading = "file\tlanguage\tduration_s\tkind\tlicence\tsource\ttranscript\n"
	clips, err := parse(strings.NewReader(heading + "de/a.flac\tde\t2.5\thuman\tCC0\tsomewhere\tGuten \"Tag\"\n"))
	require.NoError(t, err)
	require.Equal(t, []Clip{{File: "de/a.flac", Language: "de", Text: `Guten "Tag"`, Duration: 2500 * time.Millisecond}}, clips)
	for _, bad := range []string{"", heading + "de/a.flac\tde\n", heading + "de/a.flac\tde\tlong\t\t\t\t\n"} {
		_, err = parse(strings.NewReader(bad))
		require.Error(t, err)
	}
}

func TestRead(t *testing.T) {
	_, err := Read("no-such-folder", Utterances("de"))
	require.ErrorIs(t, err, os.ErrNotExist)
	clips, err := Read("../../../shared/speech", Utterances("de", "en"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("no test audio at ../shared/speech")
	}
	require.NoError(t, err)
	require.Greater(t, len(clips), 40)
	for _, c := range clips {
		require.InDelta(t, c.Duration.Seconds(), float64(len(c.PCM))/16000, 0.02, c.File)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("file\tlanguage\tduration_s\tkind\tlicence\tsource\ttranscript\na\tde\t1\t\t\t\tx\n")
	f.Fuzz(func(t *testing.T, text string) {
		if clips, err := parse(strings.NewReader(text)); err != nil {
			require.Empty(t, clips)
		}
	})
}
