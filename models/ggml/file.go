// Package ggml reads, writes and quantises Whisper models in whisper.cpp's ggml format, one tensor at a time.
//
// The layout is that of models/convert-pt-to-ggml.py in whisper.cpp, all little-endian: magic, eleven hyperparameters,
// mel filters, tokens, then tensors up to the end of the file.
package ggml

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ErrFormat says that the bytes are not a whole ggml Whisper model.
var ErrFormat = errors.New("not a ggml Whisper model")

const (
	magic       = 0x67676d6c
	maxElements = 1 << 27 // the largest tensor of Whisper large-v3 has 66 million
	maxTokens   = 1 << 20
	maxFilters  = 1 << 20
	maxName     = 1 << 12
)

// Type is the type of a tensor's elements, numbered as in ggml.h.
type Type int32

// The types used by Whisper models.
const (
	F32 Type = 0
	F16 Type = 1
	Q40 Type = 2
	Q51 Type = 7
	Q80 Type = 8
)

// blockSize is the elements of one block, and the bytes that they take.
func (t Type) blockSize() (elements, bytes int) {
	switch t {
	case F32:
		return 1, 4
	case F16:
		return 1, 2
	case Q40:
		return 32, 2 + 16
	case Q51:
		return 32, 2 + 2 + 4 + 16
	case Q80:
		return 32, 2 + 32
	}
	return 0, 0
}

// Hyperparameters stand at the beginning of the file in this order.
type Hyperparameters struct {
	Vocab, AudioCtx, AudioState, AudioHead, AudioLayer      int32
	TextCtx, TextState, TextHead, TextLayer, Mels, FileType int32
}

// FileTypeF16 is the file type of a model whose matrices are f16.
const FileTypeF16 = 1

// Header is everything before the tensors. Filters has one row of equal length per mel band.
type Header struct {
	Hyperparameters
	Filters [][]float32
	Tokens  [][]byte
}

// Tensor is one named tensor. Dims are in row-major order, the longest stride first, as in PyTorch.
type Tensor struct {
	Name string
	Dims []int
	Type Type
	Data []byte
}

// WriteHeader writes everything before the tensors.
func WriteHeader(w io.Writer, h Header) error {
	buf := binary.LittleEndian.AppendUint32(nil, magic)
	buf, err := binary.Append(buf, binary.LittleEndian, h.Hyperparameters)
	if err != nil {
		return err
	}
	bins := 0
	if len(h.Filters) > 0 {
		bins = len(h.Filters[0])
	}
	buf = appendInts(buf, len(h.Filters), bins)
	for _, row := range h.Filters {
		if buf, err = binary.Append(buf, binary.LittleEndian, row); err != nil {
			return err
		}
	}
	buf = appendInts(buf, len(h.Tokens))
	for _, token := range h.Tokens {
		buf = append(appendInts(buf, len(token)), token...)
	}
	_, err = w.Write(buf)
	return err
}

// WriteTensor writes one tensor.
func WriteTensor(w io.Writer, t Tensor) error {
	buf := appendInts(nil, len(t.Dims), len(t.Name), int(t.Type))
	for i := range t.Dims {
		buf = appendInts(buf, t.Dims[len(t.Dims)-1-i])
	}
	if _, err := w.Write(append(buf, t.Name...)); err != nil {
		return err
	}
	_, err := w.Write(t.Data)
	return err
}

func appendInts(buf []byte, ints ...int) []byte {
	for _, n := range ints {
		buf = binary.LittleEndian.AppendUint32(buf, uint32(n))
	}
	return buf
}

// ReadHeader reads everything before the tensors.
func ReadHeader(r io.Reader) (Header, error) {
	var h Header
	if m, err := readInts(r, 1); err != nil || m[0] != magic {
		return h, fmt.Errorf("%w: wrong magic number", ErrFormat)
	}
	if err := binary.Read(r, binary.LittleEndian, &h.Hyperparameters); err != nil {
		return h, truncated("hyperparameters")
	}
	shape, err := readInts(r, 2)
	if err != nil || shape[0]*shape[1] > maxFilters || shape[0] > maxFilters || shape[1] > maxFilters {
		return h, truncated("mel filters")
	}
	h.Filters = make([][]float32, shape[0])
	for i := range h.Filters {
		h.Filters[i] = make([]float32, shape[1])
		if err := binary.Read(r, binary.LittleEndian, h.Filters[i]); err != nil {
			return h, truncated("mel filters")
		}
	}
	count, err := readInts(r, 1)
	if err != nil || count[0] > maxTokens {
		return h, truncated("tokens")
	}
	for range count[0] {
		token, err := readBytes(r, maxName)
		if err != nil {
			return h, truncated("tokens")
		}
		h.Tokens = append(h.Tokens, token)
	}
	return h, nil
}

// ReadTensor reads the next tensor, io.EOF after the last one.
func ReadTensor(r io.Reader) (Tensor, error) {
	head, err := readInts(r, 3)
	if errors.Is(err, io.EOF) {
		return Tensor{}, io.EOF
	}
	if err != nil || head[0] > 4 || head[1] > maxName {
		return Tensor{}, truncated("tensor head")
	}
	t := Tensor{Type: Type(head[2])}
	dims, err := readInts(r, head[0])
	if err != nil {
		return t, truncated("tensor head")
	}
	for i := range dims {
		t.Dims = append(t.Dims, dims[len(dims)-1-i])
	}
	name := make([]byte, head[1])
	if _, err := io.ReadFull(r, name); err != nil {
		return t, truncated("tensor name")
	}
	t.Name = string(name)
	size, err := t.bytes()
	if err != nil {
		return t, err
	}
	t.Data = make([]byte, size)
	if _, err := io.ReadFull(r, t.Data); err != nil {
		return t, truncated("tensor " + t.Name)
	}
	return t, nil
}

// bytes is the size of the data that dimensions and type demand.
func (t Tensor) bytes() (int, error) {
	elements, size := t.Type.blockSize()
	if elements == 0 {
		return 0, fmt.Errorf("%w: tensor %s has the unknown type %d", ErrFormat, t.Name, t.Type)
	}
	n := 1
	for _, d := range t.Dims {
		if d <= 0 || n > maxElements/d {
			return 0, fmt.Errorf("%w: tensor %s has dimensions %v", ErrFormat, t.Name, t.Dims)
		}
		n *= d
	}
	return n / elements * size, nil
}

func readInts(r io.Reader, n int) ([]int, error) {
	buf := make([]byte, 4*n)
	if _, err := io.ReadFull(r, buf); err != nil {
		return nil, err
	}
	ints := make([]int, n)
	for i := range ints {
		ints[i] = int(binary.LittleEndian.Uint32(buf[4*i:]))
	}
	return ints, nil
}

func readBytes(r io.Reader, most int) ([]byte, error) {
	n, err := readInts(r, 1)
	if err != nil {
		return nil, err
	}
	if n[0] > most {
		return nil, io.ErrUnexpectedEOF
	}
	buf := make([]byte, n[0])
	_, err = io.ReadFull(r, buf)
	return buf, err
}

func truncated(what string) error { return fmt.Errorf("%w: %s damaged or cut off", ErrFormat, what) }
