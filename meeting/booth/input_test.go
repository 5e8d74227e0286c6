package booth

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/live"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

func TestSpeechBecomesSubtitles(t *testing.T) {
	r := &reader{tale: tell("de", 2*time.Second, council...), took: 200 * ms}
	meet(t, rooms.Options{}, hearsBy(r), func(h *hall) {
		in := h.open("Saal", "de")
		h.say(in, r.tale, 0, r.length()+2*time.Second)
		require.Equal(t, council, h.texts(rooms.Original))
		require.InDelta(t, 2*time.Second, h.lines(rooms.Original)[0].Cues[0].Start, float64(100*ms))
		st, err := h.room.Status(h.ctx)
		require.NoError(t, err)
		require.Positive(t, st.Quality.RealTime, "the time of the recogniser is counted")
		require.Less(t, st.Quality.LagP95, 3*time.Second)
		require.NoError(t, in.Close())
		<-in.Done()
		require.NoError(t, in.Err())
		require.ErrorIs(t, in.WriteFrame(r.frame(0)), live.ErrEnded)
	})
}

func TestLastWordsAreSettled(t *testing.T) {
	r := &reader{tale: tell("de", 200*ms, strings.Join(council, " ")), took: 300 * ms}
	meet(t, rooms.Options{}, hearsBy(r), func(h *hall) {
		in := h.open("Saal", "de")
		h.say(in, r.tale, 0, r.length())
		require.NoError(t, h.Settle(h.ctx))
		require.Equal(t, strings.Join(council, " "), strings.Join(h.texts(rooms.Original), " "))
		_, err := h.Open(h.ctx, Source{})
		require.ErrorIs(t, err, ErrClosed)
		st, err := h.room.Status(h.ctx)
		require.NoError(t, err)
		require.Empty(t, st.Inputs, "all have left, also the one that came too late")
	})
}

func TestNothingIsHeardOutsideTheMeeting(t *testing.T) {
	r := &reader{tale: tell("de", 500*ms, "Das ist vertraulich.", "Auch das ist es."), took: 100 * ms}
	synctest.Test(t, func(t *testing.T) {
		hold(t, rooms.Options{}, hearsBy(r), func(h *hall) {
			in := h.open("Saal", "de")
			quiet := func(why string) {
				synctest.Wait()
				h.say(in, r.tale, 0, r.length()+time.Second)
				require.Empty(t, r.calls, why)
				require.WithinDuration(t, time.Now(), h.input(in.ID()).LastHeard, 3*time.Second, "its level is shown all the same")
			}
			quiet("before the start")
			h.begin()
			require.NoError(t, h.room.Mute(h.ctx, in.ID(), true))
			quiet("muted")
			require.NoError(t, h.room.Mute(h.ctx, in.ID(), false))
			require.NoError(t, h.room.Pause(h.ctx))
			quiet("in a pause")
			require.NoError(t, h.room.Start(h.ctx))
			synctest.Wait()
			began := time.Now()
			st, err := h.room.Status(h.ctx)
			require.NoError(t, err)
			h.say(in, r.tale, 0, r.length()+time.Second)
			lines := h.lines(rooms.Original)
			require.Len(t, lines, 2)
			require.InDelta(t, began.Sub(st.Began)+500*ms, lines[0].Cues[0].Start, float64(100*ms), "the clock went on")
		})
	})
}

// Who is muted in the middle of a word is settled at once, not when frames go on.
func TestAMutedSentenceEnds(t *testing.T) {
	r := &reader{tale: tell("de", 500*ms, strings.Join(council, " ")), took: 100 * ms}
	meet(t, rooms.Options{}, hearsBy(r), func(h *hall) {
		in := h.open("Saal", "de")
		h.say(in, r.tale, 0, r.words[9].End-100*ms)
		require.NoError(t, h.room.Mute(h.ctx, in.ID(), true))
		synctest.Wait()
		h.say(in, r.tale, 0, time.Second)
		all := strings.Join(h.texts(rooms.Original), " ")
		require.True(t, strings.HasPrefix(all, "Der Rat der Stadt hat heute getagt. Es ging"), all)
		calls := len(r.calls)
		h.say(in, r.tale, time.Second, 5*time.Second)
		require.Len(t, r.calls, calls)
	})
}

