package translate_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/translate"
)

// engine is a fake that knows some directions.
type engine struct {
	pairs string // "de-en en-pt"; "" is all
	do    func(ctx context.Context, text, from, to string) (string, error)
	calls atomic.Int32
}

func (e *engine) Translate(ctx context.Context, text, from, to string) (string, error) {
	e.calls.Add(1)
	return e.do(ctx, text, from, to)
}

func (e *engine) Translates(from, to string) bool {
	return e.pairs == "" || strings.Contains(" "+e.pairs+" ", " "+from+"-"+to+" ")
}

// answers gives always the same.
func answers(pairs, text string) *engine {
	return &engine{pairs: pairs, do: func(context.Context, string, string, string) (string, error) { return text, nil }}
}

// speech is a fake that hears one sentence.
type speech struct{ says string }

func (s speech) TranslateSpeech(context.Context, []int16, string) (string, error) { return s.says, nil }
func (s speech) TranslatesSpeech(from string) bool                                { return from == "de" }

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func chain(t testing.TB, o translate.ChainOptions) *translate.Chain {
	t.Helper()
	if o.Log == nil {
		o.Log = quiet()
	}
	c, err := translate.NewChain(o)
	require.NoError(t, err)
	return c
}

func two(first, second translate.Translator) translate.ChainOptions {
	return translate.ChainOptions{Engines: []translate.Engine{{Name: "first", Text: first}, {Name: "second", Text: second}}}
}

const (
	question = "Where can I register my new flat?"
	pergunta = "Onde posso registar a minha casa nova?"
)

func TestAnEngineThatFailsIsPassedOver(t *testing.T) {
	loop := strings.Repeat("a casa ", 30)
	bad := map[string]func(ctx context.Context, text, from, to string) (string, error){
		"dies": func(context.Context, string, string, string) (string, error) {
			return "", errors.New("connection refused")
		},
		"panics":              func(context.Context, string, string, string) (string, error) { panic("index out of range") },
		"says nothing":        func(context.Context, string, string, string) (string, error) { return "  \n", nil },
		"gives the same back": func(_ context.Context, text, _, _ string) (string, error) { return text, nil },
		"writes in Cyrillic": func(context.Context, string, string, string) (string, error) {
			return "Где можно зарегистрироваться?", nil
		},
		"repeats itself": func(context.Context, string, string, string) (string, error) { return loop, nil },
		"never ends": func(context.Context, string, string, string) (string, error) {
			return strings.Repeat("uma outra coisa, ou ", 9) + strings.Repeat("x y z ", 40), nil
		},
		"stutters letters": func(context.Context, string, string, string) (string, error) {
			return "Onde aaaaaaaaaaaaaaaaaaaaaaa casa", nil
		},
		"hangs with a context": func(ctx context.Context, _, _, _ string) (string, error) { <-ctx.Done(); return "", ctx.Err() },
	}
	for name, do := range bad {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				first := &engine{do: do}
				c := chain(t, two(first, answers("", pergunta)))
				got, err := c.Render(t.Context(), translate.Request{Text: question, From: "en", To: "pt"})
				require.NoError(t, err)
				require.Equal(t, pergunta, got.Text)
				require.Equal(t, "second en-pt", got.Engine)
				require.EqualValues(t, 1, first.calls.Load())
			})
		})
	}
}

// An engine that never returns takes a caller's time only until it rests, and
// no more than its places for goroutines.
func TestAHangingEngineIsPassedOverAndRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		end := make(chan struct{})
		first := &engine{do: func(context.Context, string, string, string) (string, error) { <-end; return "", errors.New("late") }}
		c := chain(t, two(first, answers("", pergunta)))
		begin := time.Now()
		for range 50 {
			got, err := c.Render(t.Context(), translate.Request{Text: question, From: "en", To: "pt"})
			require.NoError(t, err)
			require.Equal(t, pergunta, got.Text)
		}
		require.EqualValues(t, 2, first.calls.Load(), "it rests after two tries")
		require.Equal(t, 4*time.Second, time.Since(begin), "two timeouts")
		time.Sleep(11 * time.Second) // fake time: the rest is over, one call may try
		_, err := c.Render(t.Context(), translate.Request{Text: question, From: "en", To: "pt"})
		require.NoError(t, err)
		require.EqualValues(t, 3, first.calls.Load())
		_, err = c.Render(t.Context(), translate.Request{Text: question, From: "en", To: "pt"})
		require.NoError(t, err)
		require.EqualValues(t, 3, first.calls.Load(), "it rests again at once")
		close(end)
		synctest.Wait()
	})
}

func TestAHangingEngineDoesNotPileUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		end := make(chan struct{})
		var running, most atomic.Int32
		first := &engine{do: func(context.Context, string, string, string) (string, error) {
			most.Store(max(most.Load(), running.Add(1)))
			<-end
			running.Add(-1)
			return "", errors.New("late")
		}}
		c := chain(t, two(first, answers("", pergunta)))
		done := make(chan error, 200)
		for range cap(done) {
			go func() {
				_, err := c.Render(t.Context(), translate.Request{Text: question, From: "en", To: "pt"})
				done <- err
			}()
		}
		for range cap(done) {
			require.NoError(t, <-done)
		}
		require.LessOrEqual(t, most.Load(), int32(32))
		close(end)
		synctest.Wait()
	})
}

func TestAnEngineThatRecoversIsUsedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var broken atomic.Bool
		broken.Store(true)
		first := &engine{do: func(context.Context, string, string, string) (string, error) {
			if broken.Load() {
				return "", errors.New("out of memory")
			}
			return pergunta, nil
		}}
		c := chain(t, two(first, answers("", "Onde é que faço o registo?")))
		engineOf := func() string {
			got, err := c.Render(t.Context(), translate.Request{Text: question, From: "en", To: "pt"})
			require.NoError(t, err)
			return got.Engine
		}
		for range 10 {
			require.Equal(t, "second en-pt", engineOf())
		}
		require.EqualValues(t, 4, first.calls.Load())
		broken.Store(false)
		time.Sleep(11 * time.Second) // fake time
		require.Equal(t, "first en-pt", engineOf())
		require.Equal(t, "first en-pt", engineOf())
	})
}

func TestWhenNothingWorksItIsSaid(t *testing.T) {
	dead := &engine{do: func(context.Context, string, string, string) (string, error) {
		return "", errors.New("connection refused")
	}}
	c := chain(t, two(dead, answers("", "")))
	_, err := c.Render(t.Context(), translate.Request{Text: question, From: "en", To: "pt"})
	require.ErrorIs(t, err, translate.ErrFailed)
	require.NotErrorIs(t, err, translate.ErrNoPair)
	require.ErrorContains(t, err, "first en-pt: connection refused")
	require.ErrorContains(t, err, "second en-pt: it answered nothing")
	require.NotContains(t, err.Error(), "flat", "callers' words are in no error")

	c = chain(t, two(answers("de-en", "x"), answers("fr-en", "x")))
	_, err = c.Render(t.Context(), translate.Request{Text: question, From: "en", To: "pt"})
	require.ErrorIs(t, err, translate.ErrNoPair)
	require.False(t, c.Translates("en", "pt"))
	require.True(t, c.Translates("de-leicht", "en"))

	none := &engine{do: func(_ context.Context, _, from, to string) (string, error) { return "", translate.NoPair(from, to) }}
	_, err = chain(t, two(none, none)).Render(t.Context(), translate.Request{Text: question, From: "en", To: "pt"})
	require.ErrorIs(t, err, translate.ErrNoPair)
}

func TestTheCallerMayStopWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		end := make(chan struct{})
		first := &engine{do: func(context.Context, string, string, string) (string, error) { <-end; return "", nil }}
		c := chain(t, two(first, answers("", pergunta)))
		for range 10 {
			ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
			_, err := c.Render(ctx, translate.Request{Text: question, From: "en", To: "pt"})
			require.ErrorIs(t, err, context.DeadlineExceeded)
			stop()
		}
		require.EqualValues(t, 10, first.calls.Load(), "a caller who hangs up is no failure of the engine")
		close(end)
		synctest.Wait()
	})
}

