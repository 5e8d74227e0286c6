package web

import (
	"container/list"
	"crypto/sha256"
	"fmt"
	"sync"
	"time"
)

// How long and how much read texts are kept, in memory alone.
const (
	readingsTime  = 10 * time.Minute
	readingsBytes = 24 << 20
)

// readings keeps what was read lately: many people read the same page, and who
// goes back a sentence hears it at once. Texts themselves are not searched for,
// only their sums.
type readings struct {
	mu    sync.Mutex
	byKey map[[sha256.Size]byte]*list.Element
	order *list.List // latest first
	size  int
}

type keptReading struct {
	key     [sha256.Size]byte
	reading *reading
	until   time.Time
}

func newReadings() *readings {
	return &readings{byKey: map[[sha256.Size]byte]*list.Element{}, order: list.New()}
}

// key of all that changes how a wish sounds.
func (w wish) key() [sha256.Size]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%.2f\x00%s", w.Language, w.To, w.Rate, w.Text))
}

// bytesOf a reading, about.
func bytesOf(r *reading) int { return len(r.Audio) + len(r.Text) + 32*len(r.Words) }

func (k *readings) get(key [sha256.Size]byte, now time.Time) *reading {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.forget(now)
	e, ok := k.byKey[key]
	if !ok {
		return nil
	}
	return e.Value.(*keptReading).reading
}

// put keeps a reading; the oldest make room.
func (k *readings) put(key [sha256.Size]byte, r *reading, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if e, ok := k.byKey[key]; ok {
		k.drop(e)
	}
	k.byKey[key] = k.order.PushFront(&keptReading{key: key, reading: r, until: now.Add(readingsTime)})
	k.size += bytesOf(r)
	k.forget(now)
}

// forget drops what is too old or too much.
func (k *readings) forget(now time.Time) {
	for e := k.order.Back(); e != nil && (k.size > readingsBytes || now.After(e.Value.(*keptReading).until)); e = k.order.Back() {
		k.drop(e)
	}
}

func (k *readings) drop(e *list.Element) {
	kept := e.Value.(*keptReading)
	k.order.Remove(e)
	delete(k.byKey, kept.key)
	k.size -= bytesOf(kept.reading)
}
