package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/cities"
	"github.com/amtsleitung/amtsleitung/config"
	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/inference/onnx"
	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/knowledge/e5"
	embedopenai "github.com/amtsleitung/amtsleitung/knowledge/openai"
	"github.com/amtsleitung/amtsleitung/media/vad"
	"github.com/amtsleitung/amtsleitung/models"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/guard"
	sttopenai "github.com/amtsleitung/amtsleitung/stt/openai"
	"github.com/amtsleitung/amtsleitung/stt/whisper"
	"github.com/amtsleitung/amtsleitung/translate"
	"github.com/amtsleitung/amtsleitung/translate/bergamot"
	"github.com/amtsleitung/amtsleitung/tts"
	"github.com/amtsleitung/amtsleitung/tts/espeak"
	ttsopenai "github.com/amtsleitung/amtsleitung/tts/openai"
	"github.com/amtsleitung/amtsleitung/tts/pico"
	"github.com/amtsleitung/amtsleitung/tts/piper"
	"github.com/amtsleitung/amtsleitung/tts/repeat"
)

// engines opens what the configuration names, each when it is first asked
// for, and closes everything in reverse order.
type engines struct {
	config    config.Config
	log       *slog.Logger
	scheduler *inference.Scheduler
	runtime   *onnx.Runtime
	phonemes  *espeak.Synthesizer
	embeds    knowledge.Embedder
	articles  fs.FS // of the database; nil: the city's folder
	hears     stt.Recognizer
	renders   *translate.Chain
	bergamot  *bergamot.Translator // nil: not used
	speaks    *tts.Speaker
	voices    *tts.Router
	active    *vad.Model
	closers   []func() error
}

func newEngines(c config.Config, log *slog.Logger, waited func(inference.Priority, time.Duration)) *engines {
	return &engines{config: c, log: log, scheduler: inference.NewScheduler(inference.Options{
		Threads: c.Inference.Threads, Queue: c.Inference.Queue, Waited: waited,
	})}
}

// Close frees the engines, the last opened first.
func (e *engines) Close() error {
	var errs []error
	for i := len(e.closers) - 1; i >= 0; i-- {
		errs = append(errs, e.closers[i]())
	}
	e.closers = nil
	return errors.Join(errs...)
}

func (e *engines) later(f func() error) { e.closers = append(e.closers, f) }

// model is the path of a model file. A file of the manifest is compared with
// its checksum: a damaged model may load and then talk rubbish.
func (e *engines) model(file string) (string, error) {
	if filepath.IsAbs(file) {
		return file, nil // the operator's own
	}
	dir := e.config.Models
	if dir == "" {
		dir = models.DefaultDir()
	}
	for _, m := range models.Manifest() {
		if slices.ContainsFunc(m.Files, func(f models.File) bool { return f.Path == file }) {
			return models.Path(dir, file), models.Verify(dir, m.Name)
		}
	}
	path := models.Path(dir, file)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("model file %s is missing and not one that `amtsleitung models fetch` knows", path)
	}
	return path, nil
}

// onnx is loaded once for the process.
func (e *engines) onnx() (*onnx.Runtime, error) {
	if e.runtime != nil {
		return e.runtime, nil
	}
	rt, err := onnx.Open(onnxLibrary())
	if err != nil {
		return nil, err
	}
	e.runtime = rt
	e.later(rt.Close)
	return rt, nil
}

// onnxLibrary prefers the library that the binary was built with; "" searches.
func onnxLibrary() string {
	path := filepath.Join(nativePrefix, "lib", onnx.LibraryName)
	if _, err := os.Stat(path); nativePrefix == "" || err != nil {
		return ""
	}
	return path
}

// voiceHeard is the guard's rule for windows in which voice activity has
// already heard a voice: Whisper's own no-speech probability, which is high
// for the narrow band of a telephone, then counts for less. With the guard's
// default 5 % of 607 questions over mu-law were thrown away, many of them
// rightly heard; the dialog asks back where words are doubtful.
const voiceHeard = -1.9

// politeHeard is the same for "Ja." alone, which over A-law often has a
// no-speech probability of 0.4 though the model is sure of the word.
const politeHeard = 0.7

// recognizer is one for the process.
func (e *engines) recognizer() (stt.Recognizer, error) {
	if e.hears != nil {
		return e.hears, nil
	}
	r, err := e.openRecognizer()
	if err != nil {
		return nil, err
	}
	e.hears = r
	return r, nil
}

func (e *engines) openRecognizer() (stt.Recognizer, error) {
	c := e.config.Recognition
	if c.Engine == "openai" {
		return sttopenai.New(sttopenai.Options{URL: c.OpenAI.URL, Model: c.OpenAI.Model, Key: c.OpenAI.Key()})
	}
	path, err := e.model(c.Model)
	if err != nil {
		return nil, err
	}
	w, err := whisper.Open(whisper.Options{
		Model: path, Scheduler: e.scheduler, Languages: e.config.Languages.Offered,
		Guard: guard.New(guard.Options{DoubtfulOffset: voiceHeard, PoliteNoSpeech: politeHeard}),
	})
	if err != nil {
		return nil, err
	}
	e.later(func() error { w.Close(); return nil })
	return w, nil
}

