// Package ctranslate2test builds small CTranslate2 models for tests: variables in, the bytes of a model.bin out.
package ctranslate2test

import "encoding/binary"

// Variable is one tensor to write; Type is CTranslate2's number.
type Variable struct {
	Name string
	Dims []int
	Type uint8
	Data []byte
}

// Build gives the bytes of a version 6 model.
func Build(spec string, variables []Variable, aliases ...[2]string) []byte {
	out := uint32s(nil, 6)
	out = text(out, spec)
	out = uint32s(out, 3, len(variables))
	for _, v := range variables {
		out = append(text(out, v.Name), byte(len(v.Dims)))
		out = uint32s(out, v.Dims...)
		out = append(out, v.Type)
		out = append(uint32s(out, len(v.Data)), v.Data...)
	}
	out = uint32s(out, len(aliases))
	for _, a := range aliases {
		out = text(text(out, a[0]), a[1])
	}
	return out
}

func uint32s(out []byte, ints ...int) []byte {
	for _, n := range ints {
		out = binary.LittleEndian.AppendUint32(out, uint32(n))
	}
	return out
}

func text(out []byte, s string) []byte {
	out = binary.LittleEndian.AppendUint16(out, uint16(len(s)+1))
	return append(append(out, s...), 0)
}
