package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"

	"golang.org/x/net/websocket"
)

// whisperLiveKit is its server, as its own command line runs it, with a
// WebSocket as its page has one.
type whisperLiveKit struct{ env environment }

func (w *whisperLiveKit) id() string   { return "whisperlivekit" }
func (w *whisperLiveKit) name() string { return whisperLiveKitPackage + ", LocalAgreement" }

// startsWithin is for a machine that loads it for the first time.
const startsWithin = 3 * time.Minute

func (w *whisperLiveKit) start(ctx context.Context, language string, rooms int) (session, error) {
	if rooms != 1 {
		return nil, errors.New("one talk at a time")
	}
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	s := &liveKitSession{}
	s.cmd = exec.CommandContext(ctx, w.env.python(), "-m", "whisperlivekit.basic_server", "--host", host, "--port", port,
		"--backend-policy", "localagreement", "--backend", "faster-whisper", "--model", "base", "--model_dir", w.env.weights(),
		"--language", language, "--pcm-input", "--warmup-file", "", "--log-level", "ERROR")
	s.cmd.Dir = w.env.folder
	s.cmd.Env = append(os.Environ(), "HF_HUB_OFFLINE=1")
	if s.cmd.Stderr, err = os.Create(w.env.path("server.log")); err != nil {
		return nil, err
	}
	s.cmd.Stdout = s.cmd.Stderr
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	if err := ready(ctx, "http://"+address+"/health"); err != nil {
		return nil, errors.Join(fmt.Errorf("%w; see %s", err, w.env.path("server.log")), s.stop())
	}
	if s.socket, err = websocket.Dial("ws://"+address+"/asr", "", "http://"+address); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// ready waits until the models are loaded.
func ready(ctx context.Context, address string) error {
	ctx, stop := context.WithTimeout(ctx, startsWithin)
	defer stop()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return err
		}
		answer, err := http.DefaultClient.Do(r)
		if err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-time.After(time.Second / 2):
		case <-ctx.Done():
			return fmt.Errorf("WhisperLiveKit does not start: %w", err)
		}
	}
}

type liveKitSession struct {
	cmd    *exec.Cmd
	socket *websocket.Conn
	shown  []string
}

func (s *liveKitSession) write(_ int, pcm []int16) error {
	data := make([]byte, 0, 2*len(pcm))
	for _, v := range pcm {
		data = append(data, byte(v), byte(v>>8))
	}
	return websocket.Message.Send(s.socket, data)
}

// end is its protocol: an empty message.
func (s *liveKitSession) end() error { return websocket.Message.Send(s.socket, []byte{}) }

// front is what its page is told.
type front struct {
	Type  string `json:"type"`
	Lines []struct {
		Text string `json:"text"`
	} `json:"lines"`
	Buffer string `json:"buffer_transcription"`
	Error  string `json:"error"`
}

func (s *liveKitSession) updates(tell func(update)) error {
	for {
		var data []byte
		if err := websocket.Message.Receive(s.socket, &data); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		var f front
		if err := json.Unmarshal(data, &f); err != nil {
			return fmt.Errorf("WhisperLiveKit says %.80q: %w", data, err)
		}
		switch {
		case f.Type == "ready_to_stop":
			return nil
		case f.Error != "":
			return errors.New(f.Error)
		case f.Type != "": // its configuration
			continue
		}
		tell(s.update(f))
	}
}

// update finds what is new in the whole text, which every message has.
func (s *liveKitSession) update(f front) update {
	var words []string
	for _, l := range f.Lines {
		words = append(words, plain(l.Text)...)
	}
	u := update{tail: plain(f.Buffer)}
	for u.keep < min(len(words), len(s.shown)) && words[u.keep] == s.shown[u.keep] {
		u.keep++
	}
	u.add, s.shown = words[u.keep:], words
	return u
}

func (s *liveKitSession) usage() (usage, error) { return used(s.cmd.Process.Pid) }

func (s *liveKitSession) close() error { return errors.Join(s.socket.Close(), s.stop()) }

// stop ends the server. That it was ended is no error.
func (s *liveKitSession) stop() error {
	err := s.cmd.Process.Kill()
	if errors.Is(err, os.ErrProcessDone) {
		err = nil
	}
	_ = s.cmd.Wait()
	return err
}
