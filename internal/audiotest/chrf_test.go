package audiotest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The numbers are those of sacrebleu's corpus_chrf, version 2.
func TestChrF(t *testing.T) {
	var c ChrF
	require.Zero(t, c.Score())
	c.Add("The cat sat on the mat.", "A cat is sitting on the mat.")
	c.Add("Where is the town hall?", "Where is the city hall?")
	c.Add("Hello", "Goodbye")
	require.InDelta(t, 44.99031711635471, c.Score(), 1e-9)
	var one ChrF
	one.Add("Onde fica a câmara", "Onde é que fica a câmara municipal?")
	require.InDelta(t, 45.780663573649015, one.Score(), 1e-9)
	var same ChrF
	same.Add("Onde fica?", "Onde fica?")
	require.InDelta(t, 100, same.Score(), 1e-9)
}
