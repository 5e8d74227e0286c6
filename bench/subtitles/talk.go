package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt/corpus"
	"github.com/amtsleitung/amtsleitung/stt/wer"
)

// talk is clips in a row with pauses as between sentences. Longer talks are
// the same cycle of clips again and again, so that its words need to be found
// only once.
type talk struct {
	language string
	cycle    []int16 // all clips once
	pcm      []int16 // what is fed
	words    []string
	spans    []span
	offline  []offline // the best first
}

// span is a clip within the words of its talk.
type span struct{ from, to int }

// word is one with the time of its end in the audio.
type word struct {
	text string
	end  time.Duration
}

// Pauses between clips, and the level of the quiet in them: a room is never digital zero.
const (
	shortestPause = 400 * time.Millisecond
	longestPause  = 1300 * time.Millisecond
	hiss          = 3 // of 32768
)

func newTalk(folder, language string, length time.Duration, seed uint64) (*talk, error) {
	clips, err := corpus.Read(folder, func(c corpus.Clip) bool { return c.Language == language && c.Text != "" })
	if err != nil {
		return nil, err
	}
	if len(clips) == 0 {
		return nil, fmt.Errorf("%s has no clips of %q with a transcript", folder, language)
	}
	random := rand.New(rand.NewPCG(seed, 0))
	random.Shuffle(len(clips), func(i, j int) { clips[i], clips[j] = clips[j], clips[i] })
	t := &talk{language: language}
	ends := make([]int, len(clips))
	for i, c := range clips {
		t.cycle = append(pause(t.cycle, random), c.PCM...)
		ends[i] = len(t.cycle)
	}
	t.cycle = pause(t.cycle, random)
	t.fill(clips, ends, media.Samples(length))
	return t, nil
}

// fill repeats the cycle, and ends behind a clip.
func (t *talk) fill(clips []corpus.Clip, ends []int, length int) {
	for i := 0; ; i++ {
		k, round := i%len(clips), i/len(clips)
		end := round*len(t.cycle) + ends[k]
		if i > 0 && end > length {
			break
		}
		words := plain(clips[k].Text)
		t.spans = append(t.spans, span{len(t.words), len(t.words) + len(words)})
		t.words = append(t.words, words...)
		t.pcm = append(t.pcm, t.cycle[len(t.pcm)-round*len(t.cycle):ends[k]]...)
		if k == len(clips)-1 {
			t.pcm = append(t.pcm, t.cycle[ends[k]:]...)
		}
	}
}

func (t *talk) length() time.Duration { return media.Duration(len(t.pcm)) }

// listen hears the talk offline.
func (t *talk) listen(ctx context.Context, e environment) (err error) {
	if t.offline, err = e.offline(ctx, t.cycle, t.language); err != nil {
		return err
	}
	slices.SortStableFunc(t.offline, func(a, b offline) int { return cmp.Compare(t.wrong(a).Rate(), t.wrong(b).Rate()) })
	return nil
}

// wrong are the errors of what was heard offline.
func (t *talk) wrong(o offline) wer.Count {
	return wer.Compare(strings.Join(t.words, " "), strings.Join(wordTexts(t.rounds(o)), " "))
}

// reference are the words that were heard best offline: that is when they were said.
func (t *talk) reference() []word { return t.rounds(t.offline[0]) }

// rounds are the words of a cycle in all rounds of the talk.
func (t *talk) rounds(o offline) []word {
	var out []word
	for shift := time.Duration(0); shift < t.length(); shift += media.Duration(len(t.cycle)) {
		for _, w := range o.words {
			if w.end+shift <= t.length() {
				out = append(out, word{w.text, w.end + shift})
			}
		}
	}
	return out
}

func pause(pcm []int16, random *rand.Rand) []int16 {
	return quiet(pcm, shortestPause+time.Duration(random.Int64N(int64(longestPause-shortestPause))), random)
}

func quiet(pcm []int16, length time.Duration, random *rand.Rand) []int16 {
	for range media.Samples(length) {
		pcm = append(pcm, int16(random.IntN(2*hiss+1)-hiss))
	}
	return pcm
}

// quietTalk is a third of silence and then all sounds, as often as they fit.
func quietTalk(folder string, length time.Duration, seed uint64) ([]int16, error) {
	clips, err := corpus.Read(folder, func(corpus.Clip) bool { return true })
	if err != nil {
		return nil, err
	}
	if len(clips) == 0 {
		return nil, fmt.Errorf("%s has no sounds", folder)
	}
	random := rand.New(rand.NewPCG(seed, 1))
	pcm := quiet(nil, length/3, random)
	for i := 0; len(pcm) < media.Samples(length); i++ {
		pcm = append(pause(pcm, random), clips[i%len(clips)].PCM...)
	}
	return pcm[:media.Samples(length)], nil
}
