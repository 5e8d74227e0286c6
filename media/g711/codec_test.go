package g711

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/media"
)

type codec interface {
	media.Encoder
	media.Decoder
}

// Values from ITU-T G.711 tables 1a, 1b, 2a and 2b, scaled to 16 bits.
func TestKnownValues(t *testing.T) {
	for _, c := range []struct {
		codec codec
		b     byte
		want  int16
	}{
		{ALaw{}, 0xD5, 8}, {ALaw{}, 0x55, -8}, {ALaw{}, 0xAA, 32256}, {ALaw{}, 0x2A, -32256},
		{ALaw{}, 0x80, 5504}, {ALaw{}, 0x00, -5504},
		{MuLaw{}, 0xFF, 0}, {MuLaw{}, 0x7F, 0}, {MuLaw{}, 0x80, 32124}, {MuLaw{}, 0x00, -32124},
		{MuLaw{}, 0xF0, 120}, {MuLaw{}, 0x8F, 16764},
	} {
		got, err := c.codec.Decode(nil, []byte{c.b})
		require.NoError(t, err)
		require.Equal(t, []int16{c.want}, got, "%T 0x%02X", c.codec, c.b)
	}
}

func TestEveryByteSurvives(t *testing.T) {
	for _, c := range []codec{ALaw{}, MuLaw{}} {
		for i := range 256 {
			pcm, err := c.Decode(nil, []byte{byte(i)})
			require.NoError(t, err)
			back, err := c.Encode(nil, pcm)
			require.NoError(t, err)
			if _, mu := c.(MuLaw); mu && i == 0x7F {
				require.Equal(t, []byte{0xFF}, back, "negative zero becomes positive zero")
				continue
			}
			require.Equal(t, []byte{byte(i)}, back, "%T 0x%02X", c, i)
		}
	}
}

// The nearest decodable value must be chosen, up to the law's own rounding.
func TestQuantisationErrorIsSmall(t *testing.T) {
	for _, c := range []codec{ALaw{}, MuLaw{}} {
		for s := math.MinInt16; s <= math.MaxInt16; s += 7 {
			b, _ := c.Encode(nil, []int16{int16(s)})
			got, _ := c.Decode(nil, b)
			limit := 16 + math.Abs(float64(s))/31
			require.InDelta(t, float64(s), float64(got[0]), limit, "%T", c)
		}
	}
}

func TestSilenceBytes(t *testing.T) {
	a, _ := ALaw{}.Encode(nil, []int16{0})
	mu, _ := MuLaw{}.Encode(nil, []int16{0})
	require.Equal(t, []byte{SilenceA}, a)
	require.Equal(t, []byte{SilenceMu}, mu)
}

func BenchmarkEncodeA(b *testing.B) {
	pcm, dst := make([]int16, 160), make([]byte, 0, 160)
	b.ReportAllocs()
	for b.Loop() {
		dst, _ = ALaw{}.Encode(dst[:0], pcm)
	}
}

func BenchmarkDecodeMu(b *testing.B) {
	payload, dst := make([]byte, 160), make([]int16, 0, 160)
	b.ReportAllocs()
	for b.Loop() {
		dst, _ = MuLaw{}.Decode(dst[:0], payload)
	}
}
