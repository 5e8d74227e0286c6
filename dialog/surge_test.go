package dialog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
)

const flood = "Wegen Hochwasser ist die Uferstraße gesperrt."

func announcing(id *string) func(string) dialog.Announcement {
	return func(language string) dialog.Announcement {
		switch {
		case *id == "":
			return dialog.Announcement{}
		case language == "de":
			return dialog.Announcement{ID: *id, Text: flood, Language: "de"}
		}
		return dialog.Announcement{ID: *id, Text: "The river road is closed.", Language: "en"}
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

// Who waits for a person hears it, too, and is asked nothing.
func TestAnnouncementWhileHandedOver(t *testing.T) {
	o, id := options(), ""
	o.Announcement = announcing(&id)
	o.Departments = []dialog.Department{{Name: "buergeramt", Transfers: true}}
	c := dialog.New(o)
	collect(t, c, dialog.Event{Kind: dialog.Start})
	handed := collect(t, c, say("Ich möchte mit einem Menschen sprechen"))
	require.Equal(t, dialog.Transfer, handed[len(handed)-1].Kind)
	require.Empty(t, collect(t, c, dialog.Event{Kind: dialog.Announce}))
	id = "flood-3"
	actions := collect(t, c, dialog.Event{Kind: dialog.Announce})
	require.Contains(t, said(actions), flood)
	require.Equal(t, dialog.Say, actions[len(actions)-1].Kind)
	require.Empty(t, collect(t, c, dialog.Event{Kind: dialog.Announce}))
	require.NotContains(t, said(collect(t, c, dialog.Event{Kind: dialog.TransferFailed})), flood)
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

// A caller who goes on talking hears it before the answer; the answer follows.
func TestAnnouncementAheadOfAnAnswer(t *testing.T) {
	o, id := options(), ""
	o.Announcement = announcing(&id)
	c := dialog.New(o)
	collect(t, c, dialog.Event{Kind: dialog.Start})
	id = "flood-4"
	question := say("Wann wird der Sperrmüll abgeholt?")
	text := said(collect(t, c, question))
	id = ""
	plain := dialog.New(o)
	collect(t, plain, dialog.Event{Kind: dialog.Start})
	answer := said(collect(t, plain, question))
	require.Contains(t, text, flood)
	require.True(t, strings.HasSuffix(text, answer), "%q does not end with %q", text, answer)
	require.NotContains(t, said(collect(t, c, dialog.Event{Kind: dialog.Heard, Text: "Wiederholen Sie das bitte", Confidence: 1})), flood)
}

func TestAnnouncementInAnotherLanguageIsSaidToBe(t *testing.T) {
	o, id := options(), "flood-5"
	o.Languages = []string{"de", "en", "tr"}
	o.Announcement = announcing(&id)
	c := dialog.New(o)
	actions := collect(t, c, dialog.Event{Kind: dialog.Start, Language: "tr"})
	require.Contains(t, said(actions), "henüz Türkçe olarak mevcut değil")
	for _, a := range actions {
		if strings.Contains(a.Text, "river road") {
			require.Equal(t, "en", a.Lang)
			return
		}
	}
	require.Fail(t, "the announcement was not said")
}

// What was broken off for the announcement is said after it.
func TestAnnouncementGoesOnWhereItBrokeOff(t *testing.T) {
	o, id := options(), ""
	o.Announcement = announcing(&id)
	c := dialog.New(o)
	collect(t, c, dialog.Event{Kind: dialog.Start})
	answer := said(collect(t, c, say("Wann wird der Sperrmüll abgeholt?")))
	id = "flood-6"
	collect(t, c, dialog.Event{Kind: dialog.Interrupted})
	text := said(collect(t, c, dialog.Event{Kind: dialog.Announce}))
	require.Contains(t, text, flood)
	require.True(t, strings.HasSuffix(text, answer), "%q does not end with %q", text, answer)
}

// A caller who talked over it hears it with the next answer, but not for ever.
func TestAnnouncementThatWasTalkedOver(t *testing.T) {
	o, id := options(), "flood-7"
	o.Announcement = announcing(&id)
	c := dialog.New(o)
	greeting := collect(t, c, dialog.Event{Kind: dialog.Start})
	question := say("Wann wird der Sperrmüll abgeholt?")
	collect(t, c, dialog.Event{Kind: dialog.Interrupted, Played: 5 * time.Second})
	for range 2 {
		require.Contains(t, said(collect(t, c, question)), flood)
		collect(t, c, dialog.Event{Kind: dialog.Interrupted, Played: time.Second})
	}
	require.NotContains(t, said(collect(t, c, question)), flood)

	c = dialog.New(o)
	collect(t, c, dialog.Event{Kind: dialog.Start})
	all := time.Duration(0)
	for _, a := range greeting {
		all += prompts.Spoken(a.Text)
	}
	collect(t, c, dialog.Event{Kind: dialog.Interrupted, Played: all})
	require.NotContains(t, said(collect(t, c, question)), flood, "it was heard")
}
