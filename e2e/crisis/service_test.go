// Package crisis calls a line with a crowd while its crisis switch is thrown:
// real SIP, RTP, dialog, search and switch; only ears and voice are stand-ins,
// so that the crowd fits on a small machine. What is heard is told by the
// frequency of tones.
package crisis

import (
	"context"
	"log/slog"
	"math"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/cities"
	"github.com/amtsleitung/amtsleitung/crisis"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/sip"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/turn"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What is said, and the tone that stands for it.
const (
	flood    = "Wegen Hochwasser ist die Uferstraße gesperrt."
	question = "Was kann ich für Sie tun?"

	floodHz, questionHz, otherHz = 1900, 1200, 500
)

// tones speaks 200 ms for each word, in the tone of what is said.
type tones struct{}

func (tones) Say(ctx context.Context, text, _ string, _ float64, to media.Sink) error {
	for text != "" && ctx.Err() == nil {
		piece, hz := text, otherHz
		switch at, ask := strings.Index(text, flood), strings.Index(text, question); {
		case at == 0:
			piece, hz = flood, floodHz
		case ask == 0:
			piece, hz = question, questionHz
		case at > 0 && (ask < 0 || at < ask):
			piece = text[:at]
		case ask > 0:
			piece = text[:ask]
		}
		text = text[len(piece):]
		if err := tone(to, hz, 10*len(strings.Fields(piece))); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func tone(to media.Sink, hz, frames int) error {
	pcm := make([]int16, media.FrameSamples)
	for i := range pcm {
		pcm[i] = int16(7000 * math.Sin(2*math.Pi*float64(hz)*float64(i)/media.SampleRate))
	}
	for range frames {
		if err := to.WriteFrame(media.Frame{PCM: pcm}); err != nil {
			return err
		}
	}
	return nil
}

// loudness hears speech in everything that is loud.
type loudness struct{}

func (loudness) Probability(w []int16) (float32, error) {
	var sum float64
	for _, s := range w {
		sum += math.Abs(float64(s))
	}
	if sum/float64(len(w)) > 1000 {
		return 0.95, nil
	}
	return 0.02, nil
}

// ear understands the same question in everything.
type ear struct{}

func (ear) Name() string { return "stand-in" }

func (ear) Recognize(context.Context, stt.Window) (stt.Hypothesis, error) {
	return stt.Hypothesis{Language: "de", LanguageProbability: 0.99, Segments: []stt.Segment{{Text: "Wann wird der Sperrmüll abgeholt?"}}}, nil
}

// line is a service with its switch.
type line struct {
	address string
	journal *journal.Journal
	toggle  *crisis.Switch
	data    string // folder of the switch
}

// open starts a line for so many calls until the test ends.
func open(t *testing.T, calls int) *line {
	t.Helper()
	base, err := knowledge.Open(t.Context(), knowledge.Options{FS: cities.Musterstadt(), Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	l := &line{journal: journal.New(calls), data: t.TempDir()}
	l.toggle, err = crisis.Open(crisis.Options{Data: l.data})
	require.NoError(t, err)
	toggle := l.toggle
	resources, err := dialog.LoadResources()
	require.NoError(t, err)
	words, err := turn.NewBackchannels()
	require.NoError(t, err)
	surge := &crisis.Surge{Calls: l.journal.Active, Most: calls / 2, Now: time.Now}
	bot := &call.Bot{
		Recognizer: ear{}, Languages: []string{"de", "en"}, Vocabulary: base, Voice: tones{},
		Converse: func(info leg.Info) (call.Conversation, error) {
			return dialog.New(dialog.Options{
				City: "Musterstadt", Languages: []string{"de", "en"}, Language: info.Language, Resources: resources,
				Search: crisis.First{Searcher: base, Articles: toggle.Articles}, Busy: surge.Busy,
				Announcement: func(language string) dialog.Announcement {
					a := toggle.Say(language)
					return dialog.Announcement{ID: a.ID, Text: a.Text, Language: a.Language}
				},
			}), nil
		},
		Detect: func(emit func(turn.Event)) (*turn.Detector, func(), error) {
			return turn.NewDetector(turn.Options{Voice: loudness{}, Notify: emit}), func() {}, nil
		},
		Journal: l.journal, Announcements: toggle, Log: slog.New(slog.DiscardHandler),
		Apology: map[string]string{"de": "Es tut uns leid."}, Backchannels: words, Now: time.Now,
	}
	loopback := netip.MustParsePrefix("127.0.0.0/8")
	server, err := sip.NewServer(sip.Options{
		Listen: []sip.Listen{{Network: "udp", Addr: "127.0.0.1:0"}}, RTP: sip.RTP{Low: 30000, High: 31999},
		Trunks: []sip.Trunk{{Name: "local", Addresses: []netip.Prefix{loopback}, Codecs: []string{"PCMA"}}},
		Limits: sip.Limits{Calls: calls + 10, Rate: 10 * calls},
	}, bot.Serve)
	require.NoError(t, err)
	background(t, server.Run)
	background(t, toggle.Run)
	<-server.Ready()
	l.address = server.Addr("udp").String()
	return l
}

// background runs until the test ends.
func background(t *testing.T, run func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-done) })
}

// switchOn is what the command line does, in a switch of its own.
func (l *line) switchOn(t *testing.T) time.Time {
	t.Helper()
	tool, err := crisis.Open(crisis.Options{Data: l.data})
	require.NoError(t, err)
	at := time.Now()
	_, err = tool.Reviewed(crisis.By{Who: "test", Via: "command line"}, crisis.Announcement{
		Texts: map[string]string{"de": flood, "en": "The river road is closed."}, Until: at.Add(time.Hour), Author: "anna", Reviewer: "ben",
	})
	require.NoError(t, err)
	return at
}
