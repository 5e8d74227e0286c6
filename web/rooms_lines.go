package web

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/meeting/booth"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/web/visitor"
)

// Lines carry sound between browsers and meetings.
type Lines interface {
	// Open answers a session description that holds all candidates. serve runs
	// until the line has ended; ctx of it ends with the line. Errors:
	// ErrCallersFull, ErrCallersSource, ErrCallerOffer.
	Open(ctx context.Context, sdp string, info LineInfo, serve func(ctx context.Context, l leg.Leg)) (id, answer string, err error)
	// Offer answers another description of a line: after a change of network.
	Offer(ctx context.Context, id, sdp string) (answer string, err error)
	// Hangup ends a line; an unknown one has ended.
	Hangup(id string)
	// ICEServers for the peer connections of browsers.
	ICEServers() []ICEServer
}

// LineInfo is whose line it is.
type LineInfo struct {
	Room     string // code of the meeting
	Page     string // "speak", "listen", "whip"
	Language string // "" is not known
	Source   string // address of the browser
}

// line is one of them, as its page knows it.
type line struct {
	id     string // for Lines
	code   string // of the meeting
	speaks bool
	// channel takes the language to listen to; the last one counts.
	channel chan string
	input   atomic.Pointer[string] // of who speaks, once it is there
}

// lines are those of all meetings, by a name nobody guesses: it is all that is
// needed to hang one up.
type lines struct {
	mu   sync.Mutex
	open map[string]*line
}

func newLines() *lines { return &lines{open: map[string]*line{}} }

func (l *lines) add(name string, one *line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[name] = one
}

func (l *lines) remove(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, name)
}

func (l *lines) find(name string) *line {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open[name]
}

// Errors of lines.
var (
	errNoLine  = errors.New("there is no such line (any more)")
	errNoLines = errors.New("this service has no lines for browsers: its operator switches them on with browser.enabled")
)

func (m *meetings) lineRoutes(api fiber.Router) {
	api.Get("/:code/ice", m.anybody(m.ice))
	api.Post("/:code/speak", m.holder(meeting.Speaker, m.speak))
	api.Post("/:code/speak/:leg", m.holder(meeting.Speaker, m.onLine(true, m.reoffer)))
	api.Delete("/:code/speak/:leg", m.holder(meeting.Speaker, m.onLine(true, m.hangUp)))
	api.Post("/:code/listen", m.anybody(m.listen))
	api.Post("/:code/listen/:leg", m.anybody(m.onLine(false, m.reoffer)))
	api.Put("/:code/listen/:leg", m.anybody(m.onLine(false, m.retune)))
	api.Delete("/:code/listen/:leg", m.anybody(m.onLine(false, m.hangUp)))
}

func (m *meetings) ice(c *fiber.Ctx, _ *meeting.Meeting) error {
	servers := []ICEServer{}
	if m.Lines != nil {
		servers = append(servers, m.Lines.ICEServers()...)
	}
	return c.JSON(fiber.Map{"ice_servers": servers})
}

// speak makes a browser's microphone an input.
func (m *meetings) speak(c *fiber.Ctx, mt *meeting.Meeting) error {
	var wish struct {
		source
		SDP string
	}
	if ok, err := read(c, &wish); !ok {
		return err
	}
	s, wrong := wish.source.of(mt, rooms.Microphone, "Browser")
	if wrong != "" {
		return refusal(c, fiber.StatusBadRequest, wrong)
	}
	if s.Speaker == "" {
		s.Speaker = oneLine(wish.Name)
	}
	one := &line{speaks: true}
	return m.openLine(c, mt, "speak", wish.SDP, s.Language, one, func(ctx context.Context, l leg.Leg) {
		if err := l.Answer(ctx); err == nil { // else the browser has gone
			one.speak(ctx, mt, l, s)
		}
	})
}

// speak is an input until the browser, the meeting or an organiser ends it.
func (l *line) speak(ctx context.Context, mt *meeting.Meeting, from leg.Leg, s booth.Source) {
	in, err := mt.Booth.Connect(ctx, from, s)
	if err != nil {
		return // the meeting has ended, or takes no more inputs
	}
	id := in.ID()
	l.input.Store(&id)
	select {
	case <-in.Done():
	case <-ctx.Done():
		_ = in.Close() // never fails
		<-in.Done()
	}
}

// inputID is the input of who speaks; "" until their sound has come.
func (l *line) inputID() string {
	if id := l.input.Load(); id != nil {
		return *id
	}
	return ""
}

