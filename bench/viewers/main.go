// Command viewers measures how a meeting reaches its viewers: sentences flow
// into a room behind the real web server on one core, and 2,000 connections in
// six languages say when each arrived. Some viewers take nothing, one goes away
// for 30 s and has to miss nothing.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

// languages of the meeting; the first is spoken.
var languages = [...]string{"de", "en", "tr", "uk", "ar", "fr"}

// plan of a measurement.
type plan struct {
	viewers int
	stalled int
	lasts   time.Duration
	away    time.Duration // of the viewer who comes back
}

func main() {
	p := plan{}
	serve := flag.Bool("serve", false, "be the server that is measured")
	flag.IntVar(&p.viewers, "viewers", 2000, "who read")
	flag.IntVar(&p.stalled, "stalled", 20, "who read nothing, besides")
	flag.DurationVar(&p.lasts, "lasts", 60*time.Second, "of the meeting")
	flag.DurationVar(&p.away, "away", 30*time.Second, "how long one viewer is away")
	flag.Parse()
	run := func() error { return measure(p) }
	if *serve {
		run = func() error { return hold(p) }
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "viewers:", err)
		os.Exit(1)
	}
}
