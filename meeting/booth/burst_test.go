package booth

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// network opens an input whose sound comes over a network.
func (h *hall) network(name string) (in *Input, came *uint64) {
	came = new(uint64)
	in, err := h.Booth.open(h.ctx, Source{Source: rooms.Source{Name: name, Kind: rooms.Stream}, Language: "de"}, func() uint64 { return *came })
	require.NoError(h.t, err)
	return in, came
}

// burst is what a network held back from from to to, all at once.
func (h *hall) burst(in *Input, t tale, from, to time.Duration) {
	time.Sleep(to - from)
	for at := from; at < to; at += media.FrameDuration {
		require.NoError(h.t, in.WriteFrame(t.frame(at)))
	}
}

// What a network holds back and then brings is written down as if it had come
// in time, also in the middle of a word.
func TestWhatANetworkHeldBack(t *testing.T) {
	for _, stall := range []time.Duration{200 * ms, time.Second, 3 * time.Second, 4900 * ms} {
		r := &reader{tale: tell("de", time.Second, append(council, council...)...), took: 100 * ms}
		meet(t, rooms.Options{}, hearsBy(r), func(h *hall) {
			in, _ := h.network("Funkmikrofon")
			from := r.words[8].Start + 100*ms
			h.say(in, r.tale, 0, from)
			h.burst(in, r.tale, from, from+stall)
			h.say(in, r.tale, from+stall, r.length()+2*time.Second)
			require.Equal(t, append(council, council...), h.texts(rooms.Original), stall)
			for i, first := range []int{0, 7, 15, 18, 22, 29, 37, 40} {
				require.InDelta(t, r.words[first].Start, h.lines(rooms.Original)[i].Cues[0].Start, float64(150*ms), stall)
			}
		})
	}
}

// It holds back what is said after a pause: the sentence before is settled
// while nothing comes, and times are right again at the next pause.
func TestWhatANetworkHeldBackInAPause(t *testing.T) {
	r := &reader{tale: tell("de", time.Second, append(council, council...)...), took: 100 * ms}
	meet(t, rooms.Options{}, hearsBy(r), func(h *hall) {
		in, _ := h.network("Funkmikrofon")
		for i := range 3 { // a few times, so that an error would add up
			from := r.words[[]int{6, 14, 21}[i]].End + 300*ms
			h.say(in, r.tale, in.clock.at.Round(media.FrameDuration), from)
			h.burst(in, r.tale, from, from+2500*ms)
		}
		h.say(in, r.tale, r.words[21].End+2800*ms, r.length()+2*time.Second)
		require.Equal(t, append(council, council...), h.texts(rooms.Original))
		for i, first := range []int{0, 7, 15, 18, 22, 29, 37, 40} {
			require.InDelta(t, r.words[first].Start, h.lines(rooms.Original)[i].Cues[0].Start, float64(250*ms), i)
		}
	})
}

// A network that loses a source for good says so; when it is back, its words
// stand where they are said, and the clock does not drift.
func TestANetworkLosesASource(t *testing.T) {
	for i := range 6 {
		out, filled := []time.Duration{8 * time.Second, 30 * time.Second, 10 * time.Minute}[i/2], i%2 == 1
		r := &reader{tale: tell("de", time.Second, council...), took: 200 * ms}
		meet(t, rooms.Options{}, hearsBy(r), func(h *hall) {
			in, _ := h.network("Telefon")
			gone, back := r.words[9].End, r.words[18].Start-500*ms
			h.say(in, r.tale, 0, gone)
			time.Sleep(out)
			synctest.Wait()
			require.Equal(t, []rooms.Warning{rooms.Lost}, h.input(in.ID()).Warnings, out)
			require.Contains(t, strings.Join(h.texts(rooms.Original), " "), "Es ging um", "what was said stands there while it is lost")
			if filled { // its timestamps went on: what is missing comes as silence, at once
				for range 250 {
					require.NoError(t, in.WriteFrame(media.Frame{PCM: make([]int16, media.FrameSamples)}))
				}
			}
			h.say(in, r.tale, back, r.length()+2*time.Second)
			require.Empty(t, h.input(in.ID()).Warnings)
			lines := h.lines(rooms.Original)
			last := lines[len(lines)-1]
			require.Equal(t, council[3], rooms.Text(last.Cues), out)
			require.InDelta(t, gone+out+500*ms, last.Cues[0].Start, float64(200*ms), "%v %v", out, filled)
			require.Len(t, strings.Fields(strings.Join(h.texts(rooms.Original), " ")), 10+4, "no word is invented, doubled or lost")
		})
	}
}

