// Package interpret measures what is left of a sentence after each step from
// one person's mouth to the other's ear, with the real models.
package interpret

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/internal/voicetest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/g711"
	"github.com/amtsleitung/amtsleitung/media/resample"
	"github.com/amtsleitung/amtsleitung/stt"
	engine "github.com/amtsleitung/amtsleitung/stt/whisper"
	"github.com/amtsleitung/amtsleitung/translate"
	"github.com/amtsleitung/amtsleitung/translate/bergamot"
	"github.com/amtsleitung/amtsleitung/translate/whisper"
)

// utterances is how many sentences are spoken in each language.
const utterances = 30

// sentence is one in all languages that are needed.
type sentence struct{ de, en, pt string }

// flores are the first sentences of FLORES that somebody would say in one breath.
func flores(t *testing.T) []sentence {
	t.Helper()
	dir := audiotest.Shared(t, "text/flores-dev")
	de, en, pt := lines(t, filepath.Join(dir, "de.txt")), lines(t, filepath.Join(dir, "en.txt")), lines(t, filepath.Join(dir, "pt.txt"))
	var out []sentence
	for i := range en {
		if n := len(strings.Fields(en[i])); n >= 5 && n <= 12 && len(out) < utterances {
			out = append(out, sentence{de[i], en[i], pt[i]})
		}
	}
	require.Len(t, out, utterances)
	return out
}

func lines(t *testing.T, path string) []string {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	var out []string
	for s := bufio.NewScanner(f); s.Scan(); {
		out = append(out, s.Text())
	}
	return out
}

// telephone is how speech sounds after A-law at 8 kHz.
func telephone(t *testing.T, pcm []int16) []int16 {
	t.Helper()
	down, err := resample.New(media.SampleRate, 8000, resample.Phone)
	require.NoError(t, err)
	defer down.Close()
	up, err := resample.New(8000, media.SampleRate, resample.Phone)
	require.NoError(t, err)
	defer up.Close()
	coded, err := g711.ALaw{}.Encode(nil, down.Append(nil, pcm))
	require.NoError(t, err)
	narrow, err := g711.ALaw{}.Decode(nil, coded)
	require.NoError(t, err)
	return up.Append(nil, narrow)
}

// TestEachHop: English goes through recognition and translation, German
// through the recogniser's translation into English and on from there. Both
// are compared with what a person made of it.
func TestEachHop(t *testing.T) {
	scheduler := inference.NewScheduler(inference.Options{})
	ears, err := engine.Open(engine.Options{Model: audiotest.Model(t, "ggml-base.bin"), Scheduler: scheduler})
	require.NoError(t, err)
	t.Cleanup(func() { ears.Close() })
	pairs := bergamot.New(bergamot.Options{Dir: filepath.Dir(audiotest.Model(t, "bergamot/enpt"))})
	t.Cleanup(func() { require.NoError(t, pairs.Close()) })
	chain, err := translate.NewChain(translate.ChainOptions{Engines: []translate.Engine{
		{Name: "bergamot", Text: pairs},
		{Name: "whisper", Speech: whisper.New(func(ctx context.Context, pcm []int16, from string) (whisper.Heard, error) {
			h, err := ears.Recognize(ctx, stt.Window{PCM: pcm, Language: from, Translate: true})
			return whisper.Heard{Text: h.Text(), Confidence: h.Confidence(), Rejected: h.Rejected}, err
		})},
	}})
	require.NoError(t, err)

	all := flores(t)
	var english, german []string
	for _, s := range all {
		english, german = append(english, s.en), append(german, s.de)
	}
	var text, heard, fromEnglish, overheard, fromGerman audiotest.ChrF
	errors, words := 0, 0
	for i, pcm := range voicetest.Speeches(t, "en", english...) {
		s := all[i]
		written, err := chain.Render(t.Context(), translate.Request{Text: s.en, From: "en", To: "pt"})
		require.NoError(t, err)
		text.Add(written.Text, s.pt)
		pcm = telephone(t, pcm)
		h, err := ears.Recognize(t.Context(), stt.Window{PCM: pcm, Language: "en"})
		require.NoError(t, err)
		e, n := audiotest.WordErrors(s.en, h.Text())
		errors, words = errors+e, words+n
		heard.Add(h.Text(), s.en)
		if h.Text() == "" {
			fromEnglish.Add("", s.pt)
			continue
		}
		spoken, err := chain.Render(t.Context(), translate.Request{Text: h.Text(), From: "en", To: "pt", PCM: pcm, Spoken: true})
		require.NoError(t, err)
		require.Equal(t, "bergamot en-pt", spoken.Engine)
		fromEnglish.Add(spoken.Text, s.pt)
	}
	for i, pcm := range voicetest.Speeches(t, "de", german...) {
		s, pcm := all[i], telephone(t, pcm)
		into, err := chain.Render(t.Context(), translate.Request{Text: s.de, From: "de", To: "en", PCM: pcm, Spoken: true})
		if err == nil {
			require.Equal(t, "whisper de-en", into.Engine)
		}
		overheard.Add(into.Text, s.en) // nothing, where it was not understood
		out, err := chain.Render(t.Context(), translate.Request{Text: s.de, From: "de", To: "pt", PCM: pcm, Spoken: true})
		if err == nil {
			require.Equal(t, "whisper de-en, bergamot en-pt", out.Engine)
		}
		fromGerman.Add(out.Text, s.pt)
		t.Logf("%s | %s | %s", s.de, into.Text, out.Text)
	}
	t.Logf("%d sentences over A-law, chrF of the final text against what a person made of it:", utterances)
	t.Logf("  written English -> Portuguese              %5.1f", text.Score())
	t.Logf("  spoken English -> recognised               %5.1f (word errors %.1f %%)", heard.Score(), 100*float64(errors)/float64(words))
	t.Logf("  spoken English -> recognised -> Portuguese %5.1f", fromEnglish.Score())
	t.Logf("  spoken German -> English                   %5.1f", overheard.Score())
	t.Logf("  spoken German -> English -> Portuguese     %5.1f", fromGerman.Score())
	// A hop that is broken gives next to nothing; what is right loses little.
	require.Greater(t, text.Score(), 55.0)
	require.Greater(t, fromEnglish.Score(), 0.8*text.Score())
	require.Greater(t, overheard.Score(), 15.0) // Whisper base translates German roughly
	require.Greater(t, fromGerman.Score(), 0.7*overheard.Score())
}
