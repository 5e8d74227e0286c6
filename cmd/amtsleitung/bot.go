package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/vad"
	"github.com/amtsleitung/amtsleitung/store"
	"github.com/amtsleitung/amtsleitung/tts"
	"github.com/amtsleitung/amtsleitung/turn"
	"github.com/amtsleitung/amtsleitung/turn/smart"
)

// newBot wires the way of a spoken sentence: ear, turn, recogniser, dialog, voice.
func (s *service) newBot() (*call.Bot, error) {
	recognizer, err := s.engines.recognizer()
	if err != nil {
		return nil, err
	}
	speaker, err := s.engines.speaker()
	if err != nil {
		return nil, err
	}
	activity, err := s.engines.activity()
	if err != nil {
		return nil, err
	}
	complete, err := s.engines.complete()
	if err != nil {
		return nil, err
	}
	backchannels, err := turn.NewBackchannels()
	if err != nil {
		return nil, err
	}
	openEnds, err := turn.NewOpenEnds()
	if err != nil {
		return nil, err
	}
	renderer, err := s.engines.renderer()
	if err != nil {
		return nil, err
	}
	talk, err := s.engines.conversation(context.Background(), s.base)
	if err != nil {
		return nil, err
	}
	talk.Departments, talk.Staffed, talk.Opens = s.departments(s.base.City()), s.staffed, s.opens
	s.talk = talk
	sorry := fromBooks(talk.Resources, s.config.Languages.Offered, prompts.Fault)
	b := &call.Bot{
		Recognizer: recognizer,
		Languages:  s.config.Languages.Offered,
		Vocabulary: s.base,
		Answers:    fromBooks(talk.Resources, s.config.Languages.Offered, prompts.Answers),
		Voice:      voice{speaker, s.config.Speech.Rate},
		Converse: func(info leg.Info) (call.Conversation, error) {
			o := talk
			s.inCrisis(&o)
			o.Caller, o.Language, o.Reference = info.From, info.Language, s.unused(talk.Reference)
			return dialog.New(o), nil
		},
		Detect:        func(emit func(turn.Event)) (*turn.Detector, func(), error) { return detect(activity, emit) },
		Complete:      complete,
		Whole:         s.whole,
		OpenEnds:      openEnds,
		Journal:       s.journal,
		Evidence:      evidence{s.store, s.desk, recognizer.Name() + ", " + s.config.Knowledge.Embedder},
		Announcements: s.crisis,
		Figures:       s.metrics,
		Log:           s.log,
		Apology:       sorry,
		Recorded:      recorded(sorry, speaker, s.log),
		Backchannels:  backchannels,
		Now:           time.Now,
	}
	if i := s.config.Interpretation; renderer != nil && i.Enabled {
		b.Renderer = renderer
		b.Interpretation = call.InterpretationOptions{Automatic: i.Automatic, Mode: i.Mode, Original: i.Original, Confidence: i.Confidence, Confirm: i.Confirm}
	}
	return b, s.handOver(b)
}

// sureAnswer is the confidence at which words count as a whole concern.
const sureAnswer = 0.8

// whole says whether the knowledge base surely answers these words.
func (s *service) whole(ctx context.Context, text, language string) bool {
	hits, err := s.base.Search(ctx, knowledge.Query{Text: text, Language: language, Limit: 1})
	return err == nil && len(hits) > 0 && hits[0].Confidence >= sureAnswer
}

func detect(activity *vad.Model, emit func(turn.Event)) (*turn.Detector, func(), error) {
	stream, err := activity.Stream()
	if err != nil {
		return nil, nil, err
	}
	return turn.NewDetector(turn.Options{Voice: stream, Notify: emit}), stream.Close, nil
}

// activity loads voice activity detection, once for the process.
func (e *engines) activity() (*vad.Model, error) {
	if e.active != nil {
		return e.active, nil
	}
	rt, err := e.onnx()
	if err != nil {
		return nil, err
	}
	path, err := e.model("silero_vad.onnx")
	if err != nil {
		return nil, err
	}
	m, err := vad.Load(rt, path)
	if err != nil {
		return nil, err
	}
	e.later(m.Close)
	e.active = m
	return m, nil
}

// complete asks Smart Turn whether a caller has finished, through the scheduler.
func (e *engines) complete() (func(context.Context, []int16) (float64, error), error) {
	if !e.config.Turn.SmartTurn {
		return nil, nil
	}
	rt, err := e.onnx()
	if err != nil {
		return nil, err
	}
	path, err := e.model("smart-turn-v3.2-cpu.onnx")
	if err != nil {
		return nil, err
	}
	m, err := smart.Load(rt, path)
	if err != nil {
		return nil, err
	}
	e.later(m.Close)
	return func(ctx context.Context, pcm []int16) (p float64, err error) {
		_, err = e.scheduler.Do(ctx, inference.Turn, func(context.Context) error {
			p, err = m.Complete(pcm)
			return err
		})
		return p, err
	}, nil
}

// voice makes a speaker the call's voice.
type voice struct {
	speaker *tts.Speaker
	rate    float64 // the city's, times what the caller asked for
}

func (v voice) Say(ctx context.Context, text, language string, rate float64, to media.Sink) error {
	_, err := v.speaker.Speak(ctx, text, language, rate*v.rate, to)
	return err
}

// fromBooks is one prompt by language.
func fromBooks(r *dialog.Resources, languages []string, key prompts.Key) map[string]string {
	out := map[string]string{}
	for _, lang := range languages {
		if book, ok := r.Prompts.Book(lang); ok && book.Say(key, 0) != "" {
			out[lang] = book.Say(key, 0)
		}
	}
	return out
}

// recordingTime bounds what the start waits for one apology.
const recordingTime = 5 * time.Second

// recorded keeps the apologies as sound while there is a voice. What cannot
// be spoken now is left out: callers then hear a tone.
func recorded(texts map[string]string, speaker *tts.Speaker, log *slog.Logger) map[string][]int16 {
	out := map[string][]int16{}
	for lang, text := range texts {
		ctx, cancel := context.WithTimeout(context.Background(), recordingTime)
		var pcm []int16
		_, err := speaker.Speak(ctx, text, lang, 1, media.SinkFunc(func(f media.Frame) error {
			pcm = append(pcm, f.PCM...)
			return nil
		}))
		cancel()
		if err != nil {
			log.Warn("the apology cannot be recorded", "language", lang, "err", err)
			continue
		}
		out[lang] = pcm
	}
	return out
}

// evidence writes answers and requests to the store.
type evidence struct {
	store *store.Store
	desk  *desk.Desk
	model string
}

func (e evidence) Answered(ctx context.Context, id string, a dialog.Action) error {
	return e.store.AddAnswer(ctx, store.Answer{
		Call: id, Article: a.Article, Version: a.Version, Source: a.Source, Confidence: a.Confidence, Model: e.model,
	})
}

func (e evidence) Requested(ctx context.Context, id string, a dialog.Action) error {
	if a.Form == form.CallbackID && a.Number == "" {
		return fmt.Errorf("request %s of call %s has no number", a.Reference, id)
	}
	return e.desk.Take(ctx, storedRequest(id, a))
}
