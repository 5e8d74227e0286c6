package dialin

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

func TestACallerIsLedIntoTheMeeting(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		m := w.running(meeting.New{Title: "Bauausschuss", Languages: []string{"de", "en", "uk"}})
		p := w.call("+493012345678", "")
		time.Sleep(6 * time.Second)
		require.Equal(t, "de: Stadt Musterstadt. Willkommen bei den Besprechungen.\nde: Bitte tippen Sie die sechs Ziffern Ihrer PIN ein.", w.heard(p))
		p.press(m.Keys().PIN + "#")
		time.Sleep(35 * time.Second)
		require.Equal(t, strings.Join([]string{
			"de: Sie sind verbunden mit der Besprechung:",
			"de: Bauausschuss",
			"de: " + meeting.Announcement("de", false),
			"de: Um mitzusprechen, drücken Sie die 1",
			"de: Um die Besprechung zu hören, drücken Sie die 2",
			"de: Für Deutsch drücken Sie die 3",
			"en: For English, press 4",
			"uk: Для української мови натисніть 5",
			"de: Wenn Sie nicht mitgeschrieben werden möchten, drücken Sie die 9",
		}, "\n"), strings.Split(w.heard(p), "\nde: Um das")[0])
		p.press("1")
		time.Sleep(10 * time.Second)
		in := w.input(m)
		require.Equal(t, rooms.Source{Name: "Telefon 1 (…78)", Kind: rooms.Telephone, Speaker: "Telefon 1 (…78)"}, in.Source)
		require.True(t, in.Told && !in.Muted)
		require.Contains(t, w.heard(p), "Sie sind jetzt zu hören.")
		p.speak(2 * time.Second)
		require.Contains(t, w.written(m, rooms.Original), "Telefon 1 (…78): Wort Wort")
		p.end()
		<-p.served
		time.Sleep(time.Second)
		status, err := m.Room.Status(w.ctx)
		require.NoError(t, err)
		require.Empty(t, status.Inputs)
	})
}

func TestOthersAreGreetedInEnglish(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		m := w.running(meeting.New{Title: "Rat", Consent: "Eine Maschine schreibt mit."})
		for i, language := range []string{"en-GB", "fr"} {
			p := w.call("anonymous", language)
			time.Sleep(6 * time.Second)
			require.Contains(t, w.heard(p), "en: Please enter the six digits of your PIN.")
			p.press(m.Keys().PIN)
			time.Sleep(25 * time.Second)
			heard := w.heard(p)
			require.Contains(t, heard, "en: You are connected to the meeting:\nde: Rat\nde: Eine Maschine schreibt mit.\nen: In this meeting a machine writes", i)
			require.Contains(t, heard, "en: To speak, press 1")
			p.end()
			<-p.served
		}
	})
}

func TestAWrongPIN(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		m := w.running(meeting.New{})
		p := w.call("", "")
		p.press("000000#")
		require.Contains(t, w.heard(p), "Zu dieser PIN gibt es keine Besprechung")
		p.press("12*000000") // * begins again
		require.Contains(t, w.heard(p), "Zu dieser PIN gibt es keine Besprechung")
		p.press(m.Keys().PIN)
		require.Contains(t, w.heard(p), "Sie sind mit der Besprechung verbunden.", "the third is right")
		p.end()
		<-p.served

		p = w.call("", "")
		p.press("00000#")
		p.press("000000#000000#")
		time.Sleep(10 * time.Second)
		require.Contains(t, w.heard(p), "Leider war das keine gültige PIN.")
		require.Equal(t, leg.CauseNormal, w.ended(p))

		p = w.call("", "")
		p.press(m.Keys().PIN)
		time.Sleep(10 * time.Second)
		require.Contains(t, w.heard(p), "zu viele falsche PINs")
		require.Equal(t, leg.CauseNormal, w.ended(p))
	})
}

func TestWhoPressesNothingIsSaidGoodbye(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		began := time.Now()
		p := w.call("", "")
		require.Equal(t, leg.CauseNormal, w.ended(p))
		require.Less(t, time.Since(began), 2*time.Minute)
		require.Contains(t, w.heard(p), "Leider war das keine gültige PIN.")

		p = w.call("", "")
		for range 40 { // one key each 7 s is no way in, either
			p.press("*")
			time.Sleep(7 * time.Second)
		}
		require.Equal(t, leg.CauseNormal, w.ended(p))

		m := w.running(meeting.New{})
		p = w.joined(m, "")
		require.Equal(t, leg.CauseNormal, w.ended(p))
		require.Contains(t, w.heard(p), "Sie haben nichts gewählt.")
	})
}