func TestASourceIsLostAndComesBack(t *testing.T) {
	for name, out := range map[string]time.Duration{"long": 30 * time.Second, "short": 3 * time.Second} {
		r := &reader{tale: tell("de", time.Second, council...), took: 200 * ms}
		meet(t, rooms.Options{}, hearsBy(r), func(h *hall) {
			in := h.open("Saal", "de")
			// It breaks off in the second sentence and goes on in the fourth.
			gone, back := r.words[9].End, r.words[18].Start-500*ms
			h.say(in, r.tale, 0, gone)
			time.Sleep(2500 * ms)
			synctest.Wait()
			require.Contains(t, strings.Join(h.texts(rooms.Original), " "), "Es ging", "what was said stands there while it is lost")
			time.Sleep(out - 2500*ms)
			if out > 10*time.Second {
				require.Equal(t, []rooms.Warning{rooms.Lost}, h.input(in.ID()).Warnings)
			}
			h.say(in, r.tale, back, r.length()+2*time.Second)
			require.Empty(t, h.input(in.ID()).Warnings)
			lines := h.lines(rooms.Original)
			require.Equal(t, "Der Rat der Stadt hat heute getagt.", rooms.Text(lines[0].Cues), name)
			last := lines[len(lines)-1]
			require.Equal(t, council[3], rooms.Text(last.Cues), name)
			require.InDelta(t, gone+out+500*ms, last.Cues[0].Start, float64(150*ms), name)
			require.Len(t, strings.Fields(strings.Join(h.texts(rooms.Original), " ")), 10+4, "no word is invented or lost")
		})
	}
}

// Frames that come late but in full stand where they were said.
func TestFramesThatComeInBursts(t *testing.T) {
	r := &reader{tale: tell("de", time.Second, council...), took: 100 * ms}
	meet(t, rooms.Options{}, hearsBy(r), func(h *hall) {
		in := h.open("Saal", "de")
		for at := time.Duration(0); at < r.length()+2*time.Second; at += 400 * ms {
			time.Sleep(400 * ms)
			for i := range 20 {
				require.NoError(t, in.WriteFrame(r.frame(at+time.Duration(i)*media.FrameDuration)))
			}
		}
		require.Equal(t, council, h.texts(rooms.Original))
		for i, first := range []int{0, 7, 15, 18} {
			require.InDelta(t, r.words[first].Start, h.lines(rooms.Original)[i].Cues[0].Start, float64(500*ms))
		}
	})
}

func TestWarnings(t *testing.T) {
	r := &reader{tale: tell("de", time.Second, council...)}
	meet(t, rooms.Options{}, hearsBy(r), func(h *hall) {
		in := h.open("Saal", "de")
		feed := func(pcm []int16) {
			for _, f := range audiotest.Frames(pcm) {
				time.Sleep(media.FrameDuration)
				require.NoError(t, in.WriteFrame(f))
			}
			synctest.Wait()
		}
		feed(make([]int16, 20*media.SampleRate))
		require.Equal(t, []rooms.Warning{rooms.Silent}, h.input(in.ID()).Warnings)
		require.InDelta(t, nothing, h.input(in.ID()).RMS, 0.1)
		feed(audiotest.Sine(440, 2*time.Second, 16384))
		require.Empty(t, h.input(in.ID()).Warnings)
		require.InDelta(t, -9.03, h.input(in.ID()).RMS, 0.1) // half the amplitude, and a sine
		pcm := audiotest.Sine(440, time.Second, 32767)
		for i := range pcm {
			pcm[i] = max(-32768, min(32767, pcm[i]*2))
		}
		pcm[50] = -32768
		feed(pcm)
		require.Equal(t, []rooms.Warning{rooms.Clipped}, h.input(in.ID()).Warnings)
		feed(audiotest.Sine(440, 6*time.Second, 8000))
		require.Empty(t, h.input(in.ID()).Warnings)
	})
}

