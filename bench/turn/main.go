// Command turn measures turn taking: made and recorded speech flows in, and
// out come tables of callers cut off against dead air, and of interruptions
// against false stops, ours beside plain silence and Smart Turn alone.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

type options struct {
	shared, cache string
	dump, load    string
	kinds, each   bool
	part          string
}

func main() {
	var o options
	flag.StringVar(&o.shared, "shared", "../shared", "folder with speech and sounds")
	flag.StringVar(&o.cache, "cache", cacheFolder(), "folder with models")
	flag.StringVar(&o.dump, "dump", "", "file that takes every pause with what is known of it, as CSV")
	flag.StringVar(&o.load, "load", "", "file of an earlier -dump, instead of hearing the turns anew")
	flag.BoolVar(&o.kinds, "kinds", true, "show each kind of turn")
	flag.BoolVar(&o.each, "each", false, "show each interruption")
	flag.StringVar(&o.part, "part", "all", "all, turns or barge")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		log.Fatal("bench turn: ", err)
	}
}

func cacheFolder() string {
	if dir := os.Getenv("AMTSLEITUNG_CACHE"); dir != "" {
		return dir
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "amtsleitung")
}

func run(ctx context.Context, o options) error {
	start := time.Now()
	e, err := openEngines(filepath.Join(o.cache, "models"))
	if err != nil {
		return err
	}
	defer e.close()
	if o.part != "barge" {
		if err := runTurns(ctx, o, e); err != nil {
			return err
		}
	}
	if o.part != "turns" {
		if err := runBarge(ctx, o, e); err != nil {
			return err
		}
	}
	fmt.Printf("\n(%.0f s)\n", time.Since(start).Seconds())
	return nil
}

func runTurns(ctx context.Context, o options, e *engines) error {
	heard, err := hearOrLoad(ctx, o, e)
	if err != nil {
		return err
	}
	if o.dump != "" {
		if err := dump(o.dump, heard); err != nil {
			return err
		}
	}
	return printTurns(os.Stdout, heard, e.openEnds, o.kinds)
}

func hearOrLoad(ctx context.Context, o options, e *engines) ([]heardTurn, error) {
	if o.load != "" {
		return load(o.load)
	}
	turns, err := makeTurns(ctx, o.shared, e, nil)
	if err != nil {
		return nil, err
	}
	return e.hearAll(ctx, turns)
}
