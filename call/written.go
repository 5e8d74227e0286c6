package call

import (
	"context"
	"time"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/translate"
)

// readingTime is how long who reads waits for a translation.
const readingTime = 10 * time.Second

// written has a line that was written in an interpreted call translated for
// the other side, to be read.
func (x *exchange) written(leg string, segment int, text string) {
	s, ok := x.stage.(*serving)
	if !ok || !s.talk.on || text == "" {
		return
	}
	caller := transcript.Primary(x.h.Language)
	from, to := caller, s.language(caller)
	if leg != theCaller {
		from, to = to, from
	}
	x.translated(leg, segment, text, from, to, nil)
}

// translated adds a translation to a line once there is one; then is told
// what it is, "" if there is none, from a task.
func (x *exchange) translated(leg string, segment int, text, from, to string, then func(string)) {
	if from == to {
		return
	}
	t := journal.Translation{Language: to, State: journal.TranslationPending}
	x.bot.Journal.Translated(x.h.Call, leg, segment, t)
	x.spawn("translation", func() {
		ctx, cancel := context.WithTimeout(x.ctx, readingTime)
		defer cancel()
		made, err := careful{x.bot}.Render(ctx, translate.Request{Text: text, From: from, To: to})
		if t.State = journal.TranslationShown; err != nil {
			t.State = journal.TranslationFailed
		}
		t.Text, t.Engine = made.Text, made.Engine
		for _, d := range made.Doubts {
			t.Doubts = append(t.Doubts, d.Value)
		}
		x.bot.Journal.Translated(x.h.Call, leg, segment, t)
		x.post(x.ctx, func() { x.interpreting.wrote(err) })
		if then != nil {
			then(t.Text)
		}
	})
}

// into translates what the bot says where it is in another language than the
// caller's; what cannot be translated stays.
func (x *exchange) into(ctx context.Context, texts []phrase, language string) []phrase {
	ctx, cancel := context.WithTimeout(ctx, readingTime)
	defer cancel()
	out := make([]phrase, len(texts))
	for n, p := range texts {
		out[n] = p
		from := transcript.Primary(p.language)
		if from == transcript.Primary(language) || !(careful{x.bot}).Renders(from, transcript.Primary(language), false) {
			continue
		}
		t, err := careful{x.bot}.Render(ctx, translate.Request{Text: p.text, From: from, To: transcript.Primary(language), Spoken: true})
		if err != nil {
			x.log.Warn("what the bot says is not translated", "err", err)
			continue
		}
		out[n].text, out[n].language = t.Text, language
	}
	return out
}
