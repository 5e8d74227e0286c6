package audiofile

import "encoding/binary"

// mp3Header begins each frame (ISO 11172-3, section 2.4.1.3). The methods
// below valid want one that is.
type mp3Header uint32

// Versions, as headers number them.
const (
	mpeg25 = 0
	mpeg2  = 2
	mpeg1  = 3
)

const (
	noCRC   = 1 << 16
	padded  = 1 << 9
	highest = 14 // index of the highest bit rate
)

// mp3HeaderOf reads one; 0 where there is less than one.
func mp3HeaderOf(b []byte) mp3Header {
	if len(b) < 4 {
		return 0
	}
	return mp3Header(binary.BigEndian.Uint32(b))
}

// valid leaves out the free format, which has no length.
func (h mp3Header) valid() bool {
	const layer3 = 1
	return h>>21 == 0x7FF && h.version() != 1 && h>>17&3 == layer3 && h.bits() > 0 && h>>10&3 != 3 && h&3 != 2
}

// same says that both have one version and sampling rate.
func (h mp3Header) same(other mp3Header) bool {
	const kind = 0xFFFE0C00
	return h&kind == other&kind
}

func (h mp3Header) version() int { return int(h >> 19 & 3) }
func (h mp3Header) mono() bool   { return h>>6&3 == 3 }
func (h mp3Header) crc() bool    { return h&noCRC == 0 }

func (h mp3Header) rate() int {
	rate := [...]int{44100, 48000, 32000, 0}[h>>10&3]
	switch h.version() {
	case mpeg25:
		return rate / 4
	case mpeg2:
		return rate / 2
	}
	return rate
}

// bits a second; 0: none that is known.
func (h mp3Header) bits() int {
	kbits := [16]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}
	if h.version() == mpeg1 {
		kbits = [16]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}
	}
	return 1000 * kbits[h>>12&15]
}

// size of the frame in bytes.
func (h mp3Header) size() int {
	samples := 576
	if h.version() == mpeg1 {
		samples = 1152
	}
	return samples/8*h.bits()/h.rate() + int(h/padded&1)
}

// side is where the side information begins and ends.
func (h mp3Header) side() (begin, end int) {
	begin = 4
	if h.crc() {
		begin += 2
	}
	switch {
	case h.version() == mpeg1 && !h.mono():
		return begin, begin + 32
	case h.version() != mpeg1 && h.mono():
		return begin, begin + 9
	}
	return begin, begin + 17
}
