package ggml

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// fileTypes maps a quantised tensor type to ggml's number for "mostly this type".
func fileType(t Type) (int32, error) {
	const version = 2000 // GGML_QNT_VERSION times its factor
	switch t {
	case Q40:
		return version + 2, nil
	case Q80:
		return version + 7, nil
	case Q51:
		return version + 9, nil
	}
	return 0, fmt.Errorf("quantise: type %d is not supported", t)
}

// Quantize copies the f16 or f32 model from r to w with its matrices in the given type, by the rules of
// whisper.cpp's own quantize tool: matrices only, without positional embeddings and biases.
func Quantize(r io.Reader, w io.Writer, to Type) error {
	number, err := fileType(to)
	if err != nil {
		return err
	}
	h, err := ReadHeader(r)
	if err != nil {
		return err
	}
	h.FileType = number
	if err := WriteHeader(w, h); err != nil {
		return err
	}
	for {
		t, err := ReadTensor(r)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if quantisable(t) {
			if t, err = quantizeTensor(t, to); err != nil {
				return err
			}
		}
		if err := WriteTensor(w, t); err != nil {
			return err
		}
	}
}

func quantisable(t Tensor) bool {
	switch t.Name {
	case "encoder.conv1.bias", "encoder.conv2.bias", "encoder.positional_embedding", "decoder.positional_embedding":
		return false
	}
	return len(t.Dims) == 2
}

func quantizeTensor(t Tensor, to Type) (Tensor, error) {
	elements, size := to.blockSize()
	if t.Type != F16 && t.Type != F32 {
		return t, fmt.Errorf("quantise %s: type %d is quantised already", t.Name, t.Type)
	}
	if t.Dims[1]%elements != 0 {
		return t, fmt.Errorf("quantise %s: rows of %d are no multiple of %d", t.Name, t.Dims[1], elements)
	}
	blocks := t.Dims[0] * t.Dims[1] / elements
	out := make([]byte, 0, blocks*size)
	var block [32]float32
	for i := range blocks {
		t.read(block[:], i*elements)
		switch to {
		case Q40:
			out = appendQ40(out, &block)
		case Q51:
			out = appendQ51(out, &block)
		case Q80:
			out = appendQ80(out, &block)
		}
	}
	return Tensor{Name: t.Name, Dims: t.Dims, Type: to, Data: out}, nil
}

// read fills dst with the elements from the given one on.
func (t Tensor) read(dst []float32, from int) {
	for i := range dst {
		if t.Type == F16 {
			dst[i] = Float16(binary.LittleEndian.Uint16(t.Data[2*(from+i):]))
		} else {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(t.Data[4*(from+i):]))
		}
	}
}

func inverse(d float32) float32 {
	if d == 0 {
		return 0
	}
	return 1 / d
}

func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

// appendQ40 is quantize_row_q4_0_ref of ggml-quants.c: the value of largest magnitude becomes -8.
func appendQ40(out []byte, x *[32]float32) []byte {
	var peak float32
	for _, v := range x {
		if abs(v) > abs(peak) {
			peak = v
		}
	}
	d := peak / -8
	id := inverse(d)
	out = binary.LittleEndian.AppendUint16(out, HalfBits(d))
	nibble := func(v float32) byte { return min(15, byte(int8(v*id+8.5))) }
	for j := range 16 {
		out = append(out, nibble(x[j])|nibble(x[j+16])<<4)
	}
	return out
}

// appendQ51 is quantize_row_q5_1_ref: scale and minimum, four low bits in nibbles, the fifth bits apart.
func appendQ51(out []byte, x *[32]float32) []byte {
	low, high := x[0], x[0]
	for _, v := range x {
		low, high = min(low, v), max(high, v)
	}
	d := (high - low) / 31
	id := inverse(d)
	out = binary.LittleEndian.AppendUint16(out, HalfBits(d))
	out = binary.LittleEndian.AppendUint16(out, HalfBits(low))
	var fifth uint32
	var nibbles [16]byte
	for j := range 16 {
		q0, q1 := uint32((x[j]-low)*id+0.5), uint32((x[j+16]-low)*id+0.5)
		nibbles[j] = byte(q0&15 | q1&15<<4)
		fifth |= q0>>4&1<<j | q1>>4&1<<(j+16)
	}
	out = binary.LittleEndian.AppendUint32(out, fifth)
	return append(out, nibbles[:]...)
}

// appendQ80 is quantize_row_q8_0_ref: a scale and 32 signed bytes.
func appendQ80(out []byte, x *[32]float32) []byte {
	var peak float32
	for _, v := range x {
		peak = max(peak, abs(v))
	}
	d := peak / 127
	id := inverse(d)
	out = binary.LittleEndian.AppendUint16(out, HalfBits(d))
	for _, v := range x {
		out = append(out, byte(int8(math.Round(float64(v*id)))))
	}
	return out
}
