// Command translate measures translation: parallel sentences flow in, tables
// of quality (sacrebleu), equality and speed flow out, ours beside other
// engines with the same weights in the same run, taking turns.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/amtsleitung/amtsleitung/models"
)

type options struct {
	text, models, cache string
	sentences, rounds   int
	rivals              bool
}

func main() {
	var o options
	flag.StringVar(&o.text, "text", "../shared/text/flores-dev", "folder with parallel sentences, one file per language")
	flag.StringVar(&o.models, "models", models.Path(models.DefaultDir(), "bergamot"), "folder with enpt and pten")
	flag.StringVar(&o.cache, "cache", models.CacheDir(), "folder for the packages of the other engines")
	flag.IntVar(&o.sentences, "sentences", 600, "of each direction")
	flag.IntVar(&o.rounds, "rounds", 3, "times that each short sentence is translated; the median counts")
	flag.BoolVar(&o.rivals, "rivals", true, "measure other engines too (installed into the cache with pip and npm)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		log.Fatal("bench translate: ", err)
	}
}

func run(ctx context.Context, o options) error {
	env := environment{folder: filepath.Join(o.cache, "bench", "translate")}
	if err := env.install(ctx, o.rivals); err != nil {
		return err
	}
	all, err := contestants(ctx, o, env)
	defer func() {
		for _, c := range all {
			if err := c.close(); err != nil {
				log.Print(err)
			}
		}
	}()
	if err != nil {
		return err
	}
	for k, d := range [][2]string{{"en", "pt"}, {"pt", "en"}} {
		p, err := readPairs(o.text, d[0], d[1], o.sentences)
		if err != nil {
			return err
		}
		r, err := compete(ctx, all, p, o.rounds)
		if err != nil {
			return err
		}
		signature, err := env.score(ctx, r, p)
		if err != nil {
			return err
		}
		if k == 0 {
			fmt.Printf("Translation of %d sentences each way, those of at most %d words (as on the telephone) %d times, 1 thread each\n(%s)\n\n%s",
				len(p.source), spoken, o.rounds, signature, head())
		}
		fmt.Print(rows(r))
	}
	return nil
}

// contestants are ours first. On an error those already open are returned, too.
func contestants(ctx context.Context, o options, env environment) ([]contestant, error) {
	var all []contestant
	for _, careful := range []bool{false, true} {
		us, err := newOurs(o.models, careful)
		if err != nil {
			return all, err
		}
		all = append(all, us)
	}
	if !o.rivals {
		return all, nil
	}
	for _, r := range env.rivals(o.models) {
		c, err := r.start(ctx)
		if err != nil {
			return all, err
		}
		all = append(all, c)
	}
	return all, nil
}

// pairs are sentences and what people made of them.
type pairs struct {
	from, to     string
	source, want []string
}

func readPairs(folder, from, to string, most int) (pairs, error) {
	lines := func(language string) ([]string, error) {
		data, err := os.ReadFile(filepath.Join(folder, language+".txt"))
		if err != nil {
			return nil, fmt.Errorf("parallel sentences: %w; name their folder with -text", err)
		}
		all := strings.Split(strings.TrimSpace(string(data)), "\n")
		return all[:min(most, len(all))], nil
	}
	source, err := lines(from)
	if err != nil {
		return pairs{}, err
	}
	want, err := lines(to)
	if err == nil && len(source) != len(want) {
		err = errors.New("parallel sentences: the files have different numbers of lines")
	}
	return pairs{from, to, source, want}, err
}
