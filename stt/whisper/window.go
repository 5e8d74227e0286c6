package whisper

import (
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

const (
	// samplesPerPosition is one position of the encoder: 20 ms.
	samplesPerPosition = media.SampleRate / 50
	maxPositions       = 1500
	// Silence behind the audio, in positions, without which the decoder loses
	// the last words or goes back and repeats them (docs/recognition.md). The
	// kernels show where the decoder listens, so that a return is noticed.
	margin         = 130
	marginPortable = 250
	// A piece longer than this would not fit with its margin into the encoder.
	maxPiece = 29 * time.Second
	// A long window is cut at the quietest place of the last cutSearch of a piece.
	cutSearch = 8 * time.Second
)

// positions is the encoder context for n samples.
func positions(n, margin int) int {
	return min((n+samplesPerPosition-1)/samplesPerPosition+margin, maxPositions)
}

type piece struct {
	pcm   []int16
	start time.Duration
}

// pieces cuts what does not fit into the encoder.
func pieces(pcm []int16) []piece {
	var out []piece
	start := 0
	for len(pcm)-start > media.Samples(maxPiece) {
		end := quietest(pcm, start+media.Samples(maxPiece-cutSearch), start+media.Samples(maxPiece))
		out = append(out, piece{pcm[start:end], media.Duration(start)})
		start = end
	}
	return append(out, piece{pcm[start:], media.Duration(start)})
}

// quietest is the middle of the 200 ms with the least energy between from and to.
func quietest(pcm []int16, from, to int) int {
	const length = media.SampleRate / 5
	best, place := int64(-1), to
	var sum int64
	for i := from; i < to; i++ {
		sum += square(pcm[i])
		if i-from >= length {
			sum -= square(pcm[i-length])
		}
		if i-from >= length-1 && (best < 0 || sum < best) {
			best, place = sum, i-length/2
		}
	}
	return place
}

func square(s int16) int64 { return int64(s) * int64(s) }
