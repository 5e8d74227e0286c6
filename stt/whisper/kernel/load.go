package kernel

// #include "kernel.h"
import "C"

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unsafe"

	"github.com/amtsleitung/amtsleitung/models/ggml"
)

// place is where a tensor goes: rows of a matrix, or elements of a vector, from first on.
type place struct {
	kind   C.int
	matrix bool
	first  int // in units of the width
	rows   int // of a matrix, in units of the width; 0 means all of the vocabulary
}

// places names the tensors as OpenAI does, with "#" for the layer's number.
func places() map[string]place {
	p := map[string]place{
		"encoder.positional_embedding":   {kind: C.AK_ENC_POSITION},
		"encoder.conv1.weight":           {kind: C.AK_ENC_CONV1},
		"encoder.conv1.bias":             {kind: C.AK_ENC_CONV1_BIAS},
		"encoder.conv2.weight":           {kind: C.AK_ENC_CONV2},
		"encoder.conv2.bias":             {kind: C.AK_ENC_CONV2_BIAS},
		"decoder.positional_embedding":   {kind: C.AK_DEC_POSITION},
		"decoder.token_embedding.weight": {kind: C.AK_EMBEDDING, matrix: true},
	}
	norm := func(name string, kind C.int) {
		p[name+".weight"] = place{kind: kind}
		p[name+".bias"] = place{kind: kind, first: 1}
	}
	linear := func(name string, kind C.int, first, rows int) {
		p[name+".weight"] = place{kind: kind, matrix: true, first: first, rows: rows}
		p[name+".bias"] = place{kind: kind, first: first}
	}
	norm("encoder.ln_post", C.AK_ENC_LN_POST)
	norm("decoder.ln", C.AK_DEC_LN)
	for _, side := range []struct {
		name                         string
		qkv, out, fc1, fc2, ln1, ln2 C.int
	}{
		{"encoder.blocks.#.", C.AK_ENC_QKV, C.AK_ENC_OUT, C.AK_ENC_FC1, C.AK_ENC_FC2, C.AK_ENC_LN1, C.AK_ENC_LN2},
		{"decoder.blocks.#.", C.AK_DEC_QKV, C.AK_DEC_OUT, C.AK_DEC_FC1, C.AK_DEC_FC2, C.AK_DEC_LN1, C.AK_DEC_LN2},
	} {
		linear(side.name+"attn.query", side.qkv, 0, 1)
		linear(side.name+"attn.key", side.qkv, 1, 1)
		delete(p, side.name+"attn.key.bias") // Whisper's keys have none
		linear(side.name+"attn.value", side.qkv, 2, 1)
		linear(side.name+"attn.out", side.out, 0, 1)
		linear(side.name+"mlp.0", side.fc1, 0, 4)
		linear(side.name+"mlp.2", side.fc2, 0, 1)
		norm(side.name+"attn_ln", side.ln1)
		norm(side.name+"mlp_ln", side.ln2)
	}
	const cross = "decoder.blocks.#.cross_attn"
	linear(cross+".query", C.AK_DEC_CROSS_Q, 0, 1)
	linear(cross+".key", C.AK_DEC_CROSS_KV, 0, 1)
	delete(p, cross+".key.bias")
	linear(cross+".value", C.AK_DEC_CROSS_KV, 1, 1)
	linear(cross+".out", C.AK_DEC_CROSS_OUT, 0, 1)
	norm(cross+"_ln", C.AK_DEC_LN_CROSS)
	return p
}

// fill reads all tensors of a model and refuses a file that lacks one.
func (m *Model) fill(r io.Reader) error {
	m.fillFilters()
	known, seen := places(), map[string]bool{}
	for {
		t, err := ggml.ReadTensor(r)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if seen[t.Name] {
			return fmt.Errorf("%w: tensor %s comes twice", ErrModel, t.Name)
		}
		seen[t.Name] = true
		if err := m.put(known, t); err != nil {
			return err
		}
	}
	return m.missing(known, seen)
}

func (m *Model) fillFilters() {
	var flat []float32
	for _, row := range m.header.Filters {
		flat = append(flat, row...)
	}
	C.ak_floats(m.c, C.AK_FILTERS, 0, 0, C.AK_F32, unsafe.Pointer(&flat[0]), C.size_t(len(flat)))
}

func (m *Model) put(known map[string]place, t ggml.Tensor) error {
	name, layer := generic(t.Name)
	p, ok := known[name]
	if !ok {
		return fmt.Errorf("%w: unknown tensor %s", ErrModel, t.Name)
	}
	if t.Type != ggml.F32 && t.Type != ggml.F16 {
		return fmt.Errorf("%w: tensor %s", ErrQuantised, t.Name)
	}
	count, width := 1, int(m.header.AudioState)
	for _, d := range t.Dims {
		count *= d
	}
	var want C.size_t
	if p.matrix {
		rows := p.rows * width
		if rows == 0 {
			rows = int(m.header.Vocab)
		}
		want = C.ak_weights(m.c, p.kind, C.int(layer), C.int(p.first*width), C.int(rows), C.int(t.Type),
			unsafe.Pointer(&t.Data[0]), C.size_t(count))
	} else {
		want = C.ak_floats(m.c, p.kind, C.int(layer), C.size_t(p.first*width), C.int(t.Type),
			unsafe.Pointer(&t.Data[0]), C.size_t(count))
	}
	if int(want) != count {
		return fmt.Errorf("%w: tensor %s has %d elements instead of %d", ErrModel, t.Name, count, int(want))
	}
	return nil
}

// generic replaces the layer's number in a tensor's name by "#".
func generic(name string) (string, int) {
	parts := strings.Split(name, ".")
	if len(parts) < 4 || parts[1] != "blocks" {
		return name, 0
	}
	layer, err := strconv.Atoi(parts[2])
	if err != nil {
		return name, 0
	}
	parts[2] = "#"
	return strings.Join(parts, "."), layer
}

func (m *Model) missing(known map[string]place, seen map[string]bool) error {
	for name := range known {
		layers := 1
		if strings.HasPrefix(name, "encoder.blocks") {
			layers = int(m.header.AudioLayer)
		} else if strings.HasPrefix(name, "decoder.blocks") {
			layers = int(m.header.TextLayer)
		}
		for i := range layers {
			if full := strings.Replace(name, "#", strconv.Itoa(i), 1); !seen[full] {
				return fmt.Errorf("%w: tensor %s is missing", ErrModel, full)
			}
		}
	}
	return nil
}

// alignmentHeads lists, as layer*256+head, the decoder's heads that follow
// the speech. Those of the released models are OpenAI's
// (whisper/__init__.py, _ALIGNMENT_HEADS); else the upper half of the layers.
func alignmentHeads(h ggml.Header) []int32 {
	pairs := map[int32][][2]int32{
		4:  {{2, 2}, {3, 0}, {3, 2}, {3, 3}, {3, 4}, {3, 5}},
		6:  {{3, 1}, {4, 2}, {4, 3}, {4, 7}, {5, 1}, {5, 2}, {5, 4}, {5, 6}},
		12: {{5, 3}, {5, 9}, {8, 0}, {8, 4}, {8, 7}, {8, 8}, {9, 0}, {9, 7}, {9, 9}, {10, 5}},
	}[h.TextLayer]
	var heads []int32
	for _, p := range pairs {
		heads = append(heads, p[0]*256+p[1])
	}
	for layer := h.TextLayer / 2; len(pairs) == 0 && layer < h.TextLayer && len(heads)+int(h.TextHead) <= 64; layer++ {
		for head := range h.TextHead {
			heads = append(heads, layer*256+head)
		}
	}
	return heads
}