// router leads languages to the configured engines; it is one for the process.
func (e *engines) router() (*tts.Router, error) {
	if e.voices != nil {
		return e.voices, nil
	}
	used := map[string]tts.Synthesizer{}
	for _, names := range e.config.Speech.Engines {
		for _, name := range names {
			if used[name] != nil {
				continue
			}
			s, err := e.voice(name)
			if err != nil {
				return nil, err
			}
			used[name] = s
		}
	}
	var err error
	e.voices, err = tts.NewRouter(used, e.config.Speech.Engines, tts.RouterOptions{Log: e.log})
	return e.voices, err
}

// voice opens one speech engine by its name in the configuration.
func (e *engines) voice(name string) (tts.Synthesizer, error) {
	switch name {
	case "pico":
		path, err := e.model("pico/de-DE_ta.bin")
		if err != nil {
			return nil, err
		}
		s, err := pico.Open(pico.Options{Dir: filepath.Dir(path)})
		if err != nil {
			return nil, err
		}
		e.later(func() error { s.Close(); return nil })
		return s, nil
	case "espeak":
		return e.espeak()
	case "piper":
		return e.piper()
	case "openai":
		c := e.config.Speech.OpenAI
		return ttsopenai.New(ttsopenai.Options{URL: c.URL, Model: c.Model, Voice: c.Voice, Key: c.Key()})
	}
	return nil, fmt.Errorf("speech engine %q is none of pico, espeak, piper, openai", name)
}

// espeak is one for the process: Piper takes its phonemes from it.
func (e *engines) espeak() (*espeak.Synthesizer, error) {
	if e.phonemes != nil {
		return e.phonemes, nil
	}
	s, err := espeak.Open(espeak.Options{})
	if err != nil {
		return nil, err
	}
	e.phonemes = s
	e.later(func() error { s.Close(); return nil })
	return s, nil
}

func (e *engines) piper() (tts.Synthesizer, error) {
	rt, err := e.onnx()
	if err != nil {
		return nil, err
	}
	phonemes, err := e.espeak()
	if err != nil {
		return nil, err
	}
	path, err := e.model("piper/en_US-joe-medium.onnx")
	if err != nil {
		return nil, err
	}
	s, err := piper.Open(rt, phonemes, piper.Options{Models: []string{path}})
	if err != nil {
		return nil, err
	}
	e.later(func() error { s.Close(); return nil })
	return s, nil
}

// embedder is shared by search and dialog.
func (e *engines) embedder() (knowledge.Embedder, error) {
	if e.embeds != nil {
		return e.embeds, nil
	}
	m, err := e.openEmbedder()
	if err != nil {
		return nil, err
	}
	e.embeds, err = knowledge.Remember(m, rememberedQueries)
	return e.embeds, err
}

// rememberedQueries is enough for what a hundred callers have just said.
const rememberedQueries = 512

func (e *engines) openEmbedder() (knowledge.Embedder, error) {
	c := e.config.Knowledge
	if c.Embedder == "openai" {
		return embedopenai.New(embedopenai.Options{URL: c.OpenAI.URL, Model: c.OpenAI.Model, Key: c.OpenAI.Key()})
	}
	path, err := e.model("e5-small-q4.bin")
	if err != nil {
		return nil, err
	}
	m, err := e5.Open(path)
	if err != nil {
		return nil, err
	}
	e.later(func() error { m.Close(); return nil })
	return m, nil
}

func (e *engines) knowledge(ctx context.Context) (*knowledge.Base, error) {
	embedder, err := e.embedder()
	if err != nil {
		return nil, err
	}
	o := knowledge.Options{
		Embedder: embedder, CacheDir: filepath.Join(models.CacheDir(), "embeddings"), Now: time.Now, Log: e.log,
	}
	if o.FS = e.articles; o.FS == nil {
		o.FS = cityFiles(e.config)
	}
	return knowledge.Open(ctx, o)
}

// cityFiles are the files of the configured city.
func cityFiles(c config.Config) fs.FS {
	if demoCity(c) {
		return cities.Musterstadt()
	}
	return os.DirFS(c.City)
}

func demoCity(c config.Config) bool { return c.City == "musterstadt" }

// speaker speaks whole answers with the city's pronunciation; it is one for the process.
func (e *engines) speaker() (*tts.Speaker, error) {
	if e.speaks != nil {
		return e.speaks, nil
	}
	s, err := e.router()
	if err != nil {
		return nil, err
	}
	lexicon, err := e.lexicon()
	if err != nil {
		return nil, err
	}
	e.speaks = tts.NewSpeaker(repeat.New(s, repeat.Options{}), tts.SpeakerOptions{Lexicon: lexicon})
	return e.speaks, nil
}

// lexicon is how the city's words are pronounced; nil: as they are read.
func (e *engines) lexicon() (*tts.Lexicon, error) {
	data, err := fs.ReadFile(cityFiles(e.config), "lexicon.yaml")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("city %s: %w", e.config.City, err)
	}
	l, err := tts.ParseLexicon(data)
	if err != nil {
		return nil, fmt.Errorf("city %s: lexicon.yaml: %w", e.config.City, err)
	}
	return l, nil
}
