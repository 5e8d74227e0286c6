package wav

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/amtsleitung/amtsleitung/media"
)

const (
	headerSize = 44
	sampleSize = 2
)

// Writer writes mono 16-bit WAV. Once a second of audio the header is brought
// up to date, so that a crash loses at most the last second.
type Writer struct {
	w       io.WriteSeeker
	rate    int
	size    int64 // bytes of audio written
	pending []byte
	file    *os.File // closed by Close when Create opened it
}

// NewWriter writes a header for an empty file.
func NewWriter(w io.WriteSeeker, rate int) (*Writer, error) {
	if rate < minRate || rate > maxRate {
		return nil, fmt.Errorf("write WAV: %d Hz is not between %d and %d", rate, minRate, maxRate)
	}
	wr := &Writer{w: w, rate: rate}
	if err := wr.header(); err != nil {
		return nil, err
	}
	return wr, nil
}

// Create makes or replaces a file.
func Create(path string, rate int) (*Writer, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("create WAV: %w", err)
	}
	w, err := NewWriter(f, rate)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("create WAV %s: %w", path, err), f.Close())
	}
	w.file = f
	return w, nil
}

// WriteFrame makes the Writer a media.Sink; its rate must be the inner one.
func (w *Writer) WriteFrame(f media.Frame) error { return w.Write(f.PCM) }

// Write appends samples.
func (w *Writer) Write(pcm []int16) error {
	for _, s := range pcm {
		w.pending = binary.LittleEndian.AppendUint16(w.pending, uint16(s))
	}
	if len(w.pending) < w.rate*sampleSize {
		return nil
	}
	return w.flush()
}

// Close writes what is left and the final header.
func (w *Writer) Close() error {
	err := w.flush()
	if w.file != nil {
		err = errors.Join(err, w.file.Close())
	}
	return err
}

func (w *Writer) flush() error {
	if w.size+int64(len(w.pending)) > math.MaxUint32-headerSize {
		return errors.New("write WAV: the format ends at 4 GB; begin another file")
	}
	n, err := w.w.Write(w.pending)
	w.size += int64(n)
	w.pending = w.pending[:0]
	if err != nil {
		return fmt.Errorf("write WAV: %w", err)
	}
	return w.header()
}

// header writes the header for what is in the file, and returns to its end.
func (w *Writer) header() error {
	b := make([]byte, 0, headerSize)
	b = append(b, "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(w.size+headerSize-8))
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, uint16(PCM))
	b = binary.LittleEndian.AppendUint16(b, 1)
	b = binary.LittleEndian.AppendUint32(b, uint32(w.rate))
	b = binary.LittleEndian.AppendUint32(b, uint32(w.rate*sampleSize))
	b = binary.LittleEndian.AppendUint16(b, sampleSize)
	b = binary.LittleEndian.AppendUint16(b, 8*sampleSize)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(w.size))
	if _, err := w.w.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("write WAV header: %w", err)
	}
	if _, err := w.w.Write(b); err != nil {
		return fmt.Errorf("write WAV header: %w", err)
	}
	if _, err := w.w.Seek(0, io.SeekEnd); err != nil {
		return fmt.Errorf("write WAV header: %w", err)
	}
	return nil
}
