package audiofile

import (
	"encoding/binary"
	"io"
	"time"
)

const (
	mostTags  = 4    // ID3v2, one after the other
	mostStray = 4096 // bytes before the first frame
	// Bit rates of layer III, with room: what says otherwise is not believed.
	leastBits, mostBits = 7_000, 360_000
)

// measure looks for the note that encoders leave in the first frame, which is
// silent: how many frames follow, and in how many bytes.
func (s *mp3Source) measure(file io.ReaderAt, size int64) {
	start := behindTags(file)
	head := make([]byte, mostStray)
	n, _ := file.ReadAt(head, start) // an error means that there is less
	head = head[:n]
	for len(head) > 4 && !isMP3(head) {
		head, start = head[1:], start+1
	}
	frames, bytes := note(head)
	left := size - start
	d := samplesLast(frames*frameSamples(head), s.rate())
	if d == 0 || bytes > 0 && (bytes > left+left/20 || bytes < left-left/20-mostStray) {
		return // nothing is noted, or the file was cut or put together since
	}
	if bits := float64(8*left) / d.Seconds(); bits < leastBits || bits > mostBits {
		return
	}
	s.length = d
}

// behindTags is where the sound begins.
func behindTags(file io.ReaderAt) (at int64) {
	var head [10]byte
	for range mostTags {
		if _, err := file.ReadAt(head[:], at); err != nil || tagLength(head[:]) == 0 {
			break
		}
		at += tagLength(head[:])
	}
	return at
}

// note reads "Xing" or "Info" (as LAME writes them) or "VBRI" (Fraunhofer) out of a frame.
func note(frame []byte) (frames, bytes int64) {
	number := func(at int) int64 {
		if at+4 > len(frame) {
			return 0
		}
		return int64(binary.BigEndian.Uint32(frame[at:]))
	}
	tag := func(at int) string { return string(frame[min(at, len(frame)):min(at+4, len(frame))]) }
	if tag(36) == "VBRI" {
		return number(50), number(46)
	}
	at := 4 + sideInfo(frame)
	if t := tag(at); t != "Xing" && t != "Info" {
		return 0, 0
	}
	flags, next := number(at+4), at+8
	if flags&1 != 0 {
		frames, next = number(next), next+4
	}
	if flags&2 != 0 {
		bytes = number(next)
	}
	return frames, bytes
}

// sideInfo is the length of what stands between a frame's header and its data
// (ISO 11172-3 and 13818-3).
func sideInfo(frame []byte) int {
	mono := len(frame) > 3 && frame[3]>>6 == 3
	switch first := firstVersion(frame); {
	case first && mono, !first && !mono:
		return 17
	case first:
		return 32
	}
	return 9
}

// frameSamples of each channel.
func frameSamples(frame []byte) int64 {
	if firstVersion(frame) {
		return 1152
	}
	return 576
}

// firstVersion is MPEG-1, in contrast to the low rates of MPEG-2 and 2.5.
func firstVersion(frame []byte) bool { return len(frame) > 1 && frame[1]>>3&3 == 3 }

// stated implements stating.
func (s *mp3Source) stated() time.Duration { return s.length }
