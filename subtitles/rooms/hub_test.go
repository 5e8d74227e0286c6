package rooms

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func kindsAndIDs(events []*Event) string {
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintf(&b, "%s%d ", e.Kind, e.ID)
	}
	return strings.TrimSpace(b.String())
}

func publish(t *testing.T, h *Hub, n int, tracks ...string) {
	t.Helper()
	if len(tracks) == 0 {
		tracks = h.Tracks()
	}
	for range n {
		_, err := h.Publish("e", "", "text", tracks...)
		require.NoError(t, err)
	}
}

func TestViewerGetsItsTrackInOrder(t *testing.T) {
	h := NewHub(HubOptions{})
	h.Open("de", "en")
	publish(t, h, 1, "de")
	publish(t, h, 1, "en")
	publish(t, h, 1)
	v, err := h.Follow("en", 0)
	require.NoError(t, err)
	got, err := v.Next(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, "e2 e3", kindsAndIDs(got))
	require.Equal(t, "id: 2\nevent: e\ndata: \"text\"\n\n", string(got[0].Wire))
	require.Equal(t, `"text"`, string(got[0].Data))
	_, err = h.Follow("xx", 0)
	require.ErrorIs(t, err, ErrLanguage)
}

func TestReplayAndGap(t *testing.T) {
	h := NewHub(HubOptions{History: 4})
	h.Open("de")
	publish(t, h, 10)
	for _, c := range []struct {
		after uint64
		want  string
	}{
		{0, "e7 e8 e9 e10"},
		{3, "gap6 e7 e8 e9 e10"},
		{6, "e7 e8 e9 e10"},
		{9, "e10"},
		{99, "gap10"},
	} {
		v, err := h.Follow("de", c.after)
		require.NoError(t, err)
		got, err := v.Next(t.Context(), nil)
		require.NoError(t, err)
		require.Equal(t, c.want, kindsAndIDs(got), "after %d", c.after)
		v.Close()
	}
	v, err := h.Follow("de", 6) // who came with a gap comes back with its id
	require.NoError(t, err)
	got, _ := v.Next(t.Context(), nil)
	require.Equal(t, "e7", kindsAndIDs(got[:1]))
}

// What happened on other tracks is no gap, however much it was.
func TestOtherTracksMakeNoGap(t *testing.T) {
	h := NewHub(HubOptions{History: 2})
	h.Open("de", "en")
	publish(t, h, 1, "de")
	publish(t, h, 50, "en")
	publish(t, h, 1, "de")
	v, err := h.Follow("de", 1)
	require.NoError(t, err)
	got, err := v.Next(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, "e52", kindsAndIDs(got))
}

func TestStalledViewerSlowsNobodyAndCatchesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(HubOptions{History: 100})
		h.Open("de")
		quick, err := h.Follow("de", 0)
		require.NoError(t, err)
		stalled, err := h.Follow("de", 0)
		require.NoError(t, err)
		var got []*Event
		for range 90 {
			began := time.Now()
			publish(t, h, 1)
			got, err = quick.Next(t.Context(), got)
			require.NoError(t, err)
			require.Zero(t, time.Since(began), "nobody waited")
			time.Sleep(time.Second) // of the bubble
		}
		require.Len(t, got, 90)
		var late []*Event
		for len(late) < 90 {
			late, err = stalled.Next(t.Context(), late)
			require.NoError(t, err)
		}
		require.Equal(t, got, late, "the very same events, not copies")
	})
}

func TestNextWaitsAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(HubOptions{})
		h.Open("de")
		v, err := h.Follow("de", 0)
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err = v.Next(ctx, nil)
		require.ErrorIs(t, err, context.DeadlineExceeded)

		done := make(chan string)
		go func() {
			got, _ := v.Next(t.Context(), nil)
			_, err := v.Next(t.Context(), nil)
			done <- kindsAndIDs(got) + " " + err.Error()
		}()
		synctest.Wait()
		publish(t, h, 1)
		h.Close()
		require.Equal(t, "e1 "+ErrClosed.Error(), <-done)
		_, err = h.Broadcast("e", "", 1)
		require.ErrorIs(t, err, ErrClosed)
		_, err = h.Follow("de", 0)
		require.ErrorIs(t, err, ErrClosed)
	})
}

