package rooms

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/subtitles"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// six cuts after six words, so that tests know where.
type six struct{ words []transcript.Word }

func (s *six) Add(words []transcript.Word, sentence bool) (out []subtitles.Cue) {
	for _, w := range words {
		if s.words = append(s.words, w); len(s.words) == 6 {
			out = append(out, s.Flush()...)
		}
	}
	if sentence {
		out = append(out, s.Flush()...)
	}
	return out
}

func (s *six) Flush() []subtitles.Cue {
	if len(s.words) == 0 {
		return nil
	}
	c := subtitles.Cue{Start: s.words[0].Start, End: s.words[len(s.words)-1].End, Text: subtitles.Join(s.words, "de")}
	c.Lines = []string{c.Text}
	s.words = nil
	return []subtitles.Cue{c}
}

// hall is a room under test with inputs whose streams run with the clock.
type hall struct {
	*Room
	t      *testing.T
	zero   map[string]time.Time
	cancel context.CancelFunc
	done   chan error
}

// meet runs a room in a bubble of time.
func meet(t *testing.T, o Options, f func(t *testing.T, h *hall)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		if o.Segmenter == nil {
			o.Segmenter = func(string) Segmenter { return &six{} }
		}
		room, _ := NewRoom(o, "CODE")
		ctx, cancel := context.WithCancel(t.Context())
		h := &hall{Room: room, t: t, zero: map[string]time.Time{}, cancel: cancel, done: make(chan error, 1)}
		go func() { h.done <- room.Run(ctx) }()
		defer func() {
			cancel()
			require.NoError(t, <-h.done)
		}()
		f(t, h)
	})
}

func (h *hall) attach(name string) string {
	id, err := h.Attach(h.t.Context(), Source{Name: name, Kind: Microphone, Speaker: name})
	require.NoError(h.t, err)
	h.zero[id] = time.Now()
	return id
}

func (h *hall) started(name string) string {
	require.NoError(h.t, h.Start(h.t.Context()))
	return h.attach(name)
}

// words of a text, half a second each, the last ended just now.
func (h *hall) words(id, text string) []transcript.Word {
	fields := strings.Fields(text)
	end := time.Since(h.zero[id])
	words := make([]transcript.Word, len(fields))
	for i, f := range fields {
		from := end - time.Duration(len(fields)-i)*time.Second/2
		words[i] = transcript.Word{Text: f, Start: from, End: from + time.Second/2, Probability: 0.9}
	}
	return words
}

// say speaks for as long as it takes, and ends the sentence.
func (h *hall) say(id, text, language string) {
	h.speak(id, Update{Language: language, Sentence: true}, text)
}

func (h *hall) speak(id string, u Update, text string) {
	time.Sleep(time.Duration(len(strings.Fields(text))) * time.Second / 2)
	u.Committed = h.words(id, text)
	require.NoError(h.t, h.Hear(h.t.Context(), id, u))
	synctest.Wait()
}

