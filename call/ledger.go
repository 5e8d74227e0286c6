package call

import (
	"sync"
	"sync/atomic"

	"github.com/amtsleitung/amtsleitung/call/interpreter"
	"github.com/amtsleitung/amtsleitung/call/scribe"
	"github.com/amtsleitung/amtsleitung/journal"
)

// ledger is where goes what is said in a talk: into a journal, and to the
// interpreter if there is one. Scribes write into it from their goroutines.
type ledger struct {
	journal *journal.Journal
	now     atomic.Pointer[interpreter.Interpreter] // at work

	mu   sync.Mutex
	last map[string]scribe.Utterance // of each party, while it is interpreted
}

func (l *ledger) heard(u scribe.Utterance) {
	i := l.now.Load()
	if i == nil {
		return
	}
	l.mu.Lock()
	if l.last == nil {
		l.last = map[string]scribe.Utterance{}
	}
	l.last[u.Segment.Leg] = u
	l.mu.Unlock()
	i.Heard(u)
}

func (l *ledger) hearing(u scribe.Utterance) {
	if i := l.now.Load(); i != nil {
		i.Hearing(u)
	}
}

func (l *ledger) speaking(name string, on bool) {
	if i := l.now.Load(); i != nil {
		i.Speaking(name, on)
	}
}

// original is how the last utterance of a party sounded.
func (l *ledger) original(leg string, segment int) ([]int16, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u, ok := l.last[leg]
	if !ok || u.Segment.ID != segment || u.PCM == nil {
		return nil, false
	}
	return u.PCM, true
}
