package knowledge

import (
	"context"
	"hash/fnv"
	"io/fs"
	"time"
)

// watchEvery is how often the folder is looked at; an edit is live within it
// and the time its new texts take to embed.
const watchEvery = 2 * time.Second

// Watch reloads when a file changes, until ctx ends. A broken edit is logged
// once, and the last good set goes on answering.
func (b *Base) Watch(ctx context.Context) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	seen := fingerprint(b.fsys)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := fingerprint(b.fsys)
		if now == seen {
			continue
		}
		seen = now
		if err := b.Reload(ctx); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			b.options.Log.Error("knowledge base not reloaded; the last good set stays", "error", err)
			continue
		}
		b.options.Log.Info("knowledge base reloaded", "articles", len(b.Articles()))
	}
}

// fingerprint changes when a file is added, removed, renamed or written.
func fingerprint(fsys fs.FS) uint64 {
	h := fnv.New64a()
	_ = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		h.Write([]byte(name))
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			stamp, _ := info.ModTime().MarshalBinary()
			h.Write(stamp)
			h.Write([]byte{byte(info.Size()), byte(info.Size() >> 8), byte(info.Size() >> 16)})
		}
		return nil
	})
	return h.Sum64()
}