// seen is what a track has published after an id, one line an event.
func (h *hall) seen(track string, after uint64) string {
	h.t.Helper()
	synctest.Wait()
	var v *Viewer
	var err error
	if track == Staff {
		v, err = h.FollowStaff(after)
	} else {
		v, err = h.Follow(track, after)
	}
	require.NoError(h.t, err)
	defer v.Close()
	var events []*Event
	for {
		taken, _, _ := v.take(events)
		if len(taken) == len(events) {
			break
		}
		events = taken
	}
	var b strings.Builder
	for _, e := range events {
		switch e.Kind {
		case KindCue, KindReplace, KindPending:
			var l Line
			require.NoError(h.t, json.Unmarshal(e.Data, &l))
			fmt.Fprintf(&b, "%s %s", e.Kind, l.Sentence)
			for _, c := range l.Cues {
				fmt.Fprintf(&b, " [%s]", c.Text)
			}
			if l.Untranslated {
				b.WriteString(" untranslated")
			}
			if len(l.Cues) > 0 && l.Cues[0].Corrected {
				b.WriteString(" corrected")
			}
			b.WriteString("\n")
		case KindPrefix, KindTail:
			var w Words
			require.NoError(h.t, json.Unmarshal(e.Data, &w))
			fmt.Fprintf(&b, "%s %s\n", e.Kind, w.Text)
		case KindRetract, KindNotice, KindDraft, Gap:
			fmt.Fprintf(&b, "%s %s\n", e.Kind, e.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

func upper(_ context.Context, text, _, to string) (string, error) {
	return to + ":" + strings.ToUpper(text), nil
}

func TestSentenceIsShownAndTranslatedOncePerLanguage(t *testing.T) {
	var mu sync.Mutex
	asked := map[string]int{}
	translate := func(ctx context.Context, text, from, to string) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		asked[from+">"+to+" "+text]++
		return upper(ctx, text, from, to)
	}
	meet(t, Options{Languages: []string{"de", "en", "tr"}, Translate: translate}, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		for range 5 { // viewers do not matter
			_, err := h.Follow("en", 0)
			require.NoError(t, err)
		}
		h.say(in, "eins zwei drei vier fünf sechs sieben", "")
		h.say(in, "good evening", "en")
		require.Equal(t, "cue s1 [eins zwei drei vier fünf sechs]\ncue s1 [sieben]\ncue s2 [good evening]", h.seen(Original, 0))
		require.Equal(t, "cue s1 [eins zwei drei vier fünf sechs]\ncue s1 [sieben]\ncue s2 [de:GOOD EVENING]", h.seen("de", 0))
		require.Equal(t, "cue s1 [en:EINS ZWEI DREI VIER FÜNF SECHS] [SIEBEN]\ncue s2 [good evening]", h.seen("en", 0))
		require.Equal(t, map[string]int{
			"de>en eins zwei drei vier fünf sechs sieben": 1, "de>tr eins zwei drei vier fünf sechs sieben": 1,
			"en>de good evening": 1, "en>tr good evening": 1,
		}, asked)
		status, err := h.Status(t.Context())
		require.NoError(t, err)
		require.Equal(t, 5, status.Viewers["en"])
		require.Zero(t, status.Quality.Erasure)
	})
}

func TestOrderIsKeptWhereTranslationIsSlow(t *testing.T) {
	translate := func(ctx context.Context, text, from, to string) (string, error) {
		if strings.HasPrefix(text, "lang") {
			time.Sleep(3 * time.Second)
		}
		return upper(ctx, text, from, to)
	}
	meet(t, Options{Languages: []string{"de", "en"}, Translate: translate}, func(t *testing.T, h *hall) {
		a, b := h.started("A"), h.attach("B")
		h.say(a, "lang sam", "de")
		h.say(b, "quick", "en")
		require.Empty(t, h.seen("en", 0), "the second waits for the first")
		require.Equal(t, "cue s1 [lang sam]\ncue s2 [quick]", h.seen(Original, 0))
		time.Sleep(3 * time.Second)
		require.Equal(t, "cue s1 [en:LANG SAM]\ncue s2 [quick]", h.seen("en", 0))
	})
}

func TestFailingLanguageShowsTheOriginalMarked(t *testing.T) {
	translate := func(ctx context.Context, text, from, to string) (string, error) {
		switch {
		case to == "tr":
			return "", errors.New("no model")
		case to == "ru":
			panic("broken model")
		case to == "ar":
			<-ctx.Done() // hangs
			return "", ctx.Err()
		case to == "pl":
			return " \n", nil
		}
		return upper(ctx, text, from, to)
	}
	o := Options{Languages: []string{"de", "en", "tr", "ru", "ar", "pl"}, Translate: translate, Timeout: 5 * time.Second}
	meet(t, o, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		h.say(in, "guten Abend", "de")
		require.Equal(t, "cue s1 [en:GUTEN ABEND]", h.seen("en", 0), "others do not wait")
		require.Empty(t, h.seen("ar", 0))
		time.Sleep(6 * time.Second)
		for _, l := range []string{"tr", "ru", "ar", "pl"} {
			require.Equal(t, "cue s1 [guten Abend] untranslated", h.seen(l, 0), l)
		}
	})
	meet(t, Options{Languages: []string{"de", "en"}}, func(t *testing.T, h *hall) { // no translator at all
		h.say(h.started("Saal"), "guten Abend", "de")
		require.Equal(t, "cue s1 [guten Abend] untranslated", h.seen("en", 0))
	})
}

// An engine that hears no cancellation costs its language the sentences, not
// the meeting.
func TestEngineThatCannotBeCancelled(t *testing.T) {
	stuck := func(ctx context.Context, text, from, to string) (string, error) {
		if to == "tr" {
			time.Sleep(10 * time.Minute)
		}
		return upper(ctx, text, from, to)
	}
	meet(t, Options{Languages: []string{"de", "en", "tr"}, Translate: stuck, Timeout: 5 * time.Second}, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		for range 50 {
			h.say(in, "ein Satz", "")
		}
		time.Sleep(15 * time.Second)
		require.Len(t, strings.Split(h.seen("en", 0), "\n"), 50)
		got := strings.Split(h.seen("tr", 0), "\n")
		require.Len(t, got, 50)
		for i, line := range got {
			require.Equal(t, fmt.Sprintf("cue s%d [ein Satz] untranslated", i+1), line)
		}
		last := h.hub.Last()
		time.Sleep(10 * time.Minute)
		require.Empty(t, h.seen("tr", last), "nobody reads it twice")
		h.say(in, "noch einer", "")
		status, err := h.Status(t.Context())
		require.NoError(t, err)
		require.Positive(t, status.Failures["tr"])
		require.Zero(t, status.Failures["en"])
	})
}

