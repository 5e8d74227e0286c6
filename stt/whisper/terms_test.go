package whisper

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTermsPreferWhatGoesOn(t *testing.T) {
	v := &vocabulary{ids: map[string]token{}}
	for i, text := range []string{" Pers", "onal", "on", "aus", "weis", " on", "K"} {
		v.text = append(v.text, text)
		v.ids[text] = token(i)
	}
	var all terms
	list := []string{"Personalausweis", "Personal"}
	h := all.begin(v, list)
	logits := make([]float32, len(v.text))
	h.prefer(logits)
	require.Equal(t, make([]float32, len(v.text)), logits, "the beginning of a word gets no bonus")

	h.heard(v.ids[" Pers"])
	h.prefer(logits)
	require.Equal(t, []float32{0, termBonus, termBonus, 0, 0, 0, 0}, logits)

	clear(logits)
	h.heard(v.ids["onal"])
	h.prefer(logits)
	require.Equal(t, []float32{0, 0, 0, termBonus, 0, 0, 0}, logits)

	clear(logits)
	h.heard(v.ids["K"])
	h.prefer(logits)
	require.Equal(t, make([]float32, len(v.text)), logits, "another word ends it")
	require.Same(t, h.root, all.begin(v, list).root, "the trie is made once for a list")
}

func TestNoTerms(t *testing.T) {
	var all terms
	h := all.begin(&vocabulary{text: []string{"a"}}, nil)
	h.heard(0)
	h.prefer([]float32{1})
}
