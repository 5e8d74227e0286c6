package turn

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func lists(t testing.TB) *Backchannels {
	b, err := NewBackchannels()
	require.NoError(t, err)
	return b
}

func TestBackchannels(t *testing.T) {
	b := lists(t)
	for _, text := range []string{"", "Mhm.", "mmmhhm", "Hm-hm.", "Ja.", "Jaaa!", "Ja, genau.", "Ja ja, alles klar", "Ach so.", "Okay", " ... "} {
		require.True(t, b.Is("de", text, false), text)
	}
	for _, text := range []string{"Nein", "Stopp!", "Halt", "Moment mal", "ja aber was kostet das", "Personalausweis", "genau das meine ich nicht", "112", "ja ja ja ja ja"} {
		require.False(t, b.Is("de", text, false), text)
	}
	require.False(t, b.Is("de", "Ja.", true), "an answer")
	require.True(t, b.Is("de", "Ähm", true), "still a sound")
	require.True(t, b.Is("en", "Uh-huh, I see.", false))
	require.True(t, b.Is("de-leicht", "genau", false))
	require.True(t, b.Is("ru", "Угу, понятно.", false))
	require.True(t, b.Is("tr", "Evet, tamam.", false))
	require.True(t, b.Is("", "tamam", false), "any language")
	require.False(t, b.Is("tr", "genau", false), "not in Turkish")
}

func TestBackchannelListsAreWhole(t *testing.T) {
	for language, list := range lists(t).languages {
		sounds, words := 0, 0
		for _, sound := range list {
			if sound {
				sounds++
			} else {
				words++
			}
		}
		require.Greater(t, sounds, 3, language)
		require.Greater(t, words, 6, language)
	}
	require.Len(t, lists(t).languages, 11)
}

func TestParsePhrasesErrors(t *testing.T) {
	for text, want := range map[string]string{
		"ja\n": "line 1", "[sounds]\nmhm\n[nonsense]\n": "line 3", "[words]\none two three four\n": "line 2", "[words]\n!\n": "line 2",
	} {
		_, err := parsePhrases(strings.NewReader(text))
		require.ErrorContains(t, err, want)
	}
}

func FuzzBackchannels(f *testing.F) {
	f.Add("[sounds]\nmhm\n[words]\nja\n", "Ja, mhm")
	f.Add("[words]\nach so\n", "ach so so")
	b := lists(f)
	f.Fuzz(func(t *testing.T, list, text string) {
		p, err := parsePhrases(strings.NewReader(list))
		if err == nil {
			p.cover(tokens(text), false)
			for phrase := range p {
				require.True(t, p.cover(tokens(phrase), false), phrase)
			}
		}
		if b.Is("de", text, true) {
			require.True(t, b.Is("de", text, false))
		}
	})
}

const ms = time.Millisecond

func started() Event { return Event{Kind: Started, At: 1128 * ms} }
func pausedAt(at, speech time.Duration, serial int) Event {
	return Event{Kind: Paused, At: at, Utterance: Utterance{Serial: serial, Speech: speech, SpeechEnd: at - 192*ms}}
}

func TestInterruption(t *testing.T) {
	b := NewBargeIn(lists(t))
	require.Equal(t, Continue, b.Handle(started()), "the bot is silent: nothing to pause")
	b.BotSpeaks(false, Free)
	require.Equal(t, Pause, b.Handle(started()))
	require.True(t, b.Undecided())
	require.Equal(t, Continue, b.Tick(1500*ms))
	require.Equal(t, Continue, b.Handle(Event{Kind: Sustained, At: 1800 * ms}), "the bot stays held until the words are known")
	require.True(t, b.Undecided())
	require.Equal(t, Continue, b.Handle(pausedAt(3*time.Second, 1700*ms, 1)))
	require.Equal(t, Stop, b.Heard(1, "de", "Was kostet das?"))
	require.False(t, b.Backchannel())
	require.Equal(t, Continue, b.Heard(1, "de", "mhm"))
	require.Equal(t, Continue, b.Tick(time.Minute))
}

