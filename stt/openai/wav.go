package openai

import (
	"encoding/binary"

	"github.com/amtsleitung/amtsleitung/media"
)

// appendWAV appends a canonical 44-byte RIFF heading and the samples.
func appendWAV(dst []byte, pcm []int16) []byte {
	le := binary.LittleEndian
	size := uint32(2 * len(pcm))
	dst = append(dst, "RIFF"...)
	dst = le.AppendUint32(dst, 36+size)
	dst = append(dst, "WAVEfmt "...)
	dst = le.AppendUint32(dst, 16)
	dst = le.AppendUint16(dst, 1) // PCM
	dst = le.AppendUint16(dst, 1) // mono
	dst = le.AppendUint32(dst, media.SampleRate)
	dst = le.AppendUint32(dst, 2*media.SampleRate)
	dst = le.AppendUint16(dst, 2) // bytes per sample of all channels
	dst = le.AppendUint16(dst, 16)
	dst = append(dst, "data"...)
	dst = le.AppendUint32(dst, size)
	for _, s := range pcm {
		dst = le.AppendUint16(dst, uint16(s))
	}
	return dst
}