func TestForgottenMeetingEnds(t *testing.T) {
	meet(t, Options{}, func(t *testing.T, h *hall) {
		h.say(h.started("Saal"), "gute Nacht", "")
		time.Sleep(5 * time.Hour)
		_, err := h.Status(t.Context())
		require.NoError(t, err)
		time.Sleep(2 * time.Hour)
		require.ErrorIs(t, h.Start(t.Context()), ErrClosed)
	})
}

// A translator that is too slow for the speech loses the oldest sentences to
// the original, not the time.
func TestQueueOfALanguageIsBounded(t *testing.T) {
	translate := func(ctx context.Context, text, from, to string) (string, error) {
		time.Sleep(4 * time.Second)
		return upper(ctx, text, from, to)
	}
	meet(t, Options{Languages: []string{"de", "en"}, Translate: translate, Queue: 2}, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		for i := range 6 {
			h.say(in, fmt.Sprint("wort", i), "de")
		}
		time.Sleep(time.Minute)
		got := strings.Split(h.seen("en", 0), "\n")
		require.Len(t, got, 6, "nothing is lost")
		require.Contains(t, strings.Join(got, "\n"), "untranslated")
		require.Equal(t, "cue s6 [en:WORT5]", got[5])
		for i, line := range got {
			require.Contains(t, line, fmt.Sprint("s", i+1), "order")
		}
	})
}

func TestPausedMutedAndEarlyWordsAreNeverShown(t *testing.T) {
	meet(t, Options{}, func(t *testing.T, h *hall) {
		in := h.attach("Saal")
		h.say(in, "vor dem Anfang", "")
		require.NoError(t, h.Start(t.Context()))
		h.say(in, "gesagt", "")
		require.NoError(t, h.Pause(t.Context()))
		time.Sleep(2 * time.Second)
		late := h.words(in, "in der Pause")
		time.Sleep(2 * time.Second)
		require.NoError(t, h.Start(t.Context()))
		require.NoError(t, h.Hear(t.Context(), in, Update{Committed: late, Sentence: true})) // the recogniser is slow
		require.NoError(t, h.Mute(t.Context(), in, true))
		h.say(in, "stumm", "")
		require.NoError(t, h.Mute(t.Context(), in, false))
		h.say(in, "weiter", "")
		require.Equal(t, "cue s1 [gesagt]\ncue s2 [weiter]", h.seen(Original, 0))
	})
}

func TestTwoOrganisersMayBothPress(t *testing.T) {
	meet(t, Options{}, func(t *testing.T, h *hall) {
		ctx := t.Context()
		require.ErrorIs(t, h.Pause(ctx), ErrState)
		require.NoError(t, h.Start(ctx))
		require.NoError(t, h.Start(ctx))
		require.NoError(t, h.Pause(ctx))
		require.NoError(t, h.Pause(ctx))
		require.NoError(t, h.Stop(ctx))
		require.NoError(t, h.Stop(ctx))
		require.ErrorIs(t, h.Start(ctx), ErrState)
		_, err := h.Attach(ctx, Source{})
		require.ErrorIs(t, err, ErrState)
	})
}

