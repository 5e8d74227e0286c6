package whisper

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/whisper/kernel"
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
	place int // position of the audio that the token listened to, or -1
}

// decode turns the encoded window into a hypothesis: at temperature zero, once.
func (e *Engine) decode(ctx context.Context, w stt.Window) (stt.Hypothesis, error) {
	var h stt.Hypothesis
	if err := e.network.Decode([]token{e.words.start}, 0); err != nil {
		return h, err
	}
	h.NoSpeech = math.Exp(e.logProbability(e.words.noSpeech))
	h.Language, h.LanguageProbability = e.language(w)

	past, err := e.ask(w, h.Language)
	if err != nil {
		return h, err
	}
	text, err := e.write(ctx, w, past)
	if err != nil {
		return h, err
	}
	text = once(text)
	fill(&h, text, w)
	return h, nil
}

// once drops the second of two equal sentences: behind a short sentence and a
// stretch of silence the decoder likes to say it again, and whoever really
// says a sentence twice means it once. Words without an end of sentence, such
// as dictated digits, are left alone.
func once(text []said) []said {
	half := len(text) / 2
	if half < 2 || len(text)%2 != 0 || !strings.ContainsAny(text[half-1].text, ".?!") {
		return text
	}
	for i := range half {
		if strings.TrimSpace(text[i].text) != strings.TrimSpace(text[half+i].text) { // the first word may lack its space
			return text
		}
	}
	return text[:half]
}

// ask tells the decoder what is wanted and returns how many tokens it has then heard.
func (e *Engine) ask(w stt.Window, language string) (past int, err error) {
	task := e.words.transcribe
	if w.Translate {
		task = e.words.translate
	}
	// The window begins at <|0.00|>: that saves a pass, and with times the
	// model knows better when it has heard everything.
	request := []token{e.words.languages[language], task, e.words.firstTimestamp}
	prompt := e.words.tokenize(" "+strings.TrimSpace(w.Prompt), e.options.PromptTokens)
	if strings.TrimSpace(w.Prompt) == "" || len(prompt) == 0 {
		return 1 + len(request), e.network.Decode(request, 1) // behind the start
	}
	tokens := append([]token{e.words.previous}, prompt...)
	tokens = append(append(tokens, e.words.start), request...)
	return len(tokens), e.network.Decode(tokens, 0)
}

// write is the text of the window. One beam takes the most probable token until
// the end of the text, of the audio, of the limit, or a loop.
func (e *Engine) write(ctx context.Context, w stt.Window, past int) ([]said, error) {
	limits := bounds{
		tokens: min(tokensAtMost, tokensAtLeast+tokensPerSecond*len(w.PCM)/media.SampleRate),
		audio:  len(w.PCM) / samplesPerPosition,
	}
	first := &draft{opened: true, terms: e.terms.begin(&e.words, w.Terms)}
	if b, ok := e.network.(branching); ok && w.Beams > 1 {
		return e.beams(ctx, b, search{bounds: limits, width: min(w.Beams, kernel.Beams), past: past}, first)
	}
	return e.greedy(ctx, limits, first, past)
}

func (e *Engine) greedy(ctx context.Context, limits bounds, d *draft, past int) ([]said, error) {
	for {
		e.restrict(0, d)
		t, logP := e.network.Best(0)
		if e.add(d, choice{t, logP, e.place(0, limits.audio)}, limits) {
			return d.text, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := e.network.Decode([]token{t}, past); err != nil {
			return nil, err
		}
		past++
	}
}

// restrict makes the logits of a text those of what may follow in it.
func (e *Engine) restrict(text int, d *draft) {
	d.terms.prefer(e.network.Logits(text))
	e.forbid(text, d)
}

// forbid applies OpenAI's rules (whisper/decoding.py, ApplyTimestampRules):
// no text before the first word's token ends, timestamps in pairs and never
// backwards, and a timestamp whenever all of them together are more probable
// than any word.
func (e *Engine) forbid(text int, d *draft) {
	never := float32(math.Inf(-1))
	logits, begin, end := e.network.Logits(text), int(e.words.firstTimestamp), int(e.words.end)
	for _, t := range e.words.suppress {
		logits[t] = never
	}
	words, times := logits[:begin], logits[begin:]
	switch {
	case len(d.text) == 0:
		words[end] = never
		fillWith(times, never)
	case !d.opened:
		// Behind the end of a segment comes the beginning of the next, or the end.
		fillWith(words[:end], never)
		fillWith(times[:d.at], never)
	default:
		fillWith(times[:min(d.at+1, len(times))], never)
		if e.network.LogSum(text, begin, len(logits)) > float64(slices.Max(words)) {
			fillWith(words, never)
		}
	}
}

func fillWith(logits []float32, v float32) {
	for i := range logits {
		logits[i] = v
	}
}

// place is where in the audio the last decoded token, and so the one chosen
// behind it, listened most.
func (e *Engine) place(text, audio int) int {
	e.attention = e.network.AppendAttention(text, e.attention[:0], audio)
	best := -1
	for i, a := range e.attention {
		if best < 0 || a > e.attention[best] {
			best = i
		}
	}
	return best
}

// beforeReturn is how many tokens were said before the decoder went back to
// audio that it had written down already, as it does when it misses the end;
// len(text) if it did not. People repeat themselves later, never earlier.
func beforeReturn(text []said) int {
	const back, sure = 50, 3 // positions (1 s), tokens
	n := len(text) - sure
	if n < sure || text[n].place < 0 {
		return len(text)
	}
	// The second highest place so far: a single token may look ahead.
	highest, second := 0, 0
	for _, s := range text[:n] {
		highest, second = max(highest, s.place), max(second, min(highest, s.place))
	}
	for i, s := range text[n:] {
		if s.place > second-back || (i > 0 && s.place < text[n+i-1].place) {
			return len(text)
		}
	}
	// The repetition may have begun a token or two earlier, behind an end mark.
	for i := n; i > max(0, n-3); i-- {
		if strings.ContainsAny(text[i-1].text, ".?!") {
			return i
		}
	}
	return n
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
