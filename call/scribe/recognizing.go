package scribe

import (
	"context"
	"fmt"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
)

// recognize runs in the worker's goroutine. A panic of the recogniser is an
// error of this job.
func (s *Scribe) recognize(ctx context.Context, j *job) (r result) {
	began := s.options.Now()
	r.job = j
	defer func() {
		if p := recover(); p != nil {
			// The value may quote what was said.
			s.options.Log.Error("panic in recognition", "type", fmt.Sprintf("%T", p))
			r.err = fmt.Errorf("recognition panicked: %T", p)
		}
		r.took = s.options.Now().Sub(began)
	}()
	if r.err = pauseFor(ctx, time.Duration(j.tries)*retryAfter); r.err != nil {
		return r
	}
	r.Hypothesis, r.err = s.options.Recognizer.Recognize(ctx, s.window(j))
	return r
}

func (s *Scribe) window(j *job) stt.Window {
	w := stt.Window{PCM: j.pcm, Language: j.language, Priority: j.priority, Words: true}
	expect := j.language
	if expect == "" {
		w.Languages = s.options.Languages
		if len(w.Languages) > 0 {
			expect = w.Languages[0]
		}
	}
	if v := s.options.Vocabulary; v != nil && expect != "" {
		w.Prompt, w.Terms = v.Vocabulary(expect), v.Terms(expect)
	}
	return w
}

func pauseFor(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Certainties of the language that is spoken.
const (
	sureLanguage = 0.85
	sureLength   = 2 * time.Second // less is not enough to tell a language
	// doubtful words may be those of another language: it is detected again.
	doubtful = 0.4
)

// tongue is the language of the party where nobody has said it.
type tongue struct {
	order   *string // of SetLanguage
	settled string
}

// speaks is the language of the next job.
func (t *tongue) speaks(order *string) string {
	if t.order != order {
		*t = tongue{order: order}
	}
	if *order != "" {
		return *order
	}
	return t.settled
}

// learn takes from what was heard which language is spoken.
func (t *tongue) learn(r result) {
	if t.order == nil || *t.order != "" || r.err != nil || r.Text() == "" {
		return
	}
	switch {
	case t.settled != "" && r.Confidence() < doubtful:
		t.settled = ""
	case r.job.language == "" && r.LanguageProbability >= sureLanguage && media.Duration(len(r.job.pcm)) >= sureLength:
		t.settled = r.Language
	}
}
