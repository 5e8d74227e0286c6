package g711

import "math/bits"

// Every law has eight segments of sixteen steps; each segment doubles the step.

// decodeA is ITU-T G.711 table 1: even bits are inverted, the sign bit is set
// for positive values. The result fills 16 bits (13 significant).
func decodeA(b byte) int16 {
	b ^= 0x55
	segment, step := b>>4&7, int(b&15)
	v := step<<4 + 8
	if segment > 0 {
		v = (v + 0x100) << (segment - 1)
	}
	if b&0x80 == 0 {
		v = -v
	}
	return int16(v)
}

// encodeA is the inverse: the segment is the position of the highest bit of
// the 12-bit magnitude; negative values are magnitudes from -1 downwards.
func encodeA(s int16) byte {
	v, sign := int(s)>>3, byte(0x80)
	if v < 0 {
		v, sign = -v-1, 0
	}
	segment := max(0, bits.Len(uint(v))-5)
	b := byte(v >> 1 & 15)
	if segment > 0 {
		b = byte(segment<<4) | byte(v>>segment&15)
	}
	return (b | sign) ^ 0x55
}

// muBias moves the segment boundaries to powers of two, in 14-bit units.
const (
	muBias = 33
	muClip = 8158
)

// decodeMu is ITU-T G.711 table 2: all bits are inverted.
func decodeMu(b byte) int16 {
	b = ^b
	segment, step := b>>4&7, int(b&15)
	v := (step<<1+muBias)<<segment - muBias
	if b&0x80 != 0 {
		v = -v
	}
	return int16(v << 2)
}

func encodeMu(s int16) byte {
	v, sign := int(s)>>2, byte(0)
	if v < 0 {
		v, sign = -v, 0x80
	}
	v = min(v, muClip) + muBias
	segment := bits.Len(uint(v)) - 6
	return ^(sign | byte(segment<<4) | byte(v>>(segment+1)&15))
}

func makeDecode(f func(byte) int16) *[256]int16 {
	var t [256]int16
	for i := range t {
		t[i] = f(byte(i))
	}
	return &t
}

// makeEncode indexes by the upper 14 bits of a sample, all that either law looks at.
func makeEncode(f func(int16) byte) *[1 << 14]byte {
	var t [1 << 14]byte
	for i := range t {
		t[i] = f(int16(i << 2))
	}
	return &t
}
