package web

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// running is a server on a free port; stop ends it as the service does.
func running(t *testing.T, j *journal.Journal) (addr string, stop func() error) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr = ln.Addr().String()
	require.NoError(t, ln.Close())
	s := newServer(t, func(o *Options) { o.Listen, o.Journal = addr, j })
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", addr)
		return err == nil && c.Close() == nil
	}, 5*time.Second, 10*time.Millisecond)
	return addr, sync.OnceValue(func() error {
		cancel()
		return <-done
	})
}

// reader opens the event stream with its own connection.
func reader(t *testing.T, addr string) *bufio.Scanner {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + addr + "/api/v1/calls/events")
	require.NoError(t, err)
	t.Cleanup(func() { resp.Body.Close() })
	require.Equal(t, 200, resp.StatusCode)
	s := bufio.NewScanner(resp.Body)
	s.Buffer(nil, 1<<20)
	require.Contains(t, next(t, s, "event: snapshot"), "01A")
	return s
}

// stalled asks for the event stream and reads nothing of it.
func stalled(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	require.NoError(t, c.(*net.TCPConn).SetReadBuffer(4096))
	_, err = fmt.Fprintf(c, "GET /api/v1/calls/events HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	return c
}

// block fills what the kernel holds for a reader that does not read, so that
// the writing of its stream blocks. Another reader sets the pace: without it
// the lines would be dropped before they are written.
func block(t *testing.T, j *journal.Journal, pace *bufio.Scanner) {
	t.Helper()
	long := strings.Repeat("x", 500_000)
	for range 50 {
		j.Add("01A", journal.Line{Segment: transcript.Segment{Leg: "bot", Text: long}})
		next(t, pace, "event: entry")
	}
	j.Add("01A", journal.Line{Segment: transcript.Segment{Leg: "bot", Text: "short again"}})
}

func TestManyReadersAreServedBesideAStalledOne(t *testing.T) {
	const readers, lines = 200, 50
	j := journal.New(5)
	j.Begin(journal.Call{ID: "01A", State: "speaking"})
	addr, stop := running(t, j)
	stalled(t, addr)
	pace := reader(t, addr)
	block(t, j, pace)

	all := []*bufio.Scanner{pace}
	for len(all) < readers {
		all = append(all, reader(t, addr))
	}
	var reading sync.WaitGroup
	missing := make(chan int, readers)
	for i, r := range all {
		reading.Go(func() {
			for r.Scan() {
				if strings.Contains(r.Text(), "the last line") {
					return
				}
			}
			missing <- i
		})
	}
	for i := range lines {
		j.Add("01A", journal.Line{Segment: transcript.Segment{Leg: "caller", ID: i, Text: "a line"}})
	}
	j.Add("01A", journal.Line{Segment: transcript.Segment{Leg: "caller", ID: lines, Text: "the last line"}})
	reading.Wait()
	require.Empty(t, missing, "readers whose stream ended early")
	require.NoError(t, stop())
}

func TestOpenStreamsDoNotHoldUpTheEnd(t *testing.T) {
	j := journal.New(5)
	j.Begin(journal.Call{ID: "01A", State: "speaking"})
	addr, stop := running(t, j)
	c := stalled(t, addr)
	pace := reader(t, addr)
	block(t, j, pace)
	all := []*bufio.Scanner{pace}
	for range 20 {
		all = append(all, reader(t, addr))
	}
	require.NoError(t, stop(), "the server must end before it gives up on its streams")
	for _, r := range all {
		for r.Scan() {
			continue
		}
		require.NoError(t, r.Err(), "streams end properly")
	}
	require.NoError(t, c.Close())
	_, err := net.Dial("tcp", addr)
	require.Error(t, err)
}

func TestReaderThatLeavesIsForgotten(t *testing.T) {
	j := journal.New(5)
	j.Begin(journal.Call{ID: "01A", State: "speaking"})
	s := newServer(t, func(o *Options) { o.Journal = j })
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() { done <- s.app.Listener(ln) }()
	c := stalled(t, ln.Addr().String())
	open := func() int {
		s.streams.mu.Lock()
		defer s.streams.mu.Unlock()
		return len(s.streams.conns)
	}
	require.Eventually(t, func() bool { return open() == 1 }, 5*time.Second, 5*time.Millisecond)
	require.NoError(t, c.Close())
	require.Eventually(t, func() bool {
		j.Add("01A", journal.Line{Segment: transcript.Segment{Leg: "bot", Text: "anybody there?"}})
		return open() == 0
	}, 5*time.Second, 5*time.Millisecond)
	require.NoError(t, s.app.Shutdown())
	require.NoError(t, <-done)
}

func TestStreamsThatComeTooLateAreRefused(t *testing.T) {
	s := newStreams()
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	require.True(t, s.add(a))
	s.end()
	require.False(t, s.add(b))
	_, err := a.Write([]byte("nobody reads this"))
	require.ErrorContains(t, err, "timeout")
	require.NoError(t, s.extend(a, time.Hour))
	_, err = a.Write([]byte("nor this"))
	require.ErrorContains(t, err, "timeout")
}

func TestEndOfACallSaysWhatIsKept(t *testing.T) {
	j := journal.New(0) // nothing outlasts its call
	j.Begin(journal.Call{ID: "01A", State: "speaking"})
	addr, stop := running(t, j)
	r := reader(t, addr)
	j.End("01A", "caller", time.Now(), 4)
	require.Contains(t, next(t, r, "event: entry"), `"state":"ended"`)
	require.Equal(t, "data: []", next(t, r, "event: kept"))
	require.NoError(t, stop())
}
