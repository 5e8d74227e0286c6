package call

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call/interpreter"
	"github.com/amtsleitung/amtsleitung/leg"
)

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

// Nobody can interpret the guest: caller and person go on as before.
func TestAGuestWhomNobodyInterprets(t *testing.T) {
	interpreted(t, func(o *office, c *clerk, line *party) {
		require.NoError(t, c.order(Order{Kind: Consult, Target: "0090 1"}))
		pass(4 * second)
		require.False(t, c.last().Interpretation.Possible)
		require.True(t, inFull(line, guestTone))
		require.NoError(t, c.order(Order{Kind: Merge}))
		pass(4 * second)
		require.True(t, c.last().Interpretation.On)
		require.False(t, c.last().Interpretation.Possible)
		require.True(t, inFull(line, guestTone))
		o.says("caller", "bom dia")
		require.Contains(t, line.words(), "de: bom dia")
		require.Empty(t, o.trunk.leg(0).words())
	}, outside("tr"))
}
