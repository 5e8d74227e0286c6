package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// ours is package stt/live on Whisper, as the service uses it, in a process of
// its own so that its cost can be told.
type ours struct{ models string }

func (o *ours) id() string   { return "ours" }
func (o *ours) name() string { return "amtsleitung" }

func (o *ours) start(ctx context.Context, language string, rooms int) (session, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &oursSession{settled: make([]int, rooms), frames: make([][]byte, rooms)}
	s.cmd = exec.CommandContext(ctx, self, "-child", "-models", o.models, language, strconv.Itoa(rooms))
	s.cmd.Stderr = os.Stderr
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.out = json.NewDecoder(bufio.NewReader(out))
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	var l line
	if err := s.out.Decode(&l); err != nil || !l.Ready {
		return nil, errors.Join(fmt.Errorf("the engine does not start: %w", err), s.close())
	}
	return s, nil
}

type oursSession struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *json.Decoder
	settled []int    // words of each room
	frames  [][]byte // of each room, until all have one
}

// write gives the child 20 ms of every room in turn.
func (s *oursSession) write(room int, pcm []int16) error {
	for _, v := range pcm {
		s.frames[room] = append(s.frames[room], byte(v), byte(v>>8))
	}
	if room < len(s.frames)-1 {
		return nil
	}
	const frame = 2 * media.FrameSamples
	for len(s.frames[room]) >= frame {
		for i, f := range s.frames {
			if len(f) < frame { // a room that has ended is quiet
				f = append(f, make([]byte, frame-len(f))...)
			}
			if _, err := s.in.Write(f[:frame]); err != nil {
				return err
			}
			s.frames[i] = f[frame:]
		}
	}
	return nil
}

func (s *oursSession) end() error { return s.in.Close() }

func (s *oursSession) updates(tell func(update)) error {
	for {
		var l line
		if err := s.out.Decode(&l); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		u := update{room: l.Room, keep: s.settled[l.Room], tail: plain(l.Tail), summary: l.Note, behind: seconds(l.Behind)}
		for _, w := range l.Words {
			u.add = append(u.add, plain(w)...)
		}
		s.settled[l.Room] += len(u.add)
		tell(u)
	}
}

func (s *oursSession) usage() (usage, error) { return used(s.cmd.Process.Pid) }

func (s *oursSession) close() error {
	_ = s.in.Close() // or it was closed by end
	return s.cmd.Wait()
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
