package interpreter

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call/bridge"
	"github.com/amtsleitung/amtsleitung/call/scribe"
	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/inference/onnx"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/playout"
	"github.com/amtsleitung/amtsleitung/media/vad"
	"github.com/amtsleitung/amtsleitung/models"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/corpus"
	"github.com/amtsleitung/amtsleitung/stt/whisper"
	"github.com/amtsleitung/amtsleitung/translate"
	"github.com/amtsleitung/amtsleitung/translate/bergamot"
	speech "github.com/amtsleitung/amtsleitung/translate/whisper"
	"github.com/amtsleitung/amtsleitung/tts"
	"github.com/amtsleitung/amtsleitung/tts/espeak"
	"github.com/amtsleitung/amtsleitung/tts/piper"
	"github.com/amtsleitung/amtsleitung/turn"
)

// live is a real line: a caller who speaks English, an agent who listens in
// Portuguese, the real recogniser, engine and voices, on the real clock.
type live struct {
	t      *testing.T
	it     *Interpreter
	scribe *scribe.Scribe
	caller *mic
	agent  *mic
	log    *journal.Journal
	voice  *tts.Speaker

	from  string // the caller's language
	chain *translate.Chain

	mu      sync.Mutex
	heard   map[int]time.Time // when the final words came
	looks   map[int][]string  // words while they were spoken
	renders map[string]time.Duration
	pieces  []string
}

// mic is a leg that speaks clips and notes when it hears something.
type mic struct {
	phone
	clip   []int16
	ended  chan time.Time
	sounds []time.Time // of each loud frame
}

func (m *mic) speak(pcm []int16) <-chan time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clip, m.ended = slices.Clone(pcm), make(chan time.Time, 1)
	return m.ended
}

func (m *mic) loop(ctx context.Context) {
	tick := time.NewTicker(media.FrameDuration)
	defer tick.Stop()
	in, out := make([]int16, media.FrameSamples), make([]int16, media.FrameSamples)
	for n := 0; ; n++ {
		select {
		case <-tick.C:
		case <-ctx.Done():
			m.queue.Close()
			return
		}
		m.queue.ReadFrame(in)
		clear(out)
		m.mu.Lock()
		if audiotest.DBFS(in) > -45 {
			m.sounds = append(m.sounds, time.Now())
		}
		if len(m.clip) > 0 {
			copied := copy(out, m.clip)
			if m.clip = m.clip[copied:]; len(m.clip) == 0 {
				m.ended <- time.Now()
			}
		}
		to := m.sink
		m.mu.Unlock()
		if to != nil {
			_ = to.WriteFrame(media.Frame{PCM: out, At: time.Duration(n) * media.FrameDuration})
		}
	}
}

// span of what was heard since a time.
func (m *mic) span(from time.Time) (first, last time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, at := range m.sounds {
		if at.After(from) {
			if first.IsZero() {
				first = at
			}
			last = at
		}
	}
	return first, last
}

// Say is the call's voice.
func (l *live) Say(ctx context.Context, text, language string, rate float64, to media.Sink) error {
	_, err := l.voice.Speak(ctx, text, language, rate, to)
	return err
}

// Render notes what it took.
func (l *live) Render(ctx context.Context, r translate.Request) (translate.Translation, error) {
	begun := time.Now()
	l.mu.Lock()
	l.pieces = append(l.pieces, r.Text)
	l.mu.Unlock()
	out, err := l.chain.Render(ctx, r)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.renders[r.Text] = time.Since(begun)
	return out, err
}

func (l *live) Renders(from, to string, spoken bool) bool { return l.chain.Renders(from, to, spoken) }

func measured(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("AMTSLEITUNG_INTERPRETED"))
	if err != nil || n < 1 {
		t.Skip("set AMTSLEITUNG_INTERPRETED to the number of utterances to measure")
	}
	return n
}

