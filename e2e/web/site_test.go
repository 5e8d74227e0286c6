package web_test

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/web"
)

// keptCalls is how many ended calls the journal remembers.
const keptCalls = 5

// site is the web server over a journal that the test fills.
type site struct {
	t       *testing.T
	addr    string
	journal *journal.Journal
	stop    func()
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, addr: freeAddress(t), journal: journal.New(keptCalls)}
	s.start()
	t.Cleanup(func() { s.stop() })
	return s
}

// start serves until stop is called; after that it may be started again.
func (s *site) start() {
	s.t.Helper()
	server, err := web.NewServer(web.Options{
		Listen: s.addr, City: "Musterstadt", Journal: s.journal,
		Notice: map[string]string{"de": "Musterstadt ist eine erfundene Stadt. Ämter, Adressen, Personen und städtische Gebühren sind ausgedacht.", "en": "Musterstadt is a made-up city. Offices, addresses, people and city fees are invented."},
		Phone:  "sip:115@127.0.0.1:5060",
		Status: func() web.Status { return web.Status{City: "Musterstadt"} },
		Log:    slog.New(slog.DiscardHandler),
	})
	require.NoError(s.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Run(ctx) }()
	s.stop = func() {
		cancel()
		require.NoError(s.t, <-done)
		s.stop = func() {}
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	require.Eventually(s.t, func() bool {
		resp, err := client.Get(s.url("/healthz"))
		if err != nil {
			return false
		}
		return resp.Body.Close() == nil
	}, 10*time.Second, 20*time.Millisecond)
}

func (s *site) url(path string) string { return "http://" + s.addr + path }