func TestWaysGoThroughTheOtherLanguageAndOtherEngines(t *testing.T) {
	local := answers("en-pt de-en", "")
	local.do = func(_ context.Context, text, from, to string) (string, error) {
		return "[" + from + to + "] " + text, nil
	}
	o := translate.ChainOptions{Engines: []translate.Engine{{Name: "bergamot", Text: local}, {Name: "whisper", Speech: speech{"Where is the town hall?"}}}}
	c := chain(t, o)
	got, err := c.Render(t.Context(), translate.Request{Text: "Wo ist das Rathaus?", From: "de", To: "pt"})
	require.NoError(t, err)
	require.Equal(t, "bergamot de-en, bergamot en-pt", got.Engine)
	require.Equal(t, "[enpt] [deen] Wo ist das Rathaus?", got.Text)

	local.pairs = "en-pt"
	require.False(t, c.Renders("de", "pt", false))
	require.True(t, c.Renders("de", "pt", true))
	got, err = c.Render(t.Context(), translate.Request{Text: "Wo ist das Rathaus?", From: "de", To: "pt", PCM: make([]int16, 16000), Spoken: true})
	require.NoError(t, err)
	require.Equal(t, "whisper de-en, bergamot en-pt", got.Engine)
	require.Equal(t, "[enpt] Where is the town hall?", got.Text)
	got, err = c.Render(t.Context(), translate.Request{From: "de", To: "en", PCM: make([]int16, 16000)})
	require.NoError(t, err)
	require.Equal(t, "Where is the town hall?", got.Text)
	_, err = c.Render(t.Context(), translate.Request{Text: "Wo ist das Rathaus?", From: "de", To: "pt"})
	require.ErrorIs(t, err, translate.ErrNoPair)
}

// mumbling is a fake that understands nothing for a while.
type mumbling struct {
	speech
	asked, understands int
}

func (m *mumbling) TranslateSpeech(context.Context, []int16, string) (string, error) {
	if m.asked++; m.asked < m.understands {
		return "", fmt.Errorf("%w: repetition", translate.ErrUnsure)
	}
	return m.says, nil
}

// Who is not understood ten times in a row is still heard the next time.
func TestSpeechThatNobodyUnderstandsIsNoFailureOfTheEngine(t *testing.T) {
	c := chain(t, translate.ChainOptions{Engines: []translate.Engine{{Name: "whisper", Speech: &mumbling{speech: speech{"Where is the town hall?"}, understands: 21}}}})
	said := translate.Request{Text: "Wo ist das Rathaus?", From: "de", To: "en", PCM: make([]int16, 16000), Spoken: true}
	var got translate.Translation
	tries := 0
	for ; got.Text == "" && tries < 30; tries++ {
		var err error
		if got, err = c.Render(t.Context(), said); err != nil {
			require.ErrorContains(t, err, "not understood")
		}
	}
	require.Equal(t, "Where is the town hall?", got.Text, "after %d tries", tries)
}

// What a first hop gave is not asked twice when the second fails.
func TestAFirstHopIsAskedOnce(t *testing.T) {
	in := answers("de-en", "Where is the town hall today?")
	dead := &engine{pairs: "en-pt", do: func(context.Context, string, string, string) (string, error) { return "", errors.New("dead") }}
	out := answers("en-pt", "Onde fica a câmara municipal hoje?")
	c := chain(t, translate.ChainOptions{Engines: []translate.Engine{{Name: "in", Text: in}, {Name: "dead", Text: dead}, {Name: "out", Text: out}}})
	got, err := c.Render(t.Context(), translate.Request{Text: "Wo ist heute das Rathaus?", From: "de", To: "pt"})
	require.NoError(t, err)
	require.Equal(t, "in de-en, out en-pt", got.Engine)
	require.EqualValues(t, 1, in.calls.Load())
}

