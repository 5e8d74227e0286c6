package rooms

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/transcript"
)

func TestWhoRefusesIsNeverPublishedOrKept(t *testing.T) {
	meet(t, Options{Languages: []string{"de", "en"}, Translate: upper, Delay: 0}, func(t *testing.T, h *hall) {
		ctx := t.Context()
		a, b := h.started("Ada"), h.attach("Bert")
		h.say(a, "mein Satz", "")
		h.say(b, "geheim eins", "")
		h.speak(b, Update{}, "geheim zwei")
		last := h.hub.Last()
		require.NoError(t, h.Refuse(ctx, b))
		require.NoError(t, h.Refuse(ctx, b))
		h.say(b, "geheim drei", "")
		h.say(a, "noch einer", "")
		for _, track := range []string{Original, "de", "en", Staff} {
			require.NotContains(t, strings.ToLower(h.seen(track, 0)), "geheim", track)
		}
		require.Contains(t, h.seen("en", last), `retract {"input":"i2"}`, "screens are told")
		require.NoError(t, h.do(ctx, func(m *meeting) {
			raw, err := json.Marshal(m.hub.tracks)
			require.NoError(t, err)
			require.NotContains(t, string(raw), "geheim")
			for _, tr := range m.hub.tracks {
				for i := range tr.n {
					require.NotContains(t, string(tr.at(i).Wire), "geheim")
				}
			}
			require.Len(t, m.sentences, 2)
		}))
		require.ErrorIs(t, h.Mute(ctx, b, false), ErrRefused)

		// The line breaks off and comes back: a no is a no.
		require.NoError(t, h.Detach(ctx, b))
		c := h.attach("Bert")
		h.say(c, "geheim vier", "")
		require.NotContains(t, h.seen(Original, 0), "geheim")
		require.NoError(t, h.Agree(ctx, c))
		h.say(c, "jetzt doch", "")
		require.Contains(t, h.seen(Original, 0), "[jetzt doch]")
		status, err := h.Status(ctx)
		require.NoError(t, err)
		acts := []Act{}
		for _, e := range status.Consent {
			acts = append(acts, e.Act)
		}
		require.Equal(t, []Act{Refused, Agreed}, acts)
	})
}

// Files, senders, bridges and microphones of a room have names, which are nobody's.
func TestANameOfAnInputSpeaksForNobody(t *testing.T) {
	for _, kind := range []Kind{File, Broadcast, Stream, Bridge, Microphone} {
		meet(t, Options{}, func(t *testing.T, h *hall) {
			ctx := t.Context()
			h.started("Ada")
			attach := func(name, speaker string) string {
				id, err := h.Attach(ctx, Source{Name: name, Kind: kind, Speaker: speaker})
				require.NoError(t, err)
				return id
			}
			one := attach("Rat", "")
			h.say(one, "vom ersten", "")
			snap, err := h.Snapshot(ctx, Original, 10)
			require.NoError(t, err)
			require.Equal(t, "vom ersten", snap.Lines[0].Cues[0].Text)
			require.Empty(t, snap.Lines[0].Speaker)
			require.NoError(t, h.Refuse(ctx, one))
			require.NoError(t, h.Detach(ctx, one))
			h.say(attach("Bau", ""), "von einem anderen", "")
			h.say(attach("Rede", "Frau Sommer"), "vom dritten", "")
			snap, err = h.Snapshot(ctx, Original, 10)
			require.NoError(t, err)
			require.Len(t, snap.Lines, 2, "the no of one unknown is not that of another")
			require.Equal(t, "Frau Sommer", snap.Lines[1].Speaker)
			status, err := h.Status(ctx)
			require.NoError(t, err)
			require.Equal(t, "Rat", status.Consent[0].Who, "the ledger names what there is")
			require.Equal(t, []string{"Ada", "Frau Sommer"}, status.Speakers)
		})
	}
}

