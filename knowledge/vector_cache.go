package knowledge

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// vectorCache keeps embeddings by content, so that a start embeds only what
// was edited. One file: magic, width, then records of 32 bytes key and floats.
type vectorCache struct {
	file    string // "": memory only
	vectors map[[32]byte][]float32
	used    map[[32]byte]bool
	fresh   bool // something new is to be written
}

const cacheMagic = "AMTSVEC1"

// maxWidth bounds the width that a damaged file can claim.
const maxWidth = 1 << 14

// openVectorCache reads dir/embeddings.bin. A damaged or missing file is an
// empty cache: everything in it can be computed again.
func openVectorCache(dir string) *vectorCache {
	c := &vectorCache{vectors: map[[32]byte][]float32{}, used: map[[32]byte]bool{}}
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
	size := 32 + 4*width
	if width == 0 || width > maxWidth {
		return
	}
	for ; len(data) >= size; data = data[size:] {
		v := make([]float32, width)
		if _, err := binary.Decode(data[32:size], binary.LittleEndian, v); err != nil {
			return
		}
		c.vectors[[32]byte(data[:32])] = v
	}
}

// get returns the vector of a passage, embedding it when it is new.
func (c *vectorCache) get(ctx context.Context, e Embedder, p passage) ([]float32, error) {
	key := contentKey(e.Name(), p)
	c.used[key] = true
	if v, ok := c.vectors[key]; ok {
		return v, nil
	}
	v, err := e.Embed(ctx, []string{p.text}, p.query())
	if err != nil {
		return nil, err
	}
	if len(v) != 1 {
		return nil, fmt.Errorf("%d vectors for one text", len(v))
	}
	c.vectors[key] = v[0]
	c.fresh = true
	return v[0], nil
}

// save writes the vectors in use, by renaming a complete file into place.
func (c *vectorCache) save() error {
	if c.file == "" || !c.fresh {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(c.file), 0o750); err != nil {
		return fmt.Errorf("keep embeddings: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(c.file), ".embeddings-*")
	if err != nil {
		return fmt.Errorf("keep embeddings: %w", err)
	}
	defer os.Remove(f.Name())
	if err := c.write(f); err != nil {
		f.Close()
		return fmt.Errorf("keep embeddings: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("keep embeddings: %w", err)
	}
	if err := os.Rename(f.Name(), c.file); err != nil {
		return fmt.Errorf("keep embeddings: %w", err)
	}
	c.fresh = false
	return nil
}

func (c *vectorCache) write(f *os.File) error {
	w := bufio.NewWriter(f)
	width := 0
	keys := make([][32]byte, 0, len(c.used))
	for key := range c.used {
		keys = append(keys, key)
		width = len(c.vectors[key])
	}
	slices.SortFunc(keys, func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) })
	if _, err := w.WriteString(cacheMagic); err != nil {
		return err
	}
	if err := binary.Write(w, binary.LittleEndian, uint32(width)); err != nil {
		return err
	}
	for _, key := range keys {
		if len(c.vectors[key]) != width {
			continue
		}
		if _, err := w.Write(key[:]); err != nil {
			return err
		}
		if err := binary.Write(w, binary.LittleEndian, c.vectors[key]); err != nil {
			return err
		}
	}
	return w.Flush()
}
