// Package piper speaks with neural voices of the Piper kind: a sentence flows
// in, phonemes by espeak-ng go through an ONNX model, 20 ms frames flow out.
package piper

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	ort "github.com/yalue/onnxruntime_go"

	"github.com/amtsleitung/amtsleitung/inference/onnx"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/resample"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/tts"
)

// Name of the engine in routes and lexicons.
const Name = "piper"

// gain in dB to the common speech level, from the level test.
const gain = 3.7

// Phonemizer tells how a text sounds in IPA; *espeak.Synthesizer is one.
type Phonemizer interface {
	Phonemes(text, voice string) (string, error)
}

// Options of a Synthesizer.
type Options struct {
	// Models are the .onnx files of the voices, each with its .onnx.json beside
	// it; the first of a language is its default.
	Models []string
	// Side is how many sentences are computed side by side, one thread each;
	// default 1. Speech does not queue behind recognition: the inference
	// scheduler leaves one core free, and this is what uses it.
	Side int
}

// Synthesizer is safe for concurrent use.
type Synthesizer struct {
	phonemizer Phonemizer
	voices     []*voice
	turn       chan struct{}
}

type voice struct {
	voiceFile
	name    string
	session *onnx.Session
}

// Open loads the voices.
func Open(rt *onnx.Runtime, p Phonemizer, o Options) (*Synthesizer, error) {
	if len(o.Models) == 0 {
		return nil, errors.New("Piper: no voice configured")
	}
	s := &Synthesizer{phonemizer: p, turn: make(chan struct{}, max(1, o.Side))}
	for _, model := range o.Models {
		v, err := openVoice(rt, model)
		if err != nil {
			s.Close()
			return nil, err
		}
		s.voices = append(s.voices, v)
	}
	return s, nil
}

func openVoice(rt *onnx.Runtime, model string) (*voice, error) {
	file, err := readVoice(model)
	if err != nil {
		return nil, err
	}
	session, err := rt.Session(model, []string{"input", "input_lengths", "scales"}, []string{"output"}, 1)
	if err != nil {
		return nil, fmt.Errorf("Piper voice: %w", err)
	}
	return &voice{voiceFile: file, name: name(model), session: session}, nil
}

// Close frees the voices; nothing may be speaking.
func (s *Synthesizer) Close() error {
	var err error
	for _, v := range s.voices {
		err = errors.Join(err, v.session.Close())
	}
	return err
}

// Name implements tts.Synthesizer.
func (s *Synthesizer) Name() string {
	names := make([]string, len(s.voices))
	for i, v := range s.voices {
		names[i] = v.name
	}
	return "Piper " + strings.Join(names, ", ")
}

// Languages implements tts.Synthesizer.
func (s *Synthesizer) Languages() []string {
	var out []string
	seen := map[string]bool{}
	for _, v := range s.voices {
		if !seen[v.language()] {
			seen[v.language()] = true
			out = append(out, v.language())
		}
	}
	return out
}

// Speak implements tts.Synthesizer. The first frames leave when the first
// clause of the sentence is computed.
func (s *Synthesizer) Speak(ctx context.Context, u tts.Utterance, to media.Sink) error {
	v, err := s.pick(u.Language, u.Voice)
	if err != nil {
		return err
	}
	phonemes, err := s.phonemizer.Phonemes(u.Render(Name, func(t string) string { return t }, nil), v.Espeak.Voice)
	if err != nil {
		return fmt.Errorf("Piper voice %s: %w", v.name, err)
	}
	convert, err := resample.New(v.Audio.SampleRate, media.SampleRate, resample.Phone)
	if err != nil {
		return err
	}
	defer convert.Close()
	f := tts.NewFramer(to, gain)
	for _, run := range runs(phonemes) {
		ids := v.ids(run)
		if ids == nil {
			continue
		}
		pcm, err := s.compute(ctx, v, ids, u.Rate)
		if err != nil {
			return err
		}
		if err := f.Write(ctx, convert.Append(nil, pcm)); err != nil {
			return err
		}
	}
	tail := make([]int16, convert.Delay()*v.Audio.SampleRate/media.SampleRate+1)
	if err := f.Write(ctx, convert.Append(nil, tail)); err != nil {
		return err
	}
	return f.Close(ctx)
}

func (s *Synthesizer) pick(language, name string) (*voice, error) {
	primary := transcript.Primary(language)
	for _, v := range s.voices {
		if name != "" && v.name == name || name == "" && v.language() == primary {
			return v, nil
		}
	}
	return nil, fmt.Errorf("Piper, language %q, voice %q: %w", language, name, tts.ErrLanguage)
}

// compute runs the model when it is this sentence's turn.
func (s *Synthesizer) compute(ctx context.Context, v *voice, ids []int64, rate float64) ([]int16, error) {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-s.turn }()
	samples, err := v.run(ctx, ids, rate)
	if err != nil {
		return nil, fmt.Errorf("Piper voice %s: %w", v.name, err)
	}
	return samples, nil
}

func (v *voice) run(ctx context.Context, ids []int64, rate float64) ([]int16, error) {
	if rate == 0 {
		rate = 1
	}
	length := v.Inference.LengthScale / float32(min(max(rate, 0.5), 2))
	input, err := ort.NewTensor(ort.NewShape(1, int64(len(ids))), ids)
	if err != nil {
		return nil, err
	}
	defer input.Destroy()
	lengths, err := ort.NewTensor(ort.NewShape(1), []int64{int64(len(ids))})
	if err != nil {
		return nil, err
	}
	defer lengths.Destroy()
	scales, err := ort.NewTensor(ort.NewShape(3), []float32{v.Inference.NoiseScale, length, v.Inference.NoiseW})
	if err != nil {
		return nil, err
	}
	defer scales.Destroy()
	out := []ort.Value{nil}
	if err := v.session.Run(ctx, []ort.Value{input, lengths, scales}, out); err != nil {
		return nil, err
	}
	defer out[0].Destroy()
	audio, ok := out[0].(*ort.Tensor[float32])
	if !ok {
		return nil, fmt.Errorf("output is %T, not float32: this is a different model than expected", out[0])
	}
	return toPCM(audio.GetData()), nil
}

func toPCM(audio []float32) []int16 {
	pcm := make([]int16, len(audio))
	for i, s := range audio {
		pcm[i] = int16(math.Round(float64(min(max(s, -1), 1)) * math.MaxInt16))
	}
	return pcm
}
