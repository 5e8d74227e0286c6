package call

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call/interpreter"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/translate"
)

// many knows all directions between the languages of these tests.
func many(o *office) { o.book.pairs = []string{"pt-de", "pt-fr", "de-fr", "pt-en", "en-fr"} }

// outside lets clerks call numbers, whose people speak a language.
func outside(language string) func(*office) {
	return func(o *office) {
		o.bot.Permit = func(number string) (Target, error) {
			return Target{Address: "sip:" + number, RingTime: 20 * second, Language: language}, nil
		}
		o.trunk.ring = second
	}
}

func TestHoldPausesTheInterpreter(t *testing.T) {
	interpreted(t, func(o *office, c *clerk, line *party) {
		o.begins("agent:Tina", "ein sehr langer Satz der noch gesprochen wird während gehalten wird und zwar lange")
		pass(2 * second)
		require.NoError(t, c.order(Order{Kind: HoldCaller, On: true}))
		heard := len(line.words())
		pass(6 * second)
		require.True(t, inFull(o.caller, musicTone))
		require.False(t, slices.ContainsFunc(o.caller.words(), func(s string) bool { return len(s) > 60 }), "a translation went on into the music")
		require.True(t, c.last().Interpretation.On, "it is on, though nobody speaks")
		o.says("caller", "está alguém aí")
		require.Len(t, line.words(), heard)

		require.NoError(t, c.order(Order{Kind: HoldCaller}))
		pass(2 * second)
		require.Equal(t, []string{"on_hold", "back_from_hold"}, o.caller.words()[3:], "the machine introduces itself again")
		require.Len(t, line.words(), heard)
		require.False(t, inFull(line, callerTone))
		o.says("caller", "obrigado")
		require.Contains(t, line.words(), "de: obrigado")
		require.False(t, inFull(o.caller, musicTone))
	})
}

func TestWhoIsMutedIsNotInterpreted(t *testing.T) {
	interpreted(t, func(o *office, c *clerk, line *party) {
		require.NoError(t, c.order(Order{Kind: MuteSelf, On: true}))
		heard := len(o.caller.words())
		o.says("agent:Tina", "unter uns")
		require.Len(t, o.caller.words(), heard)
		o.says("caller", "bom dia")
		require.Contains(t, line.words(), "de: bom dia")
		require.NoError(t, c.order(Order{Kind: MuteSelf}))
		o.says("agent:Tina", "guten Tag")
		require.Contains(t, o.caller.words(), "pt: guten Tag")
	})
}

// The notice that hold has cut is heard in full afterwards.
func TestANoticeThatWasCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(newTown(t))
		say := o.bot.Lines
		o.bot.Lines = func(language string, key prompts.Key, pairs ...string) string {
			if key == prompts.InterpretNotice {
				return "interpret_notice und das in vielen Worten damit es lange dauert"
			}
			return say(language, key, pairs...)
		}
		o.serve(o.caller, second, func() {
			s := o.desk.sought(0)
			line := o.arrive("agent", "webrtc", personTone)
			c := o.desk.clerk("Tina", line)
			s.news <- News{Kind: Found, Person: c}
			pass(second)
			require.NoError(t, c.order(Order{Kind: HoldCaller, On: true}))
			pass(2 * second)
			require.Empty(t, line.words())
			require.NoError(t, c.order(Order{Kind: HoldCaller}))
			pass(5 * second)
			require.Equal(t, []string{"interpret_notice und das in vielen Worten damit es lange dauert"}, line.words())
		})
	})
}

