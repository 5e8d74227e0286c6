package whisper

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
)

// Bounds on the text of a window: nobody says more tokens a second, and the decoder has 448 places.
const (
	tokensPerSecond = 16
	tokensAtLeast   = 16
	tokensAtMost    = 220
	// A segment that ends this close to the end of the audio is the last: 100 ms in positions.
	lastPositions = 5
)

// said is one token of the answer.
type said struct {
	token token
	logP  float64
	text  string
}

// decode turns the encoded window into a hypothesis: greedy, at temperature
// zero, once.
func (e *Engine) decode(ctx context.Context, w stt.Window) (stt.Hypothesis, error) {
	var h stt.Hypothesis
	m := e.model
	if err := m.decode([]token{m.special.start}, 0); err != nil {
		return h, err
	}
	h.NoSpeech = math.Exp(e.logProbability(m.special.noSpeech))
	h.Language, h.LanguageProbability = e.language(w)

	past, err := e.ask(w, h.Language)
	if err != nil {
		return h, err
	}
	limit := min(tokensAtMost, tokensAtLeast+tokensPerSecond*len(w.PCM)/media.SampleRate)
	text, err := e.greedy(ctx, past, limit, len(w.PCM)/samplesPerPosition)
	if err != nil {
		return h, err
	}
	fill(&h, text, w)
	return h, nil
}

// ask tells the decoder what is wanted and returns how many tokens it has then heard.
func (e *Engine) ask(w stt.Window, language string) (past int, err error) {
	m := e.model
	task := m.special.transcribe
	if w.Translate {
		task = m.special.translate
	}
	// The window begins at <|0.00|>: that saves a pass, and with times the
	// model knows better when it has heard everything.
	request := []token{e.languages[language], task, m.special.firstTimestamp}
	if w.Prompt == "" {
		return 1 + len(request), m.decode(request, 1) // behind special.start
	}
	prompt, err := m.tokenize(" "+strings.TrimSpace(w.Prompt), e.options.PromptTokens)
	if err != nil {
		return 0, err
	}
	tokens := append([]token{m.special.previous}, prompt...)
	tokens = append(append(tokens, m.special.start), request...)
	return len(tokens), m.decode(tokens, 0)
}

// greedy takes the most probable token until the end of the text, of the
// audio (in positions), of the limit, or a loop.
func (e *Engine) greedy(ctx context.Context, past, limit, audio int) ([]said, error) {
	m := e.model
	var text []said
	opened := true // a timestamp has begun a segment that none has ended yet
	at := 0        // position of the last timestamp
	for len(text) < limit {
		e.forbid(len(text) == 0, opened, at)
		t, logP := m.best()
		if t == m.special.end {
			break
		}
		if t >= m.special.firstTimestamp {
			at = int(t - m.special.firstTimestamp)
			opened = !opened
			if at+lastPositions >= audio {
				break
			}
		} else {
			text = append(text, said{t, logP, m.text(t)})
			if looping(text) {
				break
			}
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := m.decode([]token{t}, past); err != nil {
			return nil, err
		}
		past++
	}
	return text, nil
}

// forbid applies OpenAI's rules (whisper/decoding.py, ApplyTimestampRules):
// no text before the first word's token ends, timestamps in pairs and never
// backwards, and a timestamp whenever all of them together are more probable
// than any word.
func (e *Engine) forbid(first, opened bool, at int) {
	m, never := e.model, float32(math.Inf(-1))
	for _, t := range e.suppress {
		m.logits[t] = never
	}
	text, times := m.logits[:m.special.firstTimestamp], m.logits[m.special.firstTimestamp:]
	switch {
	case first:
		text[m.special.end] = never
		fillWith(times, never)
	case !opened:
		// Behind the end of a segment comes the beginning of the next, or the end.
		fillWith(text[:m.special.end], never)
		fillWith(times[:at], never)
	default:
		fillWith(times[:min(at+1, len(times))], never)
		if logSumExp(times) > float64(slices.Max(text)) {
			fillWith(text, never)
		}
	}
}

func fillWith(logits []float32, v float32) {
	for i := range logits {
		logits[i] = v
	}
}

func logSumExp(logits []float32) float64 {
	top := float64(slices.Max(logits))
	sum := 0.0
	for _, l := range logits {
		sum += math.Exp(float64(l) - top)
	}
	return top + math.Log(sum)
}

// looping says that the text ends with four times the same tokens, which
// speech does not; the guard then rejects the text.
func looping(text []said) bool {
	const times = 4
	for period := 2; period*times <= len(text); period++ {
		tail := text[len(text)-period*times:]
		i := period
		for i < len(tail) && tail[i].token == tail[i-period].token {
			i++
		}
		if i == len(tail) {
			return true
		}
	}
	return false
}