func TestRemovedTrackEndsItsViewersOnly(t *testing.T) {
	h := NewHub(HubOptions{})
	h.Open("de", "en")
	v, err := h.Follow("en", 0)
	require.NoError(t, err)
	w, err := h.Follow("de", 0)
	require.NoError(t, err)
	publish(t, h, 1)
	h.Remove("en", "never there")
	got, err := v.Next(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, got, 1)
	_, err = v.Next(t.Context(), nil)
	require.ErrorIs(t, err, ErrClosed)
	v.Close()
	require.Equal(t, map[string]int{"de": 1}, h.Viewers())
	_, err = w.Next(t.Context(), nil)
	require.NoError(t, err)
}

func TestViewersAreBounded(t *testing.T) {
	h := NewHub(HubOptions{Viewers: 2})
	h.Open("de")
	v, err := h.Follow("de", 0)
	require.NoError(t, err)
	_, err = h.Follow("de", 0)
	require.NoError(t, err)
	_, err = h.Follow("de", 0)
	require.ErrorIs(t, err, ErrFull)
	v.Close()
	v.Close()
	_, err = h.Follow("de", 0)
	require.NoError(t, err)
}

func TestForgottenEventsAreNotReplayed(t *testing.T) {
	h := NewHub(HubOptions{History: 8})
	h.Open("de")
	for i := range 12 {
		_, err := h.Broadcast("e", fmt.Sprint("k", i%2), i)
		require.NoError(t, err)
	}
	h.Forget(func(key string) bool { return key == "k1" })
	publish(t, h, 5)
	v, err := h.Follow("de", 4)
	require.NoError(t, err)
	got, err := v.Next(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, "gap5 e7 e9 e11 e13 e14 e15 e16 e17", kindsAndIDs(got))
	h.Clear()
	v, err = h.Follow("de", 13)
	require.NoError(t, err)
	got, err = v.Next(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, "gap17", kindsAndIDs(got))
}

func TestLargeAndStrangeEventsAreRefused(t *testing.T) {
	h := NewHub(HubOptions{})
	h.Open("de")
	_, err := h.Broadcast("e", "", strings.Repeat("x", largestEvent))
	require.ErrorContains(t, err, "bytes")
	_, err = h.Broadcast("e", "", func() {})
	require.Error(t, err)
	require.Zero(t, h.Last())
}

// One line end in a text would end a server-sent event.
func TestWireIsOneEventWhateverIsSaid(t *testing.T) {
	h := NewHub(HubOptions{})
	h.Open("de")
	_, err := h.Broadcast("cue", "", "a\n\nevent: state\ndata: {}\r\r<script>\u2028")
	require.NoError(t, err)
	v, _ := h.Follow("de", 0)
	got, err := v.Next(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, 4, strings.Count(string(got[0].Wire), "\n"))
	require.NotContains(t, string(got[0].Wire), "\r")
	require.NotContains(t, string(got[0].Wire), "<script>")
}

func TestDeliveryAllocatesNothingPerViewer(t *testing.T) {
	allocations := func(n int) float64 {
		h := NewHub(HubOptions{History: 64})
		h.Open("de")
		viewers := make([]*Viewer, n)
		for i := range viewers {
			viewers[i], _ = h.Follow("de", 0)
		}
		dst := make([]*Event, 0, batch)
		for range 64 { // the ring has its size
			_, _ = h.Broadcast("e", "", "text")
		}
		for _, v := range viewers {
			_, _ = v.Next(context.Background(), dst[:0])
		}
		return testing.AllocsPerRun(20, func() {
			_, _ = h.Broadcast("e", "", "text")
			for _, v := range viewers {
				_, _ = v.Next(context.Background(), dst[:0])
			}
		})
	}
	require.InDelta(t, allocations(1), allocations(500), 1)
}

func TestPublishingToNobodyIsNotPublishingToAll(t *testing.T) {
	h := NewHub(HubOptions{})
	h.Open("de")
	_, err := h.Publish("e", "", 1, []string{}...)
	require.NoError(t, err)
	_, err = h.Publish("e", "", 1, "xx")
	require.NoError(t, err)
	require.Zero(t, h.tracks["de"].n)
}

