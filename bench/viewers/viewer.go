package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"
)

// viewer is one connection that reads events as they come.
type viewer struct {
	conn  net.Conn
	in    *bufio.Reader
	zero  int64
	lags  []time.Duration
	ids   []uint64
	bytes int
}

// look opens the stream of a language; after is the last event this viewer
// has had, 0 for one who is new.
func look(h hello, language string, after uint64) (*viewer, error) {
	conn, err := net.Dial("tcp", h.Address)
	if err != nil {
		return nil, err
	}
	back := ""
	if after > 0 {
		back = fmt.Sprintf("Last-Event-ID: %d\r\n", after)
	}
	if _, err := fmt.Fprintf(conn, "GET /api/v1/rooms/%s/events?track=%s HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\n%s\r\n", h.Code, language, h.Address, back); err != nil {
		return nil, err
	}
	v := &viewer{conn: conn, in: bufio.NewReaderSize(conn, 4096), zero: h.Zero}
	line, err := v.in.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(line, []byte("HTTP/1.1 200")) {
		return nil, fmt.Errorf("the server answered %q", line)
	}
	return v, nil
}

// read takes events until the connection ends or its deadline has passed.
func (v *viewer) read() {
	for {
		line, err := v.in.ReadSlice('\n')
		v.bytes += len(line)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue // a snapshot; events are short
		}
		if err != nil {
			return
		}
		switch {
		case bytes.HasPrefix(line, []byte("id: ")):
			id, _ := strconv.ParseUint(string(bytes.TrimSpace(line[4:])), 10, 64) // 0 where it is none
			v.ids = append(v.ids, id)
		case bytes.HasPrefix(line, []byte("event: snapshot")):
			v.ids = v.ids[:len(v.ids)-1] // stands for all before
		case bytes.HasPrefix(line, []byte(`data: {"sentence"`)):
			v.note(line)
		}
	}
}

// note measures from the newest stamp of an event.
func (v *viewer) note(line []byte) {
	now := time.Now().UnixMicro() - v.zero
	var newest int64
	for rest := line; ; {
		i := bytes.Index(rest, []byte(" t"))
		if i < 0 {
			break
		}
		rest = rest[i+2:]
		end := bytes.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'z') })
		if end <= 0 {
			continue
		}
		if at, err := strconv.ParseInt(string(rest[:end]), 36, 64); err == nil && at <= now {
			newest = max(newest, at)
		}
	}
	if newest > 0 {
		v.lags = append(v.lags, time.Duration(now-newest)*time.Microsecond)
	}
}
