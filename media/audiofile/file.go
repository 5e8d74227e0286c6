// Package audiofile opens recordings: the path of a WAV, FLAC, MP3 or Ogg Opus
// file (anything else through ffmpeg, where installed) flows in, and 16 kHz
// mono samples flow out as they are read, so that a file of hours does not
// fill the memory.
package audiofile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/downmix"
	"github.com/amtsleitung/amtsleitung/media/resample"
)

// ErrEmpty says that a file holds no audio at all.
var ErrEmpty = errors.New("it contains no audio")

// source is one decoder: interleaved samples, whole sample frames. A source
// may change neither rate nor channels. Its errors need no path.
type source interface {
	rate() int
	channels() int
	duration() time.Duration // 0: unknown
	read(dst []int16) (int, error)
	close() error
}

// File is an open recording.
type File struct {
	path   string
	source source
	input  io.Closer
	read   *counter // what source has taken of size bytes
	begin  int64    // what it took before any sound
	size   int64    // 0: unknown
	taken  int      // sample frames of source

	raw   []int16
	mix   *downmix.Mixer
	mono  []int16
	down  *resample.Resampler // nil at 16 kHz
	ready []int16             // resampled, not yet read
	start int                 // in ready
	any   bool
	err   error
}

// Open opens a file and reads its header. Errors name the path.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open audio: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open audio: %w", errors.Join(err, f.Close()))
	}
	other := ffmpegOn(path)
	if !info.Mode().IsRegular() {
		other = unseekable // a pipe has only one reader
	}
	s, read, err := decode(f, other)
	if err != nil {
		return nil, fmt.Errorf("open audio %s: %w", path, errors.Join(err, f.Close()))
	}
	file, err := newFile(path, s, f)
	if err == nil && info.Mode().IsRegular() {
		file.measure(f, read, info.Size())
	}
	return file, err
}

// Decode reads a recording from a stream, such as standard input; name is for
// errors. What only ffmpeg can read needs a path.
func Decode(r io.Reader, name string) (*File, error) {
	s, _, err := decode(r, unseekable)
	if err != nil {
		return nil, fmt.Errorf("read audio %s: %w", name, err)
	}
	return newFile(name, s, nil)
}

// unseekable is the fallback of streams.
func unseekable(refused error, head []byte) (source, error) {
	return nil, explain(refused, head, noPath)
}

func newFile(path string, s source, input io.Closer) (*File, error) {
	f := &File{path: path, source: s, input: input, mix: downmix.New(s.channels(), s.rate())}
	if s.rate() != media.SampleRate {
		var err error
		if f.down, err = resample.New(s.rate(), media.SampleRate, resample.File); err != nil {
			return nil, fmt.Errorf("open audio %s: %w", path, errors.Join(err, f.Close()))
		}
		f.down.SkipDelay()
	}
	// 40 ms at a time.
	f.raw = make([]int16, max(1, s.rate()/25)*s.channels())
	return f, nil
}

// Duration is what the header says, 0 where it says nothing.
func (f *File) Duration() time.Duration { return f.source.duration() }

// Read fills dst with 16 kHz mono samples. It returns io.EOF at the end; any
// other error names the file. A damaged file gives what could be read first.
func (f *File) Read(dst []int16) (int, error) {
	for f.start == len(f.ready) {
		if f.err != nil {
			return 0, f.err
		}
		f.more()
	}
	n := copy(dst, f.ready[f.start:])
	f.start += n
	return n, nil
}

// more decodes the next piece.
func (f *File) more() {
	n, err := guarded(f.source, f.raw)
	f.taken += n / f.source.channels()
	f.mono = f.mix.Append(f.mono[:0], f.raw[:n])
	f.any = f.any || n > 0
	f.ready, f.start = f.ready[:0], 0
	if f.down == nil {
		f.ready = append(f.ready, f.mono...)
	} else {
		f.ready = f.down.Append(f.ready, f.mono)
	}
	if err == nil {
		return
	}
	if errors.Is(err, io.EOF) && f.down != nil && f.any {
		tail := f.down.Delay() * f.source.rate() / media.SampleRate
		f.ready = f.down.Append(f.ready, make([]int16, tail))
	}
	f.err = f.finish(err)
}

func (f *File) finish(err error) error {
	if errors.Is(err, io.EOF) && f.any {
		return io.EOF
	}
	if errors.Is(err, io.EOF) {
		err = ErrEmpty
	}
	return fmt.Errorf("read audio %s: %w", f.path, err)
}

// Play writes the whole file to a sink in frames, the last one filled with
// silence. The sink's backpressure sets the pace.
func (f *File) Play(ctx context.Context, to media.Sink) error {
	frame := media.Frame{PCM: make([]int16, media.FrameSamples)}
	for {
		n, err := f.fill(frame.PCM)
		if n > 0 {
			clear(frame.PCM[n:])
			if werr := to.WriteFrame(frame); werr != nil {
				return werr
			}
			frame.At += media.FrameDuration
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		}
	}
}

func (f *File) fill(dst []int16) (n int, err error) {
	for n < len(dst) && err == nil {
		var m int
		m, err = f.Read(dst[n:])
		n += m
	}
	return n, err
}

// Close frees the decoder.
func (f *File) Close() error {
	err := f.source.close()
	if f.down != nil {
		f.down.Close()
		f.down = nil
	}
	if f.input != nil {
		err = errors.Join(err, f.input.Close())
	}
	return err
}

// ReadAll reads a whole file, refusing more than limit (0: no limit) of audio.
func ReadAll(path string, limit time.Duration) (pcm []int16, err error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	buf := make([]int16, media.SampleRate)
	for {
		n, err := f.Read(buf)
		pcm = append(pcm, buf[:n]...)
		switch {
		case errors.Is(err, io.EOF):
			return pcm, nil
		case err != nil:
			return nil, err
		case limit > 0 && media.Duration(len(pcm)) > limit:
			return nil, fmt.Errorf("read audio %s: it is longer than %s", path, limit)
		}
	}
}

// guarded turns a panic of a decoder over a hostile file into an error.
func guarded(s source, dst []int16) (n int, err error) {
	defer func() {
		if p := recover(); p != nil {
			n, err = 0, fmt.Errorf("the decoder failed: %v", p)
		}
	}()
	return s.read(dst)
}
