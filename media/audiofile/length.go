package audiofile

import (
	"io"
	"time"
)

const (
	// mostStated is the longest length that is believed.
	mostStated = 10_000 * time.Hour
	// overStated is how much longer than stated a recording may be: encoders
	// fill their last frame.
	overStated = time.Second
)

// stating is a source that may know a length before the end; unlike that of a
// header it may be wrong, since nothing depends on it. 0 is none.
type stating interface{ stated() time.Duration }

// measuring looks for a length in other places of the file than it reads.
type measuring interface {
	measure(file io.ReaderAt, size int64)
}

// measure is told all of the file when its header has been read.
func (f *File) measure(file io.ReaderAt, read *counter, size int64) {
	f.read, f.begin, f.size = read, read.n, size
	if s, ok := f.source.(measuring); ok {
		s.measure(file, size)
	}
}

// Estimate is Duration or, where the header says nothing, what an encoder or
// ffmpeg says, unless more than that was read; or else a guess from the share of
// the file that was read, which becomes better on the way. It is 0 where nobody
// knows.
func (f *File) Estimate() time.Duration {
	if d := f.Duration(); d > 0 {
		return d
	}
	so := samplesLast(int64(f.taken), f.source.rate())
	if s, ok := f.source.(stating); ok {
		if d := s.stated(); d > 0 && so <= d+overStated {
			return max(d, so)
		}
	}
	return f.share(so)
}

// share guesses from how much of the file has lasted so long.
func (f *File) share(so time.Duration) time.Duration {
	if _, other := f.source.(*ffmpegSource); other || f.read == nil || f.read.n <= f.begin {
		return 0
	}
	return time.Duration(float64(so) * float64(f.size-f.begin) / float64(f.read.n-f.begin))
}

// samplesLast is how long samples last; 0 where that makes no sense.
func samplesLast(n int64, rate int) time.Duration {
	if n <= 0 || rate <= 0 || n/int64(rate) > int64(mostStated/time.Second) {
		return 0
	}
	return time.Duration(float64(n) / float64(rate) * float64(time.Second))
}