func TestHangUpAtEveryMoment(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		running, created := w.running(meeting.New{Title: "Rat", Languages: []string{"de", "en"}}), w.create(meeting.New{})
		paused := w.running(meeting.New{})
		require.NoError(t, paused.Room.Pause(w.ctx))
		for _, m := range []*meeting.Meeting{running, created, paused} {
			for step := range 60 { // each 250 ms of a call is some step of it
				p := w.call("0301234567", "")
				time.Sleep(time.Duration(step) * 250 * time.Millisecond)
				p.press(m.Keys().PIN + "1*9943#"[:1+step%7])
				p.end()
				<-p.served
				time.Sleep(time.Second)
				status, err := m.Room.Status(w.ctx)
				require.NoError(t, err)
				require.Empty(t, status.Inputs, step)
			}
		}
		for step := range 60 {
			p := w.call("0301234567", "")
			p.press(running.Keys().PIN)
			time.Sleep(time.Duration(step) * 500 * time.Millisecond)
			p.end()
			<-p.served
		}
		require.Empty(t, w.warnings.String(), "people may hang up")
	})
}

// The sound of a leg may end a moment before the leg.
func TestHangUpIsNoFaultOfTheVoice(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		p := w.call("0301234567", "")
		time.Sleep(time.Second)
		p.queue.Close()
		time.Sleep(media.FrameDuration)
		p.end()
		<-p.served
		require.Empty(t, w.warnings.String())
	})
}

func TestDigitsBeforeThePromptEnds(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		m := w.running(meeting.New{Title: "Rat", Languages: []string{"de", "en"}})
		p := w.call("0301234567", "")
		p.press(m.Keys().PIN + "#4")
		time.Sleep(5 * time.Second)
		heard := w.heard(p)
		require.Contains(t, heard, "Willkommen bei den Besprechungen.\n<cut>")
		require.NotContains(t, heard, "tippen")
		require.Contains(t, heard, "de: Sie hören jetzt zu.")
		require.NotContains(t, heard, "mitzusprechen", "who knows the key need not hear the choices")

		// Who goes past the announcement hears it to its end before they speak.
		p.press("1")
		p.press("*")
		time.Sleep(30 * time.Second)
		heard = w.heard(p)
		require.Contains(t, heard, "de: "+meeting.Announcement("de", false)+"\n")
		require.NotContains(t, heard, "gespeichert.\n<cut>")
		in := w.input(m)
		require.True(t, in.Told)
		require.True(t, in.Muted, "the star that was pressed meanwhile counts")
		require.Contains(t, heard, "Sie sind stumm geschaltet.")
		p.end()
	})
}

func TestMuteAndRefuse(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		m := w.running(meeting.New{Languages: []string{"de"}})
		p := w.joined(m, "")
		press := func(key, answer string) {
			t.Helper()
			p.press(key)
			time.Sleep(8 * time.Second)
			require.Contains(t, w.heard(p), answer)
		}
		press("*", "Sie sprechen gerade nicht mit.")
		press("1", "Sie sind jetzt zu hören.")
		press("*", "Sie sind stumm geschaltet.")
		p.speak(2 * time.Second)
		require.Empty(t, w.written(m, rooms.Original))
		press("*", "Sie sind wieder zu hören.")
		p.speak(2 * time.Second)
		require.Contains(t, w.written(m, rooms.Original), "Wort")
		press("9", "Sie werden nicht mitgeschrieben")
		require.Empty(t, w.written(m, rooms.Original), "what was written is taken back")
		require.True(t, w.input(m).Refused)
		press("1", "Sie wollten nicht mitgeschrieben werden")
		p.speak(2 * time.Second)
		require.Empty(t, w.written(m, rooms.Original))
		press("9", "Sie werden wieder mitgeschrieben.")
		require.True(t, w.input(m).Muted, "nobody is heard who did not ask for it")
		press("1", "Sie sind jetzt zu hören.")
		p.speak(2 * time.Second)
		require.Contains(t, w.written(m, rooms.Original), "Wort")
		before := w.written(m, rooms.Original)
		press("#", "Um mitzusprechen")
		p.speak(2 * time.Second)
		require.Equal(t, before, w.written(m, rooms.Original), "among the choices nobody is heard")

		// An organiser mutes, too; the star goes by how it is.
		press("1", "Sie sind jetzt zu hören.")
		require.NoError(t, m.Room.Mute(w.ctx, w.input(m).ID, true))
		press("*", "Sie sind wieder zu hören.")
		require.NoError(t, m.Room.Refuse(w.ctx, w.input(m).ID))
		press("*", "Sie wollten nicht mitgeschrieben werden")
		require.NoError(t, m.Room.Announce(w.ctx, "Ab jetzt wird aufbewahrt.", true))
		time.Sleep(8 * time.Second)
		require.Contains(t, w.heard(p), "de: Ab jetzt wird aufbewahrt.")
		require.True(t, w.input(m).Refused, "who refused hears it and stays")
		require.NoError(t, m.Booth.Remove(w.ctx, w.input(m).ID))
		time.Sleep(10 * time.Second)
		require.Contains(t, w.heard(p), "Ihre Verbindung in die Besprechung wurde beendet.")
		require.Equal(t, leg.CauseNormal, w.ended(p))
	})
}

