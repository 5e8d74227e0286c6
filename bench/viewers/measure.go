package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// settle is for what the last words take.
const settle = 3 * time.Second

// server is the process that is measured.
type server struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	hello
}

func start(p plan) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "-serve", "-lasts", p.lasts.String())
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{cmd: cmd, in: in}
	if err := json.NewDecoder(out).Decode(&s.hello); err != nil {
		return nil, errors.Join(fmt.Errorf("the server said nothing: %w", err), s.stop())
	}
	return s, nil
}

func (s *server) stop() error {
	return errors.Join(s.in.Close(), s.cmd.Wait())
}

// usage of the server: resident memory in KB, and CPU time.
func (s *server) usage() (kb int, cpu time.Duration) {
	base := "/proc/" + strconv.Itoa(s.cmd.Process.Pid)
	status, _ := os.ReadFile(base + "/status") // 0 where there is no such system
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ = strconv.Atoi(strings.Fields(rest)[0])
		}
	}
	stat, _ := os.ReadFile(base + "/stat")
	if i := bytes.LastIndexByte(stat, ')'); i > 0 {
		fields := strings.Fields(string(stat[i+1:]))
		user, _ := strconv.Atoi(fields[11])
		system, _ := strconv.Atoi(fields[12])
		cpu = time.Duration(user+system) * 10 * time.Millisecond // USER_HZ is 100
	}
	return kb, cpu
}

func measure(p plan) error {
	s, err := start(p)
	if err != nil {
		return err
	}
	empty, _ := s.usage()
	viewers, err := gather(s.hello, p)
	if err != nil {
		return errors.Join(err, s.stop())
	}
	time.Sleep(time.Second)
	full, before := s.usage()
	end := time.Now().Add(p.lasts + settle)
	var reading sync.WaitGroup
	for _, v := range viewers[:p.viewers] {
		if err := v.conn.SetReadDeadline(end); err != nil {
			return errors.Join(err, s.stop())
		}
		reading.Go(v.read)
	}
	if _, err := io.WriteString(s.in, "begin\n"); err != nil {
		return errors.Join(err, s.stop())
	}
	back, err := comesBack(s.hello, p, end)
	reading.Wait()
	peak, after := s.usage()
	for _, v := range viewers {
		err = errors.Join(err, v.conn.Close())
	}
	if err = errors.Join(err, s.stop()); err != nil {
		return err
	}
	report(p, viewers[:p.viewers], back, empty, full, peak, after-before)
	return nil
}

// gather opens all viewers, those who take nothing at the end.
func gather(h hello, p plan) ([]*viewer, error) {
	all := make([]*viewer, p.viewers+p.stalled)
	for i := range all {
		v, err := look(h, languages[i%len(languages)], 0)
		if err != nil {
			return nil, fmt.Errorf("viewer %d: %w", i, err)
		}
		all[i] = v
	}
	return all, nil
}

// comesBack is a viewer who reads for a while, is away, and reads on.
func comesBack(h hello, p plan, end time.Time) (*viewer, error) {
	first, err := look(h, languages[1], 0)
	if err != nil {
		return nil, err
	}
	stay := max(2*time.Second, (p.lasts-p.away)/2)
	if err := first.conn.SetReadDeadline(time.Now().Add(stay)); err != nil {
		return nil, err
	}
	first.read()
	if err := first.conn.Close(); err != nil {
		return nil, err
	}
	if len(first.ids) == 0 {
		return nil, errors.New("the viewer who shall come back has seen nothing")
	}
	time.Sleep(p.away)
	again, err := look(h, languages[1], first.ids[len(first.ids)-1])
	if err != nil {
		return nil, err
	}
	if err := again.conn.SetReadDeadline(end); err != nil {
		return nil, err
	}
	again.read()
	again.ids = append(first.ids, again.ids...)
	return again, again.conn.Close()
}

// report prints what was found.
func report(p plan, viewers []*viewer, back *viewer, empty, full, peak int, cpu time.Duration) {
	var lags []time.Duration
	fewest, most := len(viewers[0].lags), 0
	for _, v := range viewers {
		lags = append(lags, v.lags...)
		fewest, most = min(fewest, len(v.lags)), max(most, len(v.lags))
	}
	slices.Sort(lags)
	at := func(q float64) time.Duration {
		if len(lags) == 0 {
			return 0
		}
		return lags[int(q*float64(len(lags)-1))].Round(100 * time.Microsecond)
	}
	witness := viewers[1].ids // of the same language
	missing := 0
	for _, id := range witness {
		if id >= back.ids[0] && !slices.Contains(back.ids, id) {
			missing++
		}
	}
	fmt.Printf("%d viewers in %d languages and %d who take nothing, %s, server on one core\n", p.viewers, len(languages), p.stalled, p.lasts)
	fmt.Printf("  deliveries      %d (%d to %d a viewer)\n", len(lags), fewest, most)
	fmt.Printf("  delivery        p50 %s  p95 %s  p99 %s  most %s (budget: p95 200 ms)\n", at(0.5), at(0.95), at(0.99), at(1))
	fmt.Printf("  back after %s   %d of %d events, %d missing, %d twice\n", p.away, len(back.ids), len(witness), missing, len(back.ids)-len(slices.Compact(slices.Clone(back.ids))))
	fmt.Printf("  CPU             %.1f %% of one core\n", 100*cpu.Seconds()/(p.lasts+settle).Seconds())
	fmt.Printf("  memory          %d MB, %.1f KB a viewer (%d MB at the end)\n", full/1024, float64(full-empty)/float64(len(viewers)+p.stalled), peak/1024)
}
