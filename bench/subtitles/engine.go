package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/inference/onnx"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/vad"
	"github.com/amtsleitung/amtsleitung/models"
	"github.com/amtsleitung/amtsleitung/stt/guard"
	"github.com/amtsleitung/amtsleitung/stt/live"
	"github.com/amtsleitung/amtsleitung/stt/whisper"
)

// line is what the child says on its standard output.
type line struct {
	Ready  bool     `json:"ready,omitempty"`
	Room   int      `json:"room"`
	Words  []string `json:"words,omitempty"`
	Tail   string   `json:"tail,omitempty"`
	Behind float64  `json:"behind,omitempty"` // s
	Note   string   `json:"note,omitempty"`
}

// Rules of the guard as the service has them, where voice activity has heard somebody.
const (
	voiceHeard  = -1.9
	politeHeard = 0.7
)

// serve is our engine in a process of its own: 20 ms of every room in turn
// come in, updates flow out as JSON lines.
func serve(ctx context.Context, o options, args []string, in io.Reader, out io.Writer) error {
	language, rooms, err := childArguments(args)
	if err != nil {
		return err
	}
	runtime, err := onnx.Open("")
	if err != nil {
		return err
	}
	defer runtime.Close()
	activity, err := vad.Load(runtime, models.Path(o.models, "silero_vad.onnx"))
	if err != nil {
		return err
	}
	defer activity.Close()
	w, err := whisper.Open(whisper.Options{
		Model: models.Path(o.models, "ggml-base.bin"), Scheduler: inference.NewScheduler(inference.Options{}),
		Guard: guard.New(guard.Options{DoubtfulOffset: voiceHeard, PoliteNoSpeech: politeHeard}),
	})
	if err != nil {
		return err
	}
	defer w.Close()
	e := engine{out: json.NewEncoder(out), in: bufio.NewReaderSize(in, 1<<16)}
	e.options = live.Options{
		Recognizer: w, Language: language, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
		Voice: func() (live.Voice, func(), error) {
			s, err := activity.Stream()
			if err != nil {
				return nil, nil, err
			}
			return s, s.Close, nil
		},
	}
	return e.run(ctx, rooms)
}

var errArguments = errors.New("the child wants a language and the number of rooms")

func childArguments(args []string) (language string, rooms int, err error) {
	if len(args) != 2 {
		return "", 0, errArguments
	}
	rooms, err = strconv.Atoi(args[1])
	return args[0], rooms, err
}

type engine struct {
	options live.Options
	in      io.Reader
	mu      sync.Mutex
	out     *json.Encoder
}

func (e *engine) say(l line) {
	e.mu.Lock()
	defer e.mu.Unlock()
	_ = e.out.Encode(l) // who does not listen any more has ended this process
}

func (e *engine) run(ctx context.Context, rooms int) error {
	group, ctx := errgroup.WithContext(ctx)
	streams := make([]*live.Stream, rooms)
	for i := range streams {
		o := e.options
		o.Update = func(u live.Update) {
			l := line{Room: i, Tail: u.Tail, Behind: u.Behind.Seconds()}
			for _, w := range u.Committed {
				l.Words = append(l.Words, w.Text)
			}
			e.say(l)
		}
		streams[i] = live.NewStream(o)
		group.Go(func() error { return streams[i].Run(ctx) })
	}
	group.Go(func() error { return e.listen(streams) })
	e.say(line{Ready: true})
	err := group.Wait()
	for i, s := range streams {
		st := s.Stats()
		e.say(line{Room: i, Note: fmt.Sprintf("%.2f of the time recognised, %d windows, %d looks shed, %s lost",
			st.Took.Seconds()/max(1, st.Audio.Seconds()), st.Windows, st.Shed, st.Lost.Round(time.Millisecond))})
	}
	return err
}

// listen takes frames of all rooms in turn until the input ends.
func (e *engine) listen(streams []*live.Stream) error {
	defer func() {
		for _, s := range streams {
			_ = s.Close()
		}
	}()
	frame := make([]int16, media.FrameSamples)
	for at := time.Duration(0); ; at += media.FrameDuration {
		for _, s := range streams {
			if err := binary.Read(e.in, binary.LittleEndian, frame); err != nil {
				if errors.Is(err, io.EOF) {
					return nil
				}
				return err
			}
			if err := s.WriteFrame(media.Frame{PCM: frame, At: at}); err != nil {
				return err
			}
		}
	}
}
