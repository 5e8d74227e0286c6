package booth

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/playout"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// spoken is a voice that needs a while for each word and remembers what it said.
type spoken struct {
	word time.Duration
	mu   sync.Mutex
	said []string
	rate []float64
}

func (s *spoken) speak(ctx context.Context, text, language string, rate float64, to media.Sink) error {
	s.mu.Lock()
	s.said, s.rate = append(s.said, language+": "+text), append(s.rate, rate)
	s.mu.Unlock()
	d := time.Duration(float64(len(strings.Fields(text))) * float64(s.word) / rate)
	for _, f := range audiotest.Frames(audiotest.Sine(900, d, 8000)) {
		if err := to.WriteFrame(f); err != nil {
			return err
		}
	}
	return nil
}

func (s *spoken) texts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.said)
}

// english translates as a test can read.
func english(_ context.Context, text, _, to string) (string, error) {
	if strings.Contains(text, "unübersetzbar") {
		return "", errors.New("no")
	}
	return to + "(" + text + ")", nil
}

var bilingual = rooms.Options{Languages: []string{"de", "en"}, Translate: english}

// speaksBy are the options of a booth whose room is told by hand.
func speaksBy(v *spoken) Options {
	o := hearsBy(&reader{tale: tell("de", time.Second, "Ende.")})
	o.Speak = v.speak
	return o
}

// listen hears a channel until the function it returns is called.
func (h *hall) listen(language string, to media.Sink) (end func() error) {
	ctx, cancel := context.WithCancel(h.ctx)
	ended := make(chan error, 1)
	go func() { ended <- h.Listen(ctx, language, to) }()
	synctest.Wait()
	return func() error {
		cancel()
		return <-ended
	}
}

// hear tells the room what somebody has just said.
func (h *hall) hear(in *Input, language, text string) {
	end := time.Since(in.began)
	require.NoError(h.t, h.room.Hear(h.ctx, in.id, rooms.Update{
		Committed: []transcript.Word{}, Language: language,
	}))
	var words []transcript.Word
	for _, w := range strings.Fields(text) {
		words = append(words, transcript.Word{Text: w, Start: end - 300*ms, End: end, Probability: 0.9})
	}
	require.NoError(h.t, h.room.Hear(h.ctx, in.id, rooms.Update{Committed: words, Language: language, Sentence: true}))
	synctest.Wait()
}

// tone plays one into an input.
func (h *hall) tone(in *Input, hertz float64, d time.Duration) {
	for _, f := range audiotest.Frames(audiotest.Sine(hertz, d, 6000)) {
		time.Sleep(media.FrameDuration)
		require.NoError(h.t, in.WriteFrame(f))
	}
}

func TestTheOriginalIsAllWhoSpeak(t *testing.T) {
	meet(t, bilingual, speaksBy(&spoken{}), func(h *hall) {
		one, two, three := h.open("eins", "de"), h.open("zwei", "en"), h.open("drei", "de")
		require.NoError(t, h.room.Mute(h.ctx, three.ID(), true))
		var rec audiotest.Recorder
		end := h.listen(Original, &rec)
		go h.tone(two, 1000, 2*time.Second)
		go h.tone(three, 2000, 2*time.Second)
		h.tone(one, 500, 2*time.Second)
		time.Sleep(3 * time.Second)
		require.NoError(t, end())
		require.InDelta(t, 5*50, rec.Frames, 3, "at the pace of time, also when nobody speaks")
		pcm := rec.PCM[media.SampleRate/2 : media.SampleRate*3/2]
		require.InDelta(t, 6000, audiotest.Goertzel(pcm, media.SampleRate, 500), 300)
		require.InDelta(t, 6000, audiotest.Goertzel(pcm, media.SampleRate, 1000), 300)
		require.Less(t, audiotest.Goertzel(pcm, media.SampleRate, 2000), 20.0, "who is muted is not heard")
		require.Zero(t, audiotest.RMS(rec.PCM[3*media.SampleRate:]))
	})
}