// Two tracks come in one order, what is on both once.
func TestViewerOfTwoTracks(t *testing.T) {
	h := NewHub(HubOptions{})
	h.Open("original", "pt", "en")
	publish(t, h, 1, "original")       // 1
	publish(t, h, 1, "pt")             // 2
	publish(t, h, 1, "en")             // 3, of nobody here
	publish(t, h, 1, "pt", "original") // 4
	publish(t, h, 1)                   // 5
	v, err := h.Follow("pt", 0, "original")
	require.NoError(t, err)
	got, err := v.Next(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, "e1 e2 e4 e5", kindsAndIDs(got))
	require.Equal(t, map[string]int{"pt": 1, "original": 0, "en": 0}, h.Viewers(), "one reader is one viewer")
	v.Close()
	back, err := h.Follow("pt", 2, "original")
	require.NoError(t, err)
	got, err = back.Next(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, "e4 e5", kindsAndIDs(got))
	for range 2 { // either track wakes
		for _, name := range []string{"original", "pt"} {
			publish(t, h, 1, name)
			got, err = back.Next(t.Context(), nil)
			require.NoError(t, err)
			require.Len(t, got, 1)
		}
	}
	h.Remove("original")
	_, err = back.Next(t.Context(), nil)
	require.ErrorIs(t, err, ErrClosed)
	for _, names := range [][]string{{"xx"}, {"en", "en"}} {
		_, err = h.Follow("pt", 0, names...)
		require.ErrorIs(t, err, ErrLanguage)
	}
}

func TestGapOfTwoTracks(t *testing.T) {
	h := NewHub(HubOptions{History: 2})
	h.Open("original", "pt")
	publish(t, h, 1, "original") // 1
	publish(t, h, 1, "pt")       // 2
	publish(t, h, 3, "original") // 3 to 5: 1 to 3 are lost
	v, err := h.Follow("pt", 2, "original")
	require.NoError(t, err)
	got, err := v.Next(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, "gap3 e4 e5", kindsAndIDs(got))
	v, err = h.Follow("pt", 3, "original")
	require.NoError(t, err)
	got, err = v.Next(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, "e4 e5", kindsAndIDs(got))
}

// However two tracks are filled and read, a viewer of both has what is there,
// each event once and in order.
func FuzzTwoTracks(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 0, 0, 4, 1})
	f.Fuzz(func(t *testing.T, steps []byte) {
		h := NewHub(HubOptions{History: 1000})
		h.Open("a", "b", "c")
		v, err := h.Follow("a", 0, "b")
		require.NoError(t, err)
		var want []uint64
		var got []*Event
		for _, s := range steps[:min(len(steps), 900)] {
			names := [][]string{{"a"}, {"b"}, {"a", "b"}, {"c"}}[s%4]
			id, err := h.Publish("e", "", "x", names...)
			require.NoError(t, err)
			if s%4 < 3 {
				want = append(want, id)
			}
			if s%8 > 3 {
				got, _, _ = v.take(got)
			}
			if s%16 > 11 { // it goes away and comes back
				at := v.At()
				v.Close()
				v, err = h.Follow("a", at, "b")
				require.NoError(t, err)
			}
		}
		for range 20 {
			got, _, _ = v.take(got)
		}
		ids := []uint64{}
		for _, e := range got {
			ids = append(ids, e.ID)
		}
		require.Equal(t, append([]uint64{}, want...), ids)
	})
}

func TestEventsSayTheirTracks(t *testing.T) {
	h := NewHub(HubOptions{})
	h.Open("de", "original", Staff)
	for _, names := range [][]string{{"original", "de"}, {"original", Staff}, {Staff}} {
		_, err := h.Publish("cue", "", Retracted{Input: "i1"}, names...)
		require.NoError(t, err)
	}
	_, err := h.Broadcast("retract", "", Retracted{Input: "i1"})
	require.NoError(t, err)
	v, err := h.Follow("original", 0, Staff)
	require.NoError(t, err)
	got, err := v.Next(t.Context(), nil)
	require.NoError(t, err)
	var data []string
	for _, e := range got {
		data = append(data, string(e.Data))
	}
	require.Equal(t, []string{`{"input":"i1","tracks":["original","de"]}`, `{"input":"i1","tracks":["original"]}`, `{"input":"i1"}`, `{"input":"i1"}`}, data)
}
