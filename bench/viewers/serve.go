package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/web"
)

// hello is what the server says first: where the meeting is, and from when its
// stamps are counted.
type hello struct {
	Address string `json:"address"`
	Code    string `json:"code"`
	Zero    int64  `json:"zero_us"`
}

// hold serves a meeting on one core. It is told by lines on standard input to
// begin, and ends with it.
func hold(p plan) error {
	runtime.GOMAXPROCS(1)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if err := ln.Close(); err != nil {
		return err
	}
	hall := meeting.NewHall(meeting.HallOptions{Room: func(meeting.New) rooms.Options {
		return rooms.Options{Translate: func(_ context.Context, text, _, to string) (string, error) { return to + " " + text, nil }}
	}})
	server, err := web.NewServer(web.Options{
		Listen: ln.Addr().String(), Journal: journal.New(1), Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
		Meetings: &web.Meetings{Hall: hall, Streams: 10_000},
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 2)
	go func() { ended <- hall.Run(ctx) }()
	go func() { ended <- server.Run(ctx) }()
	err = feed(ctx, hall, ln.Addr().String(), p)
	cancel()
	return errors.Join(err, <-ended, <-ended)
}

// feed opens a meeting and has somebody speak in it.
func feed(ctx context.Context, hall *meeting.Hall, address string, p plan) error {
	<-hall.Ready()
	m, err := hall.Create(meeting.New{Title: "Stadtrat", Languages: languages[:]})
	if err != nil {
		return err
	}
	if err := m.Start(ctx); err != nil {
		return err
	}
	began := time.Now()
	input, err := m.Room.Attach(ctx, rooms.Source{Name: "Saal", Kind: rooms.Microphone})
	if err != nil {
		return err
	}
	t := talk{room: m.Room, input: input, began: began}
	for i := range 3 * 60 { // what was said before: each viewer is sent the last of it
		if err := t.say(ctx, parts[i%len(parts)], i%len(parts) == len(parts)-1); err != nil {
			return err
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(hello{address, m.Room.Code(), began.UnixMicro()}); err != nil {
		return err
	}
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return fmt.Errorf("nobody said when to begin: %w", err)
	}
	if err := t.run(ctx, p.lasts); err != nil {
		return err
	}
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n') // serves until the measurement is over
	return nil
}

// parts of a sentence.
var parts = [...]string{"Wir kommen nun", "zum nächsten", "der Punkte."}

// talk is somebody who speaks at a usual pace: words settle three times a
// sentence, and a sentence lasts two seconds.
type talk struct {
	room  *rooms.Room
	input string
	began time.Time
	done  time.Duration // up to here all was said
}

func (t *talk) run(ctx context.Context, lasts time.Duration) error {
	tick := time.NewTicker(667 * time.Millisecond)
	defer tick.Stop()
	end := time.Now().Add(lasts)
	for i := 0; time.Now().Before(end); i++ {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		last := i%len(parts) == len(parts)-1
		if err := t.say(ctx, parts[i%len(parts)], last); err != nil {
			return err
		}
	}
	return nil
}

// say settles some words and a stamp: when they were said.
func (t *talk) say(ctx context.Context, text string, sentence bool) error {
	now := time.Now()
	fields := strings.Fields(text)
	stamp := "t" + strconv.FormatInt(now.Sub(t.began).Microseconds(), 36)
	fields = append(fields[:len(fields)-1], stamp, fields[len(fields)-1])
	until := now.Sub(t.began)
	long := (until - t.done) / time.Duration(len(fields))
	words := make([]transcript.Word, len(fields))
	for i, f := range fields {
		at := t.done + time.Duration(i)*long
		words[i] = transcript.Word{Text: f, Start: at, End: at + long, Probability: 0.9}
	}
	t.done = until
	return t.room.Hear(ctx, t.input, rooms.Update{Committed: words, Sentence: sentence, Language: languages[0]})
}
