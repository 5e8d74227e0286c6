package rooms

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// A meeting that is over gives nothing of what is forgotten to a model any more.
func TestWhatIsForgottenIsNotDrafted(t *testing.T) {
	var asked []string
	let := make(chan struct{})
	simplify := func(_ context.Context, text, _, _ string) (string, error) {
		asked = append(asked, text)
		<-let
		return "leicht " + text, nil
	}
	for name, tc := range map[string]struct {
		kept bool
		want []string
	}{"volatile": {false, []string{"erster Satz"}}, "kept": {true, []string{"erster Satz", "dritter Satz"}}} {
		meet(t, Options{Easy: "de-leicht", Simplify: simplify}, func(t *testing.T, h *hall) {
			ctx := t.Context()
			asked, let = nil, make(chan struct{})
			in := h.started("Saal")
			h.say(in, "erster Satz", "") // is being drafted until the meeting is over
			h.say(in, "zweiter Satz", "")
			if tc.kept {
				require.NoError(t, h.Announce(ctx, "Es wird aufbewahrt.", true))
				require.NoError(t, h.Told(ctx, in))
				require.NoError(t, h.Keep(ctx, true))
				h.say(in, "dritter Satz", "")
			}
			require.NoError(t, h.Detach(ctx, in))
			require.NoError(t, h.Stop(ctx))
			time.Sleep(2 * time.Second)
			status, err := h.Status(ctx)
			require.NoError(t, err)
			require.Equal(t, Stopped, status.State.Life, name)
			close(let)
			synctest.Wait()
			require.Equal(t, tc.want, asked, name)
		})
	}
}

func TestAPanicDoesNotLogWhatWasSaid(t *testing.T) {
	var log bytes.Buffer
	breaks := func(_ context.Context, text, _, _ string) (string, error) { panic("cannot read " + text) }
	o := Options{Languages: []string{"de", "en"}, Translate: breaks, Log: slog.New(slog.NewTextHandler(&log, nil))}
	meet(t, o, func(t *testing.T, h *hall) {
		h.say(h.started("Saal"), "streng geheim", "")
		require.Contains(t, h.seen("en", 0), "[streng geheim] untranslated")
		require.Contains(t, log.String(), "panic")
		require.NotContains(t, log.String(), "geheim")
	})
}