func TestOneSpeaksAndOneHears(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		m := w.running(meeting.New{Languages: []string{"de", "en"}})
		speaker := w.joined(m, "")
		speaker.press("1")
		original := w.joined(m, "")
		original.press("2")
		english := w.joined(m, "en")
		english.press("4")
		time.Sleep(10 * time.Second)
		for _, p := range []*phone{speaker, original, english} {
			w.heard(p)
			p.loudest()
		}
		speaker.speak(3 * time.Second)
		require.Zero(t, speaker.loudest(), "who speaks does not hear themselves")
		require.Greater(t, original.loudest(), 5000.0, "the voice itself")
		time.Sleep(10 * time.Second)
		level := english.loudest()
		require.True(t, level > 2000 && level < 4000, "the translation is read: %v", level)
		require.Contains(t, w.written(m, "en"), "en Wort")
		original.press("7")
		time.Sleep(3 * time.Second)
		require.Contains(t, w.heard(original), "Diese Taste ist nicht belegt.")
		for _, p := range []*phone{speaker, original, english} {
			p.end()
		}
	})
}

func TestTheMeetingBeginsPausesAndEnds(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		m := w.create(meeting.New{Title: "Rat"})
		p := w.call("0301234567", "")
		p.press(m.Keys().PIN)
		time.Sleep(10 * time.Second)
		require.Contains(t, w.heard(p), "Die Besprechung hat noch nicht begonnen.")
		p.loudest()
		time.Sleep(10 * time.Second)
		level := p.loudest()
		require.True(t, level > 100 && level < 8000, "music, softly: %v", level)
		p.press("1") // nothing to choose yet
		time.Sleep(2 * time.Minute)
		require.Contains(t, w.heard(p), "noch nicht begonnen", "again, so that nobody thinks the line is dead")
		require.NoError(t, m.Start(w.ctx))
		time.Sleep(30 * time.Second)
		require.Contains(t, w.heard(p), "de: Die Besprechung beginnt.\nde: "+meeting.Announcement("de", false)+"\nde: Um mitzusprechen")
		p.press("1")
		time.Sleep(8 * time.Second)
		require.True(t, w.input(m).Told)
		require.NoError(t, m.Room.Pause(w.ctx))
		time.Sleep(5 * time.Second)
		require.Contains(t, w.heard(p), "Die Besprechung ist unterbrochen.")
		require.NoError(t, m.Start(w.ctx))
		time.Sleep(8 * time.Second)
		require.Contains(t, w.heard(p), "Die Besprechung geht weiter.")
		require.False(t, w.input(m).Muted, "the caller goes on as before")

		// A new announcement reaches who is in the meeting already.
		require.NoError(t, m.Room.Announce(w.ctx, "Ab jetzt wird aufbewahrt.", true))
		time.Sleep(8 * time.Second)
		require.Contains(t, w.heard(p), "de: Ab jetzt wird aufbewahrt.")
		require.True(t, w.input(m).Told)
		p.noise(true) // words are still being written when it ends
		require.NoError(t, m.Stop(w.ctx))
		time.Sleep(8 * time.Second)
		require.Equal(t, "de: Die Besprechung ist beendet. Auf Wiederhören.", w.heard(p))
		require.Equal(t, leg.CauseNormal, w.ended(p))

		p = w.call("0301234567", "")
		p.press(m.Keys().PIN)
		time.Sleep(20 * time.Second)
		require.Equal(t, leg.CauseNormal, w.ended(p))
	})
}