// The next person's languages decide anew; how it is done is kept.
func TestAnotherPersonOfAnotherLanguage(t *testing.T) {
	for name, tc := range map[string]struct {
		speaks []string
		on     bool
		hears  string
	}{
		"another one": {[]string{"fr"}, true, "fr: bom dia"},
		"the same":    {nil, true, "de: bom dia"},
		"theirs":      {[]string{"pt"}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			interpreted(t, func(o *office, c *clerk, _ *party) {
				require.NoError(t, c.order(interpret(true, Interpretation{Mode: interpreter.Simultaneous})))
				require.NoError(t, c.order(Order{Kind: TransferTo, Target: "@jan"}))
				s := o.desk.sought(1)
				other := o.arrive("agent", "webrtc", guestTone)
				o.speaks = tc.speaks
				jan := o.desk.clerk("Jan", other)
				s.news <- News{Kind: Found, Person: jan}
				pass(4 * second)
				i := jan.last().Interpretation
				require.Equal(t, tc.on, i.On)
				require.Equal(t, interpreter.Simultaneous, i.Mode)
				require.Equal(t, tc.on, !inFull(other, callerTone))
				o.says("caller", "bom dia")
				if tc.on {
					require.Equal(t, tc.hears, other.words()[1])
					require.Equal(t, "interpret_on/pt", o.caller.words()[len(o.caller.words())-1])
					return
				}
				require.Empty(t, other.words())
			}, many)
		})
	}
}

// Person and guest are interpreted for each other, and the caller hears and
// reads none of it; then for all three, then for caller and guest.
func TestAGuestOfAnotherLanguage(t *testing.T) {
	interpreted(t, func(o *office, c *clerk, line *party) {
		require.NoError(t, c.order(Order{Kind: Consult, Target: "0033 1"}))
		pass(4 * second)
		other, name := o.trunk.leg(0), "agent:0033 1"
		require.Contains(t, other.words(), "interpret_notice/fr")
		i := c.last().Interpretation
		require.True(t, i.On)
		require.Equal(t, []string{"de", "fr"}, []string{i.Person, i.Guest})
		heard, lines := len(o.caller.words()), len(o.record().Lines)
		o.says("agent:Tina", "ganz unter uns")
		require.Contains(t, other.words(), "fr: ganz unter uns")
		o.says(name, "entre nous")
		require.Contains(t, line.words(), "de: entre nous")
		require.Len(t, o.caller.words(), heard, "the caller hears what is not for them")
		require.Len(t, o.record().Lines, lines, "the caller reads what is not for them")
		require.True(t, inFull(o.caller, musicTone))

		o.begins(name, "encore entre nous")
		require.NoError(t, c.order(Order{Kind: Merge}))
		pass(4 * second)
		require.Len(t, o.caller.words(), heard, "the last words between the two reach the caller")
		o.says("caller", "bom dia a todos")
		require.Contains(t, line.words(), "de: bom dia a todos")
		require.Contains(t, other.words(), "fr: bom dia a todos")
		require.Len(t, o.line("caller").Translations, 2)
		o.says(name, "bonjour")
		require.Contains(t, o.caller.words(), "pt: bonjour")
		require.Contains(t, line.words(), "de: bonjour")
		i = c.last().Interpretation
		require.Equal(t, []string{"pt", "de", "fr"}, []string{i.Caller, i.Person, i.Guest})

		require.NoError(t, c.order(Order{Kind: Drop}))
		pass(2 * second)
		require.Equal(t, talking, c.last().Phase)
		require.Empty(t, c.last().Interpretation.Guest)
		require.False(t, inFull(line, callerTone))
		o.says("agent:Tina", "wieder wir")
		require.Equal(t, "pt: wieder wir", o.caller.words()[len(o.caller.words())-1])
	}, many, outside("fr"))
}

// A guest of the person's language needs no interpreter; the caller does.
func TestAGuestOfThePersonsLanguage(t *testing.T) {
	interpreted(t, func(o *office, c *clerk, line *party) {
		require.NoError(t, c.order(Order{Kind: Consult, Target: "030 1"}))
		pass(4 * second)
		other := o.trunk.leg(0)
		require.True(t, inFull(other, personTone))
		require.True(t, inFull(line, guestTone))
		require.False(t, c.last().Interpretation.On)
		require.NoError(t, c.order(Order{Kind: Merge}))
		pass(4 * second)
		require.True(t, c.last().Interpretation.On)
		require.Contains(t, other.words(), "interpret_notice/de")
		require.True(t, inFull(other, personTone), "both are German")
		require.False(t, inFull(other, callerTone))
		o.says("caller", "bom dia")
		require.Contains(t, other.words(), "de: bom dia")
		require.Contains(t, line.words(), "de: bom dia")
		heard := len(line.words())
		o.says("agent:030 1", "guten Tag")
		require.Len(t, line.words(), heard)
		require.Contains(t, o.caller.words(), "pt: guten Tag")

		require.NoError(t, c.order(Order{Kind: TransferTo}))
		pass(4 * second)
		require.Equal(t, []Ending{EndedTransfer}, c.endings)
		require.False(t, inFull(other, callerTone), "caller and guest are interpreted on")
		o.says("caller", "adeus")
		require.Contains(t, other.words(), "de: adeus")
	}, many, outside("de"))
}