// A sender that comes back is still who said no, though nobody knows who speaks there.
func TestANoOfAnUnknownVoiceStands(t *testing.T) {
	meet(t, Options{}, func(t *testing.T, h *hall) {
		ctx := t.Context()
		require.NoError(t, h.Start(ctx))
		refused := func(s Source) (string, bool) {
			id, err := h.Attach(ctx, s)
			require.NoError(t, err)
			status, err := h.Status(ctx)
			require.NoError(t, err)
			return id, status.Inputs[len(status.Inputs)-1].Refused
		}
		sender := Source{Name: "Regie", Kind: Broadcast}
		id, no := refused(sender)
		require.False(t, no)
		require.NoError(t, h.Refuse(ctx, id))
		require.NoError(t, h.Detach(ctx, id))
		for other, want := range map[Source]bool{
			{Name: "Regie", Kind: Broadcast}: true, {Name: "Saal", Kind: Broadcast}: false,
			{Name: "Regie", Kind: Stream}: false, {Name: "Regie", Kind: Broadcast, Speaker: "Ada"}: false,
		} {
			_, no := refused(other)
			require.Equal(t, want, no, other)
		}
		again, _ := refused(sender)
		require.NoError(t, h.Agree(ctx, again))
		require.NoError(t, h.Detach(ctx, again))
		status, err := h.Status(ctx)
		require.NoError(t, err)
		for _, in := range status.Inputs { // one of the same came meanwhile, and said no by itself
			if in.Refused {
				require.NoError(t, h.Agree(ctx, in.ID))
			}
		}
		_, no = refused(sender)
		require.False(t, no)
	})
}

func TestWhoHasLeftMayStillRefuse(t *testing.T) {
	meet(t, Options{}, func(t *testing.T, h *hall) {
		a := h.started("Ada")
		h.say(a, "mein Satz", "")
		require.NoError(t, h.Detach(t.Context(), a))
		require.NoError(t, h.Refuse(t.Context(), a))
		require.NotContains(t, h.seen(Original, 0), "Satz")
	})
}

func TestNothingIsLeftByDefault(t *testing.T) {
	meet(t, Options{Title: "Ausschuss", Languages: []string{"de", "en"}, Translate: upper}, func(t *testing.T, h *hall) {
		ctx := t.Context()
		in := h.started("Saal")
		v, err := h.Follow("en", 0)
		require.NoError(t, err)
		h.say(in, "ein Satz", "")
		_, err = h.Meeting(ctx)
		require.ErrorIs(t, err, ErrVolatile)
		_, err = h.Edits(ctx)
		require.ErrorIs(t, err, ErrVolatile)
		last := h.words(in, "letztes Wort")
		require.NoError(t, h.Stop(ctx))
		require.NoError(t, h.Hear(ctx, in, Update{Committed: last, Sentence: true})) // was said before the end
		h.say(in, "danach", "")
		require.NoError(t, h.Detach(ctx, in))
		time.Sleep(3 * time.Second)
		require.Equal(t, "cue s1 [en:EIN SATZ]\ncue s2 [en:LETZTES WORT]", h.seen("en", 0), "viewers get the last words")
		time.Sleep(10 * time.Second)
		synctest.Wait()
		require.ErrorIs(t, h.Start(ctx), ErrClosed, "it is over")
		events, err := v.Next(ctx, nil)
		require.NoError(t, err)
		require.Equal(t, KindState, events[0].Kind)
		require.Contains(t, string(events[0].Data), "closed")
		_, err = v.Next(ctx, nil)
		require.ErrorIs(t, err, ErrClosed)
		require.Empty(t, h.m.sentences)
		require.Empty(t, h.m.byID)
		require.Empty(t, h.m.ledger.entries)
		require.Empty(t, h.m.o.Title)
		for name, tr := range h.hub.tracks {
			require.LessOrEqual(t, tr.n, 1, name)
		}
	})
}

