package rooms

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// Who reads back gets every line once, down to the first that is there.
func TestPassagesMeetWithoutGaps(t *testing.T) {
	meet(t, Options{Languages: []string{"de", "en"}, Translate: upper, Recent: 20}, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		for i := range 33 {
			h.say(in, fmt.Sprint("satz", i), "")
		}
		h.speak(in, Update{}, "offen ist")
		for _, track := range []string{Original, "en"} {
			var read []string
			before, more := "", true
			for more {
				p, err := h.Passage(t.Context(), track, before, 8)
				require.NoError(t, err)
				require.Equal(t, h.hub.Last(), p.ID)
				require.NotEmpty(t, p.Lines)
				var page []string
				for _, l := range p.Lines {
					page = append(page, l.Sentence)
				}
				read = append(page, read...)
				before, more = read[0], p.More
			}
			var all []string
			for i := 14; i <= 33; i++ { // what is not kept is forgotten; who waits does not bring it back
				all = append(all, fmt.Sprintf("s%d", i))
			}
			require.Equal(t, all[len(all)-len(read):], read, track)
			require.GreaterOrEqual(t, len(read), 19, track)
		}
		p, err := h.Passage(t.Context(), Original, "s2", 8)
		require.NoError(t, err)
		require.Empty(t, p.Lines)
		require.NotNil(t, p.Lines, "an empty list in JSON")
		require.False(t, p.More)
		p, err = h.Passage(t.Context(), Original, "s16", 500)
		require.NoError(t, err)
		require.Equal(t, "s15", p.Lines[len(p.Lines)-1].Sentence)
		for _, wrong := range []string{"16", "s", "sx", "s1.1", "<b>"} {
			_, err = h.Passage(t.Context(), Original, wrong, 8)
			require.ErrorIs(t, err, ErrCue, wrong)
		}
		_, err = h.Passage(t.Context(), "tlh", "", 8)
		require.ErrorIs(t, err, ErrLanguage)
	})
}

// A sentence that was taken back still says where to go on.
func TestPassageBeforeWhatIsGone(t *testing.T) {
	meet(t, Options{}, func(t *testing.T, h *hall) {
		stays, goes := h.started("Saal"), h.started("Telefon")
		h.say(stays, "eins", "")
		h.say(goes, "zwei", "")
		h.say(stays, "drei", "")
		require.NoError(t, h.Refuse(t.Context(), goes))
		p, err := h.Passage(t.Context(), Original, "s2", 8)
		require.NoError(t, err)
		require.Len(t, p.Lines, 1)
		require.Equal(t, "s1", p.Lines[0].Sentence)
		p, err = h.Passage(t.Context(), Original, "", 8)
		require.NoError(t, err)
		require.Len(t, p.Lines, 2)
	})
}
