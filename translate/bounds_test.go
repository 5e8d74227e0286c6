package translate_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/translate"
)

// Texts made to be slow go through with their 20,000 characters.
func TestTextsMadeToBeSlow(t *testing.T) {
	e := &engine{do: func(_ context.Context, text, _, _ string) (string, error) {
		return "um texto longo " + text[:len(text)/2], nil
	}}
	c := chain(t, translate.ChainOptions{Engines: []translate.Engine{{Name: "e", Text: e}}, Careful: translate.Careful{Glossary: city(t)}})
	for _, piece := range []string{"1 ", "X1 ", "one euro ", "Mr Smith ", "appointment ", "0176 12345 ", "1.1.2026 "} {
		_, err := c.Translate(t.Context(), strings.Repeat(piece, 20_000/len(piece)), "en", "pt")
		if err != nil {
			require.True(t, errors.Is(err, translate.ErrFailed), "%v", err)
		}
	}
}