// The clock of a source that runs fast by 0.2 % does not carry words away.
func TestAFastSource(t *testing.T) {
	r := &reader{tale: tell("de", time.Second, append(council, council...)...), took: 100 * ms}
	meet(t, rooms.Options{}, hearsBy(r), func(h *hall) {
		in, _ := h.network("Mischpult")
		for n := range 5 {
			for at := time.Duration(0); at < r.length()+2*time.Second; at += media.FrameDuration {
				time.Sleep(media.FrameDuration * 998 / 1000)
				require.NoError(t, in.WriteFrame(r.frame(at)))
			}
			require.Less(t, in.clock.at-time.Since(in.began), 2*early, n)
		}
	})
}

// Who no longer waits for an input does not leave one behind.
func TestNobodyWaitsForAnInput(t *testing.T) {
	hasty, cancel := context.WithCancel(t.Context())
	ask := make(chan func(), 1)
	now := func() time.Time {
		select {
		case hook := <-ask:
			hook()
		default:
		}
		return time.Now()
	}
	meet(t, rooms.Options{Now: now}, hearsBy(&reader{tale: tell("de", time.Second, council...)}), func(h *hall) {
		ask <- func() { cancel(); time.Sleep(ms) } // the room is asked, and before it answers nobody waits any more
		_, err := h.Open(hasty, Source{Source: rooms.Source{Name: "Saal"}})
		require.ErrorIs(t, err, context.Canceled)
		st, err := h.room.Status(h.ctx)
		require.NoError(t, err)
		require.Empty(t, st.Inputs)
	})
}

// Those who listen hear a burst at the pace of time, and are back in the
// present soon after; a sender of small bursts is heard without holes.
func TestListenersHearABurst(t *testing.T) {
	r := &reader{tale: tell("de", time.Second, council...)}
	meet(t, rooms.Options{}, hearsBy(r), func(h *hall) {
		in, _ := h.network("Funkmikrofon")
		var mu sync.Mutex
		var heard []int16
		end := h.listen(Original, media.SinkFunc(func(f media.Frame) error {
			mu.Lock()
			defer mu.Unlock()
			heard = append(heard, f.PCM...)
			return nil
		}))
		take := func() []int16 { // what was heard since the last time
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			out := heard
			heard = nil
			return out
		}
		pcm := audiotest.Frames(audiotest.Sine(440, 30*time.Second, 9000))
		send := func(n int) {
			for _, f := range pcm[:n] {
				require.NoError(t, in.WriteFrame(f))
			}
			pcm = pcm[n:]
		}
		for range 50 { // ffmpeg
			time.Sleep(200 * ms)
			send(10)
		}
		smooth := take()
		smooth = smooth[len(smooth)-5*media.SampleRate:]
		require.Greater(t, audiotest.Share(smooth, media.SampleRate, 440), 0.95, "without holes")
		time.Sleep(2 * time.Second)
		send(100)
		take()
		for range 400 {
			time.Sleep(media.FrameDuration)
			send(1)
		}
		burst := take()
		require.InDelta(t, 8*time.Second, media.Duration(len(burst)), float64(100*ms))
		for i := 0; i+media.SampleRate <= len(burst); i += media.SampleRate {
			require.Greater(t, audiotest.RMS(burst[i:i+media.SampleRate]), 5000.0, "second %d", i/media.SampleRate)
		}
		in.mu.Lock()
		waits := in.taps[0].n
		in.mu.Unlock()
		require.LessOrEqual(t, waits, tapStart+tapSpare+tapAbove, "it is back in the present")
		require.NoError(t, end())
	})
}
