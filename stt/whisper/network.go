package whisper

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/amtsleitung/amtsleitung/models/ggml"
	"github.com/amtsleitung/amtsleitung/stt/whisper/kernel"
	"github.com/amtsleitung/amtsleitung/stt/whisper/portable"
)

// token is an entry of the model's vocabulary.
type token = int32

// network computes Whisper's encoder and decoder for one window at a time.
// The logits are of the token behind the last one decoded of a text, and may be
// changed. Without beams there is one text, 0.
type network interface {
	Encode(pcm []int16, positions int) error
	Decode(tokens []token, past int) error
	Logits(text int) []float32
	// Best is the most probable next token with its natural log probability.
	Best(text int) (token, float64)
	// LogSum is the logarithm of the sum of the exponentials of logits[from:to].
	LogSum(text, from, to int) float64
	// AppendAttention appends a weight per position of the audio for the
	// last token decoded, or nothing where the network does not know it.
	AppendAttention(text int, dst []float32, positions int) []float32
	// Stop makes the running call fail soon; alone it may be called from anywhere.
	Stop()
	Close()
}

// branching is a network that goes on with several texts at once.
type branching interface {
	// DecodeBeams lets text i go on with tokens[i] behind what was text from[i].
	DecodeBeams(tokens []token, from []int32, past int) error
	// Tops are the k most probable next tokens of a text, the best first.
	Tops(text, k int) ([]token, []float32)
}

// openNetwork takes the fast kernels where processor and model allow it.
func openNetwork(o Options, threads int) (network, vocabulary, error) {
	v, err := readVocabulary(o.Model)
	if err != nil {
		return nil, v, err
	}
	if kernel.Supported() != kernel.Other && !o.Portable {
		n, err := openKernel(o.Model, threads)
		if err == nil {
			return n, v, nil
		}
		if !errors.Is(err, kernel.ErrQuantised) {
			return nil, v, damaged(o.Model, err)
		}
	}
	n, err := openPortable(o.Model, threads)
	if err != nil {
		return nil, v, damaged(o.Model, err)
	}
	return n, v, nil
}

func readVocabulary(path string) (v vocabulary, err error) {
	f, err := os.Open(path)
	if err != nil {
		return v, fmt.Errorf("open Whisper model: %w; fetch it with: amtsleitung models fetch", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h, err := ggml.ReadHeader(bufio.NewReader(f))
	if err != nil {
		return v, damaged(path, err)
	}
	if v, err = newVocabulary(h); err != nil {
		return v, damaged(path, err)
	}
	return v, nil
}

// openKernel reads tensor by tensor, so that the f16 weights never stand in memory as a whole.
func openKernel(path string, threads int) (n *kernel.Model, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return kernel.Load(bufio.NewReaderSize(f, 1<<20), threads)
}

func openPortable(path string, threads int) (*portable.Model, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	// whisper.cpp accepts a file whose last tensor is cut off.
	if err := whole(data); err != nil {
		return nil, err
	}
	return portable.Load(data, threads)
}

func whole(data []byte) error {
	r := bytes.NewReader(data)
	if _, err := ggml.ReadHeader(r); err != nil {
		return err
	}
	for {
		if _, err := ggml.ReadTensor(r); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func damaged(path string, err error) error {
	return fmt.Errorf("model %s is damaged or no Whisper model: %w; repair it with: amtsleitung models fetch", path, err)
}