func TestOnlyWhatWasSaidAfterAllWereToldIsKept(t *testing.T) {
	o := Options{Title: "Rat", Languages: []string{"de", "en"}, Translate: upper, Linger: 10 * time.Second}
	meet(t, o, func(t *testing.T, h *hall) {
		ctx := t.Context()
		a, b := h.started("Ada"), h.attach("Bert")
		require.ErrorIs(t, h.Keep(ctx, true), ErrUnannounced)
		require.ErrorIs(t, h.Told(ctx, a), ErrUnannounced)
		require.NoError(t, h.Announce(ctx, "Eine Maschine schreibt mit.", false))
		require.ErrorIs(t, h.Keep(ctx, true), ErrUnannounced, "the text did not say so")
		require.NoError(t, h.Announce(ctx, "Eine Maschine schreibt mit; es wird aufbewahrt.", true))
		require.NoError(t, h.Keep(ctx, true))
		require.NoError(t, h.Told(ctx, a))
		h.say(a, "Bert weiß nichts", "")
		late := h.words(a, "vorher gesagt")
		require.NoError(t, h.Told(ctx, b))
		require.NoError(t, h.Hear(ctx, a, Update{Committed: late, Sentence: true}))
		h.say(a, "alle wissen Pescheid", "")
		_, err := h.Correct(ctx, Correction{Cue: "s3.1", Text: "alle wissen Bescheid", Editor: "Eda"})
		require.NoError(t, err)
		c := h.attach("Cem") // comes late and was not told
		h.say(a, "Cem weiß nichts", "")
		require.NoError(t, h.Refuse(ctx, c))
		h.say(b, "merci beaucoup", "fr")
		m, err := h.Meeting(ctx)
		require.NoError(t, err)
		require.Len(t, m.Tracks["de"], 2, "while it lasts, too")
		require.NoError(t, h.Stop(ctx))
		time.Sleep(time.Minute)

		m, err = h.Meeting(ctx)
		require.NoError(t, err)
		require.Equal(t, "Rat", m.Title)
		require.Equal(t, []string{"Ada", "Bert"}, m.Speakers)
		texts := func(track string) (out []string) {
			for _, c := range m.Tracks[track] {
				out = append(out, c.Text)
			}
			return out
		}
		require.Equal(t, []string{"alle wissen Bescheid", "de:MERCI BEAUCOUP"}, texts("de"))
		require.Equal(t, []string{"en:ALLE WISSEN BESCHEID", "en:MERCI BEAUCOUP"}, texts("en"))
		require.Equal(t, []string{"merci beaucoup"}, texts("fr"))
		require.True(t, m.Tracks["de"][0].Corrected)
		require.True(t, m.Tracks["de"][0].Machine)
		require.Equal(t, "Cem", m.Consent[len(m.Consent)-1].Who)
		require.True(t, m.Consent[len(m.Consent)-1].Refused)
		edits, err := h.Edits(ctx)
		require.NoError(t, err)
		require.Len(t, edits, 1)
		require.Equal(t, "alle wissen Pescheid", edits[0].Before)
		require.NoError(t, h.do(ctx, func(m *meeting) {
			require.Len(t, m.sentences, 2)
			require.Empty(t, m.inputs)
			require.Empty(t, m.left)
		}))
		require.Contains(t, h.seen("de", 1), Gap, "viewers can fetch nothing any more")
		time.Sleep(23*time.Hour + 50*time.Minute)
		_, err = h.Meeting(ctx)
		require.NoError(t, err)
		time.Sleep(time.Hour)
		synctest.Wait()
		_, err = h.Meeting(ctx)
		require.ErrorIs(t, err, ErrClosed)
		require.Empty(t, h.m.sentences)
	})
}

func TestWhoRefusedIsNotTold(t *testing.T) {
	meet(t, Options{}, func(t *testing.T, h *hall) {
		ctx := t.Context()
		in := h.started("Ada")
		require.NoError(t, h.Refuse(ctx, in))
		require.ErrorIs(t, h.Told(ctx, in), ErrRefused, "before anything is announced")
		require.NoError(t, h.Announce(ctx, "Es wird aufbewahrt.", true))
		entries := len(h.m.ledger.entries)
		require.ErrorIs(t, h.Told(ctx, in), ErrRefused)
		require.Len(t, h.m.ledger.entries, entries, "and the ledger says nothing of it")
		require.NoError(t, h.Agree(ctx, in))
		require.NoError(t, h.Told(ctx, in))
	})
}

