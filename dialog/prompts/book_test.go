package prompts_test

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog/prompts"
)

func load(t testing.TB) *prompts.Library {
	l, err := prompts.Load()
	require.NoError(t, err) // also: no key missing, none unknown, every place filled
	return l
}

func TestLanguages(t *testing.T) {
	require.Subset(t, load(t).Languages(), []string{"de", "de-leicht", "en"})
}

// No two wordings of a prompt are alike, so that nothing is said twice in the
// same words.
func TestWordingsDiffer(t *testing.T) {
	l := load(t)
	for _, language := range l.Languages() {
		b, _ := l.Book(language)
		for _, s := range prompts.Keys() {
			seen := map[string]bool{}
			for n := range b.Wordings(s.Key) {
				text := b.Say(s.Key, n)
				require.False(t, seen[text], "%s %s: %q twice", language, s.Key, text)
				seen[text] = true
			}
		}
	}
}

// The greeting with its hint to another language takes at most 8 s.
func TestGreetingIsShort(t *testing.T) {
	l := load(t)
	for _, language := range l.Languages() {
		b, _ := l.Book(language)
		other, _ := l.Book("en")
		if language == "en" {
			other, _ = l.Book("de")
		}
		text := b.Say(prompts.Greeting, 0, "city", "Musterstadt") + " " + other.Say(prompts.Hint, 0) + " " + b.Say(prompts.GreetingAsk, 0)
		require.LessOrEqual(t, prompts.Spoken(text), 8*time.Second, text)
	}
}

// Nobody listens to a machine for more than 15 s before it is their turn.
func TestPromptsAreShort(t *testing.T) {
	l := load(t)
	for _, language := range l.Languages() {
		b, _ := l.Book(language)
		for _, s := range prompts.Keys() {
			for n := range b.Wordings(s.Key) {
				require.LessOrEqual(t, prompts.Spoken(b.Say(s.Key, n)), 15*time.Second, "%s: %s", s.Key, b.Say(s.Key, n))
			}
		}
	}
}

// An emergency names the number in every language, also where the bot speaks
// no more than that.
func TestEmergencyNamesTheNumber(t *testing.T) {
	l := load(t)
	for _, language := range []string{"de", "de-leicht", "en", "tr", "uk", "ru", "ar", "pl", "fr"} {
		b, ok := l.Book(language)
		require.True(t, ok, language)
		for _, key := range []prompts.Key{prompts.EmergencyFire, prompts.EmergencyMedical, prompts.EmergencyPolice, prompts.EmergencySuicide} {
			for n := range b.Wordings(key) {
				require.Regexp(t, "112|110", b.Say(key, n), "%s %s", language, key)
			}
		}
	}
}

// The bot decides nothing, so it never says the words of a decision.
func TestNoWordsOfDecision(t *testing.T) {
	l := load(t)
	for _, language := range l.Languages() {
		b, _ := l.Book(language)
		for _, s := range prompts.Keys() {
			for n := range b.Wordings(s.Key) {
				require.NotRegexp(t, `(?i)genehmigt|bewilligt|abgelehnt|approved|granted|rejected|denied`, b.Say(s.Key, n))
			}
		}
	}
}

func TestFaultsOfAFile(t *testing.T) {
	for name, data := range map[string]string{
		"is no prompt":  "language: xx\npartial: true\nprompts: {nonsense: [a]}",
		"wordings":      "language: xx\npartial: true\nprompts: {emergency_fire: []}",
		"{city}":        "language: xx\npartial: true\nprompts: {who: [ich]}",
		"not found":     "language: xx\nnonsense: 1",
		"months":        "language: xx",
		"nothing is kn": "language: xx\npartial: true\nprompts: {thanks: ['{name}']}",
	} {
		_, err := prompts.LoadFS(fstest.MapFS{"data/xx.yaml": {Data: []byte(data)}}, "data")
		require.ErrorContains(t, err, name)
		require.ErrorContains(t, err, "xx.yaml")
	}
}

func TestSay(t *testing.T) {
	b, _ := load(t).Book("de")
	require.Equal(t, "3. März 2026", b.Date(time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)))
	require.NotEqual(t, b.Say(prompts.AskMore, 0), b.Say(prompts.AskMore, 1))
	require.Equal(t, b.Say(prompts.AskMore, 0), b.Say(prompts.AskMore, b.Wordings(prompts.AskMore)))
	require.Empty(t, b.Say("nonsense", 0))
	_, meaning, ok := b.Term("was ist eine wohnungsgeberbestaetigung")
	require.True(t, ok)
	require.Contains(t, meaning, "Vermieter")
}

// What is said on the way to a person goes round its wordings; clerks of other
// languages hear German, and what nobody has said is nothing.
func TestTeller(t *testing.T) {
	l := load(t)
	tell := l.Teller(nil)
	first := tell("tr", prompts.WaitStill)
	require.NotEmpty(t, first)
	require.NotEqual(t, first, tell("tr", prompts.WaitStill))
	require.Contains(t, tell("tr", prompts.WaitPosition, "position", "7"), "7")
	german := tell("tr", prompts.BriefingAccept)
	b, _ := l.Book("de")
	require.Equal(t, b.Say(prompts.BriefingAccept, 0), german)
	require.NotEmpty(t, tell("ru", prompts.Written(prompts.WaitCallback)))
	require.Empty(t, tell("ru", prompts.Written(prompts.WaitNext)))
	require.Empty(t, tell("xx", "nonsense"))
}

// Whatever is heard on the way to a person is short: nobody wants to listen
// while waiting.
func TestWaitingIsShort(t *testing.T) {
	l := load(t)
	for _, language := range l.Languages() {
		b, _ := l.Book(language)
		for _, key := range []prompts.Key{prompts.WaitPosition, prompts.WaitNext, prompts.WaitEstimate, prompts.WaitEstimateShort, prompts.WaitStill, prompts.WaitRinging, prompts.ConnectedPerson, prompts.OnHold, prompts.BackFromHold, prompts.CallbackTaken, prompts.BackAgain} {
			for n := range b.Wordings(key) {
				require.LessOrEqual(t, prompts.Spoken(b.Say(key, n, "position", "3", "minutes", "12")), 8*time.Second, "%s %s", language, b.Say(key, n))
			}
		}
	}
}

// Names of languages, as clerks hear them.
func TestNamesOfLanguages(t *testing.T) {
	l := load(t)
	for _, language := range []string{"de", "en"} {
		b, _ := l.Book(language)
		for _, other := range l.Languages() {
			require.NotEqual(t, other, b.NameOf(other), "%s has no name for %s", language, other)
		}
		require.Equal(t, "xx", b.NameOf("xx"))
	}
}
