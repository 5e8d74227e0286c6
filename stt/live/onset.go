package live

import "time"

// Voice activity notices some words about 600 ms late: Silero gives a loud "turn"
// behind a pause 0.2, and which 8 ms its windows begin at decides. The sound
// itself says when somebody began.
const (
	// earlier is how far before the onset the sound is followed.
	earlier = 800 * time.Millisecond
	// floorBefore of that the noise floor is looked for.
	floorBefore = 500 * time.Millisecond
	// breath of quiet, in windows, that the sound before a vowel may have.
	breath = 3
	// Sound is at most 20 dB below the speech and at least 6 dB above the floor.
	belowSpeech, aboveFloor = 100, 4
)

// soundFrom is where the sound begins that leads to speech noticed at onset and
// heard until now; not before low.
func (t *tape) soundFrom(onset, now, low time.Duration) time.Duration {
	speech := 0.0
	for at := onset; at < now; at += voiceDuration {
		speech = max(speech, t.power(at))
	}
	floor := speech
	for at := onset - voiceDuration; at >= max(low, onset-earlier-floorBefore); at -= voiceDuration {
		floor = min(floor, t.power(at))
	}
	from, limit := onset, max(speech/belowSpeech, floor*aboveFloor)
	at := onset - voiceDuration
	for quiet := 0; quiet <= breath && at >= max(low, onset-earlier); at -= voiceDuration {
		if quiet++; t.power(at) > limit {
			from, quiet = at, 0
		}
	}
	return from
}

// power is the mean of the squares of a window.
func (t *tape) power(from time.Duration) float64 {
	i, j := t.at(from), t.at(from+voiceDuration)
	sum := 0.0
	for _, v := range t.pcm[i:j] {
		sum += float64(v) * float64(v)
	}
	return sum / float64(max(1, j-i))
}
