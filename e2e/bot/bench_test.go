package bot

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
)

// TestBenchVoiceToVoice measures from the end of the caller's speech to the
// first sound of the answer, at the caller's phone, and prints the stages as
// the service measured them. It asserts no time.
func TestBenchVoiceToVoice(t *testing.T) {
	benchRounds, err := strconv.Atoi(os.Getenv("AMTSLEITUNG_BENCH"))
	if err != nil || benchRounds < 1 {
		t.Skip("a measurement of 13 turns a round: run it with `make bench`")
	}
	s := start(t)
	idle := s.memory(t)
	p := newPhone(t)
	var outside []time.Duration
	for round := range benchRounds {
		for i, concerns := range german {
			h := p.ask(t, s.SIP, "de", []string{"PCMA", "G722"}[(round+i)%2], concerns)
			outside = append(outside, h.latencies()...)
		}
	}
	timings := s.timings(t)
	require.NotEmpty(t, timings)
	rows := []struct {
		name string
		of   func(journal.Timing) time.Duration
	}{
		{"turn decided", func(x journal.Timing) time.Duration { return x.Decision }},
		{"text recognised", func(x journal.Timing) time.Duration { return x.Recognition }},
		{"  of it inference", func(x journal.Timing) time.Duration { return x.Inference }},
		{"  of it queue", func(x journal.Timing) time.Duration { return x.Queue }},
		{"answer found", func(x journal.Timing) time.Duration { return x.Search }},
		{"first audio sent", func(x journal.Timing) time.Duration { return x.FirstAudio }},
	}
	fmt.Printf("\nvoice to voice, %d turns (ms since the caller's last word)   p50    p95\n", len(outside))
	line := func(name string, d []time.Duration) {
		fmt.Printf("  %-55s %6d %6d\n", name, percentile(d, 50).Milliseconds(), percentile(d, 95).Milliseconds())
	}
	for _, r := range rows {
		var d []time.Duration
		for _, x := range timings {
			d = append(d, r.of(x))
		}
		line(r.name, d)
	}
	line("heard at the phone (end of the clip -> first sound)", outside)
	fmt.Printf("  %-55s %6d %6d\n", "budget (design section 4)", 900, 1400)
	var share []float64
	for _, x := range timings {
		share = append(share, float64(x.Inference)/float64(x.Audio))
	}
	slices.Sort(share)
	fmt.Printf("recognition / length of utterance: p50 %.3f, p95 %.3f (budget 0.08 / 0.12)\n",
		share[len(share)/2], share[len(share)*95/100])
	fmt.Printf("memory resident: %d MB after start, %d MB after %d calls (budget 700 MB)\n", idle, s.memory(t), benchRounds*len(german))
}

// timings of all turns that the journal still shows.
func (s *service) timings(t *testing.T) []journal.Timing {
	t.Helper()
	resp, err := http.Get("http://" + s.HTTP + "/api/v1/calls")
	require.NoError(t, err)
	defer resp.Body.Close()
	var body struct{ Calls []journal.Call }
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&body))
	var out []journal.Timing
	for _, c := range body.Calls {
		for _, l := range c.Lines {
			if l.Timing != nil {
				out = append(out, *l.Timing)
			}
		}
	}
	return out
}

var residentKB = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// memory is the resident set of the service in MB.
func (s *service) memory(t *testing.T) int {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.PID))
	require.NoError(t, err)
	m := residentKB.FindSubmatch(data)
	require.NotNil(t, m)
	kb, err := strconv.Atoi(string(m[1]))
	require.NoError(t, err)
	return kb / 1024
}

func percentile(d []time.Duration, p int) time.Duration {
	d = slices.Clone(d)
	slices.Sort(d)
	return d[min(len(d)-1, len(d)*p/100)]
}