func TestShortWordsDecideByText(t *testing.T) {
	for text, want := range map[string]Decision{"Mhm.": Resume, "Ja, genau.": Resume, "": Resume, "Stopp!": Stop, "Nein": Stop} {
		b := NewBargeIn(lists(t))
		b.BotSpeaks(false, Free)
		require.Equal(t, Pause, b.Handle(started()))
		require.Equal(t, Continue, b.Handle(pausedAt(1700*ms, 400*ms, 4)))
		require.Equal(t, Continue, b.Heard(3, "de", "Stopp"), "an older pause")
		require.Equal(t, want, b.Heard(4, "de", text), text)
		require.Equal(t, want == Resume, b.Backchannel())
	}
}

func TestYesIsAnAnswerWhenAwaited(t *testing.T) {
	b := NewBargeIn(lists(t))
	b.BotSpeaks(false, YesNo)
	require.Equal(t, Pause, b.Handle(started()))
	b.Handle(pausedAt(1700*ms, 300*ms, 1))
	require.Equal(t, Stop, b.Heard(1, "de", "Ja."))
}

func TestFirmTextIsNotPaused(t *testing.T) {
	b := NewBargeIn(lists(t))
	b.BotSpeaks(true, Free)
	require.Equal(t, Continue, b.Handle(started()))
	require.Equal(t, Continue, b.Handle(Event{Kind: Sustained, At: 2 * time.Second}))
}

func TestCoughResumes(t *testing.T) {
	b := NewBargeIn(lists(t))
	b.BotSpeaks(false, Free)
	require.Equal(t, Pause, b.Handle(started()))
	b.Handle(pausedAt(1400*ms, 150*ms, 1))
	require.Equal(t, Resume, b.Handle(Event{Kind: Discarded, At: 2 * time.Second}))
	require.True(t, b.Backchannel())
	require.Equal(t, Pause, b.Handle(started()), "and the next sound pauses again")
}

func TestBackchannelThatGoesOn(t *testing.T) {
	b := NewBargeIn(lists(t))
	b.BotSpeaks(false, Free)
	b.Handle(started())
	b.Handle(pausedAt(1700*ms, 300*ms, 1))
	require.Equal(t, Resume, b.Heard(1, "de", "Ja"))
	require.Equal(t, Pause, b.Handle(Event{Kind: Resumed, At: 1900 * ms}))
	require.False(t, b.Backchannel())
	b.Handle(pausedAt(3*time.Second, 700*ms, 2))
	require.Equal(t, Stop, b.Heard(2, "de", "Ja, aber was kostet das?"))
}

func TestWithoutTextLengthDecides(t *testing.T) {
	for speech, want := range map[time.Duration]Decision{300 * ms: Resume, 600 * ms: Stop} {
		b := NewBargeIn(lists(t))
		b.BotSpeaks(false, Free)
		b.Handle(started())
		b.Handle(pausedAt(2*time.Second, speech, 1))
		b.Handle(Event{Kind: Ended, At: 2500 * ms})
		require.Equal(t, Continue, b.Tick(3*time.Second))
		require.Equal(t, want, b.Tick(3200*ms), "within 1.4 s of the sound")
	}
}

func TestNeverSilentForEver(t *testing.T) {
	b := NewBargeIn(lists(t))
	b.BotSpeaks(false, Free)
	require.Equal(t, Pause, b.Handle(started()))
	require.Equal(t, Continue, b.Tick(5*time.Second))
	require.Equal(t, Resume, b.Tick(5200*ms))
}

// faintAt is a Paused of a sound much softer than the caller.
func faintAt(at, speech time.Duration, serial int) Event {
	e := pausedAt(at, speech, serial)
	e.Utterance.Faint = true
	return e
}

