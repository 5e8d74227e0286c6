package scribe

import (
	"cmp"
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
	w := s.window(j)
	if r.Hypothesis, r.err = s.options.Recognizer.Recognize(ctx, w); r.err == nil && strays(j, r.Hypothesis) {
		s.retune(ctx, w, &r)
	}
	return r
}

// strays says that words do not sound like the language they are expected in.
func strays(j *job, h stt.Hypothesis) bool {
	return !j.look && j.language != "" && h.LanguageProbability > 0 && h.LanguageProbability < strayLanguage &&
		media.Duration(len(j.pcm)) >= sureLength
}

// retune hears again in the language that is really spoken: in a wrong one the
// recogniser invents a translation.
func (s *Scribe) retune(ctx context.Context, w stt.Window, r *result) {
	w.Language, w.Prompt, w.Terms = "", "", nil
	h, err := s.options.Recognizer.Recognize(ctx, w)
	if err == nil && h.Text() != "" && h.LanguageProbability >= sureStray && h.Confidence() >= max(doubtful, r.Confidence()) {
		r.Hypothesis = h
	}
}

func (s *Scribe) window(j *job) stt.Window {
	w := stt.Window{PCM: j.pcm, Language: j.language, Languages: s.options.Languages, Priority: j.priority, Words: true}
	if j.language != "" && len(w.Languages) < 2 {
		w.Languages = nil // compared with all, to know when it is another
	}
	expect := j.language
	if expect == "" && len(w.Languages) > 0 {
		expect = w.Languages[0]
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
	// An expected language that is less probable than strayLanguage is not the
	// one that is spoken, if another is more probable than sureStray and its
	// words are, too. Of 45 clips in six languages the right one had at least
	// 0.27, a wrong one at most 0.004 (Whisper base). After mostStrays in a row
	// the other one is expected.
	strayLanguage = 0.01
	sureStray     = 0.6
	mostStrays    = 2
)

// tongue is the language of the party where nobody has said it.
type tongue struct {
	order   *string // of SetLanguage
	settled string  // detected; if one was ordered, it is another
	strays  int     // utterances in a row in another language than the expected
}

// speaks is the language of the next job.
func (t *tongue) speaks(order *string) string {
	if t.order != order {
		*t = tongue{order: order}
	}
	return cmp.Or(t.settled, *order)
}

// learn takes from what was heard which language is spoken.
func (t *tongue) learn(r result, final bool) {
	if t.order == nil || r.err != nil || r.Text() == "" {
		return
	}
	if *t.order != "" {
		if final {
			t.stray(r)
		}
		return
	}
	switch {
	case t.settled != "" && r.Confidence() < doubtful:
		t.settled = ""
	case r.job.language == "" && r.LanguageProbability >= sureLanguage && media.Duration(len(r.job.pcm)) >= sureLength:
		t.settled = r.Language
	}
}

// stray learns that a party speaks otherwise than was said.
func (t *tongue) stray(r result) {
	if r.Language == r.job.language {
		t.strays = 0
		return
	}
	if t.strays++; t.strays < mostStrays && r.Language != *t.order {
		return
	}
	t.strays, t.settled = 0, r.Language
	if t.settled == *t.order {
		t.settled = ""
	}
}
