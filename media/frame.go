// Package media says what audio is inside the product: 20 ms frames of 16 kHz
// mono signed 16-bit PCM flow in and out of every stage. Other formats exist
// only at the edges (codecs, files, synthesisers).
package media

import "time"

// The one inner format.
const (
	SampleRate    = 16000
	FrameDuration = 20 * time.Millisecond
	FrameSamples  = SampleRate / 50
)

// Frame is 20 ms of audio. PCM always has FrameSamples samples and belongs to
// the writer: a Sink that keeps it beyond WriteFrame copies it.
type Frame struct {
	PCM []int16
	// At is the media time of the first sample since the start of the stream.
	At time.Duration
	// Concealed says that the samples were made up for a lost packet.
	Concealed bool
}

// Sink takes frames in order, from one goroutine. WriteFrame may block to
// apply backpressure (playout) but a sink on the receiving path must not.
type Sink interface {
	WriteFrame(Frame) error
}

// Eager is what a Sink may be, too, that writes down what is said: with true it
// gets what comes from a network at once and in full, also several frames at a
// time and none for a while. Others hear at the pace of time, for which sound is
// left out or made up.
type Eager interface {
	Eager() bool
}

// IsEager says whether a sink is.
func IsEager(s Sink) bool {
	e, ok := s.(Eager)
	return ok && e.Eager()
}

// SinkFunc makes a function a Sink.
type SinkFunc func(Frame) error

// WriteFrame calls f.
func (f SinkFunc) WriteFrame(fr Frame) error { return f(fr) }

// Source fills dst (FrameSamples long) with the next 20 ms. It returns false
// when it has nothing to say; dst is then silence.
type Source interface {
	ReadFrame(dst []int16) bool
}

// Encoder appends the payload for pcm, given at the codec's own sampling rate, to dst.
type Encoder interface {
	Encode(dst []byte, pcm []int16) ([]byte, error)
}

// Decoder appends the samples of one payload, at the codec's own sampling rate, to dst.
type Decoder interface {
	Decode(dst []int16, payload []byte) ([]int16, error)
}

// Samples converts a duration to a count of samples in the inner format.
func Samples(d time.Duration) int { return int(d * SampleRate / time.Second) }

// Duration converts a count of inner samples to a duration.
func Duration(samples int) time.Duration {
	return time.Duration(samples) * time.Second / SampleRate
}