// newLive joins both and passes the notices, of which there are none.
func newLive(t *testing.T, mode, from string) *live {
	l := &live{
		t: t, from: from, log: journal.New(1), heard: map[int]time.Time{}, looks: map[int][]string{}, renders: map[string]time.Duration{},
		caller: &mic{phone: phone{queue: playout.New(), done: make(chan struct{})}},
		agent:  &mic{phone: phone{queue: playout.New(), done: make(chan struct{})}},
	}
	l.log.Begin(journal.Call{ID: "01"})
	dir := models.Path(models.DefaultDir(), "bergamot")
	if _, err := os.Stat(filepath.Join(dir, "enpt")); err != nil {
		t.Skip("translation models are missing; fetch them with: amtsleitung models fetch bergamot-enpt")
	}
	b := bergamot.New(bergamot.Options{Dir: dir})
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	w, err := whisper.Open(whisper.Options{Model: audiotest.Model(t, "ggml-base-q8_0.bin"), Scheduler: inference.NewScheduler(inference.Options{})})
	require.NoError(t, err)
	t.Cleanup(w.Close)
	l.chain, err = translate.NewChain(translate.ChainOptions{Engines: []translate.Engine{
		{Name: "bergamot", Text: b},
		{Name: "whisper", Speech: speech.New(func(ctx context.Context, pcm []int16, from string) (speech.Heard, error) {
			h, err := w.Recognize(ctx, stt.Window{PCM: pcm, Language: from, Translate: true})
			return speech.Heard{Text: h.Text(), Confidence: h.Confidence(), Rejected: h.Rejected}, err
		})},
	}})
	require.NoError(t, err)
	rt, err := onnx.Open("")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, rt.Close()) })
	l.speakers(rt)
	l.listen(rt, w, mode)
	return l
}

// speakers are Piper for English and espeak for Portuguese.
func (l *live) speakers(rt *onnx.Runtime) {
	t := l.t
	e, err := espeak.Open(espeak.Options{})
	require.NoError(t, err)
	t.Cleanup(e.Close)
	p, err := piper.Open(rt, e, piper.Options{Models: []string{audiotest.Model(t, "piper/en_US-joe-medium.onnx")}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	r, err := tts.NewRouter(map[string]tts.Synthesizer{"piper": p, "espeak": e}, map[string][]string{"en": {"piper"}, "*": {"espeak"}}, tts.RouterOptions{})
	require.NoError(t, err)
	l.voice = tts.NewSpeaker(r, tts.SpeakerOptions{})
}

// listen runs bridge, scribe and interpreter as the service does.
func (l *live) listen(rt *onnx.Runtime, w stt.Recognizer, mode string) {
	t := l.t
	v, err := vad.Load(rt, audiotest.Model(t, "silero_vad.onnx"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, v.Close()) })
	ends, err := turn.NewOpenEnds()
	require.NoError(t, err)
	room := bridge.New(bridge.Options{})
	l.it = New(Options{Room: room, Renderer: l, Speaker: l, Journal: l.log, Call: "01", Confidence: 0.4, Original: 0, Mode: mode})
	l.scribe = scribe.New(scribe.Options{
		Journal: l.log, Call: "01", Leg: "caller", Recognizer: w, Language: l.from, OpenEnds: ends,
		Detect: func(emit func(turn.Event)) (*turn.Detector, func(), error) {
			s, err := v.Stream()
			if err != nil {
				return nil, nil, err
			}
			return turn.NewDetector(turn.Options{Voice: s, Notify: emit}), s.Close, nil
		},
		Heard:    func(u scribe.Utterance) { l.note(u); l.it.Heard(u) },
		Hearing:  func(u scribe.Utterance) { l.it.Hearing(u) },
		Speaking: func(on bool) { l.it.Speaking("caller", on) },
	})
	l.scribe.Often(mode == Simultaneous)
	require.NoError(t, room.Join(bridge.Party{Name: "caller", Leg: l.caller, Tap: l.scribe}))
	require.NoError(t, room.Join(bridge.Party{Name: "agent", Leg: l.agent}))
	l.it.Join(Party{Name: "caller", Language: l.from})
	l.it.Join(Party{Name: "agent", Language: "pt"})
	ctx, cancel := context.WithCancel(t.Context())
	var tasks sync.WaitGroup
	for _, run := range []func(context.Context) error{room.Run, l.it.Run, l.scribe.Run} {
		tasks.Go(func() { require.NoError(t, run(ctx)) })
	}
	tasks.Go(func() { l.caller.loop(ctx) })
	tasks.Go(func() { l.agent.loop(ctx) })
	t.Cleanup(func() { cancel(); tasks.Wait() })
}

func (l *live) note(u scribe.Utterance) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard[u.Segment.ID] = time.Now()
}