func TestLanguageNobodyConfigured(t *testing.T) {
	meet(t, Options{Languages: []string{"de", "en"}, Translate: upper}, func(t *testing.T, h *hall) {
		_, err := h.Follow("xx", 0)
		require.ErrorIs(t, err, ErrLanguage)
		_, err = h.Follow(Staff, 0)
		require.ErrorIs(t, err, ErrLanguage, "viewers are not staff")
		_, err = h.Snapshot(t.Context(), "xx<b>", 1)
		require.ErrorIs(t, err, ErrLanguage)
		in := h.started("Saal")
		h.say(in, "bonjour à tous", "fr")
		h.say(in, "hallo", "<script>")
		require.Equal(t, "cue s1 [bonjour à tous]\ncue s2 [hallo]", h.seen(Original, 0))
		require.Equal(t, "cue s1 [de:BONJOUR À TOUS]\ncue s2 [hallo]", h.seen("de", 0), "no tag: the room's first language")
	})
}

func TestMarkupIsText(t *testing.T) {
	const evil = `<img src=x onerror=alert(1)>`
	meet(t, Options{Title: evil + "\n"}, func(t *testing.T, h *hall) {
		in := h.started("<b>Frau\u202e Kaya</b>\n\x00")
		h.say(in, evil, "")
		cue, err := h.Correct(t.Context(), Correction{Cue: "s1.1", Text: "</script>" + evil, Editor: evil})
		require.NoError(t, err)
		require.Equal(t, "</script>"+evil, cue.Text, "nothing is lost")
		require.Equal(t, "<b>Frau Kaya</b>", cue.Speaker)
		status, err := h.Status(t.Context())
		require.NoError(t, err)
		require.Equal(t, evil, status.State.Title)
		v, err := h.Follow(Original, 0)
		require.NoError(t, err)
		events, err := v.Next(t.Context(), nil)
		require.NoError(t, err)
		for _, e := range events {
			require.NotContains(t, string(e.Wire), "<")
		}
	})
}

func TestInputIsLostAndComesBack(t *testing.T) {
	meet(t, Options{}, func(t *testing.T, h *hall) {
		ctx := t.Context()
		in := h.started("Telefon")
		warnings := func() []Warning {
			s, err := h.Status(ctx)
			require.NoError(t, err)
			return s.Inputs[0].Warnings
		}
		require.NoError(t, h.Report(ctx, in, Report{At: 0, RMS: -20, Peak: 0}))
		require.Equal(t, []Warning{Clipped}, warnings())
		time.Sleep(4 * time.Second)
		require.NoError(t, h.Report(ctx, in, Report{At: 4 * time.Second, RMS: -70, Peak: -60}))
		h.speak(in, Update{}, "mitten im")
		time.Sleep(30 * time.Second)
		require.Equal(t, []Warning{Lost}, warnings())
		require.Equal(t, "cue s1 [mitten im]", h.seen(Original, 0), "what was said is not held back")
		// Its stream stood still: the next word has the old time.
		require.NoError(t, h.Report(ctx, in, Report{At: 5 * time.Second, RMS: -70, Peak: -60}))
		require.Equal(t, []Warning{Silent}, warnings())
		require.NoError(t, h.Report(ctx, in, Report{At: 5 * time.Second, RMS: -20, Peak: -10}))
		require.Empty(t, warnings())
		require.NoError(t, h.Hear(ctx, in, Update{Sentence: true, Committed: []transcript.Word{{Text: "da", Start: 5 * time.Second, End: 5 * time.Second}}}))
		s, err := h.Snapshot(ctx, Original, 9)
		require.NoError(t, err)
		require.Equal(t, 35*time.Second, s.Lines[1].Cues[0].Start, "the meeting's time, not the stream's")
		status, _ := h.Status(ctx)
		require.Equal(t, 1, status.Quality.Gaps)
		require.ErrorIs(t, h.Report(ctx, "i99", Report{}), ErrInput)
	})
}

