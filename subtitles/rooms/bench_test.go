package rooms

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/amtsleitung/amtsleitung/subtitles"
)

// BenchmarkHub is one cue in each of six languages to 2,000 viewers on one
// core, a tenth of them stalled: when the last of their bytes are at the
// viewer's writer, and what a viewer costs (with its goroutine).
func BenchmarkHub(b *testing.B) {
	const viewers, stalled = 2000, 200
	languages := []string{"de", "en", "tr", "uk", "ar", "ru"}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	h := NewHub(HubOptions{})
	h.Open(languages...)
	ctx, cancel := context.WithCancel(b.Context())
	var wg sync.WaitGroup
	var got atomic.Int64
	round := make(chan struct{}, 1)
	lags := make([][]time.Duration, viewers)
	before := resident()
	for i := range viewers + stalled {
		v, err := h.Follow(languages[i%len(languages)], 0)
		if err != nil {
			b.Fatal(err)
		}
		if i >= viewers {
			continue // takes nothing, ever
		}
		wg.Go(func() {
			dst, out := make([]*Event, 0, 4), make([]byte, 0, 512)
			for {
				var err error
				if dst, err = v.Next(ctx, dst[:0]); err != nil {
					return
				}
				for _, e := range dst {
					out = append(out[:0], e.Wire...)
					lags[i] = append(lags[i], time.Since(e.At))
				}
				if got.Add(int64(len(dst)))%viewers == 0 {
					round <- struct{}{}
				}
			}
		})
	}
	runtime.Gosched()
	perViewer := float64(resident()-before) / (viewers + stalled)
	line := Line{Sentence: "s1", Cues: []Cue{{}}, Source: "Wir beginnen heute mit dem Bericht der Verwaltung."}
	line.Cues[0].Text = "We begin today with the report of the administration."
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		for _, l := range languages {
			if _, err := h.Publish(KindCue, "", line, l); err != nil {
				b.Fatal(err)
			}
		}
		<-round
	}
	b.StopTimer()
	cancel()
	wg.Wait()
	all := slices.Concat(lags...)
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(all[len(all)*95/100].Microseconds())/1000, "p95-ms")
	b.ReportMetric(perViewer, "B/viewer")
}

// resident is what heap and stacks hold.
func resident() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// BenchmarkHear is an update of one input through a room with six languages.
func BenchmarkHear(b *testing.B) {
	b.Run("room", func(b *testing.B) { benchmarkHear(b, func(string) Segmenter { return &six{} }) })
	b.Run("with cues", func(b *testing.B) { benchmarkHear(b, nil) })
}

func benchmarkHear(b *testing.B, segmenter func(string) Segmenter) {
	o := Options{Languages: []string{"de", "en", "tr", "uk", "ar", "ru"}, Translate: upper, Segmenter: segmenter}
	room, _ := NewRoom(o, "CODE")
	ctx, cancel := context.WithCancel(b.Context())
	var run sync.WaitGroup
	run.Go(func() { _ = room.Run(ctx) })
	defer run.Wait()
	defer cancel()
	_ = room.Start(ctx)
	id, err := room.Attach(ctx, Source{Name: "Saal"})
	if err != nil {
		b.Fatal(err)
	}
	words := subtitles.Spread("Wir beginnen heute mit dem Bericht der Verwaltung.", 0, 4*time.Second, "de", 1)
	b.ReportAllocs()
	for i := range b.N {
		for j := range words {
			words[j].Start += 4 * time.Second
			words[j].End += 4 * time.Second
		}
		if err := room.Hear(ctx, id, Update{Committed: words, Sentence: i%2 == 1}); err != nil {
			b.Fatal(fmt.Errorf("update %d: %w", i, err))
		}
	}
}
