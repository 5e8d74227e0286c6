// Package metrics gathers figures for Prometheus: durations and counters flow
// in from calls and queues, the text exposition flows out.
package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
)

// Metrics are the service's figures. All methods are safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry

	stage   *prometheus.HistogramVec
	queue   *prometheus.HistogramVec
	calls   prometheus.Gauge
	ended   *prometheus.CounterVec
	turns   *prometheus.CounterVec
	panics  prometheus.Counter
	packets *prometheus.CounterVec
	jitter  prometheus.Histogram
	mos     prometheus.Histogram
}

// stageBuckets suit a budget of 900 ms voice to voice.
var stageBuckets = []float64{.01, .02, .05, .1, .15, .2, .3, .4, .5, .6, .7, .8, .9, 1, 1.2, 1.4, 2, 3, 5, 10}

// New registers all figures in a registry of their own.
func New() *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	m.stage = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "amtsleitung_stage_seconds", Buckets: stageBuckets,
		Help: "Time from the caller's last word until a stage was done: decision, recognition, search, first_audio; inference alone.",
	}, []string{"stage"})
	m.queue = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "amtsleitung_inference_wait_seconds", Buckets: stageBuckets,
		Help: "Time a job waited for a model, by priority.",
	}, []string{"priority"})
	m.calls = prometheus.NewGauge(prometheus.GaugeOpts{Name: "amtsleitung_calls", Help: "Calls in progress."})
	m.ended = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "amtsleitung_calls_ended_total", Help: "Ended calls by who or what ended them.",
	}, []string{"reason"})
	m.turns = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "amtsleitung_turns_total", Help: "Turns of the bot by outcome.",
	}, []string{"outcome"})
	m.panics = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "amtsleitung_panics_total", Help: "Panics that ended one call.",
	})
	m.packets = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "amtsleitung_rtp_packets_total", Help: "RTP packets of ended calls: received, sent, lost, late, duplicate, strange.",
	}, []string{"kind"})
	m.jitter = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "amtsleitung_rtp_jitter_seconds", Buckets: []float64{.001, .002, .005, .01, .02, .03, .04, .06, .1, .2},
		Help: "Interarrival jitter at the end of a call, RFC 3550 section 6.4.1.",
	})
	m.mos = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "amtsleitung_call_mos", Buckets: []float64{1, 1.5, 2, 2.5, 3, 3.3, 3.6, 3.8, 4, 4.2, 4.4, 4.5},
		Help: "Estimated listening quality of ended calls, simplified E-model of ITU-T G.107.",
	})
	m.registry.MustRegister(m.stage, m.queue, m.calls, m.ended, m.turns, m.panics, m.packets, m.jitter, m.mos,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler serves the text exposition.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Total shows a counter that another part keeps.
func (m *Metrics) Total(name, help string, value func() uint64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help},
		func() float64 { return float64(value()) }))
}

// CallBegan counts a call in.
func (m *Metrics) CallBegan() { m.calls.Inc() }

// CallEnded counts it out, with the quality of its media.
func (m *Metrics) CallEnded(s leg.Stats, reason string) {
	m.calls.Dec()
	m.ended.WithLabelValues(reason).Inc()
	for kind, n := range map[string]uint64{
		"received": s.Received, "sent": s.Sent, "lost": s.Lost,
		"late": s.Late, "duplicate": s.Duplicate, "strange": s.Strange,
	} {
		m.packets.WithLabelValues(kind).Add(float64(n))
	}
	m.jitter.Observe(s.Jitter.Seconds())
	if s.MOS > 0 {
		m.mos.Observe(s.MOS)
	}
}

// Turn records the stages of one answered turn.
func (m *Metrics) Turn(t journal.Timing, outcome string) {
	if outcome == "" {
		outcome = "talk"
	}
	m.turns.WithLabelValues(outcome).Inc()
	for stage, d := range map[string]time.Duration{
		"decision": t.Decision, "recognition": t.Recognition, "search": t.Search,
		"first_audio": t.FirstAudio, "inference": t.Inference,
	} {
		m.stage.WithLabelValues(stage).Observe(d.Seconds())
	}
}

// Panicked counts a panic that was contained.
func (m *Metrics) Panicked() { m.panics.Inc() }

// Waited records how long a job stood in the inference queue.
func (m *Metrics) Waited(p inference.Priority, d time.Duration) {
	m.queue.WithLabelValues(p.String()).Observe(d.Seconds())
}
