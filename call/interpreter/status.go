package interpreter

import (
	"slices"
	"sync"

	"github.com/amtsleitung/amtsleitung/call/scribe"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// Problems, as Status has them.
const (
	ProblemRepeat = "repeat"        // the last words were heard badly
	ProblemFailed = "failed"        // they could not be translated
	ProblemBroken = "broken"        // nothing can be translated at present
	ProblemVoice  = "voice"         // they are written, but could not be spoken
	ProblemSame   = "same_language" // all speak one language: nothing is interpreted
)

// Status is how the interpretation stands.
type Status struct {
	Running  bool
	Mode     string
	Original float64
	// Languages of the parties, by their names, as they are taken for now.
	Languages map[string]string
	Problem   string // a constant of this package; "" is none
}

func (s Status) equal(t Status) bool {
	if s.Running != t.Running || s.Mode != t.Mode || s.Original != t.Original || s.Problem != t.Problem || len(s.Languages) != len(t.Languages) {
		return false
	}
	for name, l := range s.Languages {
		if t.Languages[name] != l {
			return false
		}
	}
	return true
}

func (s Status) clone() Status {
	languages := make(map[string]string, len(s.Languages))
	for name, l := range s.Languages {
		languages[name] = l
	}
	s.Languages = languages
	return s
}

// original is how an utterance sounded.
type original struct {
	segment int
	pcm     []int16
}

// shared is what other goroutines may ask for.
type shared struct {
	mu        sync.Mutex
	status    Status
	originals map[string]original // the last utterance of each party
}

// Status may be asked at any time.
func (i *Interpreter) Status() Status {
	i.shared.mu.Lock()
	defer i.shared.mu.Unlock()
	return i.shared.status.clone()
}

// Original is the sound (16 kHz mono) of a party's last utterance, as long as
// there is no later one and Run runs. It is only in memory.
func (i *Interpreter) Original(leg string, id int) ([]int16, bool) {
	i.shared.mu.Lock()
	defer i.shared.mu.Unlock()
	o, ok := i.shared.originals[leg]
	if !ok || o.segment != id || o.pcm == nil {
		return nil, false
	}
	return slices.Clone(o.pcm), true
}

func (s *shared) remember(u scribe.Utterance) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.originals[u.Segment.Leg] = original{u.Segment.ID, u.PCM}
}

func (s *shared) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.Running = false
	s.originals = map[string]original{}
}

// tell publishes how it stands.
func (i *Interpreter) tell() {
	st := Status{
		Running: true, Mode: i.options.Mode, Original: i.options.Original,
		Languages: map[string]string{}, Problem: i.trouble(),
	}
	for _, p := range i.parties {
		st.Languages[p.Name] = p.Language
	}
	i.shared.mu.Lock()
	same := i.shared.status.equal(st)
	i.shared.status = st
	i.shared.mu.Unlock()
	if !same {
		i.options.Changed()
	}
}

func (i *Interpreter) trouble() string {
	for _, p := range i.parties {
		for _, q := range i.parties {
			if p != q && i.broken(p, q) {
				return ProblemBroken
			}
		}
	}
	if i.same() {
		return ProblemSame
	}
	return i.problem
}

// same says that there are several and all of them speak one language.
func (i *Interpreter) same() bool {
	for _, p := range i.parties {
		if p.Language == "" || transcript.Primary(p.Language) != transcript.Primary(i.parties[0].Language) {
			return false
		}
	}
	return len(i.parties) > 1
}