// listen sends a channel to a browser.
func (m *meetings) listen(c *fiber.Ctx, mt *meeting.Meeting) error {
	var wish struct{ SDP, Language string }
	if ok, err := read(c, &wish); !ok {
		return err
	}
	if !hears(mt, wish.Language) {
		return refusal(c, fiber.StatusBadRequest, lineNoChannel)
	}
	one := &line{channel: make(chan string, 1)}
	one.channel <- wish.Language
	return m.openLine(c, mt, "listen", wish.SDP, wish.Language, one, func(ctx context.Context, l leg.Leg) {
		if err := l.Answer(ctx); err == nil { // else the browser has gone
			one.play(ctx, mt, l)
		}
	})
}

const lineNoChannel = "language is one of the channels that can be listened to"

func hears(mt *meeting.Meeting, language string) bool {
	for _, channel := range mt.Booth.Channels() {
		if channel == language {
			return true
		}
	}
	return false
}

// play sends one language after the other, as the listener chooses, until the
// line or the meeting ends.
func (l *line) play(ctx context.Context, mt *meeting.Meeting, to leg.Leg) {
	stop := func() {}
	defer func() { stop() }()
	for {
		select {
		case <-ctx.Done():
			return
		case <-mt.Done():
			return
		case language := <-l.channel:
			stop()
			to.Playout().Flush()
			stop = hear(ctx, mt, language, to)
		}
	}
}

// hear plays a language until stop is called; one that is gone is silent.
func hear(ctx context.Context, mt *meeting.Meeting, language string, to leg.Leg) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var playing sync.WaitGroup
	playing.Go(func() { _ = mt.Booth.Listen(ctx, language, to.Playout()) }) // why it ended is told in the meeting
	return func() {
		cancel()
		playing.Wait()
	}
}

// openLine begins a line under a name of its own.
func (m *meetings) openLine(c *fiber.Ctx, mt *meeting.Meeting, page, sdp, language string, one *line, serve func(context.Context, leg.Leg)) error {
	source := visitor.Source(c)
	switch wait, ok := m.asks.take(source, time.Now()); {
	case m.Lines == nil:
		return refusal(c, fiber.StatusNotFound, errNoLines.Error())
	case !ok:
		return tooMany(c, fiber.StatusTooManyRequests, lineTooOften, wait)
	case sdp == "":
		return refusal(c, fiber.StatusBadRequest, "sdp is missing: the offer of the browser, with all its candidates")
	}
	free, ok := m.talking.begin(source)
	if !ok {
		return m.refuse(c, ErrCallersSource)
	}
	name := rand.Text()
	one.code = mt.Room.Code()
	known := make(chan struct{}) // when the line is in lines
	ctx, cancel := within()
	defer cancel()
	id, answer, err := m.Lines.Open(ctx, sdp, LineInfo{Room: one.code, Page: page, Language: language, Source: source}, func(ctx context.Context, l leg.Leg) {
		<-known
		defer free()
		defer m.lines.remove(name)
		serve(ctx, l)
	})
	if err != nil {
		free()
		return m.refuse(c, err)
	}
	one.id = id
	m.lines.add(name, one)
	close(known)
	return c.Status(fiber.StatusCreated).JSON(fiber.Map{"leg": name, "sdp": answer})
}

// onLine finds the line of an address.
func (m *meetings) onLine(speaks bool, do func(*fiber.Ctx, *meeting.Meeting, *line) error) act {
	return func(c *fiber.Ctx, mt *meeting.Meeting) error {
		one := m.lines.find(param(c, "leg"))
		if one == nil || one.speaks != speaks || one.code != mt.Room.Code() {
			return m.refuse(c, errNoLine)
		}
		return do(c, mt, one)
	}
}

// reoffer answers a browser whose network has changed.
func (m *meetings) reoffer(c *fiber.Ctx, _ *meeting.Meeting, one *line) error {
	var wish struct{ SDP string }
	if ok, err := read(c, &wish); !ok {
		return err
	}
	ctx, cancel := within()
	defer cancel()
	answer, err := m.Lines.Offer(ctx, one.id, strings.Clone(wish.SDP))
	if err != nil {
		return m.refuse(c, err)
	}
	return c.JSON(fiber.Map{"sdp": answer})
}

// retune changes what is listened to.
func (m *meetings) retune(c *fiber.Ctx, mt *meeting.Meeting, one *line) error {
	var wish struct{ Language string }
	if ok, err := read(c, &wish); !ok {
		return err
	}
	if !hears(mt, wish.Language) {
		return refusal(c, fiber.StatusBadRequest, lineNoChannel)
	}
	select { // the language before, if it has not begun yet
	case <-one.channel:
	default:
	}
	select {
	case one.channel <- wish.Language:
	default: // somebody else was quicker
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func (m *meetings) hangUp(c *fiber.Ctx, _ *meeting.Meeting, one *line) error {
	m.Lines.Hangup(one.id)
	return c.SendStatus(fiber.StatusNoContent)
}
