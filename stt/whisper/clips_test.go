package whisper

import (
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/mewkiz/flac"
	"github.com/stretchr/testify/require"
)

const shared = "../../../shared"

// clip is one row of a manifest with its audio.
type clip struct {
	file, language, text string
	duration             time.Duration
	pcm                  []int16
}

// clips reads the rows of a manifest that keep accepts.
func clips(tb testing.TB, folder string, keep func(clip) bool) []clip {
	tb.Helper()
	f, err := os.Open(filepath.Join(shared, folder, "manifest.tsv"))
	if errors.Is(err, os.ErrNotExist) {
		tb.Skipf("no test audio at %s/%s", shared, folder)
	}
	require.NoError(tb, err)
	defer func() { require.NoError(tb, f.Close()) }()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	_, err = r.Read()
	require.NoError(tb, err)
	var list []clip
	for {
		row, err := r.Read()
		if err == io.EOF {
			return list
		}
		require.NoError(tb, err)
		seconds, err := strconv.ParseFloat(row[2], 64)
		require.NoError(tb, err)
		c := clip{file: row[0], language: row[1], text: row[6], duration: time.Duration(seconds * float64(time.Second))}
		if !keep(c) {
			continue
		}
		c.pcm = readFLAC(tb, filepath.Join(shared, folder, c.file))
		list = append(list, c)
	}
}

func readFLAC(tb testing.TB, path string) []int16 {
	tb.Helper()
	s, err := flac.Open(path)
	require.NoError(tb, err)
	defer func() { require.NoError(tb, s.Close()) }()
	require.EqualValues(tb, 16000, s.Info.SampleRate)
	var pcm []int16
	for {
		frame, err := s.ParseNext()
		if err == io.EOF {
			return pcm
		}
		require.NoError(tb, err)
		for _, v := range frame.Subframes[0].Samples {
			pcm = append(pcm, int16(v))
		}
	}
}

func one(tb testing.TB, folder, file string) clip {
	tb.Helper()
	list := clips(tb, folder, func(c clip) bool { return c.file == file })
	require.Len(tb, list, 1)
	return list[0]
}

// utterances are clips with text of 2 to 8 s, as callers speak them.
func utterances(languages ...string) func(clip) bool {
	return func(c clip) bool {
		if c.text == "" || c.duration < 2*time.Second || c.duration > 8*time.Second {
			return false
		}
		for _, l := range languages {
			if c.language == l {
				return true
			}
		}
		return false
	}
}

// modelPath finds a model in the cache.
func modelPath(tb testing.TB, name string) string {
	tb.Helper()
	cache := os.Getenv("AMTSLEITUNG_CACHE")
	if cache == "" {
		user, err := os.UserCacheDir()
		require.NoError(tb, err)
		cache = filepath.Join(user, "amtsleitung")
	}
	path := filepath.Join(cache, "models", name)
	if _, err := os.Stat(path); err != nil {
		tb.Skipf("no model %s: fetch it with: amtsleitung models fetch", path)
	}
	return path
}

func open(tb testing.TB, o Options) *Engine {
	tb.Helper()
	if o.Model == "" {
		o.Model = modelPath(tb, "ggml-base.bin")
	}
	e, err := Open(o)
	require.NoError(tb, err)
	tb.Cleanup(e.Close)
	return e
}
