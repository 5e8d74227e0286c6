package rooms

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/subtitles"
)

func lobby(t *testing.T, o LobbyOptions, f func(t *testing.T, l *Lobby)) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLobby(o)
		_, _, err := l.Create(Options{})
		require.ErrorIs(t, err, ErrRooms, "not running")
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- l.Run(ctx) }()
		synctest.Wait()
		f(t, l)
		cancel()
		require.NoError(t, <-done)
		require.Zero(t, l.Rooms())
	})
}

func TestPeopleComeInByCode(t *testing.T) {
	lobby(t, LobbyOptions{}, func(t *testing.T, l *Lobby) {
		room, secret, err := l.Create(Options{Title: "Rat"})
		require.NoError(t, err)
		require.Len(t, room.Code(), 6)
		typed := strings.ToLower(room.Code()[:3]) + " - " + room.Code()[3:]
		found, err := l.Enter("10.0.0.1", typed)
		require.NoError(t, err)
		require.Same(t, room, found)
		found, err = l.Organise("10.0.0.1", typed, secret)
		require.NoError(t, err)
		require.Same(t, room, found)
		for _, wrong := range []string{"", secret + "x", secret[1:], room.Code()} {
			_, err = l.Organise("10.0.0.1", typed, wrong)
			require.ErrorIs(t, err, ErrCode)
		}
		require.NoError(t, room.Close(t.Context()))
		synctest.Wait()
		_, err = l.Enter("10.0.0.1", typed)
		require.ErrorIs(t, err, ErrCode, "the code is free again")
	})
}

func TestGuessersWait(t *testing.T) {
	lobby(t, LobbyOptions{Wrong: 3}, func(t *testing.T, l *Lobby) {
		room, _, err := l.Create(Options{})
		require.NoError(t, err)
		for range 3 {
			_, err = l.Enter("bad", "000000")
			require.ErrorIs(t, err, ErrCode)
		}
		_, err = l.Enter("bad", room.Code())
		require.ErrorIs(t, err, ErrTooMany, "even the right one, or it would be told")
		_, err = l.Enter("good", room.Code())
		require.NoError(t, err, "others do not wait")
		time.Sleep(wrongPer)
		_, err = l.Enter("bad", room.Code())
		require.NoError(t, err)
	})
}

func TestGuessersAreBounded(t *testing.T) {
	g := guard{most: 2, sources: map[string]*guesses{}}
	now := time.Unix(0, 0)
	for i := range mostGuessers + 500 {
		g.note(fmt.Sprint(i), now)
	}
	require.LessOrEqual(t, len(g.sources), mostGuessers)
	g.note("x", now.Add(wrongPer))
	require.Len(t, g.sources, 1, "who waited is forgotten")
}

func TestCodesThatAreTakenAreDrawnAgain(t *testing.T) {
	lobby(t, LobbyOptions{Rooms: 3}, func(t *testing.T, l *Lobby) {
		draws := []string{"CCCCCC", "CCCCCC", "CCCCCC", "FFFFFF"}
		l.code = func() string {
			code := draws[0]
			if len(draws) > 1 {
				draws = draws[1:]
			}
			return code
		}
		a, _, err := l.Create(Options{})
		require.NoError(t, err)
		b, _, err := l.Create(Options{})
		require.NoError(t, err)
		require.Equal(t, "CCCCCC FFFFFF", a.Code()+" "+b.Code())
		_, _, err = l.Create(Options{})
		require.ErrorContains(t, err, "no code is free")
		l.code = newCode
		_, _, err = l.Create(Options{})
		require.NoError(t, err)
		_, _, err = l.Create(Options{})
		require.ErrorContains(t, err, "3 are held already")
	})
}

func TestCodesHaveNoLookAlikes(t *testing.T) {
	seen := map[string]bool{}
	signs := map[rune]int{}
	for range 2000 {
		code := newCode()
		require.Equal(t, code, NormalCode(code))
		seen[code] = true
		for _, r := range code {
			signs[r]++
		}
	}
	require.Greater(t, len(seen), 1990)
	require.Len(t, signs, len(alphabet))
	for r, n := range signs {
		require.NotContains(t, "0OQD1IL2Z5S6G8BUVAE", string(r))
		require.InDelta(t, 12000/len(alphabet), n, 200, "all are as likely")
	}
}

func FuzzNormalCode(f *testing.F) {
	for _, s := range []string{"", "ccc-fff", " 3 4 7 9 C F ", "ſſſſſſ", "000000", "CCCFFFC", "\xff\xfe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code := NormalCode(s)
		if code == "" {
			return
		}
		require.Len(t, code, codeLength)
		require.Equal(t, code, NormalCode(code))
		for _, r := range code {
			require.Contains(t, alphabet, string(r))
		}
	})
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "a\n\nb", "<b>", "\u202eabc", "\xff", " x ", "\u2028", strings.Repeat("ä", 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := clean(s, 50)
		require.Equal(t, c, clean(c, 50))
		require.LessOrEqual(t, len([]rune(c)), 50)
		require.NotContains(t, c, "\n")
		for _, w := range subtitles.Spread(c, 0, time.Second, "de", 1) {
			require.LessOrEqual(t, w.Start, w.End)
			require.LessOrEqual(t, w.End, time.Second)
		}
	})
}

func FuzzTag(f *testing.F) {
	for _, s := range []string{"", "de", "de-leicht", "DE-at", "@staff", "original", "x-y", "<b>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := tag(s); got != "" {
			require.NotContains(t, got, "@")
			require.NotEqual(t, Original, got)
			require.Equal(t, got, tag(got))
		}
	})
}
