package knowledge

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// storedDense is a dense as it is kept between starts: learning metric and
// classifier takes seconds, reading them a few hundredths.
type storedDense struct {
	Key      string
	Width    int
	Rows     []int8
	Article  int
	RowScale float64
	Mean     []float32
	Means    map[string][]float32
	Inverse  []float32
	Weights  []float32
}

// learnedVersion is raised when learning changes: what was kept is then learned anew.
const learnedVersion = 1

// denseKey names what a dense is learned from.
func denseKey(model string, all []passage, articles int) string {
	h := sha256.New()
	fmt.Fprintln(h, learnedVersion, articles, len(all))
	for _, p := range all {
		key := contentKey(model, p)
		h.Write(key[:])
		fmt.Fprintln(h, p.owner, p.kind, p.language)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// recallDense reads what keepDense wrote for the same texts; nil when there is
// nothing, or nothing that fits: all of it can be learned again.
func recallDense(dir, key string, all []passage, articles int) *dense {
	if dir == "" {
		return nil
	}
	data, err := os.ReadFile(learnedFile(dir, key))
	if err != nil {
		return nil
	}
	sum, body := data[:min(len(data), sha256.Size)], data[min(len(data), sha256.Size):]
	if own := sha256.Sum256(body); !bytes.Equal(sum, own[:]) {
		return nil
	}
	var s storedDense
	if gob.NewDecoder(bytes.NewReader(body)).Decode(&s) != nil || s.Key != key ||
		len(s.Rows) != len(all)*s.Width || len(s.Weights) != (articles+1)*(s.Width+1) {
		return nil
	}
	d := &dense{
		width: s.Width, rows: s.Rows, article: articles, owners: make([]int32, len(all)), kinds: make([]vectorKind, len(all)),
		metric:  &metric{width: s.Width, rowScale: s.RowScale, mean: s.Mean, means: s.Means, inverse: s.Inverse},
		learned: &classifier{width: s.Width, weights: s.Weights},
	}
	for i, p := range all {
		d.owners[i], d.kinds[i] = p.owner, p.kind
	}
	return d
}

// learnedFile is one file for each set of texts, so that a test or a second
// city does not take the other's away.
func learnedFile(dir, key string) string {
	return filepath.Join(dir, "learned-"+key[:16]+".bin")
}

// keepDense writes it by renaming a complete file into place.
func keepDense(dir, key string, d *dense) error {
	if dir == "" {
		return nil
	}
	var body bytes.Buffer
	err := gob.NewEncoder(&body).Encode(storedDense{
		Key: key, Width: d.width, Rows: d.rows, Article: d.article, RowScale: d.metric.rowScale,
		Mean: d.metric.mean, Means: d.metric.means, Inverse: d.metric.inverse, Weights: d.learned.weights,
	})
	if err != nil {
		return fmt.Errorf("keep what was learned: %w", err)
	}
	sum := sha256.Sum256(body.Bytes())
	err = replaceFile(learnedFile(dir, key), func(w *bufio.Writer) error {
		_, err := w.Write(slices.Concat(sum[:], body.Bytes()))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep what was learned: %w", err)
	}
	return pruneLearned(dir)
}

// mostLearned is how many sets of texts are kept (7 MB each for the demo city).
const mostLearned = 4

// pruneLearned removes the oldest files.
func pruneLearned(dir string) error {
	files, err := filepath.Glob(learnedFile(dir, "????????????????"))
	if err != nil || len(files) <= mostLearned {
		return err
	}
	written := func(file string) time.Time {
		if info, err := os.Stat(file); err == nil {
			return info.ModTime()
		}
		return time.Time{}
	}
	slices.SortFunc(files, func(a, b string) int { return written(b).Compare(written(a)) })
	var errs []error
	for _, old := range files[mostLearned:] {
		if err := os.Remove(old); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// replaceFile writes a complete file beside the old one and renames it.
func replaceFile(name string, write func(*bufio.Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	w := bufio.NewWriter(f)
	if err := write(w); err != nil {
		f.Close()
		return err
	}
	if err := w.Flush(); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
