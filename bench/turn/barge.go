package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// outcome is a scene and what it came to.
type outcome struct {
	scene
	play
}

func runBarge(ctx context.Context, o options, e *engines) error {
	scenes, err := makeScenes(ctx, o.shared, e)
	if err != nil {
		return err
	}
	outcomes, err := e.actAll(ctx, scenes)
	if err != nil {
		return err
	}
	printBarge(os.Stdout, outcomes, o.each)
	return nil
}

func (e *engines) actAll(ctx context.Context, scenes []scene) ([]outcome, error) {
	bot, err := e.say(ctx, botText, "de", 1)
	if err != nil {
		return nil, err
	}
	if bot, err = phone(level(bot, 1)); err != nil {
		return nil, err
	}
	greeting, err := e.say(ctx, "Guten Tag, wie beantrage ich einen Personalausweis?", "de", 1)
	if err != nil {
		return nil, err
	}
	greeting = level(trim(greeting), 1)
	var all []outcome
	for _, s := range scenes {
		p, err := e.act(ctx, s, bot, greeting)
		if err != nil {
			return nil, fmt.Errorf("scene %s %s: %w", s.what, s.name, err)
		}
		all = append(all, outcome{s, p})
	}
	return all, nil
}

// onset is where speech begins: the first 100 ms that are all within 14 dB of
// the loudest, and what leads up to them within 20 dB. Clicks and breath
// before it, which many recordings have, are none.
func onset(pcm []int16) int {
	var levels []float64
	for i := 0; i+media.FrameSamples <= len(pcm); i += media.FrameSamples {
		levels = append(levels, rms(pcm[i:i+media.FrameSamples]))
	}
	const run = 5
	if len(levels) < run {
		return 0
	}
	loudest := slices.Max(levels)
	for i := range len(levels) - run {
		if slices.Min(levels[i:i+run]) < loudest/5 {
			continue
		}
		for i > 0 && levels[i-1] > loudest/10 {
			i--
		}
		return i * media.FrameSamples
	}
	return 0
}

// stopTime is how long after the caller's first sound the bot was silent.
func (o outcome) stopTime() time.Duration { return o.silentAt - soundFrom }

// row sums up one kind of scene.
type row struct {
	n, pauses, stops, missed, forEver int
	stop, resume                      []time.Duration
}

func sumUp(outcomes []outcome) row {
	var r row
	for _, o := range outcomes {
		r.n++
		if o.pauses > 0 {
			r.pauses++
		}
		if o.silentForEver() {
			r.forEver++
		}
		switch {
		case o.wanted && !o.stopped:
			r.missed++
		case o.wanted:
			r.stop = append(r.stop, o.stopTime())
		case o.stopped:
			r.stops++
		case o.pauses > 0:
			r.resume = append(r.resume, o.resumed)
		}
	}
	slices.Sort(r.stop)
	slices.Sort(r.resume)
	return r
}

func quantile(d []time.Duration, share float64) string {
	if len(d) == 0 {
		return "-"
	}
	return fmt.Sprintf("%d ms", d[int(float64(len(d)-1)*share+0.5)].Milliseconds())
}

func printBarge(w io.Writer, outcomes []outcome, each bool) {
	fmt.Fprintf(w, "\nScenes over the speaking bot: %d, by telephone, half of them before the caller has said anything. Stop time: first sound until\nthe bot is silent. Resumed: end of the sound until the bot is heard again.\n\n", len(outcomes))
	fmt.Fprintf(w, "| what | scenes | bot paused | stopped | missed | stop p50 | p95 | false stops | resumed p50 | max | silent for ever |\n|---|---|---|---|---|---|---|---|---|---|---|\n")
	var names []string
	groups := map[string][]outcome{}
	for _, o := range outcomes {
		if groups[o.what] == nil {
			names = append(names, o.what)
		}
		groups[o.what] = append(groups[o.what], o)
		total := "all that is none"
		if o.wanted {
			total = "all interruptions"
		}
		groups[total] = append(groups[total], o)
	}
	for _, name := range append(names, "all interruptions", "all that is none") {
		r := sumUp(groups[name])
		fmt.Fprintf(w, "| %s | %d | %d | %d | %d | %s | %s | %d | %s | %s | %d |\n", name, r.n, r.pauses, len(r.stop), r.missed,
			quantile(r.stop, 0.5), quantile(r.stop, 0.95), r.stops, quantile(r.resume, 0.5), quantile(r.resume, 1), r.forEver)
	}
	if !each {
		return
	}
	for _, o := range outcomes {
		fmt.Fprintf(w, "%s %q known %v: pauses %d stopped %v answered %v stop time %s resumed %s %q\n", o.what, o.name, o.known, o.pauses, o.stopped, o.answered, o.stopTime(), o.resumed, o.texts)
	}
}
