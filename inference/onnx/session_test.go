package onnx

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	ort "github.com/yalue/onnxruntime_go"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t testing.TB) *Runtime {
	t.Helper()
	if _, err := Find(); err != nil {
		t.Skip("ONNX Runtime is not built: ", err)
	}
	rt, err := Open("")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, rt.Close()) })
	return rt
}

func model(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("AMTSLEITUNG_CACHE")
	if root == "" {
		cache, err := os.UserCacheDir()
		require.NoError(t, err)
		root = filepath.Join(cache, "amtsleitung")
	}
	path := filepath.Join(root, "models", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("model %s is not fetched: %v", name, err)
	}
	return path
}

func TestOpenTwice(t *testing.T) {
	rt := open(t)
	_, err := Open("")
	require.ErrorIs(t, err, ErrOpen)
	require.Contains(t, rt.String(), "ONNX Runtime 1.")
}

func TestOpenMissingOrBrokenLibrary(t *testing.T) {
	_, err := Open(filepath.Join(t.TempDir(), "none.so"))
	require.ErrorIs(t, err, os.ErrNotExist)
	broken := filepath.Join(t.TempDir(), LibraryName)
	require.NoError(t, os.WriteFile(broken, []byte("not a library"), 0o600))
	_, err = Open(broken)
	require.ErrorContains(t, err, broken)
}

func TestFindByEnvironment(t *testing.T) {
	dir := t.TempDir()
	lib := filepath.Join(dir, "lib", LibraryName)
	require.NoError(t, os.MkdirAll(filepath.Dir(lib), 0o700))
	require.NoError(t, os.WriteFile(lib, nil, 0o600))
	t.Setenv("AMTSLEITUNG_NATIVE", dir)
	found, err := Find()
	require.NoError(t, err)
	require.Equal(t, lib, found)
}

func TestSessionErrorsNameTheModel(t *testing.T) {
	rt := open(t)
	_, err := rt.Session(filepath.Join(t.TempDir(), "gone.onnx"), []string{"x"}, []string{"y"}, 1)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "models fetch")

	cut := filepath.Join(t.TempDir(), "cut.onnx")
	whole, err := os.ReadFile(model(t, "silero_vad.onnx"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(cut, whole[:len(whole)/2], 0o600))
	_, err = rt.Session(cut, []string{"input"}, []string{"output"}, 1)
	require.ErrorContains(t, err, cut)

	_, err = rt.Session(model(t, "silero_vad.onnx"), []string{"nonsense"}, []string{"output"}, 1)
	require.ErrorContains(t, err, `no input "nonsense"`)
}

func TestCloseOrder(t *testing.T) {
	rt := open(t)
	s := smartTurn(t, rt)
	require.ErrorContains(t, rt.Close(), "1 sessions")
	require.NoError(t, s.Close())
	require.NoError(t, s.Close())
	require.NoError(t, rt.Close())
	_, err := rt.Session("any", nil, nil, 1)
	require.ErrorIs(t, err, ErrClosed)
}

func smartTurn(t testing.TB, rt *Runtime) *Session {
	s, err := rt.Session(model(t, "smart-turn-v3.2-cpu.onnx"), []string{"input_features"}, []string{"logits"}, 1)
	require.NoError(t, err)
	return s
}

func tensor(t testing.TB, shape ...int64) *ort.Tensor[float32] {
	v, err := ort.NewEmptyTensor[float32](ort.NewShape(shape...))
	require.NoError(t, err)
	t.Cleanup(func() { _ = v.Destroy() })
	return v
}

func TestRunAndBindingAgree(t *testing.T) {
	rt := open(t)
	s := smartTurn(t, rt)
	defer s.Close()
	in := tensor(t, 1, 80, 800)
	for i := range in.GetData() {
		in.GetData()[i] = float32(i%7)/7 - 0.5
	}
	outputs := []ort.Value{nil}
	require.NoError(t, s.Run(t.Context(), []ort.Value{in}, outputs))
	defer outputs[0].Destroy()
	want := outputs[0].(*ort.Tensor[float32]).GetData()

	out := tensor(t, 1, 1)
	b, err := s.Bind([]ort.Value{in}, []ort.Value{out})
	require.NoError(t, err)
	defer b.Close()
	require.NoError(t, b.Run())
	require.Equal(t, want, out.GetData())
	require.NotZero(t, want[0])

	_, err = s.Bind(nil, []ort.Value{out})
	require.ErrorContains(t, err, "0 inputs")
}

func TestRunStopsWithContext(t *testing.T) {
	rt := open(t)
	s := smartTurn(t, rt)
	defer s.Close()
	in := tensor(t, 1, 80, 800)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Run(ctx, []ort.Value{in}, []ort.Value{nil}), context.Canceled)

	// The model takes tens of milliseconds; a deadline in its middle ends it
	// or comes too late, but never crashes or leaks.
	for _, after := range []time.Duration{time.Millisecond, 5 * time.Millisecond, 20 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		out := []ort.Value{nil}
		if err := s.Run(ctx, []ort.Value{in}, out); err != nil {
			require.ErrorIs(t, err, context.DeadlineExceeded)
		} else {
			require.NoError(t, out[0].Destroy())
		}
		cancel()
	}
}
