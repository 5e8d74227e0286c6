package dialogtest

import (
	"context"
	"errors"
	"strings"
)

// Dictionary translates what it knows by heart, both ways between two
// languages, and marks everything else, so that a test sees what was
// translated: "Hello." becomes "nl:Hello." and that "Hello." again.
type Dictionary struct {
	From, To string            // the reviewed language and the caller's: "en", "nl"
	Words    map[string]string // the caller's sentences in the reviewed language
}

// ErrNoWay says that a Dictionary has other languages.
var ErrNoWay = errors.New("no translation model for this direction")

// Translate has the shape of dialog.Options.Translate.
func (d Dictionary) Translate(ctx context.Context, text, from, to string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	mark := d.To + ":"
	switch {
	case from == d.From && to == d.To:
		return mark + text, nil
	case from != d.To || to != d.From:
		return "", ErrNoWay
	}
	if known, ok := d.Words[text]; ok {
		return known, nil
	}
	return strings.ReplaceAll(text, mark, ""), nil
}

// Direct says which direction it knows.
func (d Dictionary) Direct(from, to string) bool {
	return from == d.From && to == d.To || from == d.To && to == d.From
}
