package store

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(context.Background(), dir, func() time.Time { return noon })
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

func TestEvidenceSurvivesReopening(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s := open(t, dir)
	a := Answer{Call: "01J", Article: "reisepass-beantragen", Version: 3, Source: "https://x.example", Confidence: 0.91, Model: "m"}
	require.NoError(t, s.AddAnswer(ctx, a))
	r := Request{Reference: "MS-1", Call: "01J", Created: noon, Form: "callback", Language: "de", Status: "new",
		Slots: []RequestSlot{{Name: "number", Kind: "phone", Value: "+49228770", Spoken: "+49228770", Listed: true}}}
	require.NoError(t, s.AddRequest(ctx, r, nil))
	require.NoError(t, s.Close())

	s = open(t, dir)
	a.At, r.Changed = noon, noon
	answers, err := s.Answers(ctx, "01J")
	require.NoError(t, err)
	require.Equal(t, []Answer{a}, answers)
	requests, err := s.Requests(ctx, RequestFilter{})
	require.NoError(t, err)
	require.Equal(t, []Request{r}, requests)
}

func TestReferenceIsUsedOnce(t *testing.T) {
	ctx := context.Background()
	s := open(t, t.TempDir())
	r := Request{Reference: "MS-1", Call: "01J", Form: "callback", Status: "new"}
	require.NoError(t, s.AddRequest(ctx, r, nil))
	require.ErrorContains(t, s.AddRequest(ctx, r, nil), "MS-1")
}

func TestDamagedFileIsNamed(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "amtsleitung.db")
	require.NoError(t, os.WriteFile(path, []byte("this is not a database, not at all, by no means"), 0o600))
	_, err := Open(context.Background(), dir, time.Now)
	require.ErrorContains(t, err, path)
}
