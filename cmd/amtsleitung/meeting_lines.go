package main

import (
	"context"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/rtc"
	"github.com/amtsleitung/amtsleitung/web"
)

// meetingLines are the sound of browsers and senders in meetings, by package rtc.
type meetingLines struct {
	server *rtc.Server

	mu   sync.Mutex
	legs map[string]meetingLine
}

// meetingLine is one of them, an rtc.Leg.
type meetingLine interface {
	Offer(ctx context.Context, sdp string) (answer string, err error)
	Trickle(ctx context.Context, fragment string) (reply string, err error)
	Leave(ctx context.Context) error
}

func newMeetingLines(server *rtc.Server) *meetingLines {
	return &meetingLines{server: server, legs: map[string]meetingLine{}}
}

// lineEnds is how long the end of a line is waited for.
const lineEnds = 5 * time.Second

// opener is how package rtc begins a leg.
type opener func(handler func(context.Context, leg.Leg)) (*rtc.Leg, string, error)

// open begins a leg and knows it while it lasts.
func (m *meetingLines) open(begin opener, serve func(context.Context, leg.Leg)) (id, answer string, err error) {
	known := make(chan struct{})
	defer close(known)
	l, answer, err := begin(func(ctx context.Context, l leg.Leg) {
		<-known // so that a leg which ends at once is not kept
		defer m.forget(l.Info().Call)
		serve(ctx, l)
	})
	if err != nil {
		return "", "", plainly(err)
	}
	id = l.Info().Call
	m.mu.Lock()
	m.legs[id] = l
	m.mu.Unlock()
	return id, answer, nil
}

func (m *meetingLines) forget(id string) {
	m.mu.Lock()
	delete(m.legs, id)
	m.mu.Unlock()
}

func (m *meetingLines) find(id string) meetingLine {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.legs[id]
}

// Open implements web.Lines.
func (m *meetingLines) Open(ctx context.Context, sdp string, info web.LineInfo, serve func(context.Context, leg.Leg)) (id, answer string, err error) {
	return m.open(func(handler func(context.Context, leg.Leg)) (*rtc.Leg, string, error) {
		return m.server.Join(ctx, lineInfo(info), sdp, handler)
	}, serve)
}

func lineInfo(i web.LineInfo) leg.Info {
	return leg.Info{Leg: i.Page, Trunk: "meeting", To: i.Room, Language: i.Language}
}

// Offer implements web.Lines.
func (m *meetingLines) Offer(ctx context.Context, id, sdp string) (string, error) {
	l := m.find(id)
	if l == nil {
		return "", web.ErrCallerOver
	}
	answer, err := l.Offer(ctx, sdp)
	return answer, plainly(err)
}

// Hangup implements web.Lines.
func (m *meetingLines) Hangup(id string) { m.End(id) }

// ICEServers implements web.Lines.
func (m *meetingLines) ICEServers() []web.ICEServer { return browserCalls{m.server}.ICEServers() }

// Take implements web.Ingest.
func (m *meetingLines) Take(ctx context.Context, info web.LineInfo, sdp string, serve func(context.Context, leg.Leg)) (id, answer string, err error) {
	return m.open(func(handler func(context.Context, leg.Leg)) (*rtc.Leg, string, error) {
		return m.server.Ingest(ctx, lineInfo(info), info.Source, sdp, handler)
	}, serve)
}

// Patch implements web.Ingest.
func (m *meetingLines) Patch(ctx context.Context, id, fragment string) (string, error) {
	l := m.find(id)
	if l == nil {
		return "", web.ErrCallerOver
	}
	reply, err := l.Trickle(ctx, fragment)
	return reply, plainly(err)
}

// End implements web.Ingest. A line ends however long it takes to go.
func (m *meetingLines) End(id string) bool {
	l := m.find(id)
	if l == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), lineEnds)
	defer cancel()
	_ = l.Leave(ctx) // only the time may be over
	return true
}
