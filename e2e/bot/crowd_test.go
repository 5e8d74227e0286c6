package bot

import (
	"regexp"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/sip"
)

// Twenty citizens call at once on two cores: all are answered, nobody hears
// another's answer, the line is free again afterwards.
func TestTwentyCallsAtOnce(t *testing.T) {
	const calls = 20
	s := start(t)
	p := newPhone(t)
	var asked []concern
	for _, c := range german {
		asked = append(asked, c...)
	}
	heards := make([]heard, calls)
	var wg sync.WaitGroup
	for i := range calls {
		clip := p.speech(t, "de", asked[i%len(asked)].question)
		wg.Go(func() { heards[i] = p.call(t.Context(), s.SIP, sip.DialOptions{Codecs: []string{"PCMA"}}, clip) })
	}
	wg.Wait()
	right := 0
	for i, h := range heards {
		require.NoError(t, h.err, "call %d: %v", i, h.events)
		answers := h.answers()
		require.GreaterOrEqual(t, len(answers), 2, "call %d heard no answer: %v", i, h.events)
		c := asked[i%len(asked)]
		text := p.understand(t, "de", answers[1])
		if regexp.MustCompile(c.fact).MatchString(text) {
			right++
		} else {
			t.Logf("%s -> %s", c.question, text)
		}
	}
	t.Logf("%d of %d calls heard the right fact", right, calls)
	// How well the voice is understood is the citizens' test; here a crowd
	// must not be understood much worse than they are.
	require.GreaterOrEqual(t, right, calls*6/10)
	require.Eventually(t, func() bool { return s.Calls(t) == 0 }, within, step, "calls are left over")
}