func TestTheConsultedPersonTakesOver(t *testing.T) {
	interpreted(t, func(o *office, c *clerk, _ *party) {
		require.NoError(t, c.order(Order{Kind: Consult, Target: "@jan"}))
		other := o.arrive("agent", "webrtc", guestTone)
		o.speaks = []string{"fr"}
		o.desk.sought(1).news <- News{Kind: Found, Person: o.desk.clerk("Jan", other)}
		pass(4 * second)
		require.Equal(t, "fr", c.last().Interpretation.Guest)
		require.NoError(t, c.order(Order{Kind: TransferTo}))
		pass(4 * second)
		o.says("caller", "bom dia")
		require.Contains(t, other.words(), "fr: bom dia")
		require.Equal(t, "fr", o.desk.people[1].last().Interpretation.Person)
	}, many)
}

// Both lines stay here, also where the caller's exchange could connect them:
// nobody would interpret there.
func TestATargetOfAnotherLanguage(t *testing.T) {
	for _, mode := range []Mode{Blind, Attended, Bridged} {
		for name, language := range map[string]string{"another": "de", "theirs": "pt", "none": "fr"} {
			t.Run(string(mode)+"/"+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					o := newOffice(newTown(t))
					o.bot.Targets = func(name string) (Target, bool) {
						return Target{Name: name, Address: "sip:amt@city.example", Mode: mode, RingTime: 20 * second, Language: language}, true
					}
					referred := false
					l := movable{o.caller, func(context.Context, leg.Referral) error {
						referred = true
						o.caller.leave("normal, by caller")
						return nil
					}}
					o.serve(l, second, func() {
						pass(7 * second)
						if mode == Attended {
							o.trunk.leg(0).press('1')
							pass(3 * second)
						}
						if language != "de" {
							return
						}
						other := o.trunk.leg(0)
						require.Contains(t, other.words(), "interpret_notice/de")
						require.False(t, inFull(other, callerTone))
						o.says("caller", "bom dia")
						require.Contains(t, other.words(), "de: bom dia")
						o.says("agent:amt", "guten Tag")
						require.Contains(t, o.caller.words(), "pt: guten Tag")
						o.begins("caller", "uma frase muito comprida que ainda se ouve quando o outro desliga o telefone")
						pass(second)
						other.leave("normal, by them")
						pass(2 * second)
						require.Equal(t, "person_left", o.caller.words()[len(o.caller.words())-1])
					})
					require.Equal(t, mode != Bridged && language != "de", referred)
				})
			})
		}
	}
}

func TestTheDeskCallsAForeigner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(newTown(t))
		line := o.arrive("agent", "webrtc", personTone)
		c := o.desk.clerk("Tina", line)
		result := make(chan Result, 1)
		go func() {
			result <- o.bot.Connect(t.Context(), o.caller, Handover{Call: "01TEST", Department: "amt", Language: "pt"}, c)
		}()
		pass(3 * second)
		require.True(t, c.last().Interpretation.On)
		require.Contains(t, o.caller.words(), "connected_person interpret_notice/pt")
		o.says("agent:Tina", "guten Tag")
		require.Contains(t, o.caller.words(), "pt: guten Tag")
		o.says("caller", "bom dia")
		require.Contains(t, line.words(), "de: bom dia")
		c.orders <- Order{Kind: Finish}
		require.Equal(t, Served, <-result)
		o.close()
		require.Equal(t, "person_left", o.caller.words()[len(o.caller.words())-1])
	})
}

