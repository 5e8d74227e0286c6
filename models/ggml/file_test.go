package ggml

import (
	"bytes"
	"errors"
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// model is a file with one matrix of a row of 32, one vector, and a positional embedding.
func model(t testing.TB) []byte {
	var out bytes.Buffer
	require.NoError(t, WriteHeader(&out, Header{
		Hyperparameters: Hyperparameters{Vocab: 2, Mels: 2, FileType: FileTypeF16},
		Filters:         [][]float32{{0, 1}, {1, 0}},
		Tokens:          [][]byte{[]byte("ab"), {}},
	}))
	matrix := make([]byte, 0, 64)
	for i := range 32 {
		h := HalfBits(float32(i) - 16)
		matrix = append(matrix, byte(h), byte(h>>8))
	}
	for _, tensor := range []Tensor{
		{Name: "decoder.blocks.0.mlp.0.weight", Dims: []int{1, 32}, Type: F16, Data: matrix},
		{Name: "decoder.ln.bias", Dims: []int{3}, Type: F32, Data: make([]byte, 12)},
		{Name: "encoder.positional_embedding", Dims: []int{1, 32}, Type: F32, Data: make([]byte, 128)},
	} {
		require.NoError(t, WriteTensor(&out, tensor))
	}
	return out.Bytes()
}

func readAll(r io.Reader) (h Header, tensors []Tensor, err error) {
	if h, err = ReadHeader(r); err != nil {
		return h, nil, err
	}
	for {
		tensor, err := ReadTensor(r)
		if errors.Is(err, io.EOF) {
			return h, tensors, nil
		}
		if err != nil {
			return h, tensors, err
		}
		tensors = append(tensors, tensor)
	}
}

func TestWhatWasWrittenIsRead(t *testing.T) {
	h, tensors, err := readAll(bytes.NewReader(model(t)))
	require.NoError(t, err)
	require.Equal(t, int32(2), h.Vocab)
	require.Equal(t, [][]float32{{0, 1}, {1, 0}}, h.Filters)
	require.Equal(t, [][]byte{[]byte("ab"), {}}, h.Tokens)
	require.Len(t, tensors, 3)
	require.Equal(t, []int{1, 32}, tensors[0].Dims)
}

func TestTruncationIsRefusedExceptBetweenTensors(t *testing.T) {
	whole := model(t)
	accepted := 0
	for n := range whole {
		if _, _, err := readAll(bytes.NewReader(whole[:n])); err == nil {
			accepted++
		} else {
			require.ErrorIs(t, err, ErrFormat, "cut to %d bytes", n)
		}
	}
	require.Equal(t, 3, accepted, "after the header and between three tensors")
}

func TestQuantizeTouchesMatricesOnly(t *testing.T) {
	for _, to := range []Type{Q40, Q51, Q80} {
		var out bytes.Buffer
		require.NoError(t, Quantize(bytes.NewReader(model(t)), &out, to))
		h, tensors, err := readAll(&out)
		require.NoError(t, err)
		require.Greater(t, h.FileType, int32(2000))
		require.Equal(t, []Type{to, F32, F32}, []Type{tensors[0].Type, tensors[1].Type, tensors[2].Type})
	}
	require.Error(t, Quantize(bytes.NewReader(model(t)), io.Discard, F16))
}

// The expected bytes come from whisper.cpp's quantize tool run on the same 32 values, -16 to 15.
func TestQuantizeGivesTheBytesOfWhisperCpp(t *testing.T) {
	for to, want := range map[Type][]byte{
		Q40: {0x00, 0x40, 0x80, 0x91, 0x91, 0xa2, 0xa2, 0xb3, 0xb3, 0xc4, 0xc4, 0xd5, 0xd5, 0xe6, 0xe6, 0xf7, 0xf7, 0xf8},
		Q51: {
			0x00, 0x3c, 0x00, 0xcc, 0x00, 0x00, 0xff, 0xff,
			0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
		},
	} {
		var out bytes.Buffer
		require.NoError(t, Quantize(bytes.NewReader(model(t)), &out, to))
		_, tensors, err := readAll(&out)
		require.NoError(t, err)
		require.Equal(t, want, tensors[0].Data, "type %d", to)
	}
}

func TestFloat16IsExactBothWays(t *testing.T) {
	for bits := range 1 << 16 {
		f := Float16(uint16(bits))
		if f != f {
			require.Equal(t, uint16(0x7e00), HalfBits(f)&0x7e00)
			continue
		}
		require.Equal(t, uint16(bits), HalfBits(f), "%g", f)
	}
	require.Equal(t, uint16(0x3c00), HalfBits(1+0x1p-11), "a tie goes to the even neighbour")
	require.Equal(t, uint16(0x3c02), HalfBits(1+3*0x1p-11), "a tie goes to the even neighbour")
	require.Equal(t, uint16(0x7c00), HalfBits(65520))
	require.Equal(t, uint16(0xfc00), HalfBits(float32(math.Inf(-1))))
}

func FuzzReadTensors(f *testing.F) {
	f.Add(model(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		if _, _, err := readAll(bytes.NewReader(data)); err != nil {
			require.ErrorIs(t, err, ErrFormat)
		}
	})
}
