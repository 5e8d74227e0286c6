package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
)

func TestJournalTellsWhatWasTakenAway(t *testing.T) {
	var j journal
	j.add(1*time.Second, update{add: []string{"the"}, tail: []string{"cut", "sat"}})
	j.add(2*time.Second, update{keep: 1, add: []string{"cat"}, tail: []string{"sat"}})
	j.add(3*time.Second, update{keep: 1, add: []string{"cat", "sat"}})
	j.add(4*time.Second, update{keep: 0, add: []string{"a", "cat", "sat"}})
	require.Equal(t, []stood{{"a", 4 * time.Second}, {"cat", 4 * time.Second}, {"sat", 4 * time.Second}}, j.final())
	require.Equal(t, 3, j.erased, "a change of the first takes all behind it away")
	require.Equal(t, 2+3, j.waved, "cut and sat were open, and three were settled")
}

func TestAligned(t *testing.T) {
	for _, tc := range []struct {
		said, heard string
		want        []int
	}{
		{"a b c", "a b c", []int{0, 1, 2}},
		{"a b c", "b c", []int{-1, 0, 1}},
		{"a b c", "a x c d", []int{0, -1, 2}},
		{"a b", "", []int{-1, -1}},
		{"", "a", []int{}},
		{"one two three two", "one three two", []int{0, -1, 1, 2}},
	} {
		require.Equal(t, tc.want, aligned(strings.Fields(tc.said), strings.Fields(tc.heard)), tc.said+" / "+tc.heard)
	}
}

func TestLagIsOfTheWordsThatWereHeard(t *testing.T) {
	tk := &talk{words: []string{"good", "morning", "all"}, spans: []span{{0, 2}, {2, 3}}, cycle: make([]int16, 16000), pcm: make([]int16, 32000)}
	tk.offline = []offline{{words: []word{{"good", 400 * time.Millisecond}, {"morning", 900 * time.Millisecond}}}}
	var h heard
	h.log.add(time.Second, update{add: []string{"good"}})
	h.log.add(2*time.Second, update{keep: 1, add: []string{"morning"}})
	h.log.add(3*time.Second, update{keep: 2, add: []string{"good", "evening"}})
	s := judge(tk, &h)
	require.Equal(t, []time.Duration{600 * time.Millisecond, 1100 * time.Millisecond, 1600 * time.Millisecond}, s.lags)
	require.Equal(t, 1, s.first)
	require.Equal(t, 1, s.last)
	require.Equal(t, 2, s.errors.Errors)
}

func TestTalkRepeatsItsCycle(t *testing.T) {
	folder := audiotest.Shared(t, "speech")
	short, err := newTalk(folder, "de", time.Minute, 1)
	require.NoError(t, err)
	long, err := newTalk(folder, "de", 8*time.Minute, 1)
	require.NoError(t, err)
	require.Less(t, short.length(), time.Minute)
	require.Equal(t, short.pcm, long.pcm[:len(short.pcm)])
	n := len(long.cycle)
	require.Greater(t, len(long.pcm), 2*n)
	require.Equal(t, long.cycle, long.pcm[:n])
	require.Equal(t, long.cycle[:1000], long.pcm[n:n+1000], "the second round begins where the first ended")
	last := long.spans[len(long.spans)-1]
	require.Equal(t, len(long.words), last.to)
	_, err = newTalk(folder, "xx", time.Minute, 1)
	require.ErrorContains(t, err, "xx")
}

func TestWhisperLiveKitTellsItsWholeText(t *testing.T) {
	s := &liveKitSession{}
	said := func(text, buffer string) update {
		var f front
		data, err := json.Marshal(map[string]any{"lines": []map[string]string{{"text": text}}, "buffer_transcription": buffer})
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(data, &f))
		return s.update(f)
	}
	require.Equal(t, update{add: []string{"guten"}, tail: []string{"tag"}}, said("Guten", "Tag"))
	require.Equal(t, update{keep: 1, add: []string{"tag"}, tail: []string{}}, said("Guten Tag.", ""))
	require.Equal(t, update{keep: 1, add: []string{"morgen"}, tail: []string{}}, said("Guten Morgen", ""))
}

// fixed is an engine that shows one word for each chunk.
type fixed struct {
	told  chan update
	ended sync.Once
	n     int
}

func (f *fixed) write(room int, _ []int16) error {
	f.told <- update{room: room, keep: f.n, add: []string{"word"}}
	f.n++
	return nil
}
func (f *fixed) end() error { f.ended.Do(func() { close(f.told) }); return nil }
func (f *fixed) updates(tell func(update)) error {
	for u := range f.told {
		tell(u)
	}
	return nil
}
func (f *fixed) usage() (usage, error) { return usage{cpu: time.Second, peak: 7}, nil }
func (f *fixed) close() error          { return f.end() }

func TestFeedIsAtThePaceOfTheAudio(t *testing.T) {
	h, err := feed(t.Context(), &fixed{told: make(chan update, 100)}, time.Second, make([]int16, 16000/2))
	require.NoError(t, err)
	require.Len(t, h.log.final(), 5)
	for i, w := range h.log.final() {
		require.GreaterOrEqual(t, w.since, time.Duration(i+1)*chunk)
	}
	require.EqualValues(t, 7, h.used.peak)

	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err = feed(ctx, &fixed{told: make(chan update, 100)}, time.Second, make([]int16, 16000))
	require.ErrorIs(t, err, context.Canceled)
}

func TestChildSaysWhatIsWrong(t *testing.T) {
	_, _, err := childArguments([]string{"de"})
	require.Error(t, err)
	_, err = parseOffline([]byte("no"))
	require.ErrorContains(t, err, "faster-whisper")
	o, err := parseOffline([]byte(`[{"way":"w","words":[{"text":" Guten-Tag!","end":1.5}],"cpu":2,"peak":1}]`))
	require.NoError(t, err)
	require.Equal(t, []word{{"guten", 1500 * time.Millisecond}, {"tag", 1500 * time.Millisecond}}, o[0].words)
	require.True(t, errors.Is(serve(t.Context(), options{}, nil, &bytes.Buffer{}, &bytes.Buffer{}), errArguments))
}
