package meeting

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/subtitles/minutes"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

func TestNothingIsLeftUnlessItWasKept(t *testing.T) {
	inHall(t, HallOptions{}, func(t *testing.T, h *Hall) {
		ctx := t.Context()
		m := h.must(t, New{Title: "Rat"})
		require.NoError(t, m.Start(ctx))
		in, err := m.Room.Attach(ctx, rooms.Source{Name: "Mikrofon 1", Speaker: "Frau Sommer"})
		require.NoError(t, err)
		say(t, m, in, time.Now(), "Das bleibt nicht hier.", "de")
		_, err = m.Minutes(ctx)
		require.ErrorIs(t, err, rooms.ErrVolatile)
		_, err = m.Compare(ctx)
		require.ErrorIs(t, err, rooms.ErrVolatile)
		var out bytes.Buffer
		require.ErrorIs(t, m.Export(ctx, &out, "vtt", ""), rooms.ErrVolatile)
		require.ErrorIs(t, m.Export(ctx, &out, "exe", ""), ErrFormat)
		require.Zero(t, out.Len())
	})
}

func TestWhatIsKeptIsExportedAndMinuted(t *testing.T) {
	translate := func(_ context.Context, text, _, to string) (string, error) {
		return to + " " + strings.ToUpper(text), nil
	}
	o := HallOptions{Room: func(New) rooms.Options { return rooms.Options{Translate: translate} }}
	inHall(t, o, func(t *testing.T, h *Hall) {
		ctx := t.Context()
		m := h.must(t, New{Title: "Rat <b>", Languages: []string{"de", "en"}, Keep: true})
		require.NoError(t, m.Start(ctx))
		in, err := m.Room.Attach(ctx, rooms.Source{Name: "Mikrofon 1", Speaker: "Frau Sommer"})
		require.NoError(t, err)
		guest, err := m.Room.Attach(ctx, rooms.Source{Name: "Mikrofon 2", Speaker: "Guest"})
		require.NoError(t, err)
		began := time.Now()
		say(t, m, in, began, "Dieses Wort ist verloren.", "de") // nobody was told yet
		require.NoError(t, m.Room.Told(ctx, in))
		require.NoError(t, m.Room.Told(ctx, guest))
		say(t, m, in, began, "Ich schicke den Plan bis Freitag.", "de")
		say(t, m, in, began, "Wir bauen die Brüke.", "de")
		say(t, m, guest, began, "I walk too the bridge.", "en")
		say(t, m, in, began, "Äh äh äh.", "de")

		snapshot, err := m.Room.Snapshot(ctx, rooms.Original, 50)
		require.NoError(t, err)
		fix := map[string]string{"Wir bauen die Brüke.": "Wir bauen die Brücke.", "I walk too the bridge.": "I walk to the bridge.", "Äh äh äh.": ""}
		for _, line := range snapshot.Lines {
			for _, c := range line.Cues {
				if text, ok := fix[c.Text]; ok {
					_, err := m.Room.Correct(ctx, rooms.Correction{Cue: c.ID, Revision: c.Revision, Text: text, Editor: "Eda"})
					require.NoError(t, err)
					delete(fix, c.Text)
				}
			}
		}
		require.Empty(t, fix)
		synctest.Wait()
		require.NoError(t, m.Stop(ctx))
		time.Sleep(time.Hour)

		var txt, vtt, js bytes.Buffer
		require.NoError(t, m.Export(ctx, &txt, "txt", ""))
		require.Contains(t, txt.String(), "Wir bauen die Brücke.")
		require.NotContains(t, txt.String(), "verloren")
		require.NoError(t, m.Export(ctx, &vtt, "vtt", "en"))
		require.Contains(t, strings.ReplaceAll(vtt.String(), "\n", " "), "en WIR BAUEN DIE BRÜCKE.")
		require.NoError(t, m.Export(ctx, &js, "json", ""))
		require.Contains(t, js.String(), `"quality"`)
		require.ErrorContains(t, m.Export(ctx, &vtt, "vtt", "fr"), `"fr"`)

		record, err := m.Minutes(ctx)
		require.NoError(t, err)
		require.Equal(t, "Rat <b>", record.Title)
		require.Len(t, record.Tasks, 1)
		require.Equal(t, "Frau Sommer", record.Tasks[0].Owner)

		compared, err := m.Compare(ctx)
		require.NoError(t, err)
		require.Equal(t, []string{"-Brüke. +Brücke.", "-too +to", "-Äh äh äh."}, changes(compared))
		for _, c := range compared.Cues {
			require.NotEmpty(t, c.Speaker, "also of what was taken away")
		}
		require.NoError(t, m.Close(ctx))
		<-m.Done()
		_, err = m.Minutes(ctx)
		require.ErrorIs(t, err, rooms.ErrClosed)
	})
}

// Who refuses while a model writes the minutes stands in none.
func TestMinutesThatAreBeingWrittenHearARefusal(t *testing.T) {
	var meanwhile func()
	improve := func(context.Context, string, string) (string, error) {
		if do := meanwhile; do != nil {
			meanwhile = nil
			do()
		}
		return "", errors.New("it is busy")
	}
	inHall(t, HallOptions{Minutes: minutes.Options{Improve: improve}}, func(t *testing.T, h *Hall) {
		ctx := t.Context()
		m := h.must(t, New{Keep: true})
		require.NoError(t, m.Start(ctx))
		in, err := m.Room.Attach(ctx, rooms.Source{Name: "Mikrofon 1", Speaker: "Frau Sommer"})
		require.NoError(t, err)
		require.NoError(t, m.Room.Told(ctx, in))
		say(t, m, in, time.Now(), "Ich schicke den Plan bis Freitag.", "de")
		record, err := m.Minutes(ctx)
		require.NoError(t, err)
		require.Len(t, record.Tasks, 1)
		meanwhile = func() { require.NoError(t, m.Room.Refuse(ctx, in)) }
		record, err = m.Minutes(ctx)
		require.NoError(t, err)
		require.Empty(t, record.Tasks)
		require.Equal(t, []string{"Frau Sommer"}, record.LeftOut)
		meanwhile = func() { require.NoError(t, m.Close(ctx)) }
		_, err = m.Minutes(ctx)
		require.ErrorIs(t, err, rooms.ErrClosed)
	})
}

func changes(c minutes.Comparison) []string {
	var out []string
	for _, cue := range c.Cues {
		var runs []string
		for _, r := range cue.Runs {
			switch r.Kind {
			case minutes.Removed:
				runs = append(runs, "-"+r.Text)
			case minutes.Added:
				runs = append(runs, "+"+r.Text)
			}
		}
		if len(runs) > 0 {
			out = append(out, strings.Join(runs, " "))
		}
	}
	return out
}