// Who writes reads: nothing is spoken, and both read what the other means.
func TestAForeignerWhoWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(newTown(t))
		o.caller.mute = true
		l := writer{o.caller}
		o.serve(l, second, func() {
			s := o.desk.sought(0)
			s.news <- News{Kind: Waiting, Position: 1}
			c := o.desk.clerk("Tina", nil)
			s.news <- News{Kind: Found, Person: c}
			pass(second)
			require.True(t, c.last().Interpretation.On)
			l.write("quanto custa")
			pass(second)
			require.Equal(t, []journal.Translation{{Language: "de", Text: "de: quanto custa", State: journal.TranslationShown, Engine: "phrasebook"}}, o.line("caller").Translations)
			require.NoError(t, c.order(Order{Kind: Write, Text: "das kostet nichts"}))
			pass(second)
			said := o.line("agent:Tina")
			require.Equal(t, "das kostet nichts", said.Segment.Text)
			require.Equal(t, "de", said.Segment.Language)
			require.Equal(t, "pt: das kostet nichts", said.Translations[0].Text)

			o.book.fails(func(translate.Request) error { return errEngine })
			l.write("obrigado")
			pass(second)
			require.Equal(t, journal.TranslationFailed, o.line("caller").Translations[0].State)
			require.Equal(t, interpreter.ProblemFailed, c.last().Interpretation.Problem)
			o.book.fails(func(translate.Request) error { panic("broken") })
			l.write("obrigado outra vez")
			pass(second)
			require.Equal(t, journal.TranslationFailed, o.line("caller").Translations[0].State)
			o.book.fails(nil)
			l.write("adeus")
			pass(second)
			require.Equal(t, "de: adeus", o.line("caller").Translations[0].Text)
			require.Empty(t, c.last().Interpretation.Problem)
			require.NoError(t, c.order(interpret(false, Interpretation{})))
			l.write("ainda aqui")
			pass(second)
			require.Empty(t, o.line("caller").Translations)
			require.Empty(t, o.caller.words())

			require.NoError(t, c.order(interpret(true, Interpretation{})))
			line := o.arrive("agent", "webrtc", personTone)
			c.mu.Lock()
			c.line = line
			c.mu.Unlock()
			l.setVoice(true)
			pass(3 * second)
			require.Contains(t, line.words(), "interpret_notice/de")
			o.says("caller", "agora falo")
			require.Contains(t, line.words(), "de: agora falo")
			l.setVoice(false)
			pass(second)
			require.NoError(t, c.order(Order{Kind: Finish}))
		})
		require.Equal(t, "person", o.record().Reason)
	})
}

func TestATranslatorThatFails(t *testing.T) {
	for name, how := range map[string]func(translate.Request) error{
		"fails":  func(translate.Request) error { return errEngine },
		"panics": func(translate.Request) error { panic("broken") },
		"hangs":  func(translate.Request) error { time.Sleep(5 * second); return errEngine },
	} {
		t.Run(name, func(t *testing.T) {
			interpreted(t, func(o *office, c *clerk, line *party) {
				o.book.fails(how)
				for range 3 {
					o.says("caller", "bom dia")
					pass(8 * second)
					require.Equal(t, journal.TranslationFailed, o.line("caller").Translations[0].State)
				}
				require.Equal(t, interpreter.ProblemBroken, c.last().Interpretation.Problem)
				require.True(t, inFull(line, callerTone), "nobody understands anybody")
				require.Contains(t, line.words(), "interpret_broken/de")
				require.Equal(t, talking, c.last().Phase)
				o.book.fails(nil)
				o.says("caller", "boa tarde")
				require.Contains(t, line.words(), "de: boa tarde")
				pass(3 * second)
				require.Empty(t, c.last().Interpretation.Problem)
				require.False(t, inFull(line, callerTone))
			})
		})
	}
}

