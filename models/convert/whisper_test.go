package convert_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/models/convert"
	"github.com/amtsleitung/amtsleitung/models/ctranslate2"
	"github.com/amtsleitung/amtsleitung/models/ctranslate2/ctranslate2test"
	"github.com/amtsleitung/amtsleitung/models/ggml"
)

const state = 2 // width of the tiny model

// half gives n halves of the same small number, so that a test can see where a piece came from.
func half(n int, value float32) []byte {
	var out []byte
	for range n {
		h := ggml.HalfBits(value)
		out = append(out, byte(h), byte(h>>8))
	}
	return out
}

// tinyWhisper has one layer on each side; stacked projections hold 1, 2, 3 for query, key, value.
func tinyWhisper() []ctranslate2test.Variable {
	var vs []ctranslate2test.Variable
	f16 := func(name string, dims []int, data []byte) {
		vs = append(vs, ctranslate2test.Variable{Name: name, Dims: dims, Type: 4, Data: data})
	}
	fill := func(name string, dims ...int) {
		n := 1
		for _, d := range dims {
			n *= d
		}
		f16(name, dims, half(n, 9))
	}
	stacked := func(name string, values ...float32) {
		var weight, bias []byte
		for _, v := range values {
			weight = append(weight, half(state*state, v)...)
			bias = append(bias, half(state, v)...)
		}
		f16(name+"/weight", []int{state * len(values), state}, weight)
		f16(name+"/bias", []int{state * len(values)}, bias)
	}
	for _, side := range []string{"encoder", "decoder"} {
		vs = append(vs, ctranslate2test.Variable{Name: side + "/num_heads", Type: 2, Data: []byte{1, 0}})
		layer := side + "/layer_0"
		stacked(layer+"/self_attention/linear_0", 1, 2, 3)
		stacked(layer+"/self_attention/linear_1", 9)
		norms := []string{side + "/layer_norm", layer + "/self_attention/layer_norm", layer + "/ffn/layer_norm"}
		if side == "decoder" {
			stacked(layer+"/attention/linear_0", 4)
			stacked(layer+"/attention/linear_1", 5, 6)
			stacked(layer+"/attention/linear_2", 9)
			norms = append(norms, layer+"/attention/layer_norm")
		}
		for _, norm := range norms {
			fill(norm+"/gamma", state)
			fill(norm+"/beta", state)
		}
		for _, ffn := range []string{"/ffn/linear_0", "/ffn/linear_1"} {
			fill(layer+ffn+"/weight", state, state)
			fill(layer+ffn+"/bias", state)
		}
	}
	for _, conv := range []string{"encoder/conv1", "encoder/conv2"} {
		fill(conv+"/weight", state, 80, 3)
		fill(conv+"/bias", state)
	}
	fill("encoder/position_encodings/encodings", 5, state)
	fill("decoder/position_encodings/encodings", 4, state)
	fill("decoder/embeddings/weight", 7, state)
	return vs
}

func run(spec string, variables []ctranslate2test.Variable, tokens string) (*bytes.Buffer, error) {
	data := ctranslate2test.Build(spec, variables)
	src, err := ctranslate2.Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	return &out, convert.Whisper(src, strings.NewReader(tokens), &out)
}

func TestStackedProjectionsAreSplit(t *testing.T) {
	out, err := run("WhisperSpec", tinyWhisper(), "YWI= 0\nYw== 1\n= 2\n")
	require.NoError(t, err)

	h, err := ggml.ReadHeader(out)
	require.NoError(t, err)
	require.Equal(t, ggml.Hyperparameters{
		Vocab: 7, AudioCtx: 5, AudioState: state, AudioHead: 1, AudioLayer: 1,
		TextCtx: 4, TextState: state, TextHead: 1, TextLayer: 1, Mels: 80, FileType: ggml.FileTypeF16,
	}, h.Hyperparameters)
	require.Equal(t, [][]byte{[]byte("ab"), []byte("c"), {}}, h.Tokens)
	require.Len(t, h.Filters, 80)

	tensors := map[string]ggml.Tensor{}
	for {
		tensor, err := ggml.ReadTensor(out)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		tensors[tensor.Name] = tensor
	}
	for name, value := range map[string]float32{
		"encoder.blocks.0.attn.query.weight":       1,
		"encoder.blocks.0.attn.key.weight":         2,
		"decoder.blocks.0.attn.value.weight":       3,
		"decoder.blocks.0.cross_attn.query.weight": 4,
		"decoder.blocks.0.cross_attn.key.weight":   5,
		"decoder.blocks.0.cross_attn.value.weight": 6,
	} {
		require.Equal(t, half(state*state, value), tensors[name].Data, name)
	}
	require.Equal(t, ggml.Widen(half(state, 3)), tensors["encoder.blocks.0.attn.value.bias"].Data)
	require.NotContains(t, tensors, "encoder.blocks.0.attn.key.bias")
	require.Equal(t, []int{state, 1}, tensors["encoder.conv1.bias"].Dims)
	require.Equal(t, ggml.F32, tensors["decoder.positional_embedding"].Type)
}

func TestWhatIsNotWhisperIsRefused(t *testing.T) {
	_, err := run("TransformerSpec", tinyWhisper(), "")
	require.ErrorIs(t, err, ctranslate2.ErrFormat)

	for i, v := range tinyWhisper() {
		without := append(tinyWhisper()[:i:i], tinyWhisper()[i+1:]...)
		_, err := run("WhisperSpec", without, "")
		if v.Name == "encoder/layer_0/ffn/linear_0/weight" || v.Name == "decoder/layer_0/ffn/linear_0/weight" {
			continue // counts the layers: without it the model has none
		}
		require.ErrorIs(t, err, ctranslate2.ErrFormat, "without %s", v.Name)
	}

	_, err = run("WhisperSpec", tinyWhisper(), "not*base64 0\n")
	require.ErrorContains(t, err, "token list, line 1")
}
