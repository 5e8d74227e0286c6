package main

import (
	"bufio"
	"context"
	_ "embed" // the script travels in the binary
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/amtsleitung/amtsleitung/stt/corpus"
)

//go:embed rival.py
var script []byte

// The versions that the published figures were taken with.
var packages = [...]string{"faster-whisper==1.2.1", "ctranslate2==4.8.5"}

// rival is faster-whisper in a Python process.
type rival struct {
	mode    string
	threads int
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

func newRival(cache, mode string, threads int) (contestant, error) {
	folder := filepath.Join(cache, "bench", "faster-whisper")
	python, err := environment(folder)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(folder, "rival.py")
	if err := os.WriteFile(path, script, 0o600); err != nil {
		return nil, err
	}
	r := &rival{mode: mode, threads: threads}
	r.cmd = exec.Command(python, path, "--packages", filepath.Join(cache, "packages"),
		"--model", filepath.Join(cache, "bench", "faster-whisper-base"), "--threads", strconv.Itoa(threads))
	r.cmd.Stderr = os.Stderr
	if r.in, err = r.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	r.out = bufio.NewReader(out)
	if err := r.cmd.Start(); err != nil {
		return nil, err
	}
	if _, err := r.out.ReadString('\n'); err != nil {
		return nil, errors.Join(fmt.Errorf("faster-whisper does not start: %w", err), r.close())
	}
	return r, nil
}

// environment makes a virtual environment with faster-whisper in the cache, once.
func environment(folder string) (python string, err error) {
	python = filepath.Join(folder, "bin", "python")
	if exec.Command(python, "-c", "import faster_whisper").Run() == nil {
		return python, nil
	}
	log.Printf("installing faster-whisper into %s", folder)
	if out, err := exec.Command("python3", "-m", "venv", folder).CombinedOutput(); err != nil {
		return "", fmt.Errorf("python3 -m venv: %w: %s", err, out)
	}
	args := append([]string{"-m", "pip", "install", "--quiet", "--disable-pip-version-check"}, packages[:]...)
	if out, err := exec.Command(python, args...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("pip install faster-whisper: %w: %s", err, out)
	}
	return python, nil
}

func (r *rival) name() string {
	return fmt.Sprintf("faster-whisper int8 %s, threads: %d", r.mode, r.threads)
}

func (r *rival) hear(_ context.Context, c corpus.Clip) (string, time.Duration, error) {
	pcm := make([]byte, 0, 2*len(c.PCM))
	for _, s := range c.PCM {
		pcm = append(pcm, byte(s), byte(s>>8))
	}
	job := struct {
		PCM      string `json:"pcm"`
		Language string `json:"language"`
		Mode     string `json:"mode"`
	}{base64.StdEncoding.EncodeToString(pcm), c.Language, r.mode}
	if err := json.NewEncoder(r.in).Encode(job); err != nil {
		return "", 0, err
	}
	line, err := r.out.ReadBytes('\n')
	if err != nil {
		return "", 0, fmt.Errorf("faster-whisper: %w", err)
	}
	var answer struct {
		Text    string  `json:"text"`
		Seconds float64 `json:"seconds"`
	}
	if err := json.Unmarshal(line, &answer); err != nil {
		return "", 0, err
	}
	return answer.Text, time.Duration(answer.Seconds * float64(time.Second)), nil
}

func (r *rival) close() error { return errors.Join(r.in.Close(), r.cmd.Wait()) }
