package metrics

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
)

func TestExposition(t *testing.T) {
	m := New()
	m.CallBegan()
	m.CallBegan()
	m.CallEnded(leg.Stats{Received: 500, Lost: 7, Jitter: 4 * time.Millisecond, MOS: 4.1}, "caller")
	m.Turn(journal.Timing{Decision: 320 * time.Millisecond, FirstAudio: 700 * time.Millisecond}, "answer")
	m.Waited(inference.Final, 15*time.Millisecond)
	m.Panicked()
	m.Total("amtsleitung_sip_invites_total", "INVITEs.", func() uint64 { return 7 })

	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	body := w.Body.String()
	for _, want := range []string{
		"amtsleitung_calls 1\n",
		`amtsleitung_calls_ended_total{reason="caller"} 1`,
		`amtsleitung_rtp_packets_total{kind="lost"} 7`,
		`amtsleitung_stage_seconds_bucket{stage="first_audio",le="0.7"} 1`,
		`amtsleitung_stage_seconds_bucket{stage="first_audio",le="0.6"} 0`,
		`amtsleitung_turns_total{outcome="answer"} 1`,
		`amtsleitung_inference_wait_seconds_count{priority="final"} 1`,
		"amtsleitung_panics_total 1",
		"amtsleitung_sip_invites_total 7",
		"amtsleitung_call_mos_count 1",
	} {
		require.Contains(t, body, want)
	}
}