func TestClockThatGoesBackwards(t *testing.T) {
	var mu sync.Mutex
	var skew time.Duration
	now := func() time.Time { mu.Lock(); defer mu.Unlock(); return time.Now().Add(skew) }
	meet(t, Options{Now: now, Delay: 5 * time.Second}, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		h.say(in, "eins", "")
		mu.Lock()
		skew = -time.Hour
		mu.Unlock()
		h.say(in, "zwei", "")
		time.Sleep(7 * time.Second)
		require.Equal(t, "cue s1 [eins]\ncue s2 [zwei]", h.seen(Original, 0))
		s, err := h.Snapshot(t.Context(), Original, 9)
		require.NoError(t, err)
		require.Less(t, s.Lines[0].Cues[0].Start, s.Lines[1].Cues[0].Start)
	})
}

func TestLateJoinerGetsASnapshotAndThenWhatFollows(t *testing.T) {
	meet(t, Options{Languages: []string{"de", "en"}, Translate: upper}, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		for i := range 5 {
			h.say(in, fmt.Sprint("satz", i), "")
		}
		h.speak(in, Update{}, "offen ist")
		s, err := h.Snapshot(t.Context(), "de", 2)
		require.NoError(t, err)
		require.Len(t, s.Lines, 2)
		require.Equal(t, "satz4", s.Lines[1].Cues[0].Text)
		require.Equal(t, "offen ist", s.Open[0].Text)
		require.Equal(t, Running, s.State.Life)
		h.say(in, "dies", "")
		require.Equal(t, "cue s6 [offen ist dies]", h.seen("de", s.ID))
		s, err = h.Snapshot(t.Context(), "en", 1000)
		require.NoError(t, err)
		require.Len(t, s.Lines, 6)
		require.Equal(t, "satz0", s.Lines[0].Source)
		require.Empty(t, s.Open)
	})
}

func TestTenThousandCuesAreBounded(t *testing.T) {
	meet(t, Options{Languages: []string{"de", "en"}, Translate: upper, Hub: HubOptions{History: 100}, Recent: 50}, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		for i := range 10_000 {
			h.say(in, fmt.Sprint("satz", i), "")
		}
		s, err := h.Snapshot(t.Context(), "en", 10_000)
		require.NoError(t, err)
		require.Len(t, s.Lines, 50)
		require.Equal(t, "en:SATZ9999", s.Lines[49].Cues[0].Text)
		require.NoError(t, h.do(t.Context(), func(m *meeting) {
			require.Len(t, m.byID, 50)
			require.Equal(t, 100, m.hub.tracks["en"].n)
		}))
		require.Contains(t, h.seen("en", 5), Gap)
	})
}

// The cutter people really get.
func TestUsualSegmenterFits(t *testing.T) {
	o := Options{Languages: []string{"de", "en"}, Translate: upper, Segmenter: usualSegmenter}
	meet(t, o, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		const text = "Wir beginnen heute mit dem Bericht der Verwaltung über den Ausbau der Radwege in der Innenstadt."
		h.say(in, text, "")
		s, err := h.Snapshot(t.Context(), "de", 9)
		require.NoError(t, err)
		require.Equal(t, text, Text(s.Lines[0].Cues))
		s, err = h.Snapshot(t.Context(), "en", 9)
		require.NoError(t, err)
		require.Equal(t, "en:"+strings.ToUpper(text), Text(s.Lines[0].Cues))
		require.NotEmpty(t, s.Lines[0].Cues[0].Lines)
	})
}

func TestEndedRoomAnswersNobody(t *testing.T) {
	meet(t, Options{}, func(t *testing.T, h *hall) {
		require.NoError(t, h.Close(t.Context()))
		synctest.Wait()
		require.ErrorIs(t, h.Start(t.Context()), ErrClosed)
		_, err := h.Follow(Original, 0)
		require.ErrorIs(t, err, ErrClosed)
	})
}

