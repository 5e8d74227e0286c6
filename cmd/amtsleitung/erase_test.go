package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/store"
)

func output(cmd *cobra.Command, args ...string) (string, error) {
	var b bytes.Buffer
	cmd.SetArgs(args)
	cmd.SetOut(&b)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	err := cmd.Execute()
	return b.String(), err
}

// TestExportAndErase has a service beside it, which follows the erasure.
func TestExportAndErase(t *testing.T) {
	dir := t.TempDir()
	s, err := store.Open(t.Context(), dir, time.Now)
	require.NoError(t, err)
	j := journal.New(5)
	for _, id := range []string{"01J", "01K"} {
		j.Begin(journal.Call{ID: id, From: "0176•••"})
		require.NoError(t, s.AddAnswer(t.Context(), store.Answer{Call: id, Article: "wohngeld"}))
	}
	d := desk.New(desk.Options{Store: s, Erased: j.Erase})
	require.NoError(t, d.Take(t.Context(), store.Request{Reference: "327-00001", Call: "01J", Form: "callback", Slots: []store.RequestSlot{{Name: "number", Kind: "phone", Value: "+49228770"}}}))
	var running sync.WaitGroup
	ctx := t.Context()
	running.Go(func() { _ = d.Run(ctx) })
	t.Cleanup(func() { running.Wait(); s.Close() })
	operator, err := operatorToken(dir)
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := sha256.Sum256([]byte(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")))
		if hex.EncodeToString(token[:]) != operator.Hash {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		calls, _ := j.Snapshot()
		_ = json.NewEncoder(w).Encode(map[string]any{"calls": calls})
	}))
	t.Cleanup(server.Close)
	flags := []string{"--data", dir, "--http-listen", strings.TrimPrefix(server.URL, "http://"), "--call", "01J"}

	text, err := output(newExport(), flags...)
	require.NoError(t, err)
	var e exported
	require.NoError(t, json.Unmarshal([]byte(text), &e))
	require.Equal(t, "+49228770", e.Requests[0].Slots[0].Value)
	require.Equal(t, "created", e.Requests[0].Events[0].What)
	require.Equal(t, "wohngeld", e.Answers[0].Article)
	require.Equal(t, "0176•••", e.Journal.From)

	text, err = output(newErase(), flags...)
	require.NoError(t, err)
	require.Contains(t, text, "erased 1 request(s) with their history and deliveries, 1 answer(s)")
	require.Contains(t, text, "the running service has erased its journal entries")

	text, err = output(newExport(), flags...)
	require.NoError(t, err)
	require.JSONEq(t, `{"call": "01J", "requests": [], "answers": [], "records": []}`, text)
	text, err = output(newErase(), flags...)
	require.NoError(t, err)
	require.Contains(t, text, "nothing else of this call is known")
	answers, err := s.Answers(t.Context(), "01K")
	require.NoError(t, err)
	require.Len(t, answers, 1, "other calls stay")
}

func TestEraseNeedsACallAndAStore(t *testing.T) {
	for _, cmd := range []*cobra.Command{newErase(), newExport()} {
		_, err := output(cmd)
		require.Equal(t, exitUsage, exitCode(err))
		_, err = output(cmd, "--call", "01J", "--data", t.TempDir())
		require.ErrorContains(t, err, "there is no")
	}
}
