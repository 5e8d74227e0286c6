package meeting

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/transcript"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// inHall runs a hall in a bubble of time.
func inHall(t *testing.T, o HallOptions, f func(t *testing.T, h *Hall)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := NewHall(o)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- h.Run(ctx) }()
		defer func() {
			cancel()
			require.NoError(t, <-done)
			require.Zero(t, h.Meetings())
		}()
		synctest.Wait()
		f(t, h)
	})
}

func (h *Hall) must(t *testing.T, n New) *Meeting {
	t.Helper()
	m, err := h.Create(n)
	require.NoError(t, err)
	return m
}

// say has an input say a sentence that ends now.
func say(t *testing.T, m *Meeting, input string, began time.Time, text, language string) {
	t.Helper()
	fields := strings.Fields(text)
	time.Sleep(time.Duration(len(fields)) * time.Second / 2)
	at := time.Since(began) - time.Duration(len(fields))*time.Second/2
	var words []transcript.Word
	for _, f := range fields {
		words = append(words, transcript.Word{Text: f, Start: at, End: at + time.Second/2, Probability: 0.9})
		at += time.Second / 2
	}
	require.NoError(t, m.Room.Hear(t.Context(), input, rooms.Update{Committed: words, Sentence: true, Language: language}))
	synctest.Wait()
}

func TestKeysOpenWhatTheyAreFor(t *testing.T) {
	inHall(t, HallOptions{}, func(t *testing.T, h *Hall) {
		m := h.must(t, New{Title: "Bauausschuss"})
		keys, code := m.Keys(), m.Room.Code()
		for key, role := range map[string]Role{keys.Secret: Organiser, keys.Edit: Editor, keys.Speak: Speaker} {
			found, got, err := h.Open("::1", code, key)
			require.NoError(t, err)
			require.Same(t, m, found)
			require.Equal(t, role, got)
		}
		for _, wrong := range []string{"", "x", keys.PIN, keys.Secret[:20], keys.Secret + "x", strings.ToUpper(keys.Edit)} {
			_, role, err := h.Open("192.0.2."+wrong, code, wrong)
			require.ErrorIs(t, err, ErrKey)
			require.Empty(t, role)
		}
		found, err := h.Enter("::1", strings.ToLower(code[:3])+" "+code[3:])
		require.NoError(t, err)
		require.Same(t, m, found)
		_, err = h.Enter("::1", "000000")
		require.ErrorIs(t, err, rooms.ErrCode)
		other := h.must(t, New{})
		_, _, err = h.Open("::2", other.Room.Code(), keys.Secret)
		require.ErrorIs(t, err, ErrKey, "a key opens its own meeting only")
		require.NotEqual(t, other.Keys(), keys)
		require.True(t, Organiser.May(Speaker) && Editor.May(Editor) && !Speaker.May(Editor) && !Role("").May(""))
		require.NotContains(t, keys.String()+keys.LogValue().String(), keys.PIN)
	})
}

func TestGuessersWait(t *testing.T) {
	inHall(t, HallOptions{Lobby: rooms.LobbyOptions{Wrong: 3}, PINs: 5}, func(t *testing.T, h *Hall) {
		m := h.must(t, New{})
		code, keys := m.Room.Code(), m.Keys()
		for range 3 {
			_, _, err := h.Open("a", code, "wrong")
			require.ErrorIs(t, err, ErrKey)
		}
		_, _, err := h.Open("a", code, keys.Secret)
		require.ErrorIs(t, err, rooms.ErrTooMany, "who guessed waits, with the right key, too")
		_, _, err = h.Open("b", code, keys.Secret)
		require.NoError(t, err)
		for i := range usualKeys {
			_, _, _ = h.Open(strings.Repeat("c", i+1), code, "wrong")
		}
		_, _, err = h.Open("d", code, "wrong")
		require.ErrorIs(t, err, rooms.ErrTooMany, "all together guessed too often")
		_, _, err = h.Open("e", code, keys.Secret)
		require.NoError(t, err, "nobody locks the organisers out")
		time.Sleep(time.Minute)
		_, _, err = h.Open("a", code, keys.Secret)
		require.NoError(t, err)
	})
}

func TestPINsAreFoundByNobodyWhoTries(t *testing.T) {
	inHall(t, HallOptions{Lobby: rooms.LobbyOptions{Wrong: 3}, PINs: 5}, func(t *testing.T, h *Hall) {
		m := h.must(t, New{})
		pin := m.Keys().PIN
		for _, typed := range []string{pin, pin + "#", pin[:3] + " " + pin[3:]} {
			found, err := h.Dial("030", typed)
			require.NoError(t, err)
			require.Same(t, m, found)
		}
		wrong := "000000" // is never given out
		for range 3 {
			_, err := h.Dial("0301", wrong)
			require.ErrorIs(t, err, ErrPIN)
		}
		_, err := h.Dial("0301", pin)
		require.ErrorIs(t, err, rooms.ErrTooMany)
		_, err = h.Dial("0302", pin)
		require.NoError(t, err)
		for _, source := range []string{"0303", "0304"} {
			_, err = h.Dial(source, pin+"1")
			require.ErrorIs(t, err, ErrPIN)
		}
		_, err = h.Dial("0305", pin)
		require.ErrorIs(t, err, rooms.ErrTooMany, "callers can invent numbers: all together are bounded")
		time.Sleep(pinWindow)
		_, err = h.Dial("0301", pin)
		require.NoError(t, err)
	})
}

