package guard

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/transcript"
)

func heard(text string) stt.Hypothesis {
	return stt.Hypothesis{Segments: []stt.Segment{{Text: text}}, LogProbability: -0.2}
}

func TestAudio(t *testing.T) {
	g := New(Options{})
	tone := make([]int16, media.SampleRate)
	for i := range tone {
		tone[i] = int16(3000 * math.Sin(float64(i)/5))
	}
	require.Equal(t, TooShort, g.Audio(nil))
	require.Equal(t, TooShort, g.Audio(tone[:800]))
	require.Equal(t, Silence, g.Audio(make([]int16, media.SampleRate)))
	require.Empty(t, g.Audio(tone))
	require.Empty(t, New(Options{MinAudio: time.Millisecond}).Audio(tone[:100]))
}

func TestCheck(t *testing.T) {
	g := New(Options{})
	for _, c := range []struct {
		name, text, want, reason string
		noSpeech, logProbability float64
	}{
		{"said", "Ich brauche einen neuen Ausweis.", "Ich brauche einen neuen Ausweis.", "", 0.1, -0.2},
		{"said with a high no-speech score but sure", "Wo ist das Rathaus?", "Wo ist das Rathaus?", "", 0.7, -0.2},
		{"whole phantom", "Untertitel der Amara.org-Community", "", Phantom, 0, -0.1},
		{"phantom with continuation", "Untertitelung des ZDF, 2020", "", Phantom, 0, -0.1},
		{"phantom behind speech", "Wo ist das Rathaus? Vielen Dank fürs Zuschauen!", "Wo ist das Rathaus?", "", 0, -0.2},
		{"foreign phantom", "Thanks for watching!", "", Phantom, 0, -0.2},
		{"caller's thanks", "Vielen Dank.", "Vielen Dank.", "", 0.05, -0.2},
		{"thanks of noise", "Vielen Dank.", "", Phantom, 0.5, -0.2},
		{"unsure thanks", "Thank you.", "", Phantom, 0.1, -0.7},
		{"only marks", "... !", "", Phantom, 0, -0.2},
		{"no speech", "Das ist ein Zug", "", NoSpeech, 0.8, -0.6},
		{"background noise", "I'm going to put this on top", "", NoSpeech, 0.4, -1.1},
		{"a misheard name", "What is the outdoor humility", "What is the outdoor humility", "", 0.25, -1.3},
		{"unsure", "Das ist ein Zug", "", Unsure, 0.1, -1.5},
		{"loop", strings.Repeat("wo ist das ", 5), "", Repetition, 0, -0.2},
		{"loop of one word", strings.Repeat("der ", 12), "", Repetition, 0, -0.2},
		{"digits", "null null null null drei", "null null null null drei", "", 0, -0.2},
		{"three times no", "Nein, nein, nein!", "Nein, nein, nein!", "", 0, -0.2},
		{"too fast", strings.Repeat("Verwaltungsangelegenheiten und Bürgerdienste ", 3), "", TooFast, 0, -0.2},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := heard(c.text)
			h.NoSpeech, h.LogProbability = c.noSpeech, c.logProbability
			got := g.Check(h, 2*time.Second)
			require.Equal(t, c.want, got.Text())
			require.Equal(t, c.reason, got.Rejected)
			if c.reason != "" {
				require.Empty(t, got.Segments)
			}
		})
	}
}

func TestASentenceIsNotWrittenTwice(t *testing.T) {
	g := New(Options{})
	for _, c := range []struct {
		text, want string
		d          time.Duration
	}{
		{"my street is very loud at night. My street is very loud at night.", "my street is very loud at night.", 2300 * time.Millisecond},
		{"Wo ist das Rathaus? Wo ist das Rathaus?", "Wo ist das Rathaus?", 1200 * time.Millisecond},
		{"Wo ist das Rathaus? Wo ist das Rathaus?", "Wo ist das Rathaus? Wo ist das Rathaus?", 4 * time.Second}, // said twice
		{strings.Repeat("where's the town hall? ", 3), "where's the town hall?", 1300 * time.Millisecond},
		{strings.Repeat("where's the town hall? ", 5) + "where's the", "where's the town hall?", 1900 * time.Millisecond},
		{strings.Repeat("where's the town hall? ", 7), "where's the town hall?", 1300 * time.Millisecond},
		{"Wo ist das? Wo ist das?", "Wo ist das? Wo ist das?", time.Second},
		{"Wo ist das Rathaus? Wo war das Rathaus?", "Wo ist das Rathaus? Wo war das Rathaus?", 1500 * time.Millisecond},
	} {
		h := heard(c.text)
		h.LogProbability = -0.2
		require.Equal(t, c.want, g.Check(h, c.d).Text())
	}
	h := stt.Hypothesis{LogProbability: -0.2, Segments: []stt.Segment{{Text: "Wo ist das"}, {Text: "Rathaus? Wo ist"}, {Text: "das Rathaus?"}}}
	require.Equal(t, "Wo ist das Rathaus?", g.Check(h, time.Second).Text())
}

func TestAPoliteWordCountsWhereAVoiceWasHeard(t *testing.T) {
	h := heard("Ja.")
	h.NoSpeech, h.LogProbability = 0.43, -0.13
	require.Equal(t, Phantom, New(Options{}).Check(h, time.Second).Rejected)
	require.Empty(t, New(Options{PoliteNoSpeech: 0.7}).Check(h, time.Second).Rejected)
	h.LogProbability = -0.8
	require.Equal(t, Phantom, New(Options{PoliteNoSpeech: 0.7}).Check(h, time.Second).Rejected, "the model is not sure itself")
}

func TestStripKeepsTheRightWords(t *testing.T) {
	h := heard("Guten Tag. Danke fürs Zuschauen! Wo ist das Amt?")
	for _, w := range strings.Fields(h.Text()) {
		h.Segments[0].Words = append(h.Segments[0].Words, transcript.Word{Text: w})
	}
	got := New(Options{}).Check(h, 5*time.Second)
	require.Equal(t, "Guten Tag. Wo ist das Amt?", got.Text())
	var words []string
	for _, w := range got.Segments[0].Words {
		words = append(words, w.Text)
	}
	require.Equal(t, strings.Fields(got.Text()), words)
}

func TestCompressionCatchesLongCircles(t *testing.T) {
	circle := strings.Repeat("Ich gehe in die Stadt und dann gehe ich wieder nach Hause, ", 3)
	require.True(t, repeats(circle+"ja"))
	require.False(t, repeats("Ich möchte einen Personalausweis beantragen, weil meiner am ersten Mai abläuft, und außerdem "+
		"brauche ich eine Meldebescheinigung für meine Tochter, die in Musterstadt zur Schule geht."))
}

func FuzzCheck(f *testing.F) {
	f.Add("Vielen Dank fürs Zuschauen! Ja.")
	f.Add("\xff\xfe ... la la la la la la la la")
	g := New(Options{})
	f.Fuzz(func(t *testing.T, text string) {
		got := g.Check(heard(text), time.Second)
		if got.Rejected != "" {
			require.Empty(t, got.Segments)
		}
	})
}
