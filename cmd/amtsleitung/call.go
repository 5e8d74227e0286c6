package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/amtsleitung/amtsleitung/call/caller"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/audiofile"
	"github.com/amtsleitung/amtsleitung/media/wav"
	"github.com/amtsleitung/amtsleitung/sip"
)

// callFlags are the options of the test caller.
type callFlags struct {
	city   cityFlags
	script script
	lang   string
	record string
	json   bool
	stay   bool
	codecs []string
	from   string
	quiet  time.Duration
}

// script keeps --play and --say in the order of the command line.
type script []scriptItem

type scriptItem struct{ kind, value string }

// itemFlag adds to the script under one flag's name.
type itemFlag struct {
	script *script
	kind   string
}

func (f itemFlag) String() string { return "" }
func (f itemFlag) Type() string   { return map[string]string{"play": "FILE", "say": "TEXT"}[f.kind] }
func (f itemFlag) Set(v string) error {
	*f.script = append(*f.script, scriptItem{f.kind, v})
	return nil
}

func newCall() *cobra.Command {
	var f callFlags
	cmd := &cobra.Command{
		Use:   "call SIP-URI",
		Short: "Call a line, speak to it and listen: a test caller",
		Args:  arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), cmd.OutOrStdout(), args[0])
		},
	}
	f.city.register(cmd)
	cmd.Flags().Var(itemFlag{&f.script, "play"}, "play", "audio file to speak, after the other side has finished; may be repeated")
	cmd.Flags().Var(itemFlag{&f.script, "say"}, "say", "text to speak, likewise")
	cmd.Flags().StringVar(&f.lang, "lang", "de", "language of --say")
	cmd.Flags().StringVar(&f.record, "record", "", "WAV file for what is heard")
	cmd.Flags().BoolVar(&f.json, "json", false, "print events as JSON lines")
	cmd.Flags().BoolVar(&f.stay, "stay", false, "wait for the other side to hang up")
	cmd.Flags().StringSliceVar(&f.codecs, "codec", nil, "codecs to offer, best first: G722, PCMA, PCMU")
	cmd.Flags().StringVar(&f.from, "from", "", "own number")
	cmd.Flags().DurationVar(&f.quiet, "quiet", time.Second, "silence that ends an answer")
	return cmd
}

func (f *callFlags) run(ctx context.Context, out io.Writer, uri string) (err error) {
	c, err := f.city.load()
	if err != nil {
		return err
	}
	e := newEngines(c, slog.Default(), nil)
	defer e.Close()
	clips, err := f.clips(e)
	if err != nil {
		return err
	}
	record, closeRecord, err := f.recorder()
	if err != nil {
		return err
	}
	defer func() {
		if e := closeRecord(); err == nil {
			err = e
		}
	}()
	return onPhone(ctx, uri, sip.DialOptions{Codecs: f.codecs, From: f.from}, func(ctx context.Context, l leg.Leg) error {
		run := caller.Caller{Leg: l, Clips: clips, Notify: f.printer(out), Record: record, Quiet: f.quiet, Stay: f.stay}
		return run.Run(ctx)
	})
}

// onPhone dials from a SIP endpoint of its own on a free loopback port.
func onPhone(ctx context.Context, uri string, o sip.DialOptions, talk func(context.Context, leg.Leg) error) error {
	phone, err := sip.NewServer(sip.Options{
		Listen: []sip.Listen{{Network: "udp", Addr: "127.0.0.1:0"}, {Network: "tcp", Addr: "127.0.0.1:0"}},
		RTP:    sip.RTP{Low: 30000, High: 39999},
	}, nil)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	failed := make(chan error, 1)
	go func() { failed <- phone.Run(ctx) }()
	defer func() {
		stop()
		<-failed
	}()
	select {
	case <-phone.Ready():
	case err := <-failed:
		failed <- nil
		return err
	}
	dial, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	l, err := phone.Dial(dial, uri, o)
	if err != nil {
		return err
	}
	return talk(ctx, l)
}

func (f *callFlags) clips(e *engines) ([]caller.Clip, error) {
	var clips []caller.Clip
	for _, item := range f.script {
		clip := caller.Clip{Name: item.value}
		switch item.kind {
		case "play":
			if _, err := os.Stat(item.value); err != nil {
				return nil, usagef("call: %w", err)
			}
			clip.Write = func(ctx context.Context, to media.Sink) error { return playFile(ctx, item.value, to) }
		case "say":
			speaker, err := e.sayer("")
			if err != nil {
				return nil, err
			}
			clip.Write = func(ctx context.Context, to media.Sink) error {
				_, err := speaker.Speak(ctx, item.value, f.lang, 1, to)
				return err
			}
		}
		clips = append(clips, clip)
	}
	return clips, nil
}

func playFile(ctx context.Context, path string, to media.Sink) error {
	in, err := audiofile.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	return in.Play(ctx, to)
}

func (f *callFlags) recorder() (media.Sink, func() error, error) {
	if f.record == "" {
		return nil, func() error { return nil }, nil
	}
	w, err := wav.Create(f.record, media.SampleRate)
	if err != nil {
		return nil, nil, fmt.Errorf("record: %w", err)
	}
	return w, w.Close, nil
}

func (f *callFlags) printer(out io.Writer) func(caller.Event) {
	if f.json {
		enc := json.NewEncoder(out)
		return func(e caller.Event) { _ = enc.Encode(e) }
	}
	return func(e caller.Event) {
		fmt.Fprintf(out, "%6.2f s  %-12s %s%s\n", float64(e.At)/1000, e.Event, e.Clip, e.Reason)
	}
}
