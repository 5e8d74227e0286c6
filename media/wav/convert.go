package wav

import (
	"encoding/binary"
	"math"

	"github.com/amtsleitung/amtsleitung/media/g711"
)

// converter turns the bytes of one sample into 16 bits, or is nil for unknown formats.
func converter(f Format) func([]byte) int16 {
	switch [2]int{int(f.Coding), f.Bits} {
	case [2]int{int(PCM), 8}:
		return func(b []byte) int16 { return (int16(b[0]) - 128) << 8 }
	case [2]int{int(PCM), 16}:
		return func(b []byte) int16 { return int16(binary.LittleEndian.Uint16(b)) }
	case [2]int{int(PCM), 24}:
		return func(b []byte) int16 { return int16(binary.LittleEndian.Uint16(b[1:])) }
	case [2]int{int(PCM), 32}:
		return func(b []byte) int16 { return int16(binary.LittleEndian.Uint16(b[2:])) }
	case [2]int{int(Float), 32}:
		return func(b []byte) int16 {
			return fromFloat(float64(math.Float32frombits(binary.LittleEndian.Uint32(b))))
		}
	case [2]int{int(Float), 64}:
		return func(b []byte) int16 { return fromFloat(math.Float64frombits(binary.LittleEndian.Uint64(b))) }
	case [2]int{int(ALaw), 8}:
		return g711.ALaw{}.Sample
	case [2]int{int(MuLaw), 8}:
		return g711.MuLaw{}.Sample
	}
	return nil
}

// fromFloat clips -1..1 to 16 bits; not-a-number is silence.
func fromFloat(v float64) int16 {
	if v != v {
		return 0
	}
	return int16(max(-32768, min(32767, math.Round(v*32768))))
}
