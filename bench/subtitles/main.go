// Command subtitles measures live subtitles: test speech is fed at its own pace
// to every contestant, and a table of word lag, errors, erasure, invented words
// and cost flows out: ours beside WhisperLiveKit with the same weights, and
// faster-whisper offline as the ceiling, all in one run.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/models"
)

type options struct {
	speech, sounds, models, cache string
	languages, only               string
	minutes, sounding             float64
	drain                         time.Duration
	rooms                         int
	seed                          uint64
	child                         bool
	verbose                       bool
}

func main() {
	var o options
	flag.StringVar(&o.speech, "speech", "../shared/speech", "folder with manifest.tsv and clips of speech")
	flag.StringVar(&o.sounds, "sounds", "../shared/sounds", "folder with manifest.tsv and clips without speech")
	flag.StringVar(&o.models, "models", models.DefaultDir(), "folder with ggml-base.bin and silero_vad.onnx")
	flag.StringVar(&o.cache, "cache", models.CacheDir(), "folder for the packages of the other engines")
	flag.StringVar(&o.languages, "languages", "de,en", "languages of the talks; each is one; empty: none")
	flag.StringVar(&o.only, "only", "", "contestants, as ours,whisperlivekit; empty: both. Offline is the reference and is always heard")
	flag.Float64Var(&o.minutes, "minutes", 3, "length of a talk; the clips are repeated if it is longer than all of them")
	flag.Float64Var(&o.sounding, "sounds-minutes", 5, "of silence, noise and music in which nobody speaks; 0: none")
	flag.DurationVar(&o.drain, "drain", 3*time.Minute, "longest wait for words behind the end of the audio")
	flag.IntVar(&o.rooms, "rooms", 0, "hear so many talks at once with one scheduler, only ours; 0: one after the other")
	flag.Uint64Var(&o.seed, "seed", 1, "of the order of the clips and of the pauses")
	flag.BoolVar(&o.child, "child", false, "be the engine: frames come on standard input (used by the benchmark itself)")
	flag.BoolVar(&o.verbose, "v", false, "print what each contestant wrote")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		log.Fatal("bench subtitles: ", err)
	}
}

func run(ctx context.Context, o options) error {
	if o.child {
		return serve(ctx, o, flag.Args(), os.Stdin, os.Stdout)
	}
	b := bench{options: o, env: environment{folder: filepath.Join(o.cache, "bench", "whisperlivekit"), cache: o.cache}, out: os.Stdout}
	if err := b.env.install(ctx); err != nil {
		return err
	}
	fmt.Fprintf(b.out, "Live subtitles, Whisper base everywhere, %d cores, load %s when it began\n\n", runtime.NumCPU(), load())
	talks, err := b.talks(ctx)
	if err != nil {
		return err
	}
	if o.rooms > 0 {
		return b.together(ctx, talks)
	}
	for _, t := range talks {
		if err := b.talk(ctx, t); err != nil {
			return err
		}
	}
	return b.noSpeech(ctx)
}

type bench struct {
	options
	env environment
	out io.Writer
}

func (b *bench) list() []string {
	return strings.FieldsFunc(b.languages, func(r rune) bool { return r == ',' })
}

// talks are made and heard offline: that is where their words lie.
func (b *bench) talks(ctx context.Context) ([]*talk, error) {
	var out []*talk
	for _, l := range b.list() {
		t, err := newTalk(b.speech, l, minutes(b.minutes), b.seed)
		if err != nil {
			return nil, err
		}
		if err := t.listen(ctx, b.env); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// contestants hear live.
func (b *bench) contestants() []contestant {
	all := []contestant{
		&ours{models: b.models},
		&whisperLiveKit{env: b.env},
	}
	if b.only == "" {
		return all
	}
	names := strings.Split(b.only, ",")
	return slices.DeleteFunc(all, func(c contestant) bool { return !slices.Contains(names, c.id()) })
}

// talk lets all hear one talk, one after the other.
func (b *bench) talk(ctx context.Context, t *talk) error {
	fmt.Fprintf(b.out, "%s, %.1f minutes, %d clips, %d words\n\n%s", t.language, t.length().Minutes(), len(t.spans), len(t.words), head())
	for _, c := range b.contestants() {
		heard, err := b.hear(ctx, c, t.language, t.pcm)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name(), err)
		}
		fmt.Fprint(b.out, row(c.name(), judge(t, heard), heard.used))
		b.more(c, t, heard)
	}
	fmt.Fprint(b.out, ceiling(t), "\n")
	return nil
}

// more is what does not fit into the table.
func (b *bench) more(c contestant, t *talk, h *heard) {
	if b.verbose {
		log.Printf("%s wrote: %s", c.name(), strings.Join(texts(h.log.final()), " "))
	}
	if t.length() >= drifting {
		log.Print(drift(t, h))
	}
}

// hear feeds audio in real time to a contestant that is started for it.
func (b *bench) hear(ctx context.Context, c contestant, language string, rooms ...[]int16) (*heard, error) {
	s, err := c.start(ctx, language, len(rooms))
	if err != nil {
		return nil, err
	}
	return feed(ctx, s, b.drain, rooms...)
}

// noSpeech counts what is written where nobody says anything.
func (b *bench) noSpeech(ctx context.Context) error {
	if b.sounding <= 0 {
		return nil
	}
	pcm, err := quietTalk(b.sounds, minutes(b.sounding), b.seed)
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "silence, noise and music, %.1f minutes\n\n| engine | words that nobody said | CPU s | peak memory |\n|---|---|---|---|\n", b.sounding)
	for _, c := range b.contestants() {
		h, err := b.hear(ctx, c, "de", pcm)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name(), err)
		}
		said := texts(h.log.final())
		fmt.Fprintf(b.out, "| %s | %d | %.1f | %d MB |\n", c.name(), len(said), h.used.cpu.Seconds(), h.used.peak>>20)
		if len(said) > 0 {
			log.Printf("%s wrote: %s", c.name(), strings.Join(said, " "))
		}
	}
	return nil
}

func minutes(m float64) time.Duration { return time.Duration(m * float64(time.Minute)) }

// load of the machine, as it says itself.
func load() string {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(data))[:1], "")
}