func TestATranslationIsSpokenOnceForAll(t *testing.T) {
	v := &spoken{word: 300 * ms}
	meet(t, bilingual, speaksBy(v), func(h *hall) {
		require.Equal(t, []string{Original, "de", "en"}, h.Channels())
		in := h.open("Saal", "de")
		h.hear(in, "de", "Das war vorher.")
		var a, b, german audiotest.Recorder
		ends := []func() error{h.listen("en", &a), h.listen("EN", &b), h.listen("de", &german)}
		h.hear(in, "de", "Guten Morgen.")
		time.Sleep(3 * time.Second)
		h.hear(in, "de", "Das ist unübersetzbar.")
		h.hear(in, "en", "Thank you very much.")
		time.Sleep(3 * time.Second)
		require.Equal(t, []string{"en: en(Guten Morgen.)", "de: de(Thank you very much.)"}, v.texts())
		for _, end := range ends {
			require.NoError(t, end())
		}
		for _, rec := range []*audiotest.Recorder{&a, &b} {
			require.InDelta(t, 300, rec.Frames, 3)
			require.InDelta(t, 8000/1.4142, audiotest.RMS(voiced(rec.PCM)), 600)
		}
		require.True(t, slices.Equal(voiced(a.PCM), voiced(b.PCM)), "both hear the same")
	})
}

// voiced is the first half second that is not silence.
func voiced(pcm []int16) []int16 {
	i := slices.IndexFunc(pcm, func(v int16) bool { return v != 0 })
	return pcm[i : i+media.SampleRate/2]
}

// Who listens to the language that is spoken hears the speaker.
func TestTheLanguageThatIsSpokenIsHeardAsItIs(t *testing.T) {
	v := &spoken{word: 300 * ms}
	meet(t, bilingual, speaksBy(v), func(h *hall) {
		in := h.open("Saal", "de")
		var german, english audiotest.Recorder
		ends := []func() error{h.listen("de", &german), h.listen("en", &english)}
		h.tone(in, 500, 2*time.Second)
		in.speaks("en")
		h.tone(in, 500, 2*time.Second)
		for _, end := range ends {
			require.NoError(t, end())
		}
		first, second := func(r *audiotest.Recorder) float64 { return audiotest.RMS(r.PCM[8000:28000]) }, func(r *audiotest.Recorder) float64 { return audiotest.RMS(r.PCM[36000:60000]) }
		require.Greater(t, first(&german), 4000.0)
		require.Zero(t, first(&english))
		require.Zero(t, second(&german))
		require.Greater(t, second(&english), 4000.0)
	})
}

func TestAVoiceThatIsLate(t *testing.T) {
	v := &spoken{word: 3 * time.Second}
	meet(t, bilingual, speaksBy(v), func(h *hall) {
		in := h.open("Saal", "de")
		var rec audiotest.Recorder
		end := h.listen("en", &rec)
		for _, s := range []string{"Eins.", "Zwei.", "Drei.", "Vier.", "Fünf.", "Sechs.", "Sieben.", "Acht.", "Neun.", "Zehn."} {
			h.hear(in, "de", s+" A B") // 9 s to say
			time.Sleep(2 * time.Second)
		}
		time.Sleep(40 * time.Second)
		require.NoError(t, end())
		require.Equal(t, 1.0, v.rate[0])
		require.Greater(t, v.rate[1], 1.1)
		require.LessOrEqual(t, slices.Max(v.rate), fastest)
		require.Less(t, len(v.said), 6, "some are left out")
		require.Equal(t, "en: en(Zehn. A B)", v.said[len(v.said)-1])
		require.Greater(t, audiotest.Goertzel(around(rec.PCM, 660), media.SampleRate, 660), 500.0, "a tone says so")
	})
}

// around is the 160 ms in which a frequency is strongest.
func around(pcm []int16, hertz float64) (best []int16) {
	most := 0.0
	for i := 0; i+2560 <= len(pcm); i += 320 {
		if share := audiotest.Share(pcm[i:i+2560], media.SampleRate, hertz); share > most {
			most, best = share, pcm[i:i+2560]
		}
	}
	return best
}

func TestCorrectionsAreNotSaidAgain(t *testing.T) {
	v := &spoken{word: time.Second}
	meet(t, bilingual, speaksBy(v), func(h *hall) {
		in, other := h.open("Saal", "de"), h.open("Gast", "de")
		end := h.listen("en", &audiotest.Recorder{})
		h.hear(in, "de", "Guten Morgen Ihr lieben Leute.")
		h.hear(in, "de", "Das kommt noch.")
		h.hear(other, "de", "Das sage ich nicht.")
		for i, to := range []string{"Guten Abend Ihr lieben Leute.", "Das kommt wohl noch."} {
			c := h.lines(rooms.Original)[i].Cues[0]
			_, err := h.room.Correct(h.ctx, rooms.Correction{Cue: c.ID, Revision: c.Revision, Text: to})
			require.NoError(t, err)
			synctest.Wait()
		}
		require.NoError(t, h.room.Refuse(h.ctx, other.ID()))
		time.Sleep(time.Minute)
		require.NoError(t, end())
		require.Equal(t, []string{"en: en(Guten Morgen Ihr lieben Leute.)", "en: en(Das kommt wohl noch.)"}, v.texts(),
			"what waits is said as it is now, and nothing of who refuses")
	})
}

