package live

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/media"
)

// stretchOf is a square wave of a level and a length.
type stretchOf struct {
	level  int16
	length time.Duration
}

func taped(parts ...stretchOf) *tape {
	t := &tape{}
	for _, p := range parts {
		pcm := make([]int16, media.Samples(p.length))
		for i := range pcm {
			pcm[i] = p.level * int16(1-i%2*2)
		}
		t.write(pcm)
	}
	return t
}

func TestSoundFrom(t *testing.T) {
	const w = voiceDuration
	for name, tc := range map[string]struct {
		before []stretchOf // the onset; then 3 windows of speech of level 4000 follow
		low    time.Duration
		want   time.Duration // before the onset
	}{
		"at once":                      {[]stretchOf{{0, 60 * w}}, 0, 0},
		"noticed late":                 {[]stretchOf{{0, 60 * w}, {3000, 18 * w}}, 0, 18 * w},
		"softer, in a room":            {[]stretchOf{{30, 60 * w}, {700, 10 * w}}, 0, 10 * w},
		"a stop before the vowel":      {[]stretchOf{{0, 60 * w}, {700, 2 * w}, {20, 3 * w}, {3000, 6 * w}}, 0, 11 * w},
		"a knock long before":          {[]stretchOf{{0, 60 * w}, {3000, 4 * w}, {20, 4 * w}, {3000, 6 * w}}, 0, 6 * w},
		"too soft":                     {[]stretchOf{{0, 60 * w}, {390, 10 * w}}, 0, 0},
		"steady noise":                 {[]stretchOf{{2000, 90 * w}}, 0, 0},
		"hardly louder than the noise": {[]stretchOf{{1000, 60 * w}, {1900, 10 * w}}, 0, 0},
		"for long":                     {[]stretchOf{{0, 20 * w}, {3000, 30 * w}}, 0, earlier},
		"what was settled before":      {[]stretchOf{{0, 20 * w}, {3000, 4 * w}, {20, 2 * w}, {3000, 6 * w}}, 25 * w, 6 * w},
		"the beginning of the tape":    {[]stretchOf{{10, w}, {3000, 10 * w}}, 0, 10 * w},
	} {
		t.Run(name, func(t *testing.T) {
			at := taped(append(tc.before, stretchOf{4000, 3 * w})...)
			onset := at.end() - 3*w
			require.Equal(t, tc.want, onset-at.soundFrom(onset, at.end(), tc.low))
		})
	}
	silent := taped(stretchOf{0, 60 * w})
	require.Equal(t, 40*w, silent.soundFrom(40*w, 43*w, 0), "digital silence is no sound, whatever voice activity says")
}

// late notices speech when it has lasted for a while.
type late struct {
	loud
	after, heard int // windows
}

func (l *late) Probability(window []int16) (float32, error) {
	p, err := l.loud.Probability(window)
	if p < enter {
		l.heard = 0
		return p, err
	}
	if l.heard++; l.heard <= l.after {
		return 0.2, nil
	}
	return p, err
}

func TestFirstWordsThatAreNoticedLate(t *testing.T) {
	for name, accurate := range map[string]bool{"live": false, "recording": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &reader{tale: tell(2*time.Second, "Turn off the lights in the office.", "Add apples to my shopping list.")}
				o := Options{Recognizer: r, Language: "en", Accurate: accurate, Lossless: true}
				o.Voice = func() (Voice, func(), error) { return &late{after: 20}, func() {}, nil }
				var words []Word
				o.Update = func(u Update) { words = append(words, u.Committed...) }
				s := NewStream(o)
				done := make(chan error, 1)
				go func() { done <- s.Run(t.Context()) }()
				for at := time.Duration(0); at < r.length()+2*time.Second; at += media.FrameDuration {
					require.NoError(t, s.WriteFrame(r.frame(at)))
				}
				require.NoError(t, s.Close())
				require.NoError(t, <-done)
				require.Equal(t, Text(r.words), Text(words))
			})
		})
	}
}