// utter speaks a clip and waits until its translation was heard.
func (l *live) utter(pcm []int16) (begun, ended, first, last time.Time) {
	begun = time.Now()
	ended = <-l.caller.speak(pcm)
	settled := time.Now()
	require.Eventually(l.t, func() bool {
		lines := l.log.Lines("01")
		first, last = l.agent.span(begun)
		done := len(lines) > 0 && time.Since(ended) > 2*time.Second
		for _, line := range lines {
			done = done && len(line.Translations) > 0 && slices.Contains([]string{
				journal.TranslationSpoken, journal.TranslationRepeat, journal.TranslationFailed, journal.TranslationShown,
			}, line.Translations[0].State)
		}
		if !done {
			settled = time.Now()
		}
		return time.Since(settled) > 800*time.Millisecond
	}, time.Minute, 20*time.Millisecond)
	return begun, ended, first, last
}

// trimmed cuts the silence at the end of a clip, so that its end is the end of speech.
func trimmed(pcm []int16) []int16 {
	end, quiet := len(pcm), audiotest.DBFS(pcm)-18
	for end > media.FrameSamples && audiotest.DBFS(pcm[end-media.FrameSamples:end]) < quiet {
		end -= media.FrameSamples
	}
	return pcm[:end]
}

// utterances of 2 to 6 s, recorded from people.
func utterances(t *testing.T, language string, most int) [][]int16 {
	clips, err := corpus.Read(audiotest.Shared(t, "speech"), func(c corpus.Clip) bool {
		return corpus.Utterances(language)(c) && c.Duration <= 6*time.Second && !strings.Contains(c.File, "gcompris")
	})
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("no test speech")
	}
	require.NoError(t, err)
	var out [][]int16
	for n := range most {
		out = append(out, trimmed(clips[n*len(clips)/max(most, len(clips))%len(clips)].PCM))
	}
	return out
}

// TestMeasureDelay prints how long after the end of speech a translation
// begins, and where the time goes. It takes some 8 s an utterance.
func TestMeasureDelay(t *testing.T) {
	n := measured(t)
	for _, from := range []string{"en", "de"} { // straight, and by Whisper through English
		t.Run(from+"-pt", func(t *testing.T) { measureDelay(newLive(t, Consecutive, from), utterances(t, from, n)) })
	}
}

func measureDelay(l *live, clips [][]int16) {
	t := l.t
	var total, turns, texts, voices, delays []time.Duration
	for k, pcm := range clips {
		before := len(l.log.Lines("01"))
		_, ended, first, _ := l.utter(pcm)
		lines := l.log.Lines("01")[before:]
		if len(lines) == 0 || len(lines[0].Translations) == 0 || lines[0].Translations[0].State != journal.TranslationSpoken {
			t.Logf("%2d not spoken: %+v", k, lines)
			continue
		}
		last := lines[len(lines)-1]
		heard := l.heard[last.Segment.ID]
		render := l.renders[last.Segment.Text]
		total, turns, texts = append(total, first.Sub(ended)), append(turns, heard.Sub(ended)), append(texts, render)
		voices = append(voices, first.Sub(heard)-render)
		delays = append(delays, last.Translations[0].Delay)
		t.Logf("%2d %.1f s: tone %4d ms after speech, words %4d, translation %3d, journal's delay to the voice %4d: %q -> %q", k, media.Duration(len(pcm)).Seconds(),
			first.Sub(ended).Milliseconds(), heard.Sub(ended).Milliseconds(), render.Milliseconds(), last.Translations[0].Delay.Milliseconds(),
			last.Segment.Text, last.Translations[0].Text)
	}
	for name, d := range map[string][]time.Duration{
		"end of speech to the first sound": total, "of it turn and recognition": turns, "translation": texts, "the way to the ear": voices,
		"voice detector to the first word": delays,
	} {
		slices.Sort(d)
		t.Logf("%-34s p50 %v p95 %v", name, d[len(d)/2].Round(time.Millisecond), d[len(d)*95/100].Round(time.Millisecond))
	}
}

// talks are what citizens say at length.
func talks() []string {
	return []string{
		"Good morning, I moved to this town last week and I would like to register my new address. I have a passport and a rental contract, but I do not have the confirmation of the landlord yet. Can I come tomorrow morning, or do I need an appointment?",
		"I received a letter from your office about my residence permit, and it says that the permit expires at the end of the month. I have already sent the form, but nobody has answered me. What happens if the new card is not ready in time?",
		"My neighbour puts his old furniture on the street every weekend, and the children cannot pass with their bicycles. I called the police, but they told me that the city is responsible. Please tell me who collects bulky waste and how much it costs.",
		"My daughter will start school in September, and we need a place in the afternoon because both of us work until five. She has an allergy to nuts, so the kitchen must know about it. Where can we apply, and which documents do you need from us?",
	}
}