func TestTheGlossaryIsTold(t *testing.T) {
	r := &reader{tale: tell("de", time.Second, council...)}
	o := hearsBy(r)
	o.Live.Vocabulary = words{"Rathaus"}
	meet(t, rooms.Options{Glossary: []string{"Ohlsbach"}}, o, func(h *hall) {
		in := h.open("Saal", "de")
		h.say(in, r.tale, 0, 4*time.Second)
		require.NoError(t, h.room.Teach(h.ctx, "Gengenbach"))
		h.say(in, r.tale, 4*time.Second, r.length()+time.Second)
		first, last := r.calls[0], r.calls[len(r.calls)-1]
		require.Equal(t, []string{"Ohlsbach", "Rathaus"}, first.Terms)
		require.Equal(t, []string{"Ohlsbach", "Gengenbach", "Rathaus"}, last.Terms)
		require.True(t, strings.HasPrefix(last.Prompt, "Gengenbach, Ohlsbach. Rathaus"), last.Prompt)
		before := r.calls[len(r.calls)-2]
		require.Same(t, &before.Terms[0], &last.Terms[0], "a list is prepared once")
	})
}

type words []string

func (w words) Vocabulary(string) string { return strings.Join(w, " ") }
func (w words) Terms(string) []string    { return w }

// Three meetings with nine inputs on one recogniser that is far too slow for
// looks at all of them: the words come late, but all of them come.
func TestManyInputsShareARecogniser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		scheduler := inference.NewScheduler(inference.Options{Workers: 1, Queue: 4})
		var tasks sync.WaitGroup
		shed := make([]int, 9)
		for m := range 3 {
			tasks.Go(func() {
				r := &reader{tale: tell("de", time.Second, append(council, council...)...), took: 700 * ms, scheduler: scheduler}
				hold(t, rooms.Options{}, hearsBy(r), func(h *hall) {
					require.NoError(t, h.room.Start(h.ctx))
					time.Sleep(ms)
					var speakers sync.WaitGroup
					for i := range 3 {
						speakers.Go(func() {
							in := h.open(fmt.Sprint(i), "de")
							h.say(in, r.tale, 0, r.length()+time.Second)
							shed[3*m+i] = in.stream.Stats().Shed
						})
					}
					speakers.Wait()
					require.NoError(t, h.Settle(h.ctx))
					said := map[string]string{}
					s, err := h.room.Snapshot(h.ctx, rooms.Original, 500)
					require.NoError(t, err)
					for _, l := range s.Lines {
						said[l.Speaker] = strings.TrimSpace(said[l.Speaker] + " " + rooms.Text(l.Cues))
					}
					for i := range 3 {
						require.Equal(t, strings.Join(append(council, council...), " "), said[fmt.Sprint(i)])
					}
				})
			})
		}
		tasks.Wait()
		total := 0
		for _, n := range shed {
			total += n
		}
		require.Positive(t, total, "looks were left out")
	})
}

// A recogniser or a detector that breaks ends its input, and nothing else.
func TestABrokenInput(t *testing.T) {
	r := &reader{tale: tell("de", time.Second, council...)}
	o := hearsBy(r)
	n := 0
	o.Live.Voice = func() (live.Voice, func(), error) {
		if n++; n == 1 {
			return panics{}, func() {}, nil
		}
		return loud{}, func() {}, nil
	}
	meet(t, rooms.Options{}, o, func(h *hall) {
		broken := h.open("kaputt", "de")
		synctest.Wait()
		in := h.open("Saal", "de")
		_ = broken.WriteFrame(r.frame(0))
		_ = broken.WriteFrame(r.frame(0))
		<-broken.Done()
		h.say(in, r.tale, 0, r.length()+time.Second)
		require.Equal(t, council, h.texts(rooms.Original))
		require.Error(t, broken.Err())
	})
}

type panics struct{}

func (panics) Probability([]int16) (float32, error) { panic("secret words") }

