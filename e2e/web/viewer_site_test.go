package web_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/meeting"
)

// sitting is a meeting as viewers get it: over a network that can fail.
type sitting struct {
	*gathering
	net   *wire
	input string // of Frau Sommer
}

// council is a meeting in three languages with easy language.
func council(change func(*meeting.New)) meeting.New {
	n := meeting.New{Title: "Sitzung des Stadtrates", Languages: []string{"de", "en", "ar"}, Easy: true}
	if change != nil {
		change(&n)
	}
	return n
}

func newSitting(t *testing.T, s *hallSite, n meeting.New) *sitting {
	t.Helper()
	g := s.hold(n)
	t.Cleanup(func() { g.Close(context.Background()) })
	return &sitting{gathering: g, net: newNetwork(t, s.addr), input: g.join("Frau Sommer")}
}

func (r *sitting) url(query string) string {
	return "http://" + r.net.addr + "/s/" + r.Room.Code() + query
}

// wire is the way between a browser and the server: it can be cut, and stay so.
type wire struct {
	addr, to string
	mu       sync.Mutex
	conns    map[net.Conn]struct{}
	down     bool
	running  sync.WaitGroup
}

func newNetwork(t *testing.T, to string) *wire {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	n := &wire{addr: ln.Addr().String(), to: to, conns: map[net.Conn]struct{}{}}
	n.running.Go(func() { n.accept(ln) })
	t.Cleanup(func() {
		ln.Close()
		n.set(true)
		n.running.Wait()
	})
	return n
}

func (n *wire) accept(ln net.Listener) {
	for {
		from, err := ln.Accept()
		if err != nil {
			return
		}
		to, err := net.Dial("tcp", n.to)
		if err != nil || !n.add(from, to) {
			from.Close()
			if to != nil {
				to.Close()
			}
			continue
		}
		for _, pair := range [][2]net.Conn{{from, to}, {to, from}} {
			n.running.Go(func() {
				_, _ = io.Copy(pair[1], pair[0]) // ends when one of them is closed
				pair[0].Close()
				pair[1].Close()
			})
		}
	}
}

func (n *wire) add(conns ...net.Conn) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range conns {
		n.conns[c] = struct{}{}
	}
	return !n.down
}

// set cuts all connections; while it is down none can be made.
func (n *wire) set(down bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down = down
	if !down {
		return
	}
	for c := range n.conns {
		c.Close()
	}
	clear(n.conns)
}

// streams counts the connections on which events come.
func (r *sitting) streams() int {
	status, err := r.Room.Status(r.site.t.Context())
	require.NoError(r.site.t, err)
	return status.Viewers["en"] + status.Viewers["de"] + status.Viewers["original"]
}

// read opens the viewer and waits until it follows.
func (p *tab) read(url string) {
	p.t.Helper()
	p.do(chromedp.Navigate(url))
	p.until(`document.querySelector("#region").getAttribute("aria-busy") === "false"`)
}

// texts of all lines of the viewer, of one column.
const texts = `[...document.querySelectorAll(".row .%s")].map((n) => [...n.querySelectorAll(".cue")].map((c) => c.textContent).join(" "))`

func shownTexts(p *tab) []string { return eval[[]string](p, fmt.Sprintf(texts, "row__text")) }

// reads waits for a line.
func (p *tab) reads(text string) {
	p.t.Helper()
	p.until(fmt.Sprintf(fmt.Sprintf(texts, "row__text")+`.some((t) => t.includes(%q))`, text))
}

// speech fills a meeting with what is said in councils.
func (r *sitting) speech() {
	r.site.t.Helper()
	mayor := r.join("Herr Yılmaz")
	r.say(r.input, "de", "Guten Abend, meine Damen und Herren. Ich eröffne die Sitzung des Stadtrates und stelle fest, dass wir beschlussfähig sind.")
	r.say(r.input, "de", "Der erste Punkt ist die Straßenbeleuchtung im Neubaugebiet Donauwiesen.")
	r.say(mayor, "de", "Die Verwaltung schlägt vor, im kommenden Jahr vierzig Leuchten auf sparsame Technik umzustellen.")
	r.say(mayor, "de", "Das kostet zweihunderttausend Euro, von denen das Land die Hälfte trägt.")
	r.doubt()
	r.say(r.input, "de", "Vielen Dank. Gibt es dazu Fragen?")
}