// Who refuses while being spoken is not heard to the end.
func TestARefusalEndsTheVoice(t *testing.T) {
	v := &spoken{word: time.Second}
	meet(t, bilingual, speaksBy(v), func(h *hall) {
		in := h.open("Saal", "de")
		var rec audiotest.Recorder
		end := h.listen("en", &rec)
		h.hear(in, "de", strings.Repeat("wort ", 20))
		time.Sleep(3 * time.Second)
		require.NoError(t, h.room.Refuse(h.ctx, in.ID()))
		time.Sleep(3 * time.Second)
		require.NoError(t, end())
		require.Greater(t, audiotest.RMS(rec.PCM[media.SampleRate:2*media.SampleRate]), 4000.0)
		require.Zero(t, audiotest.RMS(rec.PCM[4*media.SampleRate:]))
	})
}

// earpiece takes frames as a leg does: some wait in it, and one is heard each 20 ms.
type earpiece struct {
	*playout.Queue
	mu  sync.Mutex
	rec audiotest.Recorder
}

func (h *hall) earpiece() *earpiece {
	e := &earpiece{Queue: playout.New()}
	go func() {
		tick := time.NewTicker(media.FrameDuration)
		defer tick.Stop()
		defer e.Close()
		pcm := make([]int16, media.FrameSamples)
		for {
			select {
			case <-tick.C:
				e.ReadFrame(pcm)
				e.mu.Lock()
				_ = e.rec.WriteFrame(media.Frame{PCM: pcm})
				e.mu.Unlock()
			case <-h.ctx.Done():
				return
			}
		}
	}()
	return e
}

// hears is how loud the time from now on is, without its beginning.
func (e *earpiece) hears(without, d time.Duration) float64 {
	e.mu.Lock()
	from := len(e.rec.PCM) + int(without/media.FrameDuration)*media.FrameSamples
	e.mu.Unlock()
	time.Sleep(without + d)
	e.mu.Lock()
	defer e.mu.Unlock()
	return audiotest.RMS(e.rec.PCM[from:])
}

// fading is how long a cut takes.
const fading = media.FrameDuration

// What was spoken ahead for who refuses is not heard any more, and others are.
func TestARefusalSilencesWhatWasSpokenAhead(t *testing.T) {
	meet(t, bilingual, speaksBy(&spoken{word: time.Second}), func(h *hall) {
		in, other := h.open("Saal", "de"), h.open("Gast", "de")
		ear := h.earpiece()
		end := h.listen("en", ear)
		h.hear(in, "de", "Eins.")
		require.Greater(t, ear.hears(fading, 100*ms), 4000.0)
		require.NoError(t, h.room.Refuse(h.ctx, in.ID()))
		synctest.Wait()
		require.Zero(t, ear.hears(fading, time.Second))
		h.hear(other, "de", "Zwei.")
		require.Greater(t, ear.hears(100*ms, 500*ms), 4000.0)
		time.Sleep(time.Second)
		require.NoError(t, h.room.Agree(h.ctx, in.ID()))
		time.Sleep(time.Second)
		h.hear(in, "de", "Drei.")
		require.Greater(t, ear.hears(100*ms, 500*ms), 4000.0)
		require.NoError(t, end())
	})
}

// Also what waits with the listener, whose line stands still for a moment.
func TestARefusalSilencesALineThatStandsStill(t *testing.T) {
	meet(t, bilingual, speaksBy(&spoken{word: time.Second}), func(h *hall) {
		in := h.open("Saal", "de")
		ear := h.earpiece()
		end := h.listen("en", ear)
		h.hear(in, "de", "Eins.")
		ear.Pause()
		time.Sleep(700 * ms)
		require.NoError(t, h.room.Refuse(h.ctx, in.ID()))
		synctest.Wait()
		ear.Resume()
		require.Zero(t, ear.hears(fading, 2*time.Second))
		require.NoError(t, end())
	})
}

// A line that brings much at once is not heard on from what waits when it is muted.
func TestWhatWaitsOfWhoIsMutedIsNotHeard(t *testing.T) {
	meet(t, bilingual, speaksBy(&spoken{}), func(h *hall) {
		in := h.open("Saal", "de")
		ear := h.earpiece()
		end := h.listen(Original, ear)
		for _, f := range audiotest.Frames(audiotest.Sine(500, 3*time.Second, 6000)) {
			require.NoError(t, in.WriteFrame(f))
		}
		require.Greater(t, ear.hears(100*ms, 500*ms), 4000.0)
		require.NoError(t, h.room.Mute(h.ctx, in.ID(), true))
		synctest.Wait()
		require.Zero(t, ear.hears(600*ms, time.Second), "but for what was on its way to the ear")
		require.NoError(t, end())
	})
}

