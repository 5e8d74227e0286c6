package main

import (
	"context"
	"fmt"
	"log"
	"strings"
	"time"
)

const (
	// drifting: in a talk of that length the beginning can be compared with the end.
	drifting = 12 * time.Minute
	edge     = 5 * time.Minute // of the beginning and of the end
)

// drift says whether a long talk ends as it began.
func drift(t *talk, h *heard) string {
	s := judge(t, h)
	var b strings.Builder
	early, late := between(s, 0, edge), between(s, t.length()-edge, t.length())
	fmt.Fprintf(&b, "first %[1]s: lag p50 %.2[2]f s, p95 %.2[3]f s; last %[1]s: lag p50 %.2[4]f s, p95 %.2[5]f s\n", edge,
		quantile(early, 0.5).Seconds(), quantile(early, 0.95).Seconds(), quantile(late, 0.5).Seconds(), quantile(late, 0.95).Seconds())
	fmt.Fprintf(&b, "words: %d written of %d said, %d offline; most audio waiting %s; %s\n", s.words, len(t.words), len(t.reference()),
		s.behind.Round(time.Millisecond), s.note)
	for from := time.Duration(0); from < t.length(); from += edge {
		l, m := between(s, from, from+edge), h.at(from+edge)
		fmt.Fprintf(&b, "until %s: lag p50 %.2f s, p95 %.2f s, memory %d MB, load of the machine %s\n", from+edge,
			quantile(l, 0.5).Seconds(), quantile(l, 0.95).Seconds(), m.bytes>>20, m.load)
	}
	return b.String()
}

// at is the last sample before a time.
func (h *heard) at(end time.Duration) (m memory) {
	for _, s := range h.memory {
		if s.at <= end {
			m = s
		}
	}
	return m
}

// between are the lags of the words that end between two times.
func between(s score, from, to time.Duration) []time.Duration {
	var out []time.Duration
	for i, end := range s.ends {
		if end >= from && end < to {
			out = append(out, s.lags[i])
		}
	}
	return out
}

// different talks of many rooms: hearing each of them offline takes its time.
const different = 3

// together lets one scheduler hear several talks at once: the talks in turn,
// each room in its own order of the clips.
func (b *bench) together(ctx context.Context, talks []*talk) error {
	if len(talks) != 1 {
		return fmt.Errorf("rooms speak one language: name one of %s with -languages", b.languages)
	}
	rooms, pcm := make([]*talk, b.rooms), make([][]int16, b.rooms)
	for i := range rooms {
		if i >= different {
			rooms[i], pcm[i] = rooms[i-different], pcm[i-different]
			continue
		}
		t, err := newTalk(b.speech, talks[0].language, minutes(b.minutes), b.seed+uint64(i))
		if err != nil {
			return err
		}
		if err := t.listen(ctx, b.env); err != nil {
			return err
		}
		rooms[i], pcm[i] = t, t.pcm
	}
	h, err := b.hear(ctx, &ours{models: b.models}, talks[0].language, pcm...)
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "%d rooms at once, %s, %.1f minutes\n\n%s", b.rooms, talks[0].language, b.minutes, head())
	for i, t := range rooms {
		s := judgeJournal(t, &h.rooms[i], h.cut)
		fmt.Fprint(b.out, row(fmt.Sprintf("room %d", i+1), s, h.used))
		log.Printf("room %d: most audio waiting %s; %s; offline %.1f %% wrong", i+1, s.behind.Round(time.Millisecond), s.note, 100*t.wrong(t.offline[0]).Rate())
	}
	return nil
}