func TestWhatIsNotKeptIsCounted(t *testing.T) {
	meet(t, Options{}, func(t *testing.T, h *hall) {
		ctx := t.Context()
		in := h.started("Saal")
		h.say(in, "vorher", "")
		require.NoError(t, h.Announce(ctx, "Es wird aufbewahrt.", true))
		require.NoError(t, h.Told(ctx, in))
		count := func() [2]int {
			s, err := h.Status(ctx)
			require.NoError(t, err)
			return [2]int{s.Kept, s.Unkept}
		}
		require.Zero(t, count(), "nothing is to be kept so far")
		require.NoError(t, h.Keep(ctx, true))
		h.say(in, "jetzt", "")
		h.say(in, "und jetzt", "")
		guest := h.attach("Gast")
		h.say(in, "ein Neuer ist da", "")
		require.Equal(t, [2]int{2, 2}, count())
		require.NoError(t, h.Told(ctx, guest))
		h.say(guest, "nun weiß ich es", "")
		require.Equal(t, [2]int{3, 2}, count())
		require.NoError(t, h.Stop(ctx))
		time.Sleep(20 * time.Second)
		require.Equal(t, [2]int{3, 2}, count())
	})
}

func TestKeepingMayBeTakenBack(t *testing.T) {
	meet(t, Options{}, func(t *testing.T, h *hall) {
		ctx := t.Context()
		in := h.started("Ada")
		require.NoError(t, h.Announce(ctx, "Es wird aufbewahrt.", true))
		require.NoError(t, h.Told(ctx, in))
		require.NoError(t, h.Keep(ctx, true))
		h.say(in, "ein Satz", "")
		_, err := h.Meeting(ctx)
		require.NoError(t, err)
		require.NoError(t, h.Keep(ctx, false))
		_, err = h.Meeting(ctx)
		require.ErrorIs(t, err, ErrVolatile)
		require.NoError(t, h.Stop(ctx))
		time.Sleep(time.Minute)
		synctest.Wait()
		require.ErrorIs(t, h.Start(ctx), ErrClosed)
	})
}

func TestCoveredWords(t *testing.T) {
	base := time.Unix(1000, 0)
	at := func(s int) time.Time { return base.Add(time.Duration(s) * time.Second) }
	in := input{zero: base}
	spans := []span{{at(2), at(4)}, {at(6), at(8)}, {from: at(20)}}
	for s, want := range map[int]bool{0: false, 1: false, 2: true, 3: true, 4: false, 5: false, 7: true, 8: false, 19: false, 30: true} {
		w := transcript.Word{Start: time.Duration(s) * time.Second, End: time.Duration(s+1) * time.Second}
		require.Equal(t, want, in.covered(spans, w), "second %d", s)
	}
}

// A yes opens nobody who is muted besides.
func TestAYesLeavesTheMutedMuted(t *testing.T) {
	meet(t, Options{}, func(t *testing.T, h *hall) {
		ctx := t.Context()
		h.started("Ada")
		attach := func(closed bool) string {
			id, err := h.Attach(ctx, Source{Name: "Telefon", Kind: Telephone, Closed: closed})
			require.NoError(t, err)
			return id
		}
		muted := func(id string) bool {
			status, err := h.Status(ctx)
			require.NoError(t, err)
			i := slices.IndexFunc(status.Inputs, func(in Input) bool { return in.ID == id })
			return status.Inputs[i].Muted
		}
		born := attach(true)
		require.True(t, muted(born))
		before, after, open := attach(false), attach(false), attach(false)
		require.NoError(t, h.Mute(ctx, before, true))
		for _, id := range []string{born, before, after, open} {
			require.NoError(t, h.Refuse(ctx, id))
		}
		require.NoError(t, h.Mute(ctx, after, true))
		for id, want := range map[string]bool{born: true, before: true, after: true, open: false} {
			require.NoError(t, h.Agree(ctx, id))
			require.Equal(t, want, muted(id), id)
		}
	})
}
