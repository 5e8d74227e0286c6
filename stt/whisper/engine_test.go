package whisper

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/corpus"
	"github.com/amtsleitung/amtsleitung/stt/wer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWordErrorRate(t *testing.T) {
	e := open(t, Options{})
	for _, language := range []string{"de", "en"} {
		var sum wer.Count
		var took, audio time.Duration
		for _, c := range clips(t, "speech", corpus.Utterances(language)) {
			h, err := e.Recognize(t.Context(), stt.Window{PCM: c.PCM, Language: language})
			require.NoError(t, err)
			n := wer.Compare(c.Text, h.Text())
			sum, took, audio = sum.Add(n), took+h.Took, audio+c.Duration
			if n.Errors > 0 || testing.Verbose() {
				t.Logf("%d/%d %s %.2f ns=%.2f lp=%.2f %s\n  %s\n  %s", n.Errors, n.Words, c.File, h.Took.Seconds(), h.NoSpeech, h.LogProbability, h.Rejected, c.Text, h.Text())
			}
		}
		t.Logf("%s: WER %.1f %% over %d words, %.3f of the audio's length", language, 100*sum.Rate(), sum.Words, took.Seconds()/audio.Seconds())
		assert.Less(t, sum.Rate(), 0.25)
	}
}
