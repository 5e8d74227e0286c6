package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/models"
)

type parrot struct {
	says string
	took time.Duration
}

func (p parrot) name() string { return p.says }
func (p parrot) close() error { return nil }
func (p parrot) translate(context.Context, string, string, string) (string, time.Duration, error) {
	return p.says, p.took, nil
}

func TestCompete(t *testing.T) {
	p := pairs{"en", "pt", []string{"one two", strings.Repeat("word ", 16), "three"}, []string{"", "", ""}}
	results, err := compete(t.Context(), []contestant{parrot{"um", 10 * time.Millisecond}, parrot{"dois", 20 * time.Millisecond}}, p, 3)
	require.NoError(t, err)
	results[0].bleu, results[0].chrf = 12.345, 50
	require.Equal(t, "| en-pt | um | 12.35 | 50.00 | 3 of 3 | 100.0 | 100.0 | 10.0 ms | 10.0 ms |\n"+
		"| en-pt | dois | 0.00 | 0.00 | 0 of 3 | 50.0 | 50.0 | 20.0 ms | 20.0 ms |\n", rows(results))
	require.Len(t, results[0].short, 2)
}

func TestReadPairs(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "en.txt"), []byte("one\ntwo\nthree\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "pt.txt"), []byte("um\ndois\ntrês\n"), 0o600))
	p, err := readPairs(dir, "en", "pt", 2)
	require.NoError(t, err)
	require.Equal(t, pairs{"en", "pt", []string{"one", "two"}, []string{"um", "dois"}}, p)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "pt.txt"), []byte("um\n"), 0o600))
	_, err = readPairs(dir, "en", "pt", 2)
	require.ErrorContains(t, err, "different numbers")
	_, err = readPairs(dir, "en", "de", 2)
	require.ErrorContains(t, err, "-text")
}

// What comes out of ours is what comes out of the engine's own wheel.
func TestOursSaysWhatTheWheelSays(t *testing.T) {
	env := environment{folder: filepath.Join(models.CacheDir(), "bench", "translate")}
	if !env.installed(t.Context()) {
		t.Skip("the engine's wheel is not installed; `make bench-translate` installs it")
	}
	require.NoError(t, env.scripts(false))
	weights := models.Path(models.DefaultDir(), "bergamot")
	us, err := newOurs(weights, false)
	if err != nil {
		t.Skip(err)
	}
	defer us.close()
	wheel, err := env.rivals(weights)[0].start(t.Context())
	require.NoError(t, err)
	defer wheel.close()
	for _, s := range []struct{ text, from, to string }{
		{"Could you tell me which documents I need for a new passport?", "en", "pt"},
		{"The town hall is open from 8:30 to 12:00. Please bring 37 euros and 50 cents.", "en", "pt"},
		{"My number is 0171 2345678, and I live at 12 Mill Street.", "en", "pt"},
		{"At exactly 8:46 a.m. a hush fell across the city.", "en", "pt"},
		{"Piquet Jr. was sacked after the 2009 Hungarian Grand Prix.", "en", "pt"},
		{"Onde fica a câmara municipal?", "pt", "en"},
		{"Perdi o meu bilhete de identidade ontem à noite, no comboio.", "pt", "en"},
	} {
		want, _, err := wheel.translate(t.Context(), s.text, s.from, s.to)
		require.NoError(t, err)
		got, _, err := us.translate(t.Context(), s.text, s.from, s.to)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}
