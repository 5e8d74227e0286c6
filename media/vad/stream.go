// Package vad says how likely each 32 ms of audio is speech: samples flow in,
// probabilities flow out. A cheap energy gate spares the Silero model quiet
// windows; many streams share one loaded model.
package vad

import (
	"fmt"

	ort "github.com/yalue/onnxruntime_go"

	"github.com/amtsleitung/amtsleitung/inference/onnx"
)

// Sizes of Silero v6 at 16 kHz.
const (
	WindowSamples  = 512 // 32 ms
	contextSamples = 64  // the end of the window before, given again
	stateSize      = 2 * 128
)

// Model is Silero loaded once. It is safe for concurrent use.
type Model struct {
	session *onnx.Session
}

// Load reads silero_vad.onnx (v5 or v6).
func Load(rt *onnx.Runtime, path string) (*Model, error) {
	s, err := rt.Session(path, []string{"input", "state", "sr"}, []string{"output", "stateN"}, 1)
	if err != nil {
		return nil, fmt.Errorf("voice activity detection: %w", err)
	}
	m := &Model{session: s}
	if err := m.canary(); err != nil {
		s.Close()
		return nil, err
	}
	return m, nil
}

// canary runs one window, so that a model of another shape fails at start.
func (m *Model) canary() error {
	s, err := m.Stream()
	if err != nil {
		return err
	}
	defer s.Close()
	p, err := s.infer(make([]int16, WindowSamples))
	if err != nil {
		return err
	}
	if !(p >= 0 && p < 0.5) {
		return fmt.Errorf("voice activity detection: the model takes silence for speech (%.2f): check it with `amtsleitung models verify`", p)
	}
	return nil
}

// Close frees the model; its streams must be closed before.
func (m *Model) Close() error { return m.session.Close() }

// Stream carries the state of one party's audio. One goroutine at a time.
type Stream struct {
	gate   gate
	last   [WindowSamples]int16 // the window before, fed late when the gate opens
	hasOld bool

	input  *ort.Tensor[float32]
	output *ort.Tensor[float32]
	rate   *ort.Tensor[int64]
	state  [2]*ort.Tensor[float32]
	// run[i] reads state[i] and writes state[1-i]: no copying in between.
	run  [2]*onnx.Binding
	turn int
}

// Stream makes the tensors of one stream (about 6 kB).
func (m *Model) Stream() (*Stream, error) {
	s := &Stream{}
	if err := s.allocate(m.session); err != nil {
		s.Close()
		return nil, fmt.Errorf("voice activity stream: %w", err)
	}
	return s, nil
}

func (s *Stream) allocate(session *onnx.Session) (err error) {
	if s.input, err = ort.NewEmptyTensor[float32](ort.NewShape(1, contextSamples+WindowSamples)); err != nil {
		return err
	}
	if s.output, err = ort.NewEmptyTensor[float32](ort.NewShape(1, 1)); err != nil {
		return err
	}
	if s.rate, err = ort.NewTensor(ort.NewShape(1), []int64{16000}); err != nil {
		return err
	}
	for i := range s.state {
		if s.state[i], err = ort.NewEmptyTensor[float32](ort.NewShape(2, 1, 128)); err != nil {
			return err
		}
	}
	for i := range s.run {
		in := []ort.Value{s.input, s.state[i], s.rate}
		if s.run[i], err = session.Bind(in, []ort.Value{s.output, s.state[1-i]}); err != nil {
			return err
		}
	}
	return nil
}

// Probability is 0..1 for the next WindowSamples samples of the stream. It
// takes about 0.2 ms, next to nothing for a window the energy gate holds
// back, and allocates nothing.
func (s *Stream) Probability(window []int16) (float32, error) {
	if len(window) != WindowSamples {
		return 0, fmt.Errorf("voice activity: a window of %d samples, not %d", len(window), WindowSamples)
	}
	wasOpen := s.gate.open()
	if !s.gate.pass(window) {
		copy(s.last[:], window)
		s.hasOld = true
		return 0, nil
	}
	if !wasOpen && s.hasOld {
		// The model hears the onset from before the gate opened.
		s.zeroState()
		if _, err := s.infer(s.last[:]); err != nil {
			return 0, err
		}
		s.hasOld = false
	}
	return s.infer(window)
}

func (s *Stream) infer(window []int16) (float32, error) {
	in := s.input.GetData()
	copy(in, in[WindowSamples:])
	for i, v := range window {
		in[contextSamples+i] = float32(v) / 32768
	}
	if err := s.run[s.turn].Run(); err != nil {
		return 0, err
	}
	s.turn = 1 - s.turn
	return s.output.GetData()[0], nil
}

// Reset forgets what was heard, for another party on the same stream.
func (s *Stream) Reset() {
	s.gate = gate{}
	s.hasOld = false
	s.zeroState()
}

func (s *Stream) zeroState() {
	clear(s.input.GetData())
	clear(s.state[s.turn].GetData())
}

// Close frees the tensors.
func (s *Stream) Close() {
	for _, b := range s.run {
		if b != nil {
			b.Close()
		}
	}
	for _, t := range s.state {
		if t != nil {
			t.Destroy()
		}
	}
	if s.input != nil {
		s.input.Destroy()
	}
	if s.output != nil {
		s.output.Destroy()
	}
	if s.rate != nil {
		s.rate.Destroy()
	}
}
