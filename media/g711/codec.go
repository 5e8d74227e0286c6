// Package g711 converts between 8 kHz linear PCM and the A-law and mu-law
// bytes of ITU-T G.711.
package g711

// ALaw is PCMA (RFC 3551 payload type 8). It is a media.Encoder and media.Decoder
// at 8 kHz without state.
type ALaw struct{}

// MuLaw is PCMU (RFC 3551 payload type 0).
type MuLaw struct{}

// Bytes that stand for silence, to fill packets with.
const (
	SilenceA  = 0xD5
	SilenceMu = 0xFF
)

// The tables are computed once from the segment formulas and never change.
var (
	aDecode  = makeDecode(decodeA)
	muDecode = makeDecode(decodeMu)
	aEncode  = makeEncode(encodeA)
	muEncode = makeEncode(encodeMu)
)

// Encode appends one A-law byte per sample to dst.
func (ALaw) Encode(dst []byte, pcm []int16) ([]byte, error) {
	for _, s := range pcm {
		dst = append(dst, aEncode[uint16(s)>>2])
	}
	return dst, nil
}

// Decode appends one sample per A-law byte to dst.
func (ALaw) Decode(dst []int16, payload []byte) ([]int16, error) {
	for _, b := range payload {
		dst = append(dst, aDecode[b])
	}
	return dst, nil
}

// Encode appends one mu-law byte per sample to dst.
func (MuLaw) Encode(dst []byte, pcm []int16) ([]byte, error) {
	for _, s := range pcm {
		dst = append(dst, muEncode[uint16(s)>>2])
	}
	return dst, nil
}

// Decode appends one sample per mu-law byte to dst.
func (MuLaw) Decode(dst []int16, payload []byte) ([]int16, error) {
	for _, b := range payload {
		dst = append(dst, muDecode[b])
	}
	return dst, nil
}

// Sample decodes the first byte of b.
func (ALaw) Sample(b []byte) int16 { return aDecode[b[0]] }

// Sample decodes the first byte of b.
func (MuLaw) Sample(b []byte) int16 { return muDecode[b[0]] }
