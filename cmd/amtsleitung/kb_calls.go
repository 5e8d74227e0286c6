package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/config"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/metrics"
	"github.com/amtsleitung/amtsleitung/simulation"
	"github.com/amtsleitung/amtsleitung/sip"
	"github.com/amtsleitung/amtsleitung/tts"
)

// Ways in which a conversation is played.
const (
	inText  = "text"
	onClean = "clean"
	inNoise = "noisy"
)

// signalToNoise of the noisy way, in decibels.
const signalToNoise = 15

// callsAtOnce bounds how many callers speak at a time.
const callsAtOnce = 2

// longestCall bounds one conversation.
const longestCall = 5 * time.Minute

// callsTest plays the city's conversations.
type callsTest struct {
	ways       []string
	only       string
	noise      string
	transcript bool

	engines *engines
	base    *knowledge.Base
	options dialog.Options
	voices  map[string]*tts.Speaker
}

func (t *callsTest) register(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&t.ways, "how", []string{inText}, "with --calls: text, clean (a telephone line), noisy (with noise behind the caller)")
	cmd.Flags().StringVar(&t.only, "only", "", "with --calls: only conversations whose id matches this pattern")
	cmd.Flags().StringVar(&t.noise, "noise", "", "with --calls: sound file for noisy; default: a street made by the program")
	cmd.Flags().BoolVar(&t.transcript, "transcript", false, "with --calls: print what was said")
}

func (t *callsTest) run(ctx context.Context, out io.Writer, c config.Config) error {
	for _, way := range t.ways {
		if !slices.Contains([]string{inText, onClean, inNoise}, way) {
			return usagef("kb test: --how %q is none of %s, %s, %s", way, inText, onClean, inNoise)
		}
	}
	only, err := regexp.Compile(t.only)
	if err != nil {
		return usagef("kb test: --only: %w", err)
	}
	all, err := simulation.Load(cityFiles(c))
	if err != nil {
		return fmt.Errorf("city %s: %w", c.City, err)
	}
	all = slices.DeleteFunc(all, func(s simulation.Conversation) bool { return !only.MatchString(s.ID) })
	if len(all) == 0 {
		return usagef("kb test: --only %q matches no conversation", t.only)
	}
	c.Languages.Offered = spokenBy(c.Languages.Offered, all)
	t.engines = newEngines(c, slog.New(slog.DiscardHandler), nil)
	defer t.engines.Close()
	if t.base, err = t.engines.knowledge(ctx); err != nil {
		return err
	}
	if t.options, err = t.engines.conversation(ctx, t.base); err != nil {
		return err
	}
	report := simulation.Report{Ways: t.ways, Outcomes: map[string][]simulation.Outcome{}}
	for _, way := range t.ways {
		began := time.Now()
		outcomes, err := t.play(ctx, way, all)
		if err != nil {
			return err
		}
		report.Outcomes[way] = outcomes
		if t.transcript {
			for _, o := range outcomes {
				if !o.Skipped {
					o.Transcript(out)
				}
			}
		}
		fmt.Fprintf(out, "%s: %d conversations in %s\n", way, len(all), time.Since(began).Round(time.Second))
	}
	return report.Write(out)
}

// spokenBy are the languages of the city and of all callers.
func spokenBy(offered []string, all []simulation.Conversation) []string {
	out := slices.Clone(offered)
	for _, c := range all {
		if !slices.Contains(out, c.Language) {
			out = append(out, c.Language)
		}
	}
	return out
}

func (t *callsTest) play(ctx context.Context, way string, all []simulation.Conversation) ([]simulation.Outcome, error) {
	if way == inText {
		outcomes := make([]simulation.Outcome, 0, len(all))
		for _, c := range all {
			line := simulation.NewTextLine(dialog.New(t.optionsFor(c)), time.Now())
			outcomes = append(outcomes, simulation.Play(ctx, c, line))
		}
		return outcomes, ctx.Err()
	}
	var noise []int16
	if way == inNoise {
		var err error
		if noise, err = readSound(ctx, t.noise); err != nil {
			return nil, err
		}
	}
	if err := t.openVoices(); err != nil {
		return nil, err
	}
	return t.ring(ctx, way, noise, all)
}

// optionsFor is the city's dialog in the circumstances of a conversation.
func (t *callsTest) optionsFor(c simulation.Conversation) dialog.Options {
	o := t.options
	if c.Announcement != "" {
		o.Announcement = func(string) dialog.Announcement {
			return dialog.Announcement{ID: c.ID, Text: c.Announcement, Language: "de"}
		}
	}
	return o
}

// readSound reads a whole file; "" is none.
func readSound(ctx context.Context, path string) ([]int16, error) {
	if path == "" {
		return nil, nil
	}
	var pcm []int16
	err := playFile(ctx, path, media.SinkFunc(func(f media.Frame) error {
		pcm = append(pcm, f.PCM...)
		return nil
	}))
	return pcm, err
}

// openVoices opens the engines that speak for callers.
func (t *callsTest) openVoices() error {
	if t.voices != nil {
		return nil
	}
	t.voices = map[string]*tts.Speaker{}
	for _, name := range []string{"pico", "piper", "espeak"} {
		s, err := t.engines.voice(name)
		if err != nil {
			return err
		}
		t.voices[name] = tts.NewSpeaker(s, tts.SpeakerOptions{})
	}
	return nil
}

