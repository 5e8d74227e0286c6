package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/inference/onnx"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/vad"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/whisper"
	"github.com/amtsleitung/amtsleitung/tts"
	"github.com/amtsleitung/amtsleitung/tts/espeak"
	"github.com/amtsleitung/amtsleitung/tts/pico"
	"github.com/amtsleitung/amtsleitung/turn"
	"github.com/amtsleitung/amtsleitung/turn/smart"
)

// engines are the real ones of a call.
type engines struct {
	runtime      *onnx.Runtime
	voice        *vad.Model
	smart        *smart.Model
	recognizer   *whisper.Engine
	speaker      *pico.Synthesizer
	others       *espeak.Synthesizer // for the languages that Pico does not speak
	backchannels *turn.Backchannels
	openEnds     *turn.OpenEnds
}

func openEngines(models string) (e *engines, err error) {
	e = &engines{}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.close())
		}
	}()
	if e.runtime, err = onnx.Open(""); err != nil {
		return e, err
	}
	if e.voice, err = vad.Load(e.runtime, filepath.Join(models, "silero_vad.onnx")); err != nil {
		return e, err
	}
	if e.smart, err = smart.Load(e.runtime, filepath.Join(models, "smart-turn-v3.2-cpu.onnx")); err != nil {
		return e, err
	}
	e.recognizer, err = whisper.Open(whisper.Options{
		Model:     filepath.Join(models, "ggml-base.bin"),
		Scheduler: inference.NewScheduler(inference.Options{Threads: 1}),
	})
	if err != nil {
		return e, err
	}
	if e.speaker, err = pico.Open(pico.Options{Dir: filepath.Join(models, "pico")}); err != nil {
		return e, err
	}
	if e.others, err = espeak.Open(espeak.Options{}); err != nil {
		return e, err
	}
	if e.backchannels, err = turn.NewBackchannels(); err != nil {
		return e, err
	}
	e.openEnds, err = turn.NewOpenEnds()
	return e, err
}

func (e *engines) close() error {
	var errs []error
	if e.others != nil {
		e.others.Close()
	}
	if e.speaker != nil {
		e.speaker.Close()
	}
	if e.recognizer != nil {
		e.recognizer.Close()
	}
	if e.smart != nil {
		errs = append(errs, e.smart.Close())
	}
	if e.voice != nil {
		errs = append(errs, e.voice.Close())
	}
	if e.runtime != nil {
		errs = append(errs, e.runtime.Close())
	}
	return errors.Join(errs...)
}

// say speaks a text with Pico, or with espeak-ng where Pico has no voice.
func (e *engines) say(ctx context.Context, text, language string, rate float64) ([]int16, error) {
	var pcm []int16
	sink := media.SinkFunc(func(f media.Frame) error {
		pcm = append(pcm, f.PCM...)
		return nil
	})
	var voice tts.Synthesizer = e.speaker
	if !slices.Contains(e.speaker.Languages(), language) {
		voice = e.others
	}
	err := voice.Speak(ctx, tts.Utterance{Text: text, Language: language, Rate: rate}, sink)
	return pcm, err
}

// understand is what the recogniser makes of the audio, in a language that is known.
func (e *engines) understand(ctx context.Context, pcm []int16, language string) (string, error) {
	h, err := e.recognizer.Recognize(ctx, stt.Window{PCM: pcm, Language: language})
	return h.Text(), err
}