func TestPairsChooseEngines(t *testing.T) {
	o := two(answers("", "um dois três quatro"), answers("", "cinco seis sete oito"))
	o.Pairs = map[string][]string{"en-pt": {"second"}, "*-fr": {"second", "first"}, "es-*": {"first"}}
	c := chain(t, o)
	for pair, want := range map[string]string{"en-pt": "second", "en-it": "first", "es-fr": "second", "es-it": "first"} {
		from, to, _ := strings.Cut(pair, "-")
		got, err := c.Render(t.Context(), translate.Request{Text: question, From: from, To: to})
		require.NoError(t, err)
		require.Equal(t, want+" "+pair, got.Engine)
	}
	for _, bad := range []map[string][]string{{"en-pt": {"third"}}, {"enpt": {"first"}}, {"*-*": {"first"}}} {
		o.Pairs = bad
		_, err := translate.NewChain(o)
		require.Error(t, err)
	}
	_, err := translate.NewChain(translate.ChainOptions{Engines: []translate.Engine{{Name: "a", Text: answers("", "")}, {Name: "a", Text: answers("", "")}}})
	require.Error(t, err)
	_, err = translate.NewChain(translate.ChainOptions{Engines: []translate.Engine{{Name: "a", Text: answers("", ""), Remote: true}}})
	require.ErrorContains(t, err, "masks")
}

func TestStrangeTextsAreBounded(t *testing.T) {
	echo := &engine{do: func(_ context.Context, text, _, to string) (string, error) {
		for _, r := range text {
			if r < ' ' && r != '\n' && r != '\t' || r == 0xfffd || r == 0x202e {
				return "", fmt.Errorf("the engine was given %q", r)
			}
		}
		return "texto: " + text, nil
	}}
	c := chain(t, translate.ChainOptions{Engines: []translate.Engine{{Name: "echo", Text: echo}}})
	render := func(text string) (string, error) { return c.Translate(t.Context(), text, "en", "pt") }
	_, err := render(strings.Repeat("a", 100_000))
	require.ErrorIs(t, err, translate.ErrTooLong)
	run := strings.Repeat("a", 5_000)
	got, err := render("My word is " + run + " my friend")
	require.NoError(t, err)
	require.Contains(t, got, run, "what has no spaces is kept")
	got, err = render("bell\x07 \x00zero and \u202eright to left and \xff\xfe bad bytes")
	require.NoError(t, err)
	require.Equal(t, "texto: bell zero and right to left and  bad bytes", got)
	for _, empty := range []string{"", "   \n", "\x00\x01"} {
		got, err = render(empty)
		require.NoError(t, err)
		require.Empty(t, got)
	}
	got, err = render("12, 13!")
	require.NoError(t, err)
	require.Equal(t, "12, 13!", got, "there is nothing to translate")
	_, err = render("Привет, как дела, مرحبا, καλημέρα")
	require.ErrorIs(t, err, translate.ErrFailed, "what comes back as it was is no Portuguese")
	got, err = c.Translate(t.Context(), "unverändert", "de-leicht", "de")
	require.NoError(t, err)
	require.Equal(t, "unverändert", got)
	_, err = c.Translate(t.Context(), "x", "", "de")
	require.Error(t, err)
}

func TestSpokenWordsAreToldToTheScheduler(t *testing.T) {
	e := &engine{do: func(ctx context.Context, _, _, _ string) (string, error) {
		return fmt.Sprintf("isto é falado %t", translate.Spoken(ctx)), nil
	}}
	c := chain(t, translate.ChainOptions{Engines: []translate.Engine{{Name: "e", Text: e}}})
	got, err := c.Render(t.Context(), translate.Request{Text: question, From: "en", To: "pt", Spoken: true})
	require.NoError(t, err)
	require.Equal(t, "isto é falado true", got.Text)
	got, err = c.Render(t.Context(), translate.Request{Text: question, From: "en", To: "pt"})
	require.NoError(t, err)
	require.Equal(t, "isto é falado false", got.Text)
}