// voiceOf is the engine that speaks for a caller.
func voiceOf(c simulation.Conversation) string {
	switch {
	case c.Voice != "":
		return c.Voice
	case slices.Contains([]string{"de", "en", "fr", "it", "es"}, c.Language):
		return "pico"
	}
	return "espeak"
}

func (t *callsTest) speak(ctx context.Context, text, language, voice string, to media.Sink) error {
	s := t.voices[voice]
	if s == nil {
		return fmt.Errorf("no voice %q for callers; there are pico, piper and espeak", voice)
	}
	_, err := s.Speak(ctx, text, language, 1, to)
	return err
}

// exchange is a service on loopback, and a phone that calls it.
type exchange struct {
	bot     *call.Bot
	server  *sip.Server
	phone   *sip.Server
	mu      sync.Mutex
	callers map[string]awaited // by the number dialled
}

// awaited is one who is being called for: the bot's options and where its moments go.
type awaited struct {
	options dialog.Options
	heard   chan simulation.Moment
}

// ring makes the calls, a few at a time, through SIP and RTP.
func (t *callsTest) ring(ctx context.Context, way string, noise []int16, all []simulation.Conversation) ([]simulation.Outcome, error) {
	x, err := t.newExchange()
	if err != nil {
		return nil, err
	}
	outcomes := make([]simulation.Outcome, len(all))
	err = x.run(ctx, func(ctx context.Context) error {
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(callsAtOnce)
		for i, c := range all {
			if c.Voice == "none" {
				outcomes[i] = simulation.Outcome{Conversation: c, Skipped: true}
				continue
			}
			var behind *simulation.Noise
			if way == inNoise {
				behind = simulation.NewNoise(noise, signalToNoise, uint64(i)+1)
			}
			group.Go(func() (err error) {
				outcomes[i], err = t.call(ctx, x, i, c, behind)
				return err
			})
		}
		return group.Wait()
	})
	return outcomes, err
}

func (t *callsTest) newExchange() (*exchange, error) {
	x := &exchange{callers: map[string]awaited{}}
	s := &service{
		config: t.engines.config, log: slog.New(slog.DiscardHandler), engines: t.engines,
		journal: journal.New(1), metrics: metrics.New(), base: t.base,
	}
	bot, err := s.newBot()
	if err != nil {
		return nil, err
	}
	// Nothing lasts: what callers leave in a simulation is no request.
	bot.Evidence, bot.Announcements, bot.Figures = nil, nil, nil
	bot.Converse = x.converse
	x.bot = bot
	listen := []sip.Listen{{Network: "udp", Addr: "127.0.0.1:0"}}
	loopback := sip.Trunk{Name: "local", Addresses: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	x.server, err = sip.NewServer(sip.Options{Listen: listen, Trunks: []sip.Trunk{loopback}, RTP: sip.RTP{Low: 32000, High: 35999}}, bot.Serve)
	if err != nil {
		return nil, err
	}
	x.phone, err = sip.NewServer(sip.Options{Listen: listen, RTP: sip.RTP{Low: 36000, High: 39999}}, nil)
	return x, err
}

// converse finds the caller by the number dialled.
func (x *exchange) converse(info leg.Info) (call.Conversation, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	c, ok := x.callers[info.To]
	if !ok {
		return nil, fmt.Errorf("nobody expects a call to %s", info.To)
	}
	return simulation.Tap{Dialog: dialog.New(c.options), Hear: func(m simulation.Moment) {
		select {
		case c.heard <- m:
		default: // the caller has hung up
		}
	}}, nil
}

// run serves while f makes calls.
func (x *exchange) run(ctx context.Context, f func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return x.server.Run(ctx) })
	group.Go(func() error { return x.phone.Run(ctx) })
	group.Go(func() error {
		defer stop()
		for _, s := range []*sip.Server{x.server, x.phone} {
			select {
			case <-s.Ready():
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return f(ctx)
	})
	err := group.Wait()
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// call is one conversation on the line.
func (t *callsTest) call(ctx context.Context, x *exchange, i int, c simulation.Conversation, behind *simulation.Noise) (simulation.Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, longestCall)
	defer cancel()
	number := fmt.Sprintf("115%03d", i)
	heard := make(chan simulation.Moment, 256)
	x.mu.Lock()
	x.callers[number] = awaited{t.optionsFor(c), heard}
	x.mu.Unlock()
	l, err := x.phone.Dial(ctx, "sip:"+number+"@"+x.server.Addr("udp").String(), sip.DialOptions{Codecs: []string{"PCMA"}})
	if err != nil {
		return simulation.Outcome{}, fmt.Errorf("call for %s: %w", c.ID, err)
	}
	line := simulation.NewPhoneLine(l, simulation.PhoneOptions{Heard: heard, Speak: t.speak, Voice: voiceOf(c), Noise: behind})
	var sending sync.WaitGroup
	sending.Go(func() { _ = line.Run(ctx) })
	outcome := simulation.Play(ctx, c, line)
	if outcome.Conversation.Expect.Ends { // let the goodbye be heard
		select {
		case <-l.Done():
		case <-time.After(20 * time.Second):
			outcome.Missed = append(outcome.Missed, "the bot did not hang up")
		}
	}
	_ = l.Hangup(context.WithoutCancel(ctx), leg.CauseNormal) // it may have ended already
	cancel()
	sending.Wait()
	return outcome, nil
}
