package booth

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/guard"
	"github.com/amtsleitung/amtsleitung/stt/live"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/transcript"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const ms = time.Millisecond

// tale is what somebody says; its audio tells its own time: the samples of a
// spoken frame are the number of the frame above base.
type tale struct {
	words    []transcript.Word
	language string
}

const base = 1000 // loud enough to be no silence

// tell makes a tale of sentences, each after so much quiet; words are of 300 ms.
func tell(language string, quiet time.Duration, sentences ...string) tale {
	t := tale{language: language}
	at := quiet
	for _, s := range sentences {
		for _, w := range strings.Fields(s) {
			t.words = append(t.words, transcript.Word{Text: w, Start: at, End: at + 300*ms, Probability: 0.9})
			at += 300 * ms
		}
		at += quiet
	}
	return t
}

func (t tale) length() time.Duration { return t.words[len(t.words)-1].End }

func (t tale) frame(at time.Duration) media.Frame {
	f := media.Frame{PCM: make([]int16, media.FrameSamples)}
	for i := range t.words {
		if w := t.words[i]; w.Start <= at && at < w.End {
			for i := range f.PCM {
				f.PCM[i] = base + int16(at/media.FrameDuration)
			}
		}
	}
	return f
}

// reader hears tales: the words of a window, the last one cut off.
type reader struct {
	tale
	took      time.Duration
	scheduler *inference.Scheduler
	mu        sync.Mutex
	calls     []stt.Window
}

func (*reader) Name() string { return "test" }

func (r *reader) Recognize(ctx context.Context, w stt.Window) (h stt.Hypothesis, err error) {
	r.mu.Lock()
	r.calls = append(r.calls, w)
	r.mu.Unlock()
	work := func(ctx context.Context) error {
		select {
		case <-time.After(r.took):
		case <-ctx.Done():
			return ctx.Err()
		}
		h = r.read(w)
		return nil
	}
	if r.scheduler == nil {
		return h, work(ctx)
	}
	waited, err := r.scheduler.Do(ctx, w.Priority, work)
	h.Waited = waited
	return h, err
}

func (r *reader) read(w stt.Window) stt.Hypothesis {
	h := stt.Hypothesis{Language: r.language, LanguageProbability: 0.99, Took: r.took}
	i := 0
	for i < len(w.PCM) && w.PCM[i] < base {
		i++
	}
	if i == len(w.PCM) {
		h.Rejected = guard.Silence
		return h
	}
	frames := 0 // the first spoken sample may be in the middle of its frame
	for i+frames < len(w.PCM) && w.PCM[i+frames] == w.PCM[i] {
		frames++
	}
	from := time.Duration(w.PCM[i]-base+1)*media.FrameDuration - media.Duration(i+frames)
	to := from + media.Duration(len(w.PCM))
	s := stt.Segment{}
	for _, word := range r.words {
		if word.Start < from || word.Start >= to-50*ms {
			continue
		}
		if word.End > to {
			word.End, word.Text = to, word.Text[:1]
		}
		word.Start, word.End = word.Start-from, word.End-from
		s.Words = append(s.Words, word)
	}
	if s.Text = live.Text(s.Words); s.Text != "" {
		h.Segments = []stt.Segment{s}
	}
	return h
}

// loud takes everything that is not silence for speech.
type loud struct{}

func (loud) Probability(window []int16) (float32, error) {
	for _, s := range window {
		if s != 0 {
			return 0.95, nil
		}
	}
	return 0.01, nil
}

func ears() (live.Voice, func(), error) { return loud{}, func() {}, nil }

// hearsBy are the options of a booth that hears a tale.
func hearsBy(r *reader) Options {
	return Options{Live: live.Options{Recognizer: r, Voice: ears}, Languages: []string{"de", "en"}}
}

// hall is a meeting with its booth.
type hall struct {
	*Booth
	t      *testing.T
	room   *rooms.Room
	ctx    context.Context // of the test
	cancel context.CancelFunc
}

// hold holds a meeting until the test's function returns.
func hold(t *testing.T, ro rooms.Options, o Options, f func(h *hall)) {
	t.Helper()
	room, _ := rooms.NewRoom(ro, "CODE")
	ctx, cancel := context.WithCancel(t.Context())
	h := &hall{Booth: New(room, o), t: t, room: room, ctx: ctx, cancel: cancel}
	var tasks sync.WaitGroup
	tasks.Go(func() { _ = room.Run(ctx) })
	ended := make(chan error, 1)
	tasks.Go(func() { ended <- h.Run(ctx) })
	defer tasks.Wait()
	defer cancel()
	f(h)
	cancel()
	require.NoError(t, <-ended)
}

// meet is hold in a bubble of time, with a meeting that has begun.
func meet(t *testing.T, ro rooms.Options, o Options, f func(h *hall)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		hold(t, ro, o, func(h *hall) {
			h.begin()
			f(h)
		})
	})
}

func (h *hall) begin() {
	require.NoError(h.t, h.room.Start(h.ctx))
	synctest.Wait()
}

func (h *hall) open(name, language string) *Input {
	in, err := h.Open(h.ctx, Source{Source: rooms.Source{Name: name, Kind: rooms.Microphone, Speaker: name}, Language: language})
	require.NoError(h.t, err)
	return in
}

// say feeds a part of a tale at its own pace.
func (h *hall) say(in *Input, t tale, from, to time.Duration) {
	for at := from; at < to; at += media.FrameDuration {
		time.Sleep(media.FrameDuration)
		require.NoError(h.t, in.WriteFrame(t.frame(at)))
	}
}

// lines are the sentences of a track.
func (h *hall) lines(track string) (out []rooms.Line) {
	synctest.Wait()
	s, err := h.room.Snapshot(h.ctx, track, 500)
	require.NoError(h.t, err)
	return s.Lines
}

func (h *hall) texts(track string) []string {
	var out []string
	for _, l := range h.lines(track) {
		out = append(out, rooms.Text(l.Cues))
	}
	return out
}

func (h *hall) input(id string) rooms.Input {
	s, err := h.room.Status(h.ctx)
	require.NoError(h.t, err)
	for _, in := range s.Inputs {
		if in.ID == id {
			return in
		}
	}
	h.t.Fatalf("no input %s", id)
	return rooms.Input{}
}

var council = []string{
	"Der Rat der Stadt hat heute getagt.", "Es ging um das Schwimmbad, das geschlossen ist.",
	"Danach wurde abgestimmt.", "Der Antrag ist angenommen.",
}
