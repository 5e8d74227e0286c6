package dialog_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
)

const flood = "Wegen Hochwasser ist die Uferstraße gesperrt."

func announcing(id *string) func(string) (string, string) {
	return func(language string) (string, string) {
		if *id == "" {
			return "", ""
		}
		if language == "en" {
			return "The river road is closed.", *id
		}
		return flood, *id
	}
}

func TestAnnouncementComesBeforeTheQuestion(t *testing.T) {
	o, id := options(), "flood-1"
	o.Announcement = announcing(&id)
	c := dialog.New(o)
	actions := collect(t, c, dialog.Event{Kind: dialog.Start})
	text := said(actions)
	require.True(t, actions[0].Firm, "the disclosure comes first")
	require.Less(t, strings.Index(text, "künstlichen Intelligenz"), strings.Index(text, flood))
	require.Less(t, strings.Index(text, flood), strings.Index(text, "Was kann ich für Sie tun?"))
	require.Empty(t, collect(t, c, dialog.Event{Kind: dialog.Announce}), "said once a call")
	require.NotContains(t, said(collect(t, c, say("Wann wird der Sperrmüll abgeholt?"))), flood)
}

// In a running call it is said at a pause, then the call goes on where it was.
func TestAnnouncementWithinACall(t *testing.T) {
	o, id := options(), ""
	o.Announcement = announcing(&id)
	c := dialog.New(o)
	require.NotContains(t, said(collect(t, c, dialog.Event{Kind: dialog.Start})), flood)
	require.Empty(t, collect(t, c, dialog.Event{Kind: dialog.Announce}))
	asked := said(collect(t, c, say("Bitte rufen Sie mich zurück")))
	collect(t, c, say("null zwei zwei acht"))
	id = "flood-2"
	actions := collect(t, c, dialog.Event{Kind: dialog.Announce})
	require.Contains(t, said(actions), flood)
	require.Contains(t, said(actions), "null zwei zwei acht", "what was dictated is still there")
	require.NotContains(t, said(actions), asked)
	require.Equal(t, dialog.Listen, actions[len(actions)-1].Kind)
	actions = collect(t, c, say("siebenundsiebzig, doppel drei"))
	require.Contains(t, said(actions), "null zwei zwei acht, sieben sieben, drei drei")
	require.Empty(t, collect(t, c, dialog.Event{Kind: dialog.Announce}))
}

func TestNoAnnouncementAfterAnEmergency(t *testing.T) {
	o, id := options(), ""
	o.Announcement = announcing(&id)
	c := dialog.New(o)
	collect(t, c, dialog.Event{Kind: dialog.Start})
	collect(t, c, say("Es brennt bei uns"))
	id = "flood-3"
	require.Empty(t, collect(t, c, dialog.Event{Kind: dialog.Announce}))
}

func TestSurge(t *testing.T) {
	o := options()
	o.Busy = func() bool { return true }
	o.Departments = []dialog.Department{{Name: "servicecenter", Transfers: true}}
	c := dialog.New(o)
	collect(t, c, dialog.Event{Kind: dialog.Start})
	require.NotContains(t, said(collect(t, c, say("Ich brauche einen neuen Personalausweis"))), "mehr dazu")
	actions := collect(t, c, say("Ich möchte mit einem Menschen sprechen"))
	require.Contains(t, said(actions), "rufen")
	require.Equal(t, dialog.Listen, actions[len(actions)-1].Kind, "a callback instead of waiting")
}
