package knowledge

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// vectorCache keeps embeddings by content, so that a start embeds only what
// was edited. One file: magic, width, then records of 32 bytes key, a scale as
// float32, and one byte a number: the ranking is the same as with floats.
type vectorCache struct {
	file    string // "": memory only
	vectors map[[32]byte]packed
	used    map[[32]byte]bool
	fresh   bool // something new is to be written
}

// packed is a vector in bytes; each times scale is the number.
type packed struct {
	scale float32
	bytes []int8
}

func pack(v []float32) packed {
	top := float32(0)
	for _, x := range v {
		top = max(top, x, -x)
	}
	p := packed{scale: top / 127, bytes: make([]int8, len(v))}
	if p.scale == 0 {
		return p
	}
	for i, x := range v {
		p.bytes[i] = int8(math.Round(float64(x / p.scale)))
	}
	return p
}

// get unpacks a vector that fill has found.
func (c *vectorCache) get(key [32]byte) []float32 {
	p := c.vectors[key]
	v := make([]float32, len(p.bytes))
	for i, x := range p.bytes {
		v[i] = float32(x) * p.scale
	}
	return v
}

const cacheMagic = "AMTSVEC2"

// maxWidth bounds the width that a damaged file can claim.
const maxWidth = 1 << 14

// openVectorCache reads dir/embeddings.bin. A damaged or missing file is an
// empty cache: everything in it can be computed again.
func openVectorCache(dir string) *vectorCache {
	c := &vectorCache{vectors: map[[32]byte]packed{}, used: map[[32]byte]bool{}}
	if dir == "" {
		return c
	}
	c.file = filepath.Join(dir, "embeddings.bin")
	if data, err := os.ReadFile(c.file); err == nil {
		c.decode(data)
	}
	return c
}

func (c *vectorCache) decode(data []byte) {
	if len(data) < len(cacheMagic)+4 || string(data[:len(cacheMagic)]) != cacheMagic {
		return
	}
	width := int(binary.LittleEndian.Uint32(data[len(cacheMagic):]))
	data = data[len(cacheMagic)+4:]
	size := 32 + 4 + width
	if width == 0 || width > maxWidth {
		return
	}
	for ; len(data) >= size; data = data[size:] {
		v := packed{scale: math.Float32frombits(binary.LittleEndian.Uint32(data[32:])), bytes: make([]int8, width)}
		for i, x := range data[36:size] {
			v.bytes[i] = int8(x)
		}
		c.vectors[[32]byte(data[:32])] = v
	}
}

// noticeable is a number of texts that keeps people waiting.
const noticeable = 1000

// fill embeds what is new among the passages, on all cores. What was embedded
// before an error or the end of ctx is kept.
func (c *vectorCache) fill(ctx context.Context, e Embedder, all []passage, log *slog.Logger) error {
	var missing []passage
	for _, p := range all {
		key := contentKey(e.Name(), p)
		if _, ok := c.vectors[key]; !ok && !c.used[key] {
			missing = append(missing, p)
		}
		c.used[key] = true
	}
	if len(missing) >= noticeable {
		log.Info("texts are embedded, which is done once and takes about 5 ms each", "texts", len(missing))
	}
	vectors := make([][]float32, len(missing))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, p := range missing {
		group.Go(func() error {
			v, err := e.Embed(ctx, []string{p.text}, p.query())
			if err == nil && len(v) != 1 {
				err = fmt.Errorf("%d vectors for one text", len(v))
			}
			if err == nil {
				vectors[i] = v[0]
			}
			return err
		})
	}
	err := group.Wait()
	for i, p := range missing {
		if vectors[i] != nil {
			c.vectors[contentKey(e.Name(), p)] = pack(vectors[i])
			c.fresh = true
		}
	}
	return err
}

// save writes the vectors by renaming a complete file into place.
func (c *vectorCache) save() error {
	if c.file == "" || !c.fresh {
		return nil
	}
	if err := replaceFile(c.file, c.write); err != nil {
		return fmt.Errorf("keep embeddings: %w", err)
	}
	c.fresh = false
	return nil
}

// mostKept bounds the file: until then texts of other sets are kept too, so
// that two cities, or an edit taken back, cost nothing (420 bytes each).
const mostKept = 100_000

func (c *vectorCache) write(w *bufio.Writer) error {
	width := 0
	keys := make([][32]byte, 0, len(c.vectors))
	for key, v := range c.vectors {
		if c.used[key] {
			width = max(width, len(v.bytes))
		}
		if c.used[key] || len(c.vectors) <= mostKept {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) })
	if _, err := w.WriteString(cacheMagic); err != nil {
		return err
	}
	if err := binary.Write(w, binary.LittleEndian, uint32(width)); err != nil {
		return err
	}
	for _, key := range keys {
		v := c.vectors[key]
		if len(v.bytes) != width {
			continue
		}
		if _, err := w.Write(key[:]); err != nil {
			return err
		}
		if err := binary.Write(w, binary.LittleEndian, v.scale); err != nil {
			return err
		}
		if err := binary.Write(w, binary.LittleEndian, v.bytes); err != nil {
			return err
		}
	}
	return nil
}
