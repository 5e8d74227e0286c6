// Package smart asks Smart Turn v3 whether a caller has finished: the last
// 8 s of audio flow in, a probability flows out.
package smart

import (
	"fmt"
	"math"
	"sync"

	ort "github.com/yalue/onnxruntime_go"

	"github.com/amtsleitung/amtsleitung/inference/onnx"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/mel"
	"github.com/amtsleitung/amtsleitung/turn"
)

// Geometry of the model's input.
const (
	mels    = 80
	samples = 8 * media.SampleRate
)

var _ turn.Completeness = (*Model)(nil)

// Model is Smart Turn loaded once. Complete is safe for concurrent use, but
// takes tens of milliseconds of a core: call it through inference.Scheduler,
// never from a media goroutine.
type Model struct {
	session *onnx.Session

	mu   sync.Mutex
	idle []*worker
}

// worker holds the buffers of one computation.
type worker struct {
	audio    []float32
	extract  *mel.Extractor
	features *ort.Tensor[float32]
	output   *ort.Tensor[float32]
	run      *onnx.Binding
}

// Load reads smart-turn-v3.*-cpu.onnx.
func Load(rt *onnx.Runtime, path string) (*Model, error) {
	s, err := rt.Session(path, []string{"input_features"}, []string{"logits"}, 1)
	if err != nil {
		return nil, fmt.Errorf("end-of-turn detection: %w", err)
	}
	m := &Model{session: s}
	// One run at start finds a model of another shape, and warms it up.
	if _, err := m.Complete(make([]int16, media.FrameSamples)); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// Close frees the model; no Complete may be running.
func (m *Model) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, w := range m.idle {
		w.close()
	}
	m.idle = nil
	return m.session.Close()
}

// Complete is the probability (0..1) that the audio ends a turn; of longer
// audio only the last 8 s count.
func (m *Model) Complete(pcm []int16) (float64, error) {
	w, err := m.take()
	if err != nil {
		return 0, fmt.Errorf("end-of-turn detection: %w", err)
	}
	defer m.give(w)
	return w.complete(pcm)
}

func (m *Model) take() (*worker, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n := len(m.idle); n > 0 {
		w := m.idle[n-1]
		m.idle = m.idle[:n-1]
		return w, nil
	}
	return m.newWorker()
}

func (m *Model) give(w *worker) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.idle = append(m.idle, w)
}

func (m *Model) newWorker() (_ *worker, err error) {
	w := &worker{audio: make([]float32, samples), extract: mel.NewExtractor(mels)}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	if w.features, err = ort.NewEmptyTensor[float32](ort.NewShape(1, mels, int64(mel.Frames(samples)))); err != nil {
		return nil, err
	}
	if w.output, err = ort.NewEmptyTensor[float32](ort.NewShape(1, 1)); err != nil {
		return nil, err
	}
	if w.run, err = m.session.Bind([]ort.Value{w.features}, []ort.Value{w.output}); err != nil {
		return nil, err
	}
	return w, nil
}

func (w *worker) close() {
	if w.run != nil {
		w.run.Close()
	}
	if w.features != nil {
		w.features.Destroy()
	}
	if w.output != nil {
		w.output.Destroy()
	}
}

func (w *worker) complete(pcm []int16) (float64, error) {
	normalise(w.audio, pcm)
	if err := w.extract.LogMel(w.features.GetData(), w.audio); err != nil {
		return 0, fmt.Errorf("end-of-turn detection: %w", err)
	}
	if err := w.run.Run(); err != nil {
		return 0, fmt.Errorf("end-of-turn detection: %w", err)
	}
	// The output is named logits but has gone through the sigmoid.
	return float64(w.output.GetData()[0]), nil
}

// varianceFloor keeps digital silence finite (as in WhisperFeatureExtractor).
const varianceFloor = 1e-7

// normalise puts the end of pcm at the end of dst, silence before it, and
// scales all to zero mean and unit variance.
func normalise(dst []float32, pcm []int16) {
	if len(pcm) > len(dst) {
		pcm = pcm[len(pcm)-len(dst):]
	}
	var sum, squares float64
	for _, v := range pcm {
		x := float64(v) / 32768
		sum += x
		squares += x * x
	}
	n := float64(len(dst))
	mean := sum / n
	scale := 1 / math.Sqrt(squares/n-mean*mean+varianceFloor)
	quiet := len(dst) - len(pcm)
	for i := range dst[:quiet] {
		dst[i] = float32(-mean * scale)
	}
	for i, v := range pcm {
		dst[quiet+i] = float32((float64(v)/32768 - mean) * scale)
	}
}