func TestAListenerThatStallsHarmsNobody(t *testing.T) {
	meet(t, bilingual, speaksBy(&spoken{}), func(h *hall) {
		in := h.open("Saal", "de")
		block := make(chan struct{})
		var stalled, rec audiotest.Recorder
		n := 0
		slow := h.listen(Original, media.SinkFunc(func(f media.Frame) error {
			if n++; n == 10 {
				<-block
			}
			return stalled.WriteFrame(f)
		}))
		end := h.listen(Original, &rec)
		h.tone(in, 500, 10*time.Second)
		require.NoError(t, end())
		require.InDelta(t, 500, rec.Frames, 3)
		close(block)
		h.tone(in, 500, time.Second)
		require.NoError(t, slow())
		require.InDelta(t, 10+listenerMost+50, stalled.Frames, 3, "it goes on half a second behind")
	})
}

// Silence is left out for who is late.
func TestAListenerComesBack(t *testing.T) {
	l := &listener{frames: make(chan sound, listenerMost)}
	for range 3 * listenerMost {
		l.give(&sound{})
	}
	require.Len(t, l.frames, listenerMost)
	for range listenerMost - skipAbove {
		<-l.frames
		l.give(&sound{quiet: true})
	}
	require.Len(t, l.frames, skipAbove+1)
	l.give(&sound{quiet: true})
	require.Len(t, l.frames, skipAbove+1)
	l.give(&sound{})
	require.Len(t, l.frames, skipAbove+2)
}

func TestChannelsEndWithTheirLastListener(t *testing.T) {
	meet(t, bilingual, speaksBy(&spoken{}), func(h *hall) {
		in := h.open("Saal", "de")
		for range 3 {
			a, b := h.listen("en", &audiotest.Recorder{}), h.listen("en", &audiotest.Recorder{})
			require.NoError(t, a())
			synctest.Wait()
			require.Len(t, h.channels, 1)
			require.Len(t, in.taps, 1)
			require.NoError(t, b())
			synctest.Wait()
			require.Empty(t, h.channels)
			require.Empty(t, in.taps)
			st, err := h.room.Status(h.ctx)
			require.NoError(t, err)
			require.Zero(t, st.Viewers["en"], "nobody follows the track any more")
		}
		broken := errors.New("broken")
		require.ErrorIs(t, h.Listen(h.ctx, "en", media.SinkFunc(func(media.Frame) error { return broken })), broken)
		require.ErrorIs(t, h.Listen(h.ctx, "tlh", &audiotest.Recorder{}), rooms.ErrLanguage)
		synctest.Wait()
		require.Empty(t, h.channels)
	})
}

func TestALanguageIsTakenAway(t *testing.T) {
	meet(t, bilingual, speaksBy(&spoken{}), func(h *hall) {
		ended := make(chan error, 1)
		go func() { ended <- h.Listen(h.ctx, "en", &audiotest.Recorder{}) }()
		synctest.Wait()
		require.NoError(t, h.room.Languages(h.ctx, []string{"de", "fr"}))
		require.ErrorIs(t, <-ended, rooms.ErrLanguage)
		synctest.Wait()
		require.Equal(t, []string{Original, "de", "fr"}, h.Channels())
		require.Empty(t, h.channels)
	})
}

func TestWithoutVoices(t *testing.T) {
	o := speaksBy(&spoken{})
	o.Speaks = func(l string) bool { return l == "en" }
	meet(t, bilingual, o, func(h *hall) { require.Equal(t, []string{Original, "en"}, h.Channels()) })
	o.Speak = nil
	meet(t, bilingual, o, func(h *hall) { require.Equal(t, []string{Original}, h.Channels()) })
}

func BenchmarkChannel(b *testing.B) {
	booth := New(unopened(), Options{})
	c := newChannel(booth, Original)
	for range 4 {
		c.tap(&Input{booth: booth})
	}
	for range 100 {
		c.add(&listener{frames: make(chan sound, listenerMost)})
	}
	pcm := audiotest.Sine(300, media.FrameDuration, 9000)
	var s sound
	b.ReportAllocs()
	for b.Loop() {
		for _, t := range c.taps {
			t.put(pcm)
		}
		c.frame(&s)
	}
}
