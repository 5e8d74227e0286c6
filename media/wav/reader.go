// Package wav reads and writes WAV files: bytes of any PCM, float or G.711
// WAV flow in and interleaved 16-bit samples flow out; mono 16-bit samples
// flow in and a file flows out whose header is right even after a crash.
// It streams, needs no seeking for reading and trusts no size in a header.
package wav

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// Errors of reading; all come wrapped with what was found.
var (
	ErrFormat    = errors.New("not a WAV file that can be read")
	ErrEmpty     = errors.New("WAV file contains no audio")
	ErrTruncated = errors.New("WAV file is truncated")
)

// Format of the samples in a file.
type Format struct {
	Rate     int // Hz
	Channels int
	Bits     int
	Coding   Coding
}

// Coding is the format tag of the fmt chunk.
type Coding uint16

// Codings that can be read.
const (
	PCM   Coding = 1
	Float Coding = 3
	ALaw  Coding = 6
	MuLaw Coding = 7

	extensible Coding = 0xFFFE
)

// Limits against hostile headers.
const (
	maxChannels = 32
	minRate     = 1000
	maxRate     = 768000
	maxChunks   = 1000
	unknownSize = 0xFFFFFFFF
)

// Reader streams the samples of one file.
type Reader struct {
	format  Format
	r       *bufio.Reader
	left    int64 // bytes of the data chunk; -1: until the end of the file
	size    int64
	long    int64 // size of the data chunk as ds64 says it; 0: unknown
	convert func([]byte) int16
	raw     []byte
	any     bool
}

// NewReader reads the header up to the first sample.
func NewReader(r io.Reader) (*Reader, error) {
	w := &Reader{r: bufio.NewReaderSize(r, 1<<15), left: -1, size: -1}
	var head [12]byte
	if _, err := io.ReadFull(w.r, head[:]); err != nil {
		return nil, fmt.Errorf("%w: only %w", ErrFormat, short(err))
	}
	magic, kind := string(head[:4]), string(head[8:])
	if (magic != "RIFF" && magic != "RF64" && magic != "BW64") || kind != "WAVE" {
		return nil, fmt.Errorf("%w: it begins with %q", ErrFormat, magic)
	}
	return w, w.header()
}

// Format of the file.
func (w *Reader) Format() Format { return w.format }

// Duration as the header says; 0 where it does not.
func (w *Reader) Duration() time.Duration {
	if w.size < 0 {
		return 0
	}
	frames := w.size / int64(w.format.Channels*w.format.Bits/8)
	return time.Duration(float64(frames) / float64(w.format.Rate) * float64(time.Second))
}

// Read fills dst with interleaved samples, whole sample frames only. It
// returns io.EOF at the end, ErrTruncated where the header promised more, and
// ErrEmpty where there was nothing at all.
func (w *Reader) Read(dst []int16) (int, error) {
	width, frame := w.format.Bits/8, w.format.Bits/8*w.format.Channels
	want := len(dst) / w.format.Channels * frame
	if w.left >= 0 {
		want = int(min(int64(want), w.left/int64(frame)*int64(frame)))
	}
	if want == 0 {
		return 0, w.end(nil)
	}
	if cap(w.raw) < want {
		w.raw = make([]byte, want)
	}
	n, err := io.ReadFull(w.r, w.raw[:want])
	n -= n % frame
	for i := 0; i < n/width; i++ {
		dst[i] = w.convert(w.raw[i*width:])
	}
	w.any = w.any || n > 0
	if w.left >= 0 {
		w.left -= int64(n)
	}
	if n < want {
		return n / width, w.end(err)
	}
	return n / width, nil
}

// end tells why there is no more.
func (w *Reader) end(err error) error {
	switch {
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return err
	case !w.any:
		return ErrEmpty
	case err != nil && w.left > 0:
		return fmt.Errorf("%w: its header promises %d bytes of audio, %d are missing", ErrTruncated, w.size, w.left)
	}
	return io.EOF
}

// header reads chunks up to the start of the data.
func (w *Reader) header() error {
	for range maxChunks {
		var head [8]byte
		if _, err := io.ReadFull(w.r, head[:]); err != nil {
			return fmt.Errorf("%w: it ends before its audio (%w)", ErrFormat, short(err))
		}
		id, size := string(head[:4]), binary.LittleEndian.Uint32(head[4:])
		switch id {
		case "fmt ":
			if err := w.formatChunk(size); err != nil {
				return err
			}
		case "ds64":
			if err := w.sizeChunk(size); err != nil {
				return err
			}
		case "data":
			return w.dataChunk(size)
		default:
			if _, err := io.CopyN(io.Discard, w.r, int64(size)+int64(size%2)); err != nil {
				return fmt.Errorf("%w: chunk %q says it has %d bytes, but the file ends (%w)", ErrFormat, id, size, short(err))
			}
		}
	}
	return fmt.Errorf("%w: more than %d chunks and no audio", ErrFormat, maxChunks)
}

// dataChunk takes sizes of 0 and 2^32-1, as streams and crashed recorders
// write them, for unknown.
func (w *Reader) dataChunk(size uint32) error {
	if w.convert == nil {
		return fmt.Errorf("%w: audio comes before its format", ErrFormat)
	}
	switch {
	case size == unknownSize && w.long > 0:
		w.left, w.size = w.long, w.long
	case size != 0 && size != unknownSize:
		w.left, w.size = int64(size), int64(size)
	}
	return nil
}

// sizeChunk reads the sizes of a file of more than 4 GB (EBU Tech 3306): that
// of the whole, that of the data, ...
func (w *Reader) sizeChunk(size uint32) error {
	if size < 16 || size > 1<<20 {
		return fmt.Errorf("%w: chunk of long sizes has %d bytes", ErrFormat, size)
	}
	b := make([]byte, size+size%2)
	if _, err := io.ReadFull(w.r, b); err != nil {
		return fmt.Errorf("%w: it ends within its sizes (%w)", ErrFormat, short(err))
	}
	if long := binary.LittleEndian.Uint64(b[8:]); long < 1<<62 {
		w.long = int64(long)
	}
	return nil
}

func (w *Reader) formatChunk(size uint32) error {
	if size < 16 || size > 4096 {
		return fmt.Errorf("%w: format chunk has %d bytes", ErrFormat, size)
	}
	b := make([]byte, size+size%2)
	if _, err := io.ReadFull(w.r, b); err != nil {
		return fmt.Errorf("%w: it ends within its format (%w)", ErrFormat, short(err))
	}
	f := Format{
		Coding:   Coding(binary.LittleEndian.Uint16(b)),
		Channels: int(binary.LittleEndian.Uint16(b[2:])),
		Rate:     int(binary.LittleEndian.Uint32(b[4:])),
		Bits:     int(binary.LittleEndian.Uint16(b[14:])),
	}
	if f.Coding == extensible && size >= 26 {
		f.Coding = Coding(binary.LittleEndian.Uint16(b[24:]))
	}
	if f.Channels < 1 || f.Channels > maxChannels || f.Rate < minRate || f.Rate > maxRate {
		return fmt.Errorf("%w: %d channels at %d Hz", ErrFormat, f.Channels, f.Rate)
	}
	w.format, w.convert = f, converter(f)
	if w.convert == nil {
		return fmt.Errorf("%w: coding %d with %d bits", ErrFormat, f.Coding, f.Bits)
	}
	return nil
}

// short names an early end in words.
func short(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errEnd
	}
	return err
}

var errEnd = errors.New("a few bytes")