func TestRemove(t *testing.T) {
	r := &reader{tale: tell("de", time.Second, council...)}
	meet(t, rooms.Options{}, hearsBy(r), func(h *hall) {
		in := h.open("Saal", "de")
		require.ErrorIs(t, h.Remove(h.ctx, "i9"), rooms.ErrInput)
		require.NoError(t, h.Remove(h.ctx, in.ID()))
		<-in.Done()
		require.ErrorIs(t, h.Remove(h.ctx, in.ID()), rooms.ErrInput)
	})
}

// The end of a room ends its booth with all that is in it.
func TestTheRoomIsClosed(t *testing.T) {
	r := &reader{tale: tell("de", time.Second, council...)}
	meet(t, rooms.Options{}, hearsBy(r), func(h *hall) {
		in := h.open("Saal", "de")
		listening := make(chan error, 1)
		go func() { listening <- h.Listen(h.ctx, Original, &audiotest.Recorder{}) }()
		h.say(in, r.tale, 0, time.Second)
		require.NoError(t, h.room.Close(h.ctx))
		<-in.Done()
		require.Error(t, in.Err())
		require.ErrorIs(t, <-listening, ErrClosed)
		_, err := h.Open(h.ctx, Source{})
		require.Error(t, err)
	})
}

func TestDelayLetsRecognitionCorrect(t *testing.T) {
	r := &reader{tale: tell("de", time.Second, council...), took: 100 * ms}
	meet(t, rooms.Options{Delay: 8 * time.Second}, hearsBy(r), func(h *hall) {
		in := h.open("Saal", "de")
		h.say(in, r.tale, 0, 2*time.Second)
		now := time.Since(in.began)
		require.True(t, in.unread(live.Word{End: now - 5*time.Second}))
		require.False(t, in.unread(live.Word{End: now - 8*time.Second}))
		require.NoError(t, h.room.Delay(h.ctx, 0))
		synctest.Wait()
		require.False(t, in.unread(live.Word{End: now}))
	})
}

// mumbler hears a word right only with the sentence before it.
type mumbler struct{ *reader }

func (m mumbler) Recognize(ctx context.Context, w stt.Window) (stt.Hypothesis, error) {
	h, err := m.reader.Recognize(ctx, w)
	for i, s := range h.Segments {
		for j, word := range s.Words {
			if word.Text != "Schwimmbad," {
				continue
			}
			if strings.Contains(s.Text, "getagt.") {
				h.Segments[i].Words[j].Probability = 0.99
			} else {
				h.Segments[i].Words[j].Text = "Schwimmbart,"
			}
		}
		h.Segments[i].Text = live.Text(h.Segments[i].Words)
	}
	return h, err
}

// With a delay for editors recognition hears a sentence again; without one
// nothing that was shown is taken back.
func TestASentenceIsHeardAgain(t *testing.T) {
	for delay, want := range map[time.Duration]string{8 * time.Second: "Schwimmbad,", 0: "Schwimmbart,"} {
		r := &reader{tale: tell("de", time.Second, council...), took: 100 * ms}
		o := hearsBy(r)
		o.Live.Recognizer = mumbler{r}
		meet(t, rooms.Options{Delay: delay}, o, func(h *hall) {
			in := h.open("Saal", "de")
			h.say(in, r.tale, 0, r.length()+2*time.Second)
			time.Sleep(8 * time.Second)
			require.Equal(t, strings.Replace(council[1], "Schwimmbad,", want, 1), h.texts(rooms.Original)[1])
			t.Logf("delay %v: %d windows", delay, len(r.calls))
		})
	}
}

func BenchmarkWriteFrame(b *testing.B) {
	room, _ := rooms.NewRoom(rooms.Options{}, "CODE")
	booth := New(room, Options{})
	in := &Input{booth: booth, id: "i1", began: time.Now(), reports: make(chan rooms.Report, 1), closing: make(chan struct{})}
	in.stream = live.NewStream(live.Options{})
	booth.stage.now.Store(&standing{life: rooms.Running})
	in.taps = []*tap{{input: in}}
	f := media.Frame{PCM: audiotest.Sine(300, media.FrameDuration, 9000)}
	b.ReportAllocs()
	for b.Loop() {
		if err := in.WriteFrame(f); err != nil {
			b.Fatal(err)
		}
	}
}