func TestLanguagesChangeInMidMeeting(t *testing.T) {
	slow := func(ctx context.Context, text, from, to string) (string, error) {
		time.Sleep(time.Second)
		return upper(ctx, text, from, to)
	}
	meet(t, Options{Languages: []string{"de", "en"}, Translate: slow}, func(t *testing.T, h *hall) {
		ctx := t.Context()
		in := h.started("Saal")
		v, err := h.Follow("en", h.hub.Last())
		require.NoError(t, err)
		h.say(in, "eins", "")
		require.NoError(t, h.Languages(ctx, []string{"de", "tr"})) // while en is being translated
		_, err = v.Next(ctx, nil)
		require.ErrorIs(t, err, ErrClosed)
		require.NoError(t, h.Languages(ctx, []string{"de", "tr", "en", "<b>", "@staff"}))
		h.say(in, "zwei", "")
		time.Sleep(5 * time.Second)
		require.Equal(t, "cue s2 [en:ZWEI]", h.seen("en", 0))
		require.Equal(t, "cue s2 [tr:ZWEI]", h.seen("tr", 0))
		require.ErrorIs(t, h.Languages(ctx, []string{"<b>"}), ErrLanguage)
	})
}

// Thirty seconds in a tunnel: all that was said meanwhile is there.
func TestReconnectFillsTheGap(t *testing.T) {
	meet(t, Options{Languages: []string{"de", "en"}, Translate: upper}, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		h.say(in, "vorher", "")
		v, err := h.Follow("en", 0)
		require.NoError(t, err)
		_, err = v.Next(t.Context(), nil)
		require.NoError(t, err)
		last := v.At()
		v.Close()
		for i := range 60 {
			h.say(in, fmt.Sprint("wort", i), "")
		}
		got := strings.Split(h.seen("en", last), "\n")
		require.Len(t, got, 60)
		require.Equal(t, "cue s2 [en:WORT0]", got[0])
		require.Equal(t, "cue s61 [en:WORT59]", got[59])
	})
}

// All at once, for the race detector: inputs, editors, viewers, organisers.
func TestManyAtOnce(t *testing.T) {
	room, _ := NewRoom(Options{Languages: []string{"de", "en", "tr"}, Easy: "de-leicht", Translate: upper, Fast: true}, "CODE")
	ctx, cancel := context.WithCancel(t.Context())
	var all, run sync.WaitGroup
	run.Go(func() { _ = room.Run(ctx) })
	require.NoError(t, room.Start(ctx))
	v, err := room.Follow("en", 0)
	require.NoError(t, err)
	defer v.Close()
	for i := range 4 {
		all.Go(func() {
			id, err := room.Attach(ctx, Source{Name: fmt.Sprint(i)})
			if err != nil {
				return
			}
			for j := range 50 {
				at := time.Duration(j) * time.Millisecond
				_ = room.Hear(ctx, id, Update{Sentence: j%3 == 0, Tail: "x", Committed: []transcript.Word{{Text: "wort", Start: at, End: at}}})
				_ = room.Report(ctx, id, Report{At: at})
				_, _ = room.Correct(ctx, Correction{Cue: fmt.Sprintf("s%d.1", j), Text: fmt.Sprint(i, j)})
			}
			_ = room.Refuse(ctx, id)
		})
		all.Go(func() {
			v, err := room.Follow("de", 0)
			if err != nil {
				return
			}
			defer v.Close()
			for v.At() < 100 {
				if _, err := v.Next(ctx, nil); err != nil {
					return
				}
				_, _ = room.Snapshot(ctx, "tr", 5)
				_, _ = room.Status(ctx)
			}
		})
	}
	all.Wait()
	status, err := room.Status(ctx)
	require.NoError(t, err)
	require.Len(t, status.Inputs, 4)
	cancel()
	run.Wait()
	late, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	require.ErrorIs(t, room.Start(late), ErrClosed)
}

// A name of marks that nobody sees would leave a hole in every list.
func TestANameThatNobodySeesIsANumber(t *testing.T) {
	meet(t, Options{}, func(t *testing.T, h *hall) {
		for _, name := range []string{"\u200f\u200e", "\u200b", "\u202e"} {
			_, err := h.Attach(t.Context(), Source{Name: name, Kind: Microphone, Speaker: name})
			require.NoError(t, err)
		}
		_, err := h.Attach(t.Context(), Source{Name: "👩‍👩‍👧", Kind: Microphone, Speaker: "جلسة"})
		require.NoError(t, err)
		status, err := h.Status(t.Context())
		require.NoError(t, err)
		for i, want := range []Source{{Name: "1"}, {Name: "2"}, {Name: "3"}, {Name: "👩‍👩‍👧", Speaker: "جلسة"}} {
			want.Kind = Microphone
			require.Equal(t, want, status.Inputs[i].Source)
		}
	})
}
