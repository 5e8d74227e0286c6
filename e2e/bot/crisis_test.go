package bot

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/servicetest"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/sip"
)

const floodFile = `texts:
  de: Wegen Hochwasser ist die Uferstraße gesperrt.
  en: The river road is closed because of a flood.
until: %s
author: anna
reviewer: ben
`

// TestTenRealCallsInACrisis: five calls are in progress when the command line
// throws the switch, five come after it; all hear the announcement in the real
// voice, the new ones before they are asked.
func TestTenRealCallsInACrisis(t *testing.T) {
	const each = 5
	s := start(t)
	p := newPhone(t)
	clip := p.speech(t, "de", "Was kostet die Hundesteuer?")
	file := filepath.Join(t.TempDir(), "hochwasser.yaml")
	require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, floodFile, time.Now().Add(time.Hour).Format(time.RFC3339)), 0o600))

	heards := make([]heard, 2*each)
	var wg sync.WaitGroup
	call := func(i int) {
		wg.Go(func() { heards[i] = p.call(t.Context(), s.SIP, sip.DialOptions{Codecs: []string{"PCMA"}}, clip) })
	}
	for i := range each {
		call(i)
	}
	require.Eventually(t, func() bool { return s.Calls(t) == each }, within, step)
	at := time.Now()
	out, err := exec.Command(servicetest.Binary(t), "crisis", "on", file, "--data", s.Data).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Eventually(t, func() bool { return strings.Contains(s.Log(), "crisis announcement on") }, within, step)
	for i := range each {
		call(each + i)
	}
	wg.Wait()

	river := regexp.MustCompile(`(?i)hochwasser|ufer|gesperrt`)
	first := regexp.MustCompile(`(?is)(hochwasser|ufer|gesperrt).*kann ich`)
	for i, h := range heards {
		require.NoError(t, h.err, "call %d: %v", i, h.events)
		require.NotEmpty(t, h.answers(), "call %d heard nothing", i)
		text := p.understand(t, "de", h.answers()[0]) // the greeting and what follows it without a pause
		for _, later := range h.answers()[1:] {
			if i < each && !river.MatchString(text) {
				text += p.understand(t, "de", later)
			}
		}
		t.Logf("call %d heard: %s", i, text)
		require.Regexp(t, river, text, "call %d did not hear the announcement", i)
		if i >= each {
			require.Regexp(t, first, text, "new call %d was asked first", i)
		}
	}
	for _, began := range s.announced(t, at) {
		t.Logf("the bot began to announce %.1f s after the switch was thrown", began.Sub(at).Seconds())
	}
	out, err = exec.Command(servicetest.Binary(t), "crisis", "off", "--data", s.Data).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Eventually(t, func() bool { return strings.Contains(s.Log(), "crisis announcement ended") }, within, step)
	h := p.ask(t, s.SIP, "de", "PCMA", nil)
	require.NotRegexp(t, river, p.understand(t, "de", h.pcm), "it is over")
}

// announced is when the bot began to say the announcement in each call that
// was in progress at a time.
func (s *service) announced(t *testing.T, at time.Time) []time.Time {
	t.Helper()
	resp, err := http.Get("http://" + s.HTTP + "/api/v1/calls")
	require.NoError(t, err)
	defer resp.Body.Close()
	var body struct{ Calls []journal.Call }
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&body))
	var out []time.Time
	for _, c := range body.Calls {
		for _, l := range c.Lines {
			if c.Started.Before(at) && strings.Contains(l.Segment.Text, "Uferstraße") {
				out = append(out, c.Started.Add(l.Segment.Start))
				break
			}
		}
	}
	return out
}
