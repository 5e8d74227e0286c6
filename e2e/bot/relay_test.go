package bot

import (
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/internal/exchangetest"
)

// The line understands and is understood with 3 % loss and 40 ms of jitter.
func TestLossAndJitter(t *testing.T) {
	s := start(t)
	p := newPhone(t)
	bad := exchangetest.NewBadLine(t, s.SIP, audiotest.Trouble{
		Loss: 0.03, Delay: 20 * time.Millisecond, Jitter: 40 * time.Millisecond, Seed: 7,
	})
	concerns := []concern{german[0][0], german[1][0], german[2][2]}
	h := p.ask(t, bad.Address(), "de", "PCMA", concerns)
	answers := h.answers()
	understood := 0
	for i, c := range concerns {
		if i+1 >= len(answers) {
			break
		}
		text := p.understand(t, "de", answers[i+1])
		t.Logf("%s -> %s", c.question, text)
		if regexp.MustCompile(c.fact).MatchString(text) {
			understood++
		}
	}
	require.GreaterOrEqual(t, understood, 2, "through loss and jitter")
	require.Contains(t, s.Log(), "call ended")
}