func TestTheMeetingEndsDuringAPrompt(t *testing.T) {
	for step := range 20 {
		inTown(t, func(t *testing.T, w *town) {
			m := w.running(meeting.New{Title: "Rat", Languages: []string{"de", "en"}})
			p := w.call("0301234567", "")
			p.press(m.Keys().PIN)
			time.Sleep(time.Duration(step) * time.Second)
			if step%3 == 0 {
				p.press("1")
			}
			if step%2 == 0 {
				require.NoError(t, m.Stop(w.ctx))
			} else {
				require.NoError(t, m.Close(w.ctx))
			}
			require.Equal(t, leg.CauseNormal, w.ended(p))
			require.True(t, strings.HasSuffix(w.heard(p), "Die Besprechung ist beendet. Auf Wiederhören."))
		})
	}
}

func TestNobodyWaitsForEver(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		m := w.create(meeting.New{})
		p := w.call("0301234567", "")
		p.press(m.Keys().PIN)
		began := time.Now()
		require.Equal(t, leg.CauseNormal, w.ended(p))
		require.InDelta(t, usualPatience.Minutes(), time.Since(began).Minutes(), 2)
		require.Contains(t, w.heard(p), "noch immer nicht begonnen")
	})
}

func TestTheServiceEnds(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		m := w.running(meeting.New{})
		ctx, cancel := context.WithCancel(w.ctx)
		w.ctx = ctx
		p := w.joined(m, "")
		p.press("2")
		time.Sleep(10 * time.Second)
		cancel()
		require.Equal(t, leg.CauseNormal, w.ended(p))
	})
}

func TestAVoiceThatBreaksHarmsOneCallOnly(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		w.desk = New(Options{Dial: func(string, string) (*meeting.Meeting, error) { panic("broken") }, Speak: w.voice.speak})
		p := w.call("0301234567", "")
		p.press("402917")
		require.Equal(t, leg.CauseError, w.ended(p))
	})
}

func TestNamesNeverShowANumber(t *testing.T) {
	for from, want := range map[string]string{
		"": "Telefon 3", "anonymous": "Telefon 3", "123": "Telefon 3", "+49 30 1234567": "Telefon 3 (…67)",
		"sip:0301234567": "Telefon 3 (…67)", "room42": "Telefon 3",
	} {
		require.Equal(t, want, name("Telefon", 3, from), from)
	}
}

func TestKeysOfManyLanguages(t *testing.T) {
	all := []string{"original", "de", "en", "fr", "es", "it", "pl", "ro", "ru", "tr", "uk", "ar", "bg"}
	now, more := offered(all[:7], 0)
	require.Equal(t, all[:7], now)
	require.False(t, more)
	for page, want := range [][]string{all[:6], all[6:12], all[12:], all[:6]} {
		now, more = offered(all, page)
		require.True(t, more)
		require.Equal(t, want, now, page)
	}
}

func TestPromptsAreComplete(t *testing.T) {
	all, err := read()
	require.NoError(t, err)
	for name, text := range all["de"].texts {
		require.NotEmpty(t, text, name)
		require.NotEmpty(t, all["en"].texts[name], name)
		for _, blank := range []string{"{name}", "{key}", "{language}"} {
			require.Equal(t, strings.Contains(text, blank), strings.Contains(all["en"].texts[name], blank), "%s: %s", name, blank)
		}
	}
	require.Len(t, all["en"].texts, len(all["de"].texts))
	ordinal := regexp.MustCompile(`(\d|{key})\.`)
	for _, texts := range []map[string]string{all["de"].texts, all["en"].texts, all["de"].channels} {
		for name, text := range texts {
			require.NotRegexp(t, ordinal, text, "%s would be read as an ordinal number", name)
		}
	}
	for language, text := range all["de"].channels {
		require.Contains(t, text, "{key}", language)
	}
	require.Equal(t, line{"For English, press 4", "en-GB"}, all["de"].offer("en-GB", '4'))
	require.Equal(t, line{"Für die Übersetzung in diese Sprache, Isländisch, drücken Sie die 4", "de"}, all["de"].offer("is", '4'))
}
