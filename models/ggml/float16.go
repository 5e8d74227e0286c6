package ggml

import (
	"encoding/binary"
	"math"
)

// Float16 gives the value of an IEEE 754 half.
func Float16(h uint16) float32 {
	sign := uint32(h&0x8000) << 16
	exponent, fraction := uint32(h>>10)&0x1f, uint32(h)&0x3ff
	switch exponent {
	case 0: // zero and subnormals: fraction times 2^-24, exact in float32
		return math.Float32frombits(sign | math.Float32bits(float32(fraction)*0x1p-24))
	case 31: // infinity and NaN
		return math.Float32frombits(sign | 0x7f800000 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}

// HalfBits rounds to the nearest IEEE 754 half, ties to even.
func HalfBits(f float32) uint16 {
	bits := math.Float32bits(f)
	sign, abs := uint16(bits>>16)&0x8000, bits&0x7fffffff
	switch {
	case abs > 0x7f800000: // NaN stays NaN
		return sign | 0x7e00
	case abs >= 0x477ff000: // 65520 and more round to infinity
		return sign | 0x7c00
	case abs < 0x38800000: // below 2^-14: subnormal, a multiple of 2^-24
		return sign | uint16(math.RoundToEven(float64(math.Float32frombits(abs))*0x1p24))
	}
	rounded := abs + 0xfff + abs>>13&1
	return sign | uint16((rounded-(127-15)<<23)>>13)
}

// Widen turns little-endian halves into little-endian float32.
func Widen(halves []byte) []byte {
	out := make([]byte, 0, 2*len(halves))
	for i := 0; i < len(halves); i += 2 {
		f := Float16(binary.LittleEndian.Uint16(halves[i:]))
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(f))
	}
	return out
}
