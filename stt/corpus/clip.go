// Package corpus reads test speech: a folder with manifest.tsv and FLAC files
// flows in, clips with their transcripts flow out. It serves tests and
// benchmarks only.
package corpus

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/mewkiz/flac"

	"github.com/amtsleitung/amtsleitung/media"
)

// Clip is one row of a manifest with its audio.
type Clip struct {
	File     string // below the folder, e.g. "de/thorsten-gt-01.flac"
	Language string // "-" where nobody speaks
	Text     string // empty where no transcript is known
	Duration time.Duration
	PCM      []int16 // 16 kHz mono
}

// Utterances accepts clips with a transcript of 2 to 8 s in the given languages: the length of what callers say.
func Utterances(languages ...string) func(Clip) bool {
	return func(c Clip) bool {
		return c.Text != "" && c.Duration >= 2*time.Second && c.Duration <= 8*time.Second &&
			slices.Contains(languages, c.Language)
	}
}

// Read returns the clips of a folder that keep accepts; keep sees them
// without audio. A missing folder is os.ErrNotExist.
func Read(folder string, keep func(Clip) bool) ([]Clip, error) {
	path := filepath.Join(folder, "manifest.tsv")
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	rows, err := parse(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	rows = slices.DeleteFunc(rows, func(c Clip) bool { return !keep(c) })
	for i := range rows {
		if rows[i].PCM, err = ReadFLAC(filepath.Join(folder, rows[i].File)); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// parse reads the columns file, language, duration_s, kind, licence, source, transcript behind a heading.
func parse(r io.Reader) ([]Clip, error) {
	lines := csv.NewReader(r)
	lines.Comma, lines.LazyQuotes = '\t', true
	lines.FieldsPerRecord = 7
	rows, err := lines.ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, errors.Join(err, errorIf(len(rows) == 0, "no heading"))
	}
	clips := make([]Clip, 0, len(rows))
	for i, row := range rows[1:] {
		seconds, err := strconv.ParseFloat(row[2], 64)
		if err != nil {
			return nil, fmt.Errorf("line %d: duration: %w", i+2, err)
		}
		clips = append(clips, Clip{
			File: row[0], Language: row[1], Text: row[6],
			Duration: time.Duration(seconds * float64(time.Second)),
		})
	}
	return clips, nil
}

func errorIf(wrong bool, text string) error {
	if wrong {
		return errors.New(text)
	}
	return nil
}

// ReadFLAC reads a FLAC file of 16 kHz, mono, 16 bit.
func ReadFLAC(path string) (pcm []int16, err error) {
	s, err := flac.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if s.Info.SampleRate != media.SampleRate || s.Info.NChannels != 1 || s.Info.BitsPerSample != 16 {
		return nil, fmt.Errorf("read %s: %d Hz, %d channels, %d bit; want 16 kHz mono 16 bit",
			path, s.Info.SampleRate, s.Info.NChannels, s.Info.BitsPerSample)
	}
	for {
		frame, err := s.ParseNext()
		if errors.Is(err, io.EOF) {
			return pcm, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		for _, v := range frame.Subframes[0].Samples {
			pcm = append(pcm, int16(v))
		}
	}
}
