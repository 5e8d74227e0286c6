package ladder

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const question = "Was kostet die Hundesteuer?"

// configure names the engines; the city speaks fast to save the test's time.
func configure(ears, mouth *engine, route string) string {
	c := fmt.Sprintf("recognition: {engine: openai, openai: {url: %q}}\nlanguages: {offered: [de, en]}\nspeech:\n  rate: 1.8\n", ears.url())
	if mouth != nil {
		c += fmt.Sprintf("  engines: {de: %s, \"*\": %s}\n  openai: {url: %q}\n", route, route, mouth.url())
	}
	return c
}

// Killed, the recogniser leaves the keys; brought back, speech counts again.
func TestRecogniserIsKilledAndComesBack(t *testing.T) {
	t.Parallel()
	stt := newEngine(t, ears(question))
	s := start(t, configure(stt, nil, ""))
	say := speech(t)
	h := s.call(t, after(stt.kill, say), key('3'), after(stt.start, say), after(stt.kill, key('8')))
	require.Len(t, h.lines, 5, "greeting and one for each act")
	require.Contains(t, h.lines[1], "Taste 1", "the keys")
	require.Contains(t, h.lines[2], "Bürgeramt", "the article of key 3")
	require.Contains(t, h.lines[3], "96 Euro", "speech again")
	require.Contains(t, h.lines[4], "Nummer", "a callback")
	require.Len(t, h.latencies(), 4, "silence instead of an answer")
}

// A recogniser that hangs keeps no caller waiting for ever, and the next time less.
func TestRecogniserHangs(t *testing.T) {
	t.Parallel()
	stt := newEngine(t, ears(question))
	s := start(t, configure(stt, nil, ""))
	say := speech(t)
	h := s.call(t, after(func() { stt.hangs.Store(true) }, say), say, after(func() { stt.hangs.Store(false) }, say))
	require.Len(t, h.lines, 4)
	require.Contains(t, h.lines[1], "Taste 1")
	require.Contains(t, h.lines[2], "Raute")
	require.Len(t, h.latencies(), 3)
	require.Less(t, h.latencies()[1], h.latencies()[0])
}

// Another engine speaks when the first is killed or hangs.
func TestVoiceIsKilled(t *testing.T) {
	t.Parallel()
	stt, voice := newEngine(t, ears(question)), newEngine(t, mouth)
	s := start(t, configure(stt, voice, "[openai, espeak]"))
	say := speech(t)
	h := s.call(t, after(voice.kill, say), after(func() { voice.start(); voice.hangs.Store(true) }, say))
	require.Len(t, h.latencies(), 2, "the second voice was not heard: %v", h.events)
	require.Equal(t, "caller", h.reason)
	require.Contains(t, s.Log(), "trying the next")
}

// With no voice left the recorded apology is heard, then the line is free.
func TestNoVoiceIsLeft(t *testing.T) {
	t.Parallel()
	for name, breaks := range map[string]func(*engine){
		"killed": (*engine).kill, "hangs": func(e *engine) { e.hangs.Store(true) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stt, voice := newEngine(t, ears(question)), newEngine(t, mouth)
			s := start(t, configure(stt, voice, "[openai]"))
			h := s.call(t, after(func() { breaks(voice) }, speech(t)))
			require.Equal(t, "error", h.reason)
			require.Len(t, h.latencies(), 1, "the call ended in silence: %v", h.events)
			require.Less(t, h.latencies()[0], 15*time.Second)
		})
	}
}