func TestPINsAreNotThoseThatPeopleTryFirst(t *testing.T) {
	for _, pin := range []string{"000000", "111111", "123456", "654321", "012345", "234599", "121212", "123123", "112233"[:4] + "11", "777123", "123321", "900012"} {
		require.True(t, easy(pin), pin)
	}
	for _, pin := range []string{"402917", "184950", "739102", "112935"} {
		require.False(t, easy(pin), pin)
	}
	seen := map[string]bool{}
	for range 500 {
		pin := newPIN()
		require.Len(t, pin, pinLength)
		require.Equal(t, pin, normalPIN(pin))
		require.False(t, easy(pin))
		seen[pin] = true
	}
	require.Greater(t, len(seen), 490)
}

func TestAHallThatDoesNotRunHoldsNothing(t *testing.T) {
	h := NewHall(HallOptions{})
	_, err := h.Create(New{})
	require.ErrorIs(t, err, rooms.ErrRooms)
}

func TestAHallIsFull(t *testing.T) {
	inHall(t, HallOptions{Lobby: rooms.LobbyOptions{Rooms: 2}}, func(t *testing.T, h *Hall) {
		first := h.must(t, New{})
		h.must(t, New{})
		_, err := h.Create(New{})
		require.ErrorIs(t, err, rooms.ErrRooms)
		require.Equal(t, 2, h.Meetings())
		require.NoError(t, first.Close(t.Context()))
		<-first.Done()
		synctest.Wait()
		h.must(t, New{})
	})
}

func TestAMeetingThatIsOverLeavesTheHall(t *testing.T) {
	inHall(t, HallOptions{}, func(t *testing.T, h *Hall) {
		ctx := t.Context()
		closed, forgotten, ended := h.must(t, New{}), h.must(t, New{}), h.must(t, New{})
		require.NoError(t, closed.Close(ctx))
		require.NoError(t, closed.Close(ctx), "twice")
		require.NoError(t, ended.Start(ctx))
		require.NoError(t, ended.Stop(ctx))
		<-closed.Done()
		<-ended.Done() // once viewers have read the last lines
		synctest.Wait()
		require.Equal(t, 1, h.Meetings())
		_, err := h.Enter("a", closed.Room.Code())
		require.ErrorIs(t, err, rooms.ErrCode)
		_, err = h.Dial("a", ended.Keys().PIN)
		require.ErrorIs(t, err, ErrPIN)
		require.ErrorIs(t, ended.Start(ctx), rooms.ErrClosed)
		state, _ := ended.State()
		require.True(t, state.Over())
		<-forgotten.Done() // nothing happens there
		synctest.Wait()
		require.Zero(t, h.Meetings())
	})
}

func TestTwoOrganisersAtOnce(t *testing.T) {
	inHall(t, HallOptions{}, func(t *testing.T, h *Hall) {
		ctx := t.Context()
		m := h.must(t, New{Keep: true})
		both := func(do func(context.Context) error) {
			t.Helper()
			var all sync.WaitGroup
			for range 2 {
				all.Go(func() {
					if err := do(ctx); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
		}
		both(m.Start)
		status, err := m.Room.Status(ctx)
		require.NoError(t, err)
		require.Len(t, status.Consent, 2, "announced and kept once: %v", status.Consent)
		both(m.Room.Pause)
		both(m.Start)
		var mixed sync.WaitGroup
		for _, do := range []func(context.Context) error{m.Start, m.Room.Pause, m.Stop, m.Stop, m.Start, m.Room.Pause} {
			mixed.Go(func() { _ = do(ctx) }) // whoever is later: refused, never stuck
		}
		mixed.Wait()
		time.Sleep(time.Minute)
		state, _ := m.State()
		require.Equal(t, rooms.Stopped, state.Life, "a stop is a stop")
		both(m.Stop)
		both(m.Close)
		<-m.Done()
		require.ErrorIs(t, m.Stop(ctx), rooms.ErrClosed)
	})
}

func TestTheAnnouncementIsMadeOnce(t *testing.T) {
	inHall(t, HallOptions{}, func(t *testing.T, h *Hall) {
		ctx := t.Context()
		own := h.must(t, New{Consent: "Hier schreibt eine Maschine mit."})
		_, changed := own.State()
		require.NoError(t, own.Start(ctx))
		<-changed
		synctest.Wait()
		state, _ := own.State()
		require.Equal(t, State{Life: rooms.Running, Notice: "Hier schreibt eine Maschine mit.", Notices: 1}, state)
		require.NoError(t, own.Room.Pause(ctx))
		require.NoError(t, own.Start(ctx))
		synctest.Wait()
		state, _ = own.State()
		require.Equal(t, 1, state.Notices)

		other := h.must(t, New{Languages: []string{"uk", "de"}})
		require.NoError(t, other.Room.Announce(ctx, "Anders gesagt.", false))
		require.NoError(t, other.Start(ctx))
		synctest.Wait()
		require.Equal(t, "Anders gesagt.", other.Announced(), "the organiser was there first")
		require.Contains(t, other.Consent(), "machine", "English where there is no text")
	})
}

func TestAnnouncementsSayWhatIsKept(t *testing.T) {
	for _, language := range []string{"de", "en", "de-AT"} {
		require.NotEqual(t, Announcement(language, true), Announcement(language, false))
	}
	require.Contains(t, Announcement("de-AT", false), "bleibt davon nichts gespeichert")
	require.Contains(t, Announcement("de", true), "aufbewahrt")
	require.Contains(t, Announcement("en", true), "kept")
}
