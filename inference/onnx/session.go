package onnx

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	ort "github.com/yalue/onnxruntime_go"
)

// Session is one loaded model. Run may be called from several goroutines at
// once; Close only after the last of them has returned.
type Session struct {
	runtime *Runtime
	name    string
	inputs  []string
	outputs []string
	ort     *ort.DynamicAdvancedSession
	once    sync.Once
}

// Session loads a model. The names give the order of the tensors in Run and
// Bind; an input the model does not have is an error here. threads below 1
// means 1: the work then happens in the caller's own thread.
func (rt *Runtime) Session(modelPath string, inputs, outputs []string, threads int) (*Session, error) {
	if err := rt.hold(); err != nil {
		return nil, err
	}
	s, err := rt.load(modelPath, inputs, outputs, threads)
	if err != nil {
		rt.letGo()
		return nil, fmt.Errorf("load model %s: %w", modelPath, err)
	}
	return s, nil
}

func (rt *Runtime) load(modelPath string, inputs, outputs []string, threads int) (*Session, error) {
	if _, err := os.Stat(modelPath); err != nil {
		return nil, fmt.Errorf("%w (get it with `amtsleitung models fetch`)", err)
	}
	options, err := sessionOptions(threads)
	if err != nil {
		return nil, err
	}
	defer options.Destroy()
	session, err := ort.NewDynamicAdvancedSession(modelPath, inputs, outputs, options)
	if err != nil {
		return nil, fmt.Errorf("%w (check it with `amtsleitung models verify`)", err)
	}
	if err := checkInputs(session, inputs); err != nil {
		session.Destroy()
		return nil, err
	}
	return &Session{
		runtime: rt, name: filepath.Base(modelPath), ort: session,
		inputs: slices.Clone(inputs), outputs: slices.Clone(outputs),
	}, nil
}

func sessionOptions(threads int) (*ort.SessionOptions, error) {
	o, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	for _, set := range []func() error{
		func() error { return o.SetIntraOpNumThreads(max(1, threads)) },
		func() error { return o.SetInterOpNumThreads(1) },
		func() error { return o.SetExecutionMode(ort.ExecutionModeSequential) },
		// Spinning threads of one model take the cores from all others.
		func() error { return o.AddSessionConfigEntry("session.intra_op.allow_spinning", "0") },
		func() error { return o.AddSessionConfigEntry("session.inter_op.allow_spinning", "0") },
		// Without VNNI, products of 8-bit numbers are added in pairs in 16 bits
		// and overflow: this asks for the slower ones that do not.
		func() error { return o.AddSessionConfigEntry("session.x64quantprecision", "1") },
	} {
		if err := set(); err != nil {
			o.Destroy()
			return nil, fmt.Errorf("session options: %w", err)
		}
	}
	return o, nil
}

// checkInputs asks the loaded model for its inputs by name; ONNX Runtime
// itself would report a wrong one only in Run, in the middle of a call.
func checkInputs(session *ort.DynamicAdvancedSession, inputs []string) error {
	io, err := session.CreateIoBinding()
	if err != nil {
		return err
	}
	defer io.Destroy()
	probe, err := ort.NewEmptyTensor[float32](ort.NewShape(1))
	if err != nil {
		return err
	}
	defer probe.Destroy()
	for _, name := range inputs {
		if err := io.BindInput(name, probe); err != nil {
			return fmt.Errorf("the model has no input %q: this is a different model than expected (%w)", name, err)
		}
	}
	return nil
}

// Run computes outputs from inputs, in the order of the names given to
// Session. A nil output is allocated here and is the caller's to Destroy.
// When ctx ends the run stops between two operators and returns ctx.Err().
func (s *Session) Run(ctx context.Context, inputs, outputs []ort.Value) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if ctx.Done() == nil {
		return s.wrap(s.ort.Run(inputs, outputs))
	}
	options, err := ort.NewRunOptions()
	if err != nil {
		return s.wrap(err)
	}
	defer options.Destroy()
	terminated := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(terminated)
		// The only failure is a nil handle, which cannot be here.
		_ = options.Terminate()
	})
	err = s.ort.RunWithOptions(inputs, outputs, options)
	if !stop() {
		<-terminated
		if err != nil {
			return ctx.Err()
		}
	}
	return s.wrap(err)
}

func (s *Session) wrap(err error) error {
	if err != nil {
		return fmt.Errorf("run model %s: %w", s.name, err)
	}
	return nil
}

// Close frees the model.
func (s *Session) Close() error {
	var err error
	s.once.Do(func() {
		if err = s.ort.Destroy(); err != nil {
			err = fmt.Errorf("close model %s: %w", s.name, err)
		}
		s.runtime.letGo()
	})
	return err
}

// Binding is a session with tensors fixed to it: its Run allocates nothing.
// One goroutine at a time; several bindings of one session run side by side.
type Binding struct {
	session *Session
	ort     *ort.IoBinding
	keep    []ort.Value // the tensors' memory must live as long as the binding
}

// Bind fixes tensors, in the order of the session's names. They stay the
// caller's to Destroy, after the binding's Close.
func (s *Session) Bind(inputs, outputs []ort.Value) (*Binding, error) {
	if len(inputs) != len(s.inputs) || len(outputs) != len(s.outputs) {
		return nil, fmt.Errorf("bind model %s: %d inputs and %d outputs given, %d and %d named",
			s.name, len(inputs), len(outputs), len(s.inputs), len(s.outputs))
	}
	io, err := s.ort.CreateIoBinding()
	if err != nil {
		return nil, fmt.Errorf("bind model %s: %w", s.name, err)
	}
	for i, v := range inputs {
		if err := io.BindInput(s.inputs[i], v); err != nil {
			io.Destroy()
			return nil, fmt.Errorf("bind model %s input %s: %w", s.name, s.inputs[i], err)
		}
	}
	for i, v := range outputs {
		if err := io.BindOutput(s.outputs[i], v); err != nil {
			io.Destroy()
			return nil, fmt.Errorf("bind model %s output %s: %w", s.name, s.outputs[i], err)
		}
	}
	return &Binding{session: s, ort: io, keep: append(slices.Clone(inputs), outputs...)}, nil
}

// Run reads the bound inputs and fills the bound outputs.
func (b *Binding) Run() error { return b.session.wrap(b.session.ort.RunWithBinding(b.ort)) }

// Close frees the binding; the session stays open.
func (b *Binding) Close() error {
	b.keep = nil
	return b.ort.Destroy()
}
