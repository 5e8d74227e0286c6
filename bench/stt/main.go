// Command stt measures recognition: test speech flows in, a table of word
// error rates and times flows out, ours beside faster-whisper on the same
// clips in the same run, the engines taking turns.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/corpus"
	"github.com/amtsleitung/amtsleitung/stt/whisper"
)

// contestant is one row of the table.
type contestant interface {
	name() string
	hear(ctx context.Context, c corpus.Clip) (text string, took time.Duration, err error)
	close() error
}

type options struct {
	speech, cache string
	rounds        int
	rival, table  bool
	languages     string
}

func main() {
	var o options
	flag.StringVar(&o.speech, "speech", "../shared/speech", "folder with manifest.tsv and clips")
	flag.StringVar(&o.cache, "cache", cacheFolder(), "folder with models and packages")
	flag.IntVar(&o.rounds, "rounds", 3, "times that each clip is heard; the median counts")
	flag.StringVar(&o.languages, "languages", "de,en", "languages of the clips")
	flag.BoolVar(&o.rival, "rival", true, "measure faster-whisper too (installed into the cache with pip)")
	flag.BoolVar(&o.table, "table", false, "measure all quantisations of the model")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		log.Fatal("bench stt: ", err)
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
	languages := strings.Split(o.languages, ",")
	clips, err := corpus.Read(o.speech, corpus.Utterances(languages...))
	if err != nil {
		return err
	}
	var all []contestant
	defer func() {
		for _, c := range all {
			if err := c.close(); err != nil {
				log.Print(err)
			}
		}
	}()
	for _, e := range entries(o) {
		c, err := e()
		if err != nil {
			return err
		}
		all = append(all, c)
	}
	results, err := compete(ctx, all, clips, o.rounds)
	if err != nil {
		return err
	}
	fmt.Printf("Recognition of %d utterances of 2-8 s, %d rounds, %d cores\n\n", len(clips), o.rounds, runtime.NumCPU())
	fmt.Print(format(results, languages))
	return nil
}

// entries are the engines to open; each holds its model in memory.
func entries(o options) []func() (contestant, error) {
	models := filepath.Join(o.cache, "models")
	ours := func(file string, threads int, portable bool) func() (contestant, error) {
		return func() (contestant, error) {
			e, err := whisper.Open(whisper.Options{
				Model:     filepath.Join(models, file),
				Scheduler: inference.NewScheduler(inference.Options{Threads: threads}),
				Portable:  portable,
			})
			if err != nil {
				return nil, err
			}
			kind := "own kernels"
			if portable {
				kind = "whisper.cpp"
			}
			title := fmt.Sprintf("%s, %s, threads: %d", strings.TrimPrefix(e.Name(), "whisper "), kind, threads)
			return &local{e, title}, nil
		}
	}
	list := []func() (contestant, error){ours("ggml-base.bin", 1, false), ours("ggml-base.bin", 2, false)}
	if o.table {
		for _, file := range []string{"ggml-base.bin", "ggml-base-q8_0.bin", "ggml-base-q5_1.bin", "ggml-base-q4_0.bin"} {
			list = append(list, ours(file, 1, true))
		}
	}
	if o.rival {
		for _, mode := range []string{"stock", "cut"} {
			list = append(list, func() (contestant, error) { return newRival(o.cache, mode, runtime.NumCPU()) })
		}
	}
	return list
}

// local is an engine of ours; its guards are part of what is measured.
type local struct {
	engine *whisper.Engine
	title  string
}

func (l *local) name() string { return l.title }

func (l *local) hear(ctx context.Context, c corpus.Clip) (string, time.Duration, error) {
	start := time.Now()
	h, err := l.engine.Recognize(ctx, stt.Window{PCM: c.PCM, Language: c.Language})
	return h.Text(), time.Since(start), err
}

func (l *local) close() error {
	l.engine.Close()
	return nil
}
