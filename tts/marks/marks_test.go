package marks_test

import (
	"encoding/binary"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/tts/marks"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sounding is a tone (above 0) or silence (below 0) for each number of milliseconds.
func sounding(parts ...int) []int16 {
	var pcm []int16
	for _, p := range parts {
		d := time.Duration(max(p, -p)) * time.Millisecond
		if p > 0 {
			pcm = append(pcm, audiotest.Sine(200, d, 9000)...)
		} else {
			pcm = append(pcm, make([]int16, int(d.Seconds()*media.SampleRate))...)
		}
	}
	return pcm
}

func texts(text string, all []marks.Mark) []string {
	var out []string
	for _, m := range all {
		out = append(out, text[m.At:m.At+m.Length])
	}
	return out
}

func TestWordsFollowPauses(t *testing.T) {
	const text = "Erst dies, dann – nach einer Weile – das andere."
	all := marks.Estimate(sounding(-100, 700, -300, 300, -300, 900, -300, 800, -50), text, "de")
	require.Equal(t, []string{"Erst", "dies,", "dann", "nach", "einer", "Weile", "das", "andere."}, texts(text, all))
	ms := func(d time.Duration) int { return int(d.Milliseconds()) }
	for i, want := range map[int]int{0: 100, 2: 1100, 3: 1700, 6: 2900} {
		require.InDelta(t, want, ms(all[i].Start), 11, "%s begins after its pause", text[all[i].At:])
	}
	require.InDelta(t, 3700, ms(all[7].End), 11)
	require.InDelta(t, 800, ms(all[1].End), 11, "no word lasts through a pause")
}

// A pause that the text does not have is part of what is said: a closure, or
// an engine's own phrasing.
func TestPausesOfTheEngineBelongToPhrases(t *testing.T) {
	const text = "Das ist ein ziemlich langer Satz, der hier endet."
	all := marks.Estimate(sounding(500, -60, 700, -60, 450, -280, 900), text, "de")
	require.InDelta(t, 2050, all[6].Start.Milliseconds(), 11)
	require.Equal(t, "der", text[all[6].At:all[6].At+all[6].Length])
}

func TestNumbersLastAsLongAsTheyAreRead(t *testing.T) {
	const text = "Sie zahlen 1.234,50 € heute."
	all := marks.Estimate(sounding(4000), text, "de")
	require.Equal(t, []string{"Sie", "zahlen", "1.234,50", "€", "heute."}, texts(text, all))
	number := all[2].End - all[2].Start + all[3].End - all[3].Start
	require.Greater(t, number, 2*time.Second, "eintausendzweihundertvierunddreißig Euro fünfzig")
}

func TestNothingToMark(t *testing.T) {
	for name, tc := range map[string]struct {
		pcm  []int16
		text string
		want int
	}{
		"nothing":      {nil, "", 0},
		"no words":     {sounding(500), " … – ! ", 0},
		"no audio":     {nil, "Guten Tag", 2},
		"silence":      {sounding(-500), "Guten Tag", 2},
		"one sample":   {[]int16{1000}, "Guten Tag", 2},
		"broken UTF-8": {sounding(500), "Gu\xffen \xc3 Tag", 2},
	} {
		t.Run(name, func(t *testing.T) { require.Len(t, marks.Estimate(tc.pcm, tc.text, "de"), tc.want) })
	}
}

func TestLongTextsAreBounded(t *testing.T) {
	var parts []int
	for range 300 {
		parts = append(parts, 80, -60)
	}
	text := strings.Repeat("a b, ", 400)
	begun := time.Now()
	require.Len(t, marks.Estimate(sounding(parts...), text, "de"), 800)
	require.Less(t, time.Since(begun), 20*time.Second, "not minutes")
}

func FuzzEstimate(f *testing.F) {
	f.Add("Am 3. Juni kostet es 12,50 €, z. B. hier.", "de", []byte{0, 0, 255, 127, 0, 0, 1, 2})
	f.Add("مرحبا بكم، في المدينة!", "ar", []byte{9})
	f.Add("\x00\xff – \u200d", "x-x", []byte{})
	f.Fuzz(func(t *testing.T, text, language string, levels []byte) {
		if len(text) > 500 || len(levels) > 400 {
			return
		}
		var pcm []int16
		for i := 0; i+1 < len(levels); i += 2 { // each level lasts 50 ms
			for range media.SampleRate / 20 {
				pcm = append(pcm, int16(binary.LittleEndian.Uint16(levels[i:])))
			}
		}
		at, when := 0, time.Duration(0)
		for _, m := range marks.Estimate(pcm, text, language) {
			require.GreaterOrEqual(t, m.At, at)
			require.Positive(t, m.Length)
			require.LessOrEqual(t, m.At+m.Length, len(text))
			if utf8.ValidString(text) {
				require.True(t, utf8.ValidString(text[m.At:m.At+m.Length]))
			}
			require.GreaterOrEqual(t, m.Start, when)
			require.GreaterOrEqual(t, m.End, m.Start)
			require.LessOrEqual(t, m.End, media.Duration(len(pcm))+time.Millisecond)
			at, when = m.At+m.Length, m.End
		}
	})
}

func BenchmarkEstimate(b *testing.B) {
	const text = "Wenn Sie in Musterstadt eine neue Wohnung beziehen, müssen Sie sich innerhalb von zwei Wochen anmelden."
	pcm := sounding(900, -60, 1500, -300, 1000, -80, 1700)
	for b.Loop() {
		marks.Estimate(pcm, text, "de")
	}
}