func TestLongSoundWithoutWords(t *testing.T) {
	for faint, want := range map[bool]Decision{true: Resume, false: Stop} {
		b := NewBargeIn(lists(t))
		b.BotSpeaks(false, Free)
		b.Handle(started())
		b.Handle(Event{Kind: Sustained, At: 1800 * ms})
		paused := pausedAt(3*time.Second, 1700*ms, 1)
		paused.Utterance.Faint = faint
		b.Handle(paused)
		require.Equal(t, want, b.Heard(1, "de", ""))
		require.Equal(t, faint, b.Backchannel(), "what the bot survives asks for no answer")
	}
}

func TestWhoSpeaksOnAndOnIsHeard(t *testing.T) {
	b := NewBargeIn(lists(t))
	b.BotSpeaks(false, Free)
	b.Handle(started())
	b.Handle(Event{Kind: Sustained, At: 1800 * ms})
	require.Equal(t, Stop, b.Tick(5200*ms))
}

func TestFaintWordsMustInterrupt(t *testing.T) {
	for text, want := range map[string]Decision{"im Bürgerbüro": Resume, "Stopp!": Stop, "Nein": Stop, "Wie bitte?": Stop} {
		b := NewBargeIn(lists(t))
		b.BotSpeaks(false, Free)
		require.Equal(t, Pause, b.Handle(started()))
		b.Handle(faintAt(1900*ms, 550*ms, 1))
		require.Equal(t, want, b.Heard(1, "de", text), text)
	}
}

func TestInterrupters(t *testing.T) {
	b := lists(t)
	require.True(t, b.Interrupts("de", "Moment mal"))
	require.True(t, b.Interrupts("de", "Ja, wo denn?"))
	require.False(t, b.Interrupts("de", "im Bürgerbüro"))
	require.True(t, b.Interrupts("xx", "dur"), "any language")
	for language := range b.languages {
		require.Greater(t, len(b.interrupters[language]), 15, language)
	}
}

// Any order of inputs ends with a bot that is not paused.
func FuzzBargeIn(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9})
	words := lists(f)
	f.Fuzz(func(t *testing.T, script []byte) {
		b := NewBargeIn(words)
		at := time.Duration(0)
		paused := false
		for i, c := range script {
			at += time.Duration(c) * 10 * ms
			var d Decision
			switch c % 8 {
			case 0:
				b.BotSpeaks(c > 200, Expect(c%5))
				paused = false
			case 1, 2, 3, 4, 5, 6:
				d = b.Handle(Event{Kind: Kind(c % 8), At: at, Utterance: Utterance{Serial: i, Speech: time.Duration(c) * 5 * ms}})
			case 7:
				d = b.Heard(i-1, "de", []string{"", "ja", "stopp"}[c%3])
			}
			switch d {
			case Pause:
				paused = true
			case Stop:
				paused = false
			case Resume:
				require.True(t, paused, "resume without a pause")
				paused = false
			}
			require.Equal(t, paused, b.Undecided())
		}
		if d := b.Tick(at + neverSilent); d == Stop || d == Resume {
			paused = false
		}
		require.False(t, paused)
	})
}

// A busy machine needs longer for the words than the bot is held for.
func TestWordsThatComeLateAreNotLost(t *testing.T) {
	for _, c := range []struct {
		name, text string
		faint      bool
		want       Decision
		listened   bool
	}{
		{"a question", "Was kostet das?", false, Stop, false},
		{"a sound", "mhm", false, Continue, true},
		{"nothing", "", false, Continue, true},
		{"the bot's own echo", "Guten Tag, Sie sprechen mit", true, Continue, true},
		{"a faint wish", "Stopp!", true, Stop, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := NewBargeIn(lists(t))
			b.BotSpeaks(false, Free)
			require.Equal(t, Pause, b.Handle(started()))
			e := pausedAt(2*time.Second, 400*ms, 1)
			e.Utterance.Faint = c.faint
			require.Equal(t, Continue, b.Handle(e))
			require.Equal(t, Resume, b.Tick(2*time.Second+textWait))
			require.True(t, b.Backchannel())
			require.Equal(t, Continue, b.Heard(7, "de", "Was kostet das?"), "of another pause")
			require.Equal(t, c.want, b.Heard(1, "de", c.text))
			require.Equal(t, c.listened, b.Backchannel())
		})
	}
}