// TestMeasureModes compares the modes on long utterances.
func TestMeasureModes(t *testing.T) {
	n := min(measured(t), len(talks()))
	for _, mode := range []string{Consecutive, Simultaneous} {
		t.Run(mode, func(t *testing.T) {
			l := newLive(t, mode, "en")
			var starts, ends []time.Duration
			for _, text := range talks()[:n] {
				r := &audiotest.Recorder{}
				require.NoError(t, l.Say(t.Context(), text, "en", 1, r))
				before := len(l.log.Lines("01"))
				begun, ended, first, last := l.utter(trimmed(r.PCM))
				starts, ends = append(starts, first.Sub(begun)), append(ends, last.Sub(ended))
				lines := l.log.Lines("01")[before:]
				t.Logf("%.1f s: starts %.2f s after speech began, ends %.2f s after it ended", ended.Sub(begun).Seconds(), first.Sub(begun).Seconds(), last.Sub(ended).Seconds())
				for _, line := range lines {
					t.Logf("  %s: %q", line.Translations[0].State, line.Segment.Text)
				}
			}
			slices.Sort(starts)
			slices.Sort(ends)
			t.Logf("%s: starts p50 %.2f s after speech began, ends p50 %.2f s after it ended", mode, starts[len(starts)/2].Seconds(), ends[len(ends)/2].Seconds())
			l.contradictions(mode)
		})
	}
}

// contradictions prints how much of what was spoken in pieces the final words
// say otherwise.
func (l *live) contradictions(mode string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var final []string
	whole := map[string]bool{}
	for _, line := range l.log.Lines("01") {
		final = append(final, line.Segment.Text)
		whole[line.Segment.Text] = true
	}
	spoken := l.pieces
	if mode == Simultaneous {
		spoken = slices.DeleteFunc(slices.Clone(l.pieces), func(p string) bool {
			return whole[p] && slices.ContainsFunc(l.pieces, func(q string) bool { return q != p && strings.Contains(p, q) })
		})
	}
	wrong, words := audiotest.WordErrors(strings.Join(final, " "), strings.Join(spoken, " "))
	l.t.Logf("%s: %d of %d words were spoken otherwise than they were heard in the end, in %d pieces: %s", mode, wrong, words, len(spoken), strings.Join(spoken, " | "))
}

// TestMeasureVoice prints how long a voice that computes whole sentences
// (Piper) takes from the final words to its first sound, translation and tone included.
func TestMeasureVoice(t *testing.T) {
	n := measured(t)
	l := newLive(t, Consecutive, "en")
	replies := []string{
		"Sim, claro.",
		"Traga o seu passaporte, por favor.",
		"A prefeitura está aberta na segunda-feira das oito às doze horas.",
		"Você pode vir amanhã às dez horas, mas precisa de marcar uma consulta antes.",
		"O novo passaporte custa setenta euros, e demora cerca de quatro semanas até que esteja pronto na nossa repartição.",
		"Se o proprietário não assinar a confirmação, envie-nos uma cópia do contrato e nós perguntaremos diretamente ao proprietário.",
	}
	var delays []time.Duration
	for k := range n {
		text := replies[k%len(replies)]
		now := time.Now()
		u := scribe.Utterance{Ended: now}
		u.Segment.Call, u.Segment.Leg, u.Segment.ID, u.Segment.Language, u.Segment.Text = "01", "agent", k, "pt", text
		u.Segment.Confidence, u.Segment.Final = 0.9, true
		l.log.Add("01", u.Line)
		l.it.Heard(u)
		var tr journal.Translation
		require.Eventually(t, func() bool {
			lines := l.log.Lines("01")
			if ts := lines[len(lines)-1].Translations; len(ts) > 0 {
				tr = ts[0]
			}
			return tr.State == journal.TranslationSpoken
		}, time.Minute, 20*time.Millisecond)
		delays = append(delays, tr.Delay)
		t.Logf("%4d ms %q", tr.Delay.Milliseconds(), tr.Text)
	}
	slices.Sort(delays)
	t.Logf("from the words to the voice: p50 %v p95 %v", delays[len(delays)/2].Round(time.Millisecond), delays[len(delays)*95/100].Round(time.Millisecond))
}