// Whoever goes in the middle of a translation leaves nothing behind.
func TestSomebodyGoesWhileTheInterpreterSpeaks(t *testing.T) {
	const long = "uma frase muito comprida que ainda se ouve quando alguém desliga o telefone de repente"
	for name, tc := range map[string]struct {
		happens func(o *office, c *clerk, line *party)
		reason  string
		words   string
	}{
		"the caller hangs up": {func(o *office, _ *clerk, _ *party) { o.caller.leave("normal, by caller") }, "caller", "connected_person interpret_notice/pt"},
		"the person hangs up": {func(_ *office, c *clerk, _ *party) { c.orders <- Order{Kind: Finish} }, "person", "person_left"},
		"the line is lost": {func(o *office, c *clerk, line *party) {
			c.mu.Lock()
			c.line = o.arrive("agent", "webrtc", personTone)
			c.mu.Unlock()
			line.leave("the page is loaded again")
			pass(2 * second)
			o.says("agent:Tina", "da bin ich wieder")
		}, "caller", "pt: da bin ich wieder"},
		"back to the bot": {func(_ *office, c *clerk, _ *party) { c.orders <- Order{Kind: BackToBot} }, "caller", "zurück"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := newOffice(newTown(t))
				o.serve(o.caller, second, func() {
					_, c, line := served(o.town)
					pass(2 * second)
					o.begins("caller", long)
					pass(2 * second)
					tc.happens(o, c, line)
					pass(3 * second)
					require.NotContains(t, line.words(), "de: "+long)
				})
				require.Equal(t, tc.reason, o.record().Reason)
				require.Equal(t, tc.words, o.caller.words()[len(o.caller.words())-1])
				require.NotEqual(t, journal.TranslationSpeaking, o.line("caller").Translations[0].State)
			})
		})
	}
}

func TestASupervisorHearsAnInterpretedCall(t *testing.T) {
	interpreted(t, func(o *office, _ *clerk, line *party) {
		ear := o.arrive("supervisor", "webrtc", guestTone)
		ctx, stop := context.WithCancel(o.t.Context())
		left := make(chan error, 1)
		go func() { left <- o.bot.Listen(ctx, "01TEST", ear) }()
		pass(2 * second)
		require.True(t, inFull(ear, callerTone))
		require.True(t, inFull(ear, personTone))
		require.False(t, inFull(line, guestTone))
		o.says("caller", "bom dia")
		require.Contains(t, line.words(), "de: bom dia")
		stop()
		require.NoError(t, <-left)
	})
}

// The bot answers in the caller's language; the person reads what it says.
func TestTheBotJoinsAnInterpretedCall(t *testing.T) {
	interpreted(t, func(o *office, c *clerk, line *party) {
		helper := &script{answer: func(e dialog.Event) []dialog.Action {
			if e.Kind == dialog.Heard {
				return []dialog.Action{{Kind: dialog.Say, Text: "siebenunddreißig Euro", Lang: "de"}, {Kind: dialog.Say, Text: "mais nada"}}
			}
			return nil
		}}
		o.bot.Converse = func(leg.Info) (Conversation, error) { return helper, nil }
		require.NoError(t, c.order(Order{Kind: WithBot}))
		o.says("agent:Tina", "was kostet das")
		pass(2 * second)
		require.Contains(t, o.caller.words(), "pt: siebenunddreißig Euro")
		require.Contains(t, o.caller.words(), "mais nada")
		bot := o.line("bot")
		require.Equal(t, "pt: siebenunddreißig Euro mais nada", bot.Segment.Text)
		require.Equal(t, "de: pt: siebenunddreißig Euro mais nada", bot.Translations[0].Text)
	})
}

func TestATextIsReadOutInBothLanguages(t *testing.T) {
	interpreted(t, func(o *office, c *clerk, line *party) {
		require.NoError(t, c.order(Order{Kind: Speak, Text: "siebenunddreißig Euro", Lang: "de"}))
		pass(2 * second)
		require.Equal(t, "pt: siebenunddreißig Euro", o.caller.words()[len(o.caller.words())-1])
		require.Equal(t, "siebenunddreißig Euro", line.words()[len(line.words())-1])
		require.Equal(t, "pt: siebenunddreißig Euro", o.line("bot").Translations[0].Text)
		o.book.fails(func(translate.Request) error { return errEngine })
		require.NoError(t, c.order(Order{Kind: Speak, Text: "fünf Euro", Lang: "de"}))
		pass(2 * second)
		require.Equal(t, "fünf Euro", o.caller.words()[len(o.caller.words())-1])
		require.NoError(t, c.order(Order{Kind: Speak, Text: "cinco euros", Lang: "pt"}))
		pass(2 * second)
		require.Equal(t, "cinco euros", line.words()[len(line.words())-1])
	})
}
