package floor

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/summary"
)

// model is a language model that answers after a while, unless it is stopped.
type model struct {
	after time.Duration

	mu             sync.Mutex
	now, most, all int
}

func (m *model) improve(ctx context.Context, s dialog.Summary, language string) (summary.Note, error) {
	m.count(1)
	defer m.count(-1)
	timer := time.NewTimer(m.after)
	defer timer.Stop()
	select {
	case <-timer.C:
		return summary.Note{Lines: []string{language + ": fragt nach " + s.Concern}, Model: "klein"}, nil
	case <-ctx.Done():
		return summary.Note{}, ctx.Err()
	}
}

func (m *model) count(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now += n
	m.most, m.all = max(m.most, m.now), m.all+max(n, 0)
}

func TestNoteOfTheLanguageModel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, func(o *Options) { o.Improve = (&model{after: time.Second}).improve })
		r.works("tina")
		s := r.seek("01A", "buergeramt", "de")
		p, err := r.Preview("tina", "01A", "de")
		require.NoError(t, err)
		require.Nil(t, p.Machine)
		require.Equal(t, "01A", r.offer("tina"), "it rings at once")
		news, stop := r.Subscribe("tina")
		defer stop()
		pass(time.Second)
		require.Equal(t, Event{"changed"}, <-news)
		p, err = r.Preview("tina", "01A", "en")
		require.NoError(t, err)
		require.Equal(t, &Machine{Lines: []string{"de: fragt nach Wohngeld"}, Model: "klein", Language: "de"}, p.Machine)
		require.Equal(t, []string{"en: Wohngeld"}, p.Summary, "the lines without a model stay")
		r.Erase("01A")
		p, err = r.Preview("tina", "01A", "en")
		require.NoError(t, err)
		require.Nil(t, p.Machine)
		s.Leave(call.HungUp)

		again := r.seek("01B", "buergeramt", "de")
		r.Erase("01B")
		pass(2 * time.Second)
		p, err = r.Preview("tina", "01B", "en")
		require.NoError(t, err)
		require.Nil(t, p.Machine, "erased while the model wrote")
		again.Leave(call.HungUp)
	})
}

// TestModelIsNeverInTheWay has one that hangs while many callers come.
func TestModelIsNeverInTheWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &model{after: time.Hour}
		r := open(t, func(o *Options) { o.Improve = m.improve })
		r.works("tina")
		began := time.Now()
		const callers = 2*unimproved + improvers
		for n := range callers {
			s := r.seek(fmt.Sprintf("01%02d", n), "buergeramt", "de")
			defer s.Leave(call.HungUp)
		}
		require.Equal(t, began, time.Now(), "nobody waits for it")
		require.Equal(t, "0100", r.offer("tina"))
		require.NoError(t, r.Accept(t.Context(), "tina", "0100"))
		pass(time.Duration(callers) * improveTime)
		require.Equal(t, improvers, m.most)
		require.LessOrEqual(t, m.all, unimproved+improvers, "the others go without")
		require.GreaterOrEqual(t, m.all, unimproved)
		require.Equal(t, Busy, r.state("tina"))
		p, err := r.Preview("tina", "0100", "de")
		require.NoError(t, err)
		require.Nil(t, p.Machine)
		require.Equal(t, []string{"de: Wohngeld"}, p.Summary)
	})
}
