package ctranslate2_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/models/ctranslate2"
	"github.com/amtsleitung/amtsleitung/models/ctranslate2/ctranslate2test"
)

func tiny() []byte {
	return ctranslate2test.Build("WhisperSpec", []ctranslate2test.Variable{
		{Name: "decoder/num_heads", Type: 2, Data: []byte{8, 0}},
		{Name: "decoder/embeddings/weight", Dims: []int{3, 2}, Type: 4, Data: []byte("abcdefghijkl")},
	}, [2]string{"decoder/projection/weight", "decoder/embeddings/weight"})
}

func read(data []byte) (*ctranslate2.File, error) {
	return ctranslate2.Read(bytes.NewReader(data), int64(len(data)))
}

func TestReadTellsWhatIsThere(t *testing.T) {
	f, err := read(tiny())
	require.NoError(t, err)
	require.Equal(t, "WhisperSpec", f.Spec)
	require.Equal(t, []int{3, 2}, f.Variables["decoder/embeddings/weight"].Dims)
	require.Equal(t, ctranslate2.Float16, f.Variables["decoder/embeddings/weight"].Type)
	require.Equal(t, "decoder/embeddings/weight", f.Aliases["decoder/projection/weight"])

	data, err := f.Data("decoder/embeddings/weight")
	require.NoError(t, err)
	require.Equal(t, "abcdefghijkl", string(data))

	_, err = f.Data("encoder/conv1/weight")
	require.ErrorIs(t, err, ctranslate2.ErrFormat)
}

func TestReadRefusesEveryTruncation(t *testing.T) {
	whole := tiny()
	for n := range whole {
		_, err := read(whole[:n])
		require.ErrorIs(t, err, ctranslate2.ErrFormat, "cut to %d bytes", n)
	}
	_, err := read(append(whole, 0))
	require.ErrorIs(t, err, ctranslate2.ErrFormat, "one byte too many")
}

func TestReadRefusesDamage(t *testing.T) {
	variable := func(v ctranslate2test.Variable) []byte {
		return ctranslate2test.Build("WhisperSpec", []ctranslate2test.Variable{v})
	}
	oldVersion := tiny()
	oldVersion[0] = 1
	for name, data := range map[string][]byte{
		"size does not follow from dimensions": variable(ctranslate2test.Variable{Name: "x", Dims: []int{2, 2}, Type: 4, Data: make([]byte, 6)}),
		"unknown type":                         variable(ctranslate2test.Variable{Name: "x", Dims: []int{1}, Type: 9, Data: []byte{0}}),
		"no elements":                          variable(ctranslate2test.Variable{Name: "x", Dims: []int{0}, Type: 4}),
		"product overflows":                    variable(ctranslate2test.Variable{Name: "x", Dims: []int{1 << 31, 1 << 31, 4}, Type: 4}),
		"version":                              oldVersion,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(data)
			require.ErrorIs(t, err, ctranslate2.ErrFormat)
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add(tiny())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := read(data)
		if err != nil {
			require.ErrorIs(t, err, ctranslate2.ErrFormat)
			return
		}
		for name := range file.Variables {
			_, err := file.Data(name)
			require.NoError(t, err)
		}
	})
}
